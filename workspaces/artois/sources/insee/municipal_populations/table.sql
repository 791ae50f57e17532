with members as (
  select
    epci.cog,
    epci.code as epci,
    member.code as commune,
    member."populationMunicipale" as municipal_population
  from epci
  cross join unnest(epci.membres) as listed(member)
),
alone as (
  -- Four islands belong to no EPCI: their population of years 2019, 2020 and 2022 is in the lists of communes.
  select
    communes.code as commune,
    case communes.cog when '2021' then 2022 when '2022' then 2023 when '2024' then 2025 end as vintage,
    communes.population as municipal_population,
    communes.cog || ' communes.json' as file
  from communes
  where communes.type = 'commune-actuelle'
    and (communes.departement < '975' or communes.departement = '976')
    and communes.cog in ('2021', '2022', '2024')
    and not exists (select 1 from members where members.cog = communes.cog and members.commune = communes.code)
)
select
  commune,
  cast(cog as integer) as vintage,
  cast(cog as integer) - 3 as year,
  epci,
  municipal_population,
  cog || ' epci.json' as file
from members
where cog <> '2026'
union all
select commune, vintage, vintage - 3 as year, null as epci, municipal_population, file
from alone
union all
select
  communes.code as commune,
  2026 as vintage,
  2023 as year,
  members.epci,
  -- Villages destroyed in 1916 are left blank there; the list of EPCI says that nobody lives in them.
  coalesce(communes.population, case when members.municipal_population = 0 then 0 end) as municipal_population,
  '2026 communes.json' as file
from communes
left join members on members.cog = communes.cog and members.commune = communes.code
where communes.cog = '2026'
  and communes.type = 'commune-actuelle'
  and (communes.departement < '975' or communes.departement = '976')
