select
  batiment as building,
  parcelle as parcel,
  commune,
  usage as kind,
  cast(niveaux as integer) as storeys,
  cast(emprise_m2 as integer) as footprint_m2,
  cast(annee as integer) as built,
  ST_GeomFromWKB(geometry) as geometry
from buildings
