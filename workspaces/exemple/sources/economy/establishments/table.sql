select
  etablissement as establishment,
  2023 as year,
  commune,
  entreprise as company,
  secteur as sector,
  cast(emplois as integer) as jobs,
  cast(chiffre_affaires as integer) as turnover
from establishments
