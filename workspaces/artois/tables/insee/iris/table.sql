select
  2023 as vintage,
  census.iris as code,
  case
    when census.kind = 'Z' then coalesce(communes.name, census.commune)
    else coalesce(communes.name, census.commune) || ' – IRIS ' || right(census.iris, 4)
  end as name,
  census.commune,
  census.kind
from "insee/rp_iris_population" as census
left join "insee/communes" as communes
  on communes.code = census.commune and communes.vintage = 2023 and communes.kind in ('COM', 'ARM')
