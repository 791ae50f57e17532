-- A row a quarter and commune that it lies in: the file lists the communes of a quarter in one cell.
select
  2024 as vintage,
  code_qp as code,
  lib_qp as name,
  trim(unnest(string_split(insee_com, ','))) as commune,
  ST_GeomFromWKB(geometry) as geometry
from quarters
