select commune, annee, cast(count(*) as integer) as ventes
from "dgfip/ventes"
group by commune, annee
