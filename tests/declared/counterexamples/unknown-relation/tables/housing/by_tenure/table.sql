select commune, year, sum(dwellings)::integer as dwellings
from "census/houses"
group by all
