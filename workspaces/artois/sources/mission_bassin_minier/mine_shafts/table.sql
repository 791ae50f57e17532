with places as (
  select
    fosse,
    puits,
    compagnie,
    creusement,
    fermeture,
    ST_GeomFromWKB(geometry) as place
  from shafts
),
placed as (
  select
    fosse,
    puits,
    compagnie,
    creusement,
    fermeture,
    -- The producer's file is in Lambert-93, in metres; a conversion is in degrees, which never exceed 180.
    case
      when ST_XMax(place) > 180 then ST_Transform(place, 'EPSG:2154', 'EPSG:4326', always_xy := true)
      else place
    end as geometry
  from places
)
select
  row_number() over (order by ST_X(geometry), ST_Y(geometry)) as shaft,
  fosse as pit,
  puits as name,
  compagnie as company,
  cast(creusement as varchar) as sunk,
  cast(fermeture as varchar) as closed,
  geometry
from placed
