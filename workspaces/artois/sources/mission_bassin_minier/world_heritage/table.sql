with layers as (
  select 'property' as kind, cast(no_element as varchar) as object, nom as name, null as shape, null as length_m, geometry
  from perimeters
  union all
  select 'buffer', cast(id as varchar), null, null, null, geometry from buffers
  union all
  select 'building', id_unesco, denomination, typologie, null, geometry from buildings
  union all
  -- A conversion may carry estates that were renovated since and were not listed: these have no number.
  select 'estate', id_unesco, nom, type, null, geometry from estates where id_unesco is not null
  union all
  select 'heap', id_unesco, nom, forme, null, geometry from heaps
  union all
  select 'railway', id_unesco, null, null, longueur_m, geometry from railways
  union all
  select 'water', id_unesco, nom, null, null, geometry from waters
),
shapes as (
  select kind, object, name, shape, length_m, ST_GeomFromWKB(geometry) as footprint
  from layers
)
select
  kind,
  object,
  name,
  shape,
  cast(length_m as decimal(18, 6)) as length_m,
  -- The producer's file is in Lambert-93, in metres; a conversion is in degrees, which never exceed 180.
  ST_CollectionExtract(ST_MakeValid(
    case
      when ST_XMax(footprint) > 180 then ST_Transform(footprint, 'EPSG:2154', 'EPSG:4326', always_xy := true)
      else footprint
    end
  ), 3) as geometry
from shapes
