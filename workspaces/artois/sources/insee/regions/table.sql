select
  cast(cog as integer) as vintage,
  code,
  nom as name,
  cast(typeLiaison as integer) as tncc
from regions
