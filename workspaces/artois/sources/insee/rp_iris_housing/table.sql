with counted as (
  select
    iris,
    com as commune,
    cast(round(cast(logements as double)) as integer) as dwellings,
    cast(round(cast(res_principales as double)) as integer) as main_residences,
    cast(round(cast(res_secondaires as double)) as integer) as second_homes,
    cast(round(cast(logements_vacants as double)) as integer) as vacant_dwellings,
    cast(round(cast(maisons as double)) as integer) as houses,
    cast(round(cast(appartements as double)) as integer) as flats,
    cast(round(cast(rp_en_appartement as double)) as integer) as main_residences_in_flats
  from housing
)
select
  iris,
  commune,
  2021 as year,
  dwellings,
  main_residences,
  second_homes,
  vacant_dwellings,
  houses,
  flats,
  main_residences_in_flats,
  dwellings - main_residences - second_homes - vacant_dwellings as rounding_gap
from counted
