select
  "local" as premises,
  commune,
  site,
  nature as kind,
  cast(surface_m2 as integer) as area_m2,
  cast(loyer_m2_an as integer) as rent,
  cast(libre_depuis as integer) as free_since,
  cast(longitude as double) as longitude,
  cast(latitude as double) as latitude
from premises
