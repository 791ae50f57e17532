select
  id as heap,
  nom as name,
  forme as shape,
  ST_CollectionExtract(ST_MakeValid(ST_GeomFromWKB(geometry)), 3) as geometry
from heaps
