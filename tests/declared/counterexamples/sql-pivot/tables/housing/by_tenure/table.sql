select commune, year, sum(dwellings)::integer as dwellings
from "census/housing" pivot (sum(dwellings) for tenure in (1, 2))
group by all
