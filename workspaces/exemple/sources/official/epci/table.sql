select cast(vintage as integer) as vintage, code, name, type
from list
