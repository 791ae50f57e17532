with lues as (
  select code as commune, cast(year as integer) as year, median, persons, secret from commune
)
select
  commune, year, cast(median as double) as median, cast(persons as integer) as persons,
  case when secret = 's' then 'C' else 'F' end as confidentiality
from lues
