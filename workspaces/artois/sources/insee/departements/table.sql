select
  cast(cog as integer) as vintage,
  code,
  nom as name,
  region,
  cast(typeLiaison as integer) as tncc
from departements
