-- One person of an accident is written « mode severity sex born »; see hurt_on_foot_or_cycle of onisr/accidents.
-- An age above 105 comes from a year of birth written for want of another (1900), and is left out.
with told as (
  select
    *,
    unnest(string_split(hurt_on_foot_or_cycle, ', ')) as written,
    generate_subscripts(string_split(hurt_on_foot_or_cycle, ', '), 1) as number
  from "onisr/accidents"
  where hurt_on_foot_or_cycle is not null
),
split as (
  select
    *,
    split_part(written, ' ', 1) as mode,
    split_part(written, ' ', 2) as severity,
    split_part(written, ' ', 3) as sex,
    year - try_cast(split_part(written, ' ', 4) as integer) as age
  from told
)
select
  accident,
  cast(number as integer) as person,
  year,
  month,
  hour,
  light,
  in_built_up_area,
  commune,
  departement,
  mode,
  case severity when '2' then 'killed' when '3' then 'hospitalised' when '4' then 'slightly_injured' end as severity,
  case when age between 0 and 105 then age end as age,
  case sex when '1' then 'man' when '2' then 'woman' end as sex,
  cast(mode = 'pedestrian' and severity = '2' as integer) as killed_pedestrian,
  cast(mode = 'cyclist' and severity = '2' as integer) as killed_cyclist
from split
