select
  cast(vintage as integer) as vintage,
  code,
  name,
  kind,
  nullif(parent, '') as parent,
  departement,
  region,
  arrondissement,
  nullif(epci, '') as epci,
  try_cast(population as integer) as population
from list
