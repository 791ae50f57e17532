with read as (
  select
    mutation,
    "date",
    commune,
    type,
    cast(replace(surface, ',', '.') as decimal(18, 6)) as area_m2,
    cast(replace(prix, ',', '.') as decimal(18, 6)) as price
  from sales
)
select
  mutation as sale,
  cast(right("date", 4) as integer) as year,
  commune,
  type = 'Maison' as is_house,
  area_m2,
  price,
  cast(price / area_m2 as decimal(18, 6)) as price_m2
from read
