select
  shafts.shaft,
  shafts.pit,
  shafts.sunk,
  shafts.closed,
  contours.code as commune
from "mission_bassin_minier/mine_shafts" as shafts
left join "ign/commune_contours" as contours on ST_Intersects(contours.geometry, shafts.geometry)
-- A point on the limit of two communes is counted once.
qualify row_number() over (partition by shafts.shaft order by contours.code) = 1
