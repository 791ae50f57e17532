select cast(vintage as integer) as vintage, code, name, commune, kind
from list
