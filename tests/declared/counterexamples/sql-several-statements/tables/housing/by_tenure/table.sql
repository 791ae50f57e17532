select commune, year, sum(dwellings)::integer as dwellings
from "census/housing"
group by all;
select 1
