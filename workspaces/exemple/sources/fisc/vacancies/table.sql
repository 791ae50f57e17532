select
  commune,
  cast(annee as integer) as year,
  type as kind,
  duree as spell,
  cast(logements as integer) as dwellings
from vacancies
