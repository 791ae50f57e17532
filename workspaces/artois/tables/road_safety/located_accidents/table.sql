-- The five EPCI of the agency; the table of accidents brings codes to the list of 2021. A point more than 0.01 degree
-- (about a kilometre) away from every commune of the agency, whose contours are simplified, is a slip of the pen.
with contours as (
  select contours.geometry
  from "ign/commune_contours" as contours
  join "insee/communes" as communes on communes.code = contours.code
  where communes.vintage = 2026 and communes.kind = 'COM'
    and communes.epci in ('200044030', '200069672', '246200364', '200072460', '246200299')
),
accidents as (
  select *
  from "onisr/accidents"
  where year >= 2012 and commune in (
    select code
    from "insee/communes"
    where vintage = 2021 and kind = 'COM'
      and epci in ('200044030', '200069672', '246200364', '200072460', '246200299')
  )
),
placed as (
  select distinct accidents.accident
  from accidents
  join contours on ST_DWithin(contours.geometry, ST_Point(accidents.longitude, accidents.latitude), 0.01)
)
select
  accidents.accident,
  year,
  month,
  hour,
  at_night,
  case when killed > 0 then 'killed' when hospitalised > 0 then 'hospitalised' else 'slightly_injured' end as outcome,
  with_pedestrian_or_cyclist,
  commune,
  1 as recorded,
  cast(placed.accident is not null as integer) as located,
  case when placed.accident is not null then longitude end as longitude,
  case when placed.accident is not null then latitude end as latitude
from accidents
left join placed on placed.accident = accidents.accident
