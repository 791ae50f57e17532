select
  parcelle as parcel,
  commune,
  section,
  cast(surface_m2 as integer) as area_m2,
  usage as land_use,
  ST_GeomFromWKB(geometry) as geometry
from parcels
