select
  2025 as vintage,
  code,
  st_geomfromwkb(geometry) as geometry
from contours
