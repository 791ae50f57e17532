select
  id_mutation as vente,
  code_commune as commune,
  cast(year as integer) as annee,
  cast(valeur_fonciere as double) / cast(surface_reelle_bati as double) as prix_m2,
  type_local
from ventes
where type_local in ('Maison', 'Appartement')
