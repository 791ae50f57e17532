with members as (
  select epci.cog, member.code as code, epci.code as epci, member."populationMunicipale" as population
  from epci
  cross join unnest(epci.membres) as listed(member)
)
select
  cast(communes.cog as integer) as vintage,
  communes.code,
  communes.nom as name,
  case communes.type
    when 'commune-actuelle' then 'COM'
    when 'arrondissement-municipal' then 'ARM'
    when 'commune-deleguee' then 'COMD'
    when 'commune-associee' then 'COMA'
  end as kind,
  case when communes.type <> 'commune-actuelle' then coalesce(communes."chefLieu", communes.commune) end as parent,
  communes.departement,
  communes.region,
  communes.arrondissement,
  case when communes.type = 'commune-actuelle' then members.epci end as epci,
  case
    when communes.type = 'commune-actuelle' and communes.cog = '2026' then coalesce(communes.population, members.population)
    when communes.type = 'commune-actuelle' then members.population
  end as population,
  case when communes.cog = '2026' then 2023 else cast(communes.cog as integer) - 3 end as population_year
from communes
left join members on members.cog = communes.cog and members.code = communes.code
where communes.departement < '975' or communes.departement = '976'
