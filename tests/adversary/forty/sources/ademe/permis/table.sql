with bruts as (
  select comm, an, nb_lgt_tot
  from permis
)
select
  comm as commune,
  cast(an as integer) as annee,
  cast(sum(cast(nb_lgt_tot as integer)) as integer) as autorises
from bruts
group by comm, an
