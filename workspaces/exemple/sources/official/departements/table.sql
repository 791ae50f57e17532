select cast(vintage as integer) as vintage, code, name, region, cast(tncc as integer) as tncc
from list
