select iris, commune, year, 'main' as use, main_residences as dwellings from "insee/rp_iris_housing"
union all
select iris, commune, year, 'second' as use, second_homes as dwellings from "insee/rp_iris_housing"
union all
select iris, commune, year, 'vacant' as use, vacant_dwellings as dwellings from "insee/rp_iris_housing"
