select cast(vintage as integer) as vintage, code, name, cast(tncc as integer) as tncc
from list
