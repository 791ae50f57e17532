select cast(vintage as integer) as vintage, code, name, region
from list
