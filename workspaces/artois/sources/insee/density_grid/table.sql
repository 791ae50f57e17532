select
  "Code Commune" as commune,
  cast("Degré de densité (7 postes)" as integer) as density_class
from communes
where "Code Commune" is not null
