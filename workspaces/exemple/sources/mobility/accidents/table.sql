select
  numero as accident,
  cast(annee as integer) as year,
  cast(mois as integer) as month,
  case lumiere when 'nuit' then true when 'jour' then false end as at_night,
  nullif(commune, '') as commune,
  cast(tues as integer) as killed,
  cast(hospitalises as integer) as hospitalised,
  pieton = '1' as with_pedestrian,
  cycliste = '1' as with_cyclist
from accidents
