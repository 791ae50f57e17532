select
  city_code as commune,
  try_cast(dvf_nbtrans as integer) as sales,
  try_cast(dvf_nbtrans_cod111 as integer) as house_sales,
  try_cast(dvf_nbtrans_cod121 as integer) as flat_sales,
  cast(round(try_cast(dvf_pxm2_median as double)) as integer) as median_price_m2,
  cast(round(try_cast(dvf_pxm2_median_cod111 as double)) as integer) as house_median_price_m2,
  cast(round(try_cast(dvf_pxm2_median_cod121 as double)) as integer) as flat_median_price_m2
from communes
where length(city_code) = 5
