with objects as (
  select kind, object, length_m, geometry
  from "mission_bassin_minier/world_heritage"
),
contours as (
  select code as commune, area_km2, geometry
  from "ign/commune_contours"
  where code in (
    select code from "insee/communes" where vintage = 2026 and kind = 'COM' and region = '32'
  )
),
pieces as (
  select
    contours.commune,
    objects.kind,
    objects.object,
    objects.length_m,
    ST_CollectionExtract(ST_Intersection(contours.geometry, objects.geometry), 3) as piece
  from objects
  inner join contours on ST_Intersects(contours.geometry, objects.geometry)
),
measured as (
  -- Geodesic on the ellipsoid, hence never in degrees; the engine wants latitude first.
  select commune, kind, object, length_m, piece, ST_Area_Spheroid(ST_FlipCoordinates(piece)) as extent
  from pieces
  where not ST_IsEmpty(piece)
),
-- A length is shared in proportion to the footprint: contours that overlap a little do not lengthen a railway.
lengths as (
  select commune, sum(length_m * share) as railways_m
  from (
    select commune, length_m, extent / sum(extent) over (partition by object) as share
    from measured
    where kind = 'railway'
  ) as shared
  group by commune
),
-- Two footprints may overlap: they are united in each commune before their area is measured.
united as (
  select
    commune,
    ST_Union_Agg(piece) filter (where kind = 'property') as listed,
    ST_Union_Agg(piece) filter (where kind = 'buffer') as buffered,
    ST_Union_Agg(piece) filter (where kind = 'estate') as estates,
    ST_Union_Agg(piece) filter (where kind = 'heap') as heaps,
    ST_Union_Agg(piece) filter (where kind = 'water') as waters
  from measured
  group by commune
)
select
  contours.commune,
  contours.area_km2 * 100 as area_ha,
  cast(coalesce(ST_Area_Spheroid(ST_FlipCoordinates(united.listed)), 0) / 10000 as decimal(18, 6)) as listed_ha,
  cast(
    case
      when united.buffered is null then 0
      when united.listed is null then ST_Area_Spheroid(ST_FlipCoordinates(united.buffered))
      else ST_Area_Spheroid(ST_FlipCoordinates(
        ST_CollectionExtract(ST_Difference(united.buffered, united.listed), 3)
      ))
    end / 10000 as decimal(18, 6)
  ) as buffer_ha,
  cast(coalesce(ST_Area_Spheroid(ST_FlipCoordinates(united.estates)), 0) / 10000 as decimal(18, 6)) as estates_ha,
  cast(coalesce(ST_Area_Spheroid(ST_FlipCoordinates(united.heaps)), 0) / 10000 as decimal(18, 6)) as heaps_ha,
  cast(coalesce(ST_Area_Spheroid(ST_FlipCoordinates(united.waters)), 0) / 10000 as decimal(18, 6)) as waters_ha,
  cast(coalesce(lengths.railways_m, 0) / 1000 as decimal(18, 6)) as railways_km
from contours
left join united on united.commune = contours.commune
left join lengths on lengths.commune = contours.commune
