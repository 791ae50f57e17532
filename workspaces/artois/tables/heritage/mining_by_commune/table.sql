with contours as (
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
    objects.geometry as footprint,
    ST_CollectionExtract(ST_Intersection(contours.geometry, objects.geometry), 3) as piece
  from "mission_bassin_minier/world_heritage" as objects
  inner join contours on ST_Intersects(contours.geometry, objects.geometry)
),
-- Two footprints may overlap: they are united in each commune before their area is measured.
united as (
  select
    commune,
    ST_Union_Agg(piece) filter (where kind = 'property') as listed,
    ST_Union_Agg(piece) filter (where kind = 'buffer') as buffered,
    ST_Union_Agg(piece) filter (where kind = 'estate') as estates,
    ST_Union_Agg(piece) filter (where kind = 'heap') as heaps,
    ST_Union_Agg(piece) filter (where kind = 'water') as waters,
    sum(
      case
        when kind = 'railway'
          then length_m * ST_Area_Spheroid(ST_FlipCoordinates(piece)) / ST_Area_Spheroid(ST_FlipCoordinates(footprint))
      end
    ) as railways_m
  from pieces
  where not ST_IsEmpty(piece)
  group by commune
)
select
  contours.commune,
  contours.area_km2 * 100 as area_ha,
  -- Geodesic on the ellipsoid, hence never in degrees; the engine wants latitude first.
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
  cast(coalesce(united.railways_m, 0) / 1000 as decimal(18, 6)) as railways_km
from contours
left join united on united.commune = contours.commune
