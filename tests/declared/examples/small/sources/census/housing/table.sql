select
  commune,
  cast(year as integer) as year,
  tenure,
  cast(dwellings as integer) as dwellings,
  cast(vacant as integer) as vacant_dwellings,
  furnished = 'oui' as furnished
from housing
