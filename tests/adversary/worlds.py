"""The trial workspace with two partners' secrets in it: a plain one (*zibeline*) and one under secrecy (*ocelot*).

Every value of both is ``CANARY``, and every name that only a partner should read holds one of ``WORDS``: whatever a
stranger gets must hold neither.
"""

import json
from pathlib import Path

import numpy as np
from rasterio.transform import from_origin

from tests.lake.image_benches import write_image
from tests.run.conftest import Trial

CANARY = 7654321
WORDS = ("zibelin", "ocelot", "owners", "empty_homes", "Propriétaires", "logements vides")
TOKENS = {"dreal": "jeton-de-la-dreal", "cci": "jeton-de-la-cci"}

_TERMS = """
licence: agreement
use: agreement
periods: '2020'
verified_against: none
synthetic: true
why: Un fichier prêté, inventé pour les essais.
"""

FILES = {
    "sources/town/zibeline/source.yaml": f"""title: Fichier des zibelines
producer: Zibelinier
{_TERMS}locations: [{{file: {{path: zibeline.csv}}}}]
files: {{rows: {{read: {{format: csv}}}}}}
table:
  rows: une ligne par commune et par an
  key: [code, year]
  territory: {{column: code, level: commune, vintage: 2021}}
  period: {{column: year}}
  audience: partner:dreal
  columns: {{code: , year: {{type: integer}}, zibelines: {{type: integer}}}}
""",
    "sources/town/zibeline/table.sql": "select code, cast(year as integer) as year, "
    "cast(zibelines as integer) as zibelines\nfrom rows\n",
    "sources/town/zibeline/zibeline.csv": "code,year,zibelines\n"
    + "".join(f"9900{code},{year},{CANARY}\n" for code in (1, 2, 3, 4) for year in (2018, 2020)),
    "sources/town/ocelot/source.yaml": f"""title: Fichier des ocelots
producer: Ocelotier
{_TERMS}locations: [{{file: {{path: ocelot.csv}}}}]
files: {{rows: {{read: {{format: csv}}}}}}
table:
  rows: une ligne par ocelot
  key: [id]
  territory: {{column: code, level: commune, vintage: 2021}}
  period: {{value: '2020'}}
  audience: partner:cci
  secrecy:
    minimum_units: 3
    dominance: {{largest: 1, share: 80, contributor: firm}}
    asked_by: Ocelotier
    why: Règle de diffusion du fichier des ocelots.
  columns: {{id: {{type: text}}, code: , firm: {{type: text}}, ocelots: {{type: integer}}}}
""",
    "sources/town/ocelot/table.sql": "select id, code, firm, cast(ocelots as integer) as ocelots\nfrom rows\n",
    "sources/town/ocelot/ocelot.csv": "id,code,firm,ocelots\n"
    + f"a,99001,f1,{CANARY}\nb,99002,f1,{CANARY}\nc,99002,f2,{CANARY}\nd,99002,f3,{CANARY}\n"
    + f"e,99003,f1,{CANARY}\nf,99003,f2,1\ng,99003,f3,1\nh,99003,f4,1\ni,99004,f9,{CANARY}\nj,99004,f9,{CANARY}\n",
    "tables/town/zibeline_share/table.yaml": """title: Part des zibelines
table:
  rows: une ligne par commune
  key: [code]
  territory: {column: code, level: commune, vintage: 2021}
  period: {value: '2020'}
  columns: {code: , zibelines: {type: integer}, dwellings: {type: integer}}
""",
    "tables/town/zibeline_share/table.sql": """select z.code, z.zibelines, d.dwellings
from "town/zibeline" as z
join "town/dwellings" as d on d.code = z.code
where z.year = 2020
""",
    "vocabulary/themes.yaml": "housing: {title: Logement}\nfur: {title: Zibelines}\ncats: {title: Ocelots}\n",
    "indicators/fur/zibelines.yaml": """title: Zibelines
definition: Nombre de zibelines.
theme: fur
unit: dwellings
kind: sum
table: town/zibeline
column: zibelines
featured: true
""",
    "indicators/housing/zibelines_per_dwelling.yaml": """title: Zibelines par logement
definition: Zibelines rapportées aux logements.
theme: housing
unit: percent
kind: ratio
table: town/zibeline_share
numerator: zibelines
denominator: dwellings
featured: true
""",
    "indicators/housing/zibeline_growth.yaml": """title: Évolution des zibelines
definition: Évolution annuelle des zibelines.
theme: housing
unit: dwellings
kind: change
of: fur/zibelines
over: 2
""",
    "indicators/fur/ocelots.yaml": """title: Ocelots
definition: Nombre d'ocelots.
theme: cats
unit: dwellings
kind: sum
table: town/ocelot
column: ocelots
""",
    "indicators/housing/households.yaml": """title: Logements occupés, tel que publié
definition: Logements, repris tels quels de leur producteur.
theme: housing
unit: dwellings
kind: published
table: town/dwellings
column: dwellings
featured: true
""",
    "layers/fur/zibelines.yaml": """title: Zibelines par commune
description: Les zibelines, commune par commune.
theme: fur
kind: territories
level: commune
indicators: {zibelines: {indicator: fur/zibelines}}
style: {kind: circles, column: zibelines}
filters: [zibelines]
""",
    "layers/housing/open.yaml": """title: Communes
description: Les communes et leurs logements.
theme: housing
kind: territories
level: commune
indicators: {dwellings: {indicator: housing/dwellings}}
""",
    "sources/town/zibeline_image/source.yaml": f"""title: Image des zibelines
producer: Zibelinier
{_TERMS}audience: partner:dreal
locations: [{{file: {{path: zibeline.tif}}}}]
files: {{image: {{read: {{format: geotiff}}}}}}
""",
    "layers/fur/zibeline_image.yaml": """title: Zibelines vues du ciel
description: Les zibelines, pixel par pixel.
theme: fur
kind: raster
source: town/zibeline_image
value: Zibelines
unit: dwellings
style: {kind: classes, method: manual, limits: [7654320, 7654330], why: Deux seuils des zibelines.}
zoom: {max: 6}
""",
    "maps/towns.md": """---
title: Communes
summary: Les logements.
layers: [housing/open]
---
Une couche.
""",
    "maps/fur.md": """---
title: Zibelines
summary: Logements et zibelines.
layers: [fur/zibelines, fur/zibeline_image, housing/open]
audience: partner:dreal
---
Deux couches.
""",
    "sources/town/contours/source.yaml": """title: Contours
producer: Essai
licence: synthetic
use: open
periods: '2022'
verified_against: none
synthetic: true
why: Des carrés, pour les essais.
locations: [{file: {path: contours.geojson}}]
files: {shapes: {read: {format: geojson}}}
table:
  rows: une ligne par commune
  key: [vintage, code]
  crs: EPSG:4326
  columns: {vintage: {type: integer}, code: , geometry: {type: geometry}}
""",
    "sources/town/contours/table.sql": "select 2022 as vintage, code, ST_GeomFromWKB(geometry) as geometry\n"
    "from shapes\n",
    "sources/town/contours/contours.geojson": json.dumps(
        {
            "type": "FeatureCollection",
            "features": [
                {
                    "type": "Feature",
                    "properties": {"code": code},
                    "geometry": {
                        "type": "Polygon",
                        "coordinates": [[[x, y], [x + 0.1, y], [x + 0.1, y + 0.1], [x, y + 0.1], [x, y]]],
                    },
                }
                for code, x, y in (("99001", 2.0, 50.0), ("99003", 2.1, 50.0), ("99004", 2.1, 50.1))
            ],
        }
    ),
}


def guard(folder: Path) -> Trial:
    """The trial workspace with both secrets, in ``folder``."""
    trial = Trial(folder)
    for name, text in FILES.items():
        trial.write(name, text)
    pixels = np.full((20, 20), CANARY, np.float32)
    place = from_origin(2.0, 50.2, 0.01, 0.01)
    write_image(folder / "sources/town/zibeline_image/zibeline.tif", pixels, crs="EPSG:4326", place=place)
    trial.replace(
        "workspace.yaml", "token_env: DREAL_TOKEN}", "token_env: DREAL_TOKEN}, cci: {title: CCI, token_env: CCI_TOKEN}"
    )
    trial.replace("workspace.yaml", "epci: town/epci}", "epci: town/epci, contours: town/contours}")
    trial.replace("workspace.yaml", "synthetic: true", "portrait: [fur/zibelines, housing/dwellings]\nsynthetic: true")
    return trial
