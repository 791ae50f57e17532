select
  cast(cog as integer) as vintage,
  code,
  nom as name
from regions
