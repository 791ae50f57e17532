select commune, year, sum(dwellings)::integer as dwellings
from "census/housing"
where commune in (select commune from "smt/counts")
group by all
