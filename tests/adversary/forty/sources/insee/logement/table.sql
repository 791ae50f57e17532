select
  codgeo as commune,
  cast(annee as integer) as annee,
  cast(p_log as integer) as logements,
  cast(p_logvac as integer) as vacants,
  cast(p_pop as integer) as population
from logement
