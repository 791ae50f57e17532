select commune, year, sum(dwellings)::integer as dwellings
from "census/housing"
where commune = getenv('COMMUNE')
group by all
