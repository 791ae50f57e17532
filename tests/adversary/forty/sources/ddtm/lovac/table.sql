select ff_id as logement, idcom as commune, proprietaire, cast(duree as integer) as duree_annees
from lovac
