select
  comm_insee as commune,
  2021 as year,
  try_cast(regexp_replace("Nb_log_pp_2022", '[^0-9]', '', 'g') as integer) as private_dwellings,
  try_cast(replace("Prop_logvac_pp_2A_010121", ',', '.') as double) as long_vacancy_rate,
  case when "Prop_logvac_pp_2A_010121" is null then 'C' else 'F' end as confidentiality
from communes
