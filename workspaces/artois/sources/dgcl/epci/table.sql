select
  cast(cog as integer) as vintage,
  code,
  nom as name,
  type,
  len(membres) as members
from epci
