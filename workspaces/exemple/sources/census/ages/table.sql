select
  code as commune,
  cast(annee as integer) as year,
  sexe as sex,
  cast(age as integer) as age_from,
  cast(population as integer) as population
from ages
