with years as (
  select distinct year
  from "insee/municipal_populations"
)
select
  communes.code as commune,
  years.year,
  contours.area_km2
from "insee/communes" as communes
cross join years
left join "ign/commune_contours" as contours on contours.code = communes.code
where communes.vintage = 2026 and communes.kind = 'COM'
