-- The five EPCI of the agency; the table of accidents brings codes to the list of 2021.
select
  accident,
  year,
  month,
  hour,
  at_night,
  case when killed > 0 then 'killed' when hospitalised > 0 then 'hospitalised' else 'slightly_injured' end as outcome,
  with_pedestrian_or_cyclist,
  commune,
  1 as recorded,
  cast(longitude is not null and latitude is not null as integer) as located,
  longitude,
  latitude
from "onisr/accidents" as accidents
where year >= 2012 and commune in (
  select code
  from "insee/communes"
  where vintage = 2021 and kind = 'COM'
    and epci in ('200044030', '200069672', '246200364', '200072460', '246200299')
)
