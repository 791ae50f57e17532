select e.commune, e.emplois, cast(count(z.zone) as integer) as zones
from "insee/emploi" as e
left join "agglo/zones" as z on z.commune = e.commune
group by e.commune, e.emplois
