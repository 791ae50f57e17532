select
  cast(vintage as integer) as vintage,
  code,
  name,
  kind,
  parent,
  departement,
  region,
  arrondissement,
  epci,
  cast(population as integer) as population
from communes
