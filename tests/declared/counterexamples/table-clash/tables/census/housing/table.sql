select commune, year, sum(passengers)::integer as passengers
from "smt/counts"
group by all
