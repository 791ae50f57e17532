select cast(vintage as integer) as vintage, code, name, departement
from list
