with points as (
  select stop, name, address, station, longitude, latitude, ST_Point(longitude, latitude) as place
  from "artois_mobilites/tadao_stops"
  where kind = 'stop_point'
)
select
  points.stop,
  points.name,
  points.address,
  stations.name as station,
  contours.code as commune,
  communes.name as commune_name,
  points.longitude,
  points.latitude
from points
left join "artois_mobilites/tadao_stops" as stations on stations.stop = points.station
left join "ign/commune_contours" as contours on ST_Intersects(contours.geometry, points.place)
left join "insee/communes" as communes
  on communes.code = contours.code and communes.vintage = 2026 and communes.kind = 'COM'
-- A point on the limit of two communes is counted once.
qualify row_number() over (partition by points.stop order by contours.code) = 1
