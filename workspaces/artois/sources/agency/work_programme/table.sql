-- Two readings of the same year: the sheet of each action, and the totals that the report prints. gap_days counts the
-- totals of the five axes less their sheets, so that adding it up gives what the report does not explain.
select
  'sheet' as record,
  axis,
  action,
  nullif(subject, '') as subject,
  2023 as year,
  2023 as labelled_year,
  cast(days as integer) as days,
  cast(coalesce(nullif(external_days, ''), '0') as integer) as external_days,
  cast(days as integer) - cast(coalesce(nullif(external_days, ''), '0') as integer) as internal_days,
  -cast(days as integer) as gap_days,
  'agency' as agency
from actions
union all
select
  'total' as record,
  axis,
  'total' as action,
  cast(null as text) as subject,
  2023 as year,
  cast(labelled_year as integer) as labelled_year,
  cast(days as integer) as days,
  cast(null as integer) as external_days,
  cast(null as integer) as internal_days,
  case when axis in ('1', '2', '3', '4', '5') then cast(days as integer) else 0 end as gap_days,
  'agency' as agency
from totals
