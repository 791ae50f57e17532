select
  vente as sale,
  cast(left(cast("date" as varchar), 4) as integer) as year,
  cast("date" as date) as sold_on,
  parcelle as parcel,
  commune,
  nature as kind,
  cast(prix as integer) as price,
  cast(surface_m2 as integer) as area_m2,
  cast(terrain_m2 as integer) as land_m2,
  cast(cast(prix as decimal(18, 6)) / cast(surface_m2 as decimal(18, 6)) as decimal(18, 6)) as price_m2,
  cast(longitude as double) as longitude,
  cast(latitude as double) as latitude
from sales
