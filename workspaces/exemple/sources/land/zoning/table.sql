select
  zone,
  commune,
  cast(annee as integer) as year,
  code_zone as code,
  famille as family,
  libelle as label,
  cast(surface_ha as decimal(18, 6)) as area_ha,
  ST_GeomFromWKB(geometry) as geometry
from zones
