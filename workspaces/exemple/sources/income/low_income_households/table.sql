select
  niveau as level,
  code as territory,
  cast(annee as integer) as year,
  cast(menages as integer) as households,
  cast(menages_bas_revenus as integer) as low_income_households
from households
