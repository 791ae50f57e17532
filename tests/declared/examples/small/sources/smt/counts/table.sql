select commune, cast(year as integer) as year, cast(passengers as integer) as passengers from counts
