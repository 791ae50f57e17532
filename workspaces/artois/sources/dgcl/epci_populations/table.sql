select
  code as epci,
  cast(cog as integer) as vintage,
  cast(cog as integer) - 3 as year,
  "populationMunicipale" as municipal_population
from epci
where cog <> '2026'
