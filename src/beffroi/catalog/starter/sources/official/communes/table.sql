-- Tout ce qui vient d'un fichier CSV est du texte : le type de chaque colonne se donne ici.
select
  cast(vintage as integer) as vintage,
  code,
  name,
  'COM' as kind,
  cast(null as varchar) as parent,
  cast(null as varchar) as departement,
  cast(null as varchar) as region,
  cast(null as varchar) as arrondissement,
  epci,
  cast(population as integer) as population
from communes
