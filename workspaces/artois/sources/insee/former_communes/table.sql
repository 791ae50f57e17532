select
  cast(communes.cog as integer) as vintage,
  former.code as code,
  communes.code as commune
from communes
cross join unnest(communes."anciensCodes") as former(code)
where communes.type = 'commune-actuelle'
