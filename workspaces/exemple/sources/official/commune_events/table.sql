select
  cast("MOD" as integer) as mod,
  cast("DATE_EFF" as date) as date,
  "TYPECOM_AV" as type_before,
  "COM_AV" as code_before,
  "TYPECOM_AP" as type_after,
  "COM_AP" as code_after
from list
