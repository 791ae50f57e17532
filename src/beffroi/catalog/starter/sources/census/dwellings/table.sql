-- Un seul SELECT, qui lit les fichiers de la source par leur nom (files: dans source.yaml).
select
  commune,
  cast(year as integer) as year,
  cast(dwellings as integer) as dwellings,
  cast(vacant_dwellings as integer) as vacant_dwellings
from dwellings
