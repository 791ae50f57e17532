with counted as (
  select
    iris,
    com as commune,
    typ_iris as kind,
    cast(round(cast(pop as double)) as integer) as population,
    cast(round(cast(pop_0_19 as double)) as integer) as population_under_20,
    cast(round(cast(pop_20_64 as double)) as integer) as population_20_to_64,
    cast(round(cast(pop_65p as double)) as integer) as population_65_and_over
  from population
)
select
  iris,
  commune,
  kind,
  2021 as year,
  population,
  population_under_20,
  population_20_to_64,
  population_65_and_over,
  population - population_under_20 - population_20_to_64 - population_65_and_over as rounding_gap
from counted
