with census as (
  select
    commune,
    sum(main_residences) as main_residences,
    sum(houses) as houses,
    sum(dwellings) as dwellings
  from "census/housing_iris"
  group by commune
)
select
  census.commune,
  populations.year,
  census.main_residences,
  census.houses,
  census.dwellings,
  populations.population
from census
inner join "census/populations" as populations on populations.commune = census.commune and populations.year = 2021
