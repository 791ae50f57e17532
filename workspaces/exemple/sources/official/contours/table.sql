with shapes as (
  select code, ST_GeomFromWKB(geometry) as shape
  from contours
)
select
  2024 as vintage,
  code,
  -- Geodesic on the ellipsoid; the engine wants latitude first.
  cast(ST_Area_Spheroid(ST_FlipCoordinates(shape)) / 1000000 as decimal(18, 6)) as area_km2,
  shape as geometry
from shapes
