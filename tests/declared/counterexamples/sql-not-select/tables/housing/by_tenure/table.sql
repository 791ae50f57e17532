create table by_tenure as
select commune, year, dwellings from "census/housing"
