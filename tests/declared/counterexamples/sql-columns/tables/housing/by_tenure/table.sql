select commune, year, sum(columns('dw.*'))
from "census/housing"
group by all
