select iris, commune, year, 'under_20' as age_group, population_under_20 as inhabitants
from "insee/rp_iris_population"
union all
select iris, commune, year, 'from_20_to_64' as age_group, population_20_to_64 as inhabitants
from "insee/rp_iris_population"
union all
select iris, commune, year, 'from_65' as age_group, population_65_and_over as inhabitants
from "insee/rp_iris_population"
