with candidates as (
  select
    heaps.heap,
    heaps.name,
    heaps.shape,
    contours.code as commune,
    -- Shares of one small footprint: its extent in degrees is enough to tell the largest.
    ST_Area(ST_Intersection(contours.geometry, heaps.geometry)) as extent
  from "mission_bassin_minier/buffer_heaps" as heaps
  left join "ign/commune_contours" as contours on ST_Intersects(contours.geometry, heaps.geometry)
)
select heap, name, shape, commune
from candidates
qualify row_number() over (partition by heap order by extent desc, commune) = 1
