select
  cast(cog as integer) as vintage,
  code,
  nom as name,
  departement
from arrondissements
