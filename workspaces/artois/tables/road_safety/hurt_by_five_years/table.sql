select
  accident,
  person,
  2007 + 5 * ((year - 2005) // 5) as middle_year,
  month,
  hour,
  light,
  commune,
  mode,
  severity,
  age,
  sex,
  1 as persons,
  cast(0.2 as decimal(18, 6)) as persons_a_year
from "road_safety/hurt_on_foot_or_cycle"
where year <= 2019
