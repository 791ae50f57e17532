with census as (
  select
    population.iris,
    population.kind,
    population.commune,
    case
      when population.kind = 'Z' then coalesce(communes.name, population.commune)
      else coalesce(communes.name, population.commune) || ' – IRIS ' || right(population.iris, 4)
    end as name
  from "insee/rp_iris_population" as population
  left join "insee/communes" as communes
    on communes.code = population.commune and communes.vintage = 2023 and communes.kind in ('COM', 'ARM')
),
holders as (
  -- The commune that has a code at each vintage, or that holds the delegated or associated commune that has it.
  select
    vintage,
    code,
    coalesce(max(code) filter (where kind in ('COM', 'ARM')), max(parent)) as commune
  from "insee/communes"
  group by vintage, code
)
select
  holders.vintage,
  census.iris as code,
  census.name,
  holders.commune,
  census.kind
from census
inner join holders on holders.code = census.commune
