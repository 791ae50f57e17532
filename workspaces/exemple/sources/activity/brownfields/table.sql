select
  friche as brownfield,
  nom as name,
  commune,
  avancement as progress,
  cast(surface_m2 as integer) as area_m2,
  cast(depuis as integer) as idle_since,
  cast(longitude as double) as longitude,
  cast(latitude as double) as latitude
from brownfields
