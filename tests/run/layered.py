"""What the small workspace lacks to have maps: contours, places, layers and a map."""

from textwrap import dedent

from tests.run.conftest import Trial

SQUARES = {"99001": (0, 0), "99003": (1, 0), "99004": (1, 1)}

MADE_UP = """\
producer: Essai
licence: synthetic
use: open
periods: '2020'
verified_against: none
synthetic: true
why: Des données inventées, pour les essais.
"""


def _outline(code: str) -> str:
    west, south = SQUARES[code][0] - 9, SQUARES[code][1] + 46
    east, north = west + 1, south + 1
    corners = ((west, south), (east, south), (east, north), (west, north), (west, south))
    return f"{code};POLYGON(({', '.join(f'{x} {y}' for x, y in corners)}))"


FILES = {
    "sources/town/contours/source.yaml": f"""\
title: Contours
{MADE_UP}locations: [{{file: {{path: contours.csv}}}}]
files: {{rows: {{read: {{format: csv}}}}}}
table:
  rows: une ligne par commune
  key: [code]
  crs: EPSG:4326
  columns: {{vintage: {{type: integer}}, code: , geometry: {{type: geometry}}}}
""",
    "sources/town/contours/table.sql": "select 2022 as vintage, code, ST_GeomFromText(outline) as geometry from rows\n",
    "sources/town/contours/contours.csv": "\n".join(["code;outline", *map(_outline, SQUARES)]),
    "sources/town/sites/source.yaml": f"""\
title: Sites
{MADE_UP}locations: [{{file: {{path: sites.csv}}}}]
files: {{rows: {{read: {{format: csv, types: {{lon: number, lat: number, area: number}}}}}}}}
table:
  rows: une ligne par site
  key: [site]
  columns:
    site: {{type: text}}
    kind: {{type: text}}
    area: {{type: number}}
    owner: {{type: text}}
    lon: {{type: number}}
    lat: {{type: number}}
""",
    "sources/town/sites/table.sql": "select site, kind, area, owner, lon, lat from rows\n",
    "sources/town/sites/sites.csv": """\
site,kind,area,owner,lon,lat
S1,port,10.5,canary-one,-8.5,46.5
S2,port,20.5,canary-two,-7.5,46.5
S3,zone,30.5,canary-three,-7.5,47.5
S4,zone,40.5,canary-four,,
""",
    "layers/housing/sites.yaml": """\
title: Sites
description: Les sites inventés.
theme: housing
kind: rows
table: town/sites
point: {longitude: lon, latitude: lat}
attributes: {kind: {title: Genre}, area: }
style: {kind: categories, column: kind, values: {port: {title: Port}, zone: }}
filters: [kind, area]
popup: '{kind} de {area} ha'
""",
    "layers/housing/communes.yaml": """\
title: Communes
description: Les communes et leur vacance.
theme: housing
kind: territories
level: commune
indicators: {vacancy: {indicator: housing/vacancy_rate}, dwellings: {indicator: housing/dwellings}}
style: {kind: classes, column: vacancy, count: 3}
""",
    "layers/housing/owned.yaml": """\
title: Logements vides
description: Selon le fichier prêté.
theme: housing
kind: territories
level: commune
indicators: {empty: {indicator: housing/empty_homes}}
style: {kind: circles, column: empty}
""",
    "maps/housing.md": """\
---
title: Le logement
themes: [housing]
layers: [housing/sites, {layer: housing/communes, opacity: 0.5}]
swipe: {left: housing/sites, right: housing/communes}
---

Il y a {{ housing/dwellings }} logements dans {{ perimeter.name }}.
""",
    "maps/lent.md": """\
---
title: Le fichier prêté
layers: [housing/owned]
audience: partner:dreal
---

Pour qui l'a prêté.
""",
}


def add_layers(trial: Trial) -> Trial:
    """The workspace with its layers and its map."""
    for name, text in FILES.items():
        trial.write(name, dedent(text))
    trial.replace("sources/town/contours/source.yaml", "{format: csv}", "{format: csv, delimiter: ';'}")
    trial.replace("workspace.yaml", "{communes: town/communes, epci: town/epci}",
                  "{communes: town/communes, epci: town/epci, contours: town/contours}")  # fmt: skip
    return trial
