with polygons as (
  select code, ST_GeomFromHEXWKB(geometry) as shape
  from communes
  where type = 'COM' and geometry <> '\N'
),
surroundings as (
  -- Hesdin-la-Forêt (62447) has only the polygon of Hesdin before the merger of 1 January 2025: the three communes
  -- that it absorbed are a hole among its neighbours. The hole that holds this point, in Marconne, is given to it.
  select ST_Union_Agg(shape) as shape
  from polygons
  where code like '62%' and ST_Intersects(shape, ST_MakeEnvelope(1.90, 50.28, 2.16, 50.48))
),
holes as (
  select ST_Dump(ST_Difference(ST_MakePolygon(ST_ExteriorRing(ring.piece.geom)), surroundings.shape)) as pieces
  from surroundings
  cross join unnest(ST_Dump(surroundings.shape)) as ring(piece)
),
absorbed as (
  select hole.piece.geom as shape
  from holes
  cross join unnest(holes.pieces) as hole(piece)
  where ST_Contains(hole.piece.geom, ST_Point(2.0302, 50.3818))
),
repaired as (
  select
    polygons.code,
    case when polygons.code = '62447' then ST_Union(polygons.shape, absorbed.shape) else polygons.shape end as shape,
    polygons.code = '62447' as is_repaired
  from polygons
  left join absorbed on polygons.code = '62447'
)
select
  2026 as vintage,
  code,
  -- Geodesic on the ellipsoid; the engine wants latitude first.
  cast(ST_Area_Spheroid(ST_FlipCoordinates(shape)) / 1000000 as decimal(18, 6)) as area_km2,
  is_repaired,
  shape as geometry
from repaired
