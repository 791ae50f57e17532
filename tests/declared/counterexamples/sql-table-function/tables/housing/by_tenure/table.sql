select commune, year, sum(dwellings)::integer as dwellings
from query_table('census/housing')
group by all
