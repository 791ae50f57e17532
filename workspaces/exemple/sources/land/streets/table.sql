select
  rue as street,
  nom as name,
  commune,
  nature as kind,
  cast(longueur_m as integer) as length_m,
  ST_GeomFromWKB(geometry) as geometry
from streets
