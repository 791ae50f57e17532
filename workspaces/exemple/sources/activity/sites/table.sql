select
  site,
  nom as name,
  commune,
  vocation as purpose,
  cast(etablissements as integer) as establishments,
  cast(100 * cast(part_vacante as decimal(18, 6)) as decimal(18, 6)) as vacancy,
  cast(surface_ha as decimal(18, 6)) as area_ha,
  ST_GeomFromWKB(geometry) as geometry
from sites
