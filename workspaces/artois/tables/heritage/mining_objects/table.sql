with candidates as (
  select
    objects.kind,
    objects.object,
    objects.name,
    objects.shape,
    contours.code as commune,
    -- Shares of one small footprint: its extent in degrees is enough to tell the largest.
    ST_Area(ST_Intersection(contours.geometry, objects.geometry)) as extent
  from "mission_bassin_minier/world_heritage" as objects
  left join "ign/commune_contours" as contours on ST_Intersects(contours.geometry, objects.geometry)
  where objects.kind not in ('property', 'buffer')
)
select kind, object, name, shape, commune
from candidates
qualify row_number() over (partition by kind, object order by extent desc, commune) = 1
