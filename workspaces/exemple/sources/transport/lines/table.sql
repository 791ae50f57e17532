select
  ligne as line,
  nom as name,
  mode,
  cast(departs_par_jour as integer) as departures,
  cast(longueur_km as decimal(18, 6)) as length_km,
  ST_GeomFromWKB(geometry) as geometry
from lines
