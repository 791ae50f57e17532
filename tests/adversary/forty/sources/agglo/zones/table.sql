select id as zone, insee as commune, cast(surface as double) as surface_ha
from zones
