select
  stock."CODGEO_26" as commune,
  2000 + cast(stock.period as integer) as year,
  try_cast(regexp_replace(stock.value, '[^0-9]', '', 'g') as integer) as private_dwellings,
  try_cast(regexp_replace(vacant.value, '[^0-9]', '', 'g') as integer) as vacant_dwellings,
  try_cast(regexp_replace(long_vacant.value, '[^0-9]', '', 'g') as integer) as long_vacant_dwellings
from stock
left join vacant on vacant."CODGEO_26" = stock."CODGEO_26" and vacant.period = stock.period
left join long_vacant on long_vacant."CODGEO_26" = stock."CODGEO_26" and long_vacant.period = stock.period
