select p.commune, sum(p.area_m2) as area_m2, count(*)::integer as parcels
from "land/parcels" as p
semi join official/communes as c on c.code = p.commune
group by all
