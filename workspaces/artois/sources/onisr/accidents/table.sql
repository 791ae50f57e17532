-- The lists of users and vehicles were written by Python 2 ([{u'grav': 2, u'catu': 1, ...}]). They are read by
-- pattern: each user's severity stands before its vehicle, and its vehicle before its category, in all sixteen
-- years. Accidents of the overseas collectivities, which the file holds from 2019 on only, are left out.
-- persons_unread and vehicles_unread count the records that the patterns would have missed: none may be.
-- The lists weigh too much to be kept; hurt_on_foot_or_cycle keeps of them, in one short text, the only persons that another
-- table needs one by one, so that the file is read once.
with written as (
  select
    "Num_Acc" as accident,
    case when length(an) = 4 then cast(an as integer) else 2000 + cast(an as integer) end as year,
    cast(mois as integer) as month,
    case when contains(hrmn, ':') then cast(split_part(hrmn, ':', 1) as integer)
         else cast(hrmn as integer) // 100 end as hour,
    cast(lum as integer) as light,
    cast(agg as integer) as agglomeration,
    dep,
    split_part(com, '.', 1) as com,
    try_cast(replace(lat, ',', '.') as double) / case when length(an) = 4 then 1 else 100000 end as lat,
    try_cast(replace("long", ',', '.') as double) / case when length(an) = 4 then 1 else 100000 end as lon,
    usagers,
    vehicules,
    len(regexp_extract_all(usagers, '''grav'': \d[^{}]*''num_veh'': [^{}]*''catu'': \d')) as persons,
    len(regexp_extract_all(vehicules, '''catv'': -?\d+[^{}]*''num_veh'': ')) as vehicles,
    length(usagers) - length(replace(usagers, '{', '')) as persons_written,
    length(vehicules) - length(replace(vehicules, '{', '')) as vehicles_written,
    len(regexp_extract_all(usagers, '''grav'': 2\b')) as killed,
    len(regexp_extract_all(usagers, '''grav'': 3\b')) as hospitalised,
    len(regexp_extract_all(usagers, '''grav'': 4\b')) as slightly_injured,
    len(regexp_extract_all(usagers, '''grav'': 1\b')) as unhurt,
    len(regexp_extract_all(usagers, '''grav'': 2\b[^{}]*''catu'': 3\b')) as killed_pedestrians,
    regexp_extract_all(usagers, '''grav'': 2\b[^{}]*''num_veh'': u?''([^'']*)''[^{}]*''catu'': [12]\b', 1) as fatal_vehicles,
    regexp_extract_all(vehicules, '''catv'': (?:1|80)\b[^{}]*''num_veh'': u?''([^'']*)''', 1) as bicycles,
    regexp_extract_all(vehicules, '''catv'': 50\b[^{}]*''num_veh'': u?''([^'']*)''', 1) as motor_devices,
    regexp_extract_all(vehicules, '''catv'': 60\b[^{}]*''num_veh'': u?''([^'']*)''', 1) as devices,
    case when regexp_matches(usagers, '''catu'': [34]\b') or regexp_matches(vehicules, '''catv'': (?:1|80|50|60)\b')
         then regexp_extract_all(usagers, '[^{}]*''grav'': [234]\b[^{}]*') else [] end as hurt
  from collisions
),
sorted as (
  select
    *,
    list_transform(hurt, lambda person: {
      'mode': case
        when regexp_matches(person, '''catu'': 3\b') then 'pedestrian'
        when regexp_matches(person, '''catu'': 4\b') then 'skater'
        when list_contains(bicycles, regexp_extract(person, '''num_veh'': u?''([^'']*)''', 1)) then 'cyclist'
        when list_contains(motor_devices, regexp_extract(person, '''num_veh'': u?''([^'']*)''', 1)) then 'motor_device'
        when list_contains(devices, regexp_extract(person, '''num_veh'': u?''([^'']*)''', 1)) then 'device' end,
      'severity': regexp_extract(person, '''grav'': (\d)', 1),
      'sex': nullif(regexp_extract(person, '''sexe'': (\d)', 1), ''),
      'born': nullif(regexp_extract(person, '''an_nais'': (\d{4})', 1), '')}) as told
  from written
),
coded as (
  select
    *,
    case
      when year >= 2019 then com
      when dep in ('201', '202') then replace(replace(dep, '201', '2A'), '202', '2B') || lpad(com, 3, '0')
      when dep like '97_' and length(com) = 3 then '97' || com
      when dep like '97_' then dep || lpad(com, 2, '0')
      when dep = '750' and cast(com as integer) between 1 and 20 then '751' || lpad(com, 2, '0')
      else lpad(left(dep, -1), 2, '0') || lpad(com, 3, '0')
    end as code,
    case
      when year >= 2019 then case when length(dep) = 1 then '0' || dep else dep end
      when dep in ('201', '202') then replace(replace(dep, '201', '2A'), '202', '2B')
      when dep like '97_' then dep
      else lpad(left(dep, -1), 2, '0')
    end as departement
  from sorted
),
listed as (
  select
    code,
    coalesce(max(code) filter (where kind in ('COM', 'ARM')), max(parent)) as commune
  from "insee/communes"
  where vintage = 2021
  group by code
)
select
  coded.accident,
  coded.year,
  coded.month,
  coded.hour,
  coded.light,
  case when coded.light > 0 then coded.light >= 3 end as at_night,
  coded.agglomeration = 2 as in_built_up_area,
  coded.code as commune_reported,
  coalesce(listed.commune, former.commune) as commune,
  coded.departement,
  coded.killed,
  coded.hospitalised,
  coded.slightly_injured,
  coded.unhurt,
  coded.persons,
  coded.killed_pedestrians,
  len(list_filter(coded.fatal_vehicles, lambda vehicle: list_contains(coded.bicycles, vehicle))) as killed_cyclists,
  regexp_matches(coded.usagers, '''catu'': 3\b') as with_pedestrian,
  regexp_matches(coded.vehicules, '''catv'': (?:1|80)\b') as with_cyclist,
  regexp_matches(coded.usagers, '''catu'': 3\b') or regexp_matches(coded.vehicules, '''catv'': (?:1|80)\b')
    as with_pedestrian_or_cyclist,
  regexp_matches(coded.usagers, '''catu'': [34]\b') or regexp_matches(coded.vehicules, '''catv'': (?:1|80|50|60)\b')
    as with_pedestrian_or_cyclist_wide,
  nullif(array_to_string(list_transform(
    list_filter(coded.told, lambda person: person.mode is not null),
    lambda person: concat_ws(' ', person.mode, person.severity, coalesce(person.sex, '-'), coalesce(person.born, '-'))), ', '), '') as hurt_on_foot_or_cycle,
  coded.persons_written - coded.persons as persons_unread,
  coded.vehicles_written - coded.vehicles as vehicles_unread,
  case when coded.lon between -5.3 and 9.7 and coded.lat between 41.2 and 51.2 then coded.lon end as longitude,
  case when coded.lon between -5.3 and 9.7 and coded.lat between 41.2 and 51.2 then coded.lat end as latitude
from coded
left join listed on listed.code = coded.code
left join "insee/former_communes" as former on former.code = coded.code and former.vintage = 2021
where coded.departement not in ('975', '977', '978', '986', '987', '988')
