select
  "Code" as commune,
  cast(year as integer) as year,
  try_cast(population as integer) as population
from populations
