select commune as quarter, year, sum(dwellings) as dwellings, sum(vacant_dwellings) as vacant_dwellings
from "census/housing"
group by all
