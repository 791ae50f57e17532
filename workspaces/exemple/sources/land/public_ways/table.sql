select
  voie as way,
  commune,
  nature as kind,
  cast(surface_m2 as integer) as area_m2,
  ST_GeomFromWKB(geometry) as geometry
from ways
