select *
from read_json('accidents.json')
