select
  commune,
  2023 as year,
  cast(mwh as integer) as energy_mwh
from consumption
