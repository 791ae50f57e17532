select cast(vintage as integer) as vintage, code, name
from list
