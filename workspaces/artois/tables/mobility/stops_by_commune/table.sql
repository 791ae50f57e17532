-- The three agglomerations that make up Artois Mobilités.
select
  communes.code as commune,
  count(stops.stop) as stop_points,
  cast(count(stops.stop) > 0 as integer) as served,
  1 as listed,
  any_value(contours.area_km2) as area_km2
from "insee/communes" as communes
left join "mobility/stops" as stops on stops.commune = communes.code
left join "ign/commune_contours" as contours on contours.code = communes.code
where communes.vintage = 2026 and communes.kind = 'COM' and communes.epci in ('246200364', '200072460', '246200299')
group by communes.code
