select
  l.commune,
  l.annee,
  l.logements,
  p.autorises
from "insee/logement" as l
left join "ademe/permis" as p on p.commune = l.commune and p.annee = l.annee
