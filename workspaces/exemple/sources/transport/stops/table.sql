select
  arret as stop,
  nom as name,
  commune,
  lignes as lines,
  cast(nombre_lignes as integer) as line_count,
  cast(montees_par_jour as integer) as boardings,
  cast(longitude as double) as longitude,
  cast(latitude as double) as latitude
from stops
