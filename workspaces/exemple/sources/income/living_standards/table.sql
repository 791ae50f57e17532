select
  niveau as level,
  code as territory,
  2021 as year,
  try_cast(mediane as integer) as median,
  case when mediane = 's' then 'C' else 'F' end as median_confidentiality,
  try_cast(replace(pauvrete, ',', '.') as double) as poverty_rate,
  case when pauvrete = 's' then 'C' else 'F' end as poverty_confidentiality
from living_standards
