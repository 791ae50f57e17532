select
  "IRIS" as iris,
  "COM" as commune,
  2021 as year,
  cast(replace("P21_POP", ',', '.') as decimal(18, 6)) as population,
  cast(replace("P21_POP65P", ',', '.') as decimal(18, 6)) as population_65_and_over,
  cast(replace("P21_LOG", ',', '.') as decimal(18, 6)) as dwellings,
  cast(replace("P21_RP", ',', '.') as decimal(18, 6)) as main_residences,
  cast(replace("P21_LOGVAC", ',', '.') as decimal(18, 6)) as vacant_dwellings,
  cast(replace("P21_MAISON", ',', '.') as decimal(18, 6)) as houses
from census
