-- GTFS asks for an identifier and a place; the other columns need not be there.
with every_column as (
  select * from stops
  union all by name
  select
    cast(null as varchar) as stop_code,
    cast(null as varchar) as stop_desc,
    cast(null as varchar) as location_type,
    cast(null as varchar) as parent_station
  where false
)
select
  stop_id as stop,
  stop_code as code,
  stop_name as name,
  stop_desc as address,
  case coalesce(location_type, '0')
    when '0' then 'stop_point'
    when '1' then 'station'
    when '2' then 'entrance'
    when '3' then 'node'
    when '4' then 'boarding_area'
    else location_type
  end as kind,
  parent_station as station,
  cast(stop_lon as double) as longitude,
  cast(stop_lat as double) as latitude
from every_column
