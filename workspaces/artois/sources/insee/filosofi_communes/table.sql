select
  "CODGEO" as commune,
  2021 as year,
  try_cast("NBMENFISC21" as integer) as fiscal_households,
  try_cast(replace("NBPERSMENFISC21", ',', '.') as decimal(18, 6)) as persons,
  try_cast("MED21" as integer) as median_living_standard,
  case when "MED21" = 's' then 'C' else 'F' end as median_confidentiality,
  try_cast(replace("TP6021", ',', '.') as double) as poverty_rate,
  case when "TP6021" = 's' then 'C' else 'F' end as poverty_confidentiality,
  try_cast(replace("RD21", ',', '.') as double) as interdecile_ratio
from communes
