"""A workspace that publishes sums of a lent file under secrecy: what is hidden there is told by unmistakable numbers.

Nine communes in three EPCI, a grouping that cuts across them, and a file of establishments that a partner lent: its
sums are public, and those of a second column are for another partner. At 99001, 99004 and 99006, which have one or two
establishments, values are confidential; others have to be hidden so that these stay so. ``Hidden``
holds all that only the file knows: two worlds that differ by it alone publish the same.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime, tzinfo
from pathlib import Path
from textwrap import dedent
from typing import Any

import pytest

from beffroi.collect import collecting
from beffroi.measure import groups
from beffroi.publish.ogc import features
from beffroi.run import building
from beffroi.secrecy import Problem, Suppression
from beffroi.serve import interfaces
from tests.run.conftest import Trial

OTTERS = "sources/lent/otters/otters.csv"
TOKENS = {"dreal": "jeton-de-la-dreal", "cci": "jeton-de-la-cci"}

COMMUNES = {
    "99001": ("Aubel", "999000001"), "99002": ("Bruyère", "999000001"), "99003": ("Coudray", "999000001"),
    "99004": ("Dornes", "999000002"), "99005": ("Estrées", "999000002"), "99006": ("Fresnoy", "999000002"),
    "99007": ("Gouy", "999000003"), "99008": ("Hersin", "999000003"), "99009": ("Izel", "999000003"),
}  # fmt: skip

_TERMS = """\
producer: Loutrier
licence: agreement
use: agreement
periods: 2018 et 2020
verified_against: none
synthetic: true
why: Un fichier prêté, inventé pour les essais.
"""

_OPEN = _TERMS.replace("licence: agreement", "licence: synthetic").replace("use: agreement", "use: open")


@dataclass(frozen=True)
class Hidden:
    """What is not published: jobs of establishments by commune in 2020, the first one having as many more; who they
    belong to; what cannot be placed; and the whole file of another partner."""

    jobs: dict[str, tuple[int, ...]] = field(
        default_factory=lambda: {
            "99001": (4987654, 2666667),
            "99003": (234321, 834567, 734789, 634594, 1034113, 934789),
            "99004": (3141593,),
            "99006": (9264813, 911),
        }
    )
    owner: str = "Loutre-Canari"
    lost: tuple[int, ...] = (8642087,)
    otters: int = 5318008


PLAIN = Hidden()


def other(kind: str) -> Hidden:
    """What else could be under the same published figures where it is the kind ``a`` or ``b`` of jobs that is hidden
    beside the confidential ones: the sums of each EPCI and of all are those of ``PLAIN``."""
    moved = 435791
    here, there = list(PLAIN.jobs["99001"]), list(PLAIN.jobs["99003"])
    here["ab".index(kind)] -= moved
    there[{"a": 4, "b": 5}[kind]] += moved
    jobs = {
        "99001": tuple(here),
        "99003": tuple(there),
        "99004": (3141593 - 102030, 911),
        "99006": (9264813 + 102030,),
    }
    return Hidden(jobs, "Castor-Canari", (7531902, 4214213))


THEIRS = replace(PLAIN, otters=8675309)
"""The file of the other partner alone is different."""


def canaries(hidden: Hidden) -> Iterator[int]:
    """Numbers that nobody outside may read: each contribution, and what they add up to where that is hidden; jobs,
    then pay."""
    for each in hidden.jobs.values():
        for jobs in {*each, sum(each)}:
            yield jobs
            yield _pay(jobs)
    yield from hidden.lost


def _pay(jobs: int) -> int:
    return 3 * jobs + 1


def _lent_rows(hidden: Hidden) -> Iterator[str]:
    """Two hundred or so jobs in each establishment that is nothing to hide; 2018 has nothing but these."""
    number = 0
    for year in (2018, 2020):
        for rank, code in enumerate(COMMUNES, 1):
            secret = hidden.jobs.get(code) if year == 2020 else None
            jobs = secret or tuple(200 + 7 * rank + 11 * place + year - 2018 for place in range(6))
            for place, each in enumerate(jobs):
                number += 1
                kind = "ab"[place % 2]
                firm = f"{hidden.owner}-{code}-{place}" if secret else f"f{number}"
                yield f"{code},{year},e{year}-{code}-{place},{firm},{kind},{each},{_pay(each)}"
    for place, each in enumerate(hidden.lost):
        yield f"99999,2020,lost-{place},{hidden.owner},a,{each},{_pay(each)}"


def _communes() -> str:
    lines = ["vintage,code,name,kind,parent,epci,population"]
    for vintage in (2021, 2022):
        for rank, (code, (name, epci)) in enumerate(COMMUNES.items(), 1):
            lines.append(f"{vintage},{code},{name},COM,,{epci},{rank * 100 + vintage - 2021}")
    return "\n".join(lines) + "\n"


def _epci() -> str:
    names = {"999000001": "CC du Nord", "999000002": "CC du Sud", "999000003": "CC de l'Est"}
    lines = [f"{vintage},{code},{name}" for vintage in (2021, 2022) for code, name in names.items()]
    return "\n".join(["vintage,code,name", *lines]) + "\n"


def _contours() -> str:
    def square(rank: int) -> dict[str, object]:
        x, y = 2.0 + 0.1 * (rank % 3), 50.0 + 0.1 * (rank // 3)
        ring = [[x, y], [x + 0.1, y], [x + 0.1, y + 0.1], [x, y + 0.1], [x, y]]
        return {"type": "Polygon", "coordinates": [ring]}

    features = [
        {"type": "Feature", "properties": {"code": code}, "geometry": square(rank)}
        for rank, code in enumerate(COMMUNES)
    ]
    return json.dumps({"type": "FeatureCollection", "features": features})


_SECRECY = """\
  secrecy:
    minimum_units: 3
    dominance: {largest: 1, share: 80, contributor: firm}
    secondary: suppression
    audience: public
    asked_by: Loutrier
    why: Règle de diffusion du fichier prêté.
"""

_PAGE = """\
---
title: Les loutres {{ here.of }}
summary: Établissements et emplois {{ here.of }}.
levels: [commune, epci, grouping]
compared: [epci, perimeter]
---

{{ here }} compte {{ lent/jobs }} emplois, soit {{ lent/jobs, show: rank }}, et {{ lent/establishments }}
établissements ; {{ lent/jobs, territory: perimeter }} {{ perimeter.in }}.

```key_figures
name: cles
indicators: [lent/jobs, lent/pay_per_job, lent/median_pay]
```

```choropleth
name: carte
indicator: lent/pay_per_job
```

```circles
name: ronds
indicator: lent/jobs
```

```ranking
name: rang
indicator: lent/jobs
```

```distribution
name: repartition
indicator: lent/pay_per_job
```

```line
name: courbe
indicator: lent/jobs
```

```bar
name: barres
breakdown: lent/jobs_by_kind
arrangement: stacked
```

```area
name: aire
breakdown: lent/jobs_by_kind
```

```multiples
name: multiples
indicator: lent/jobs
level: commune
shown_for: [epci, grouping]
```

```slope
name: pente
indicator: lent/jobs
periods: ['2018', '2020']
```

```scatter
name: nuage
x: lent/pay_per_job
y: lent/median_pay
size: lent/jobs
```

```bivariate_map
name: croisee
x: lent/pay_per_job
y: lent/median_pay
```

```comparison
name: tableau
indicators: [lent/jobs, lent/establishments, lent/pay_per_job, lent/growth, town/homes]
```

```key_years
name: annees
indicators: [lent/jobs, lent/pay_per_job]
years: [{label: T0, period: '2018'}, {label: T1, period: '2020'}]
```

```flow
name: flux
links:
  - {source: Emplois, target: Première, indicator: lent/jobs_by_kind/a}
  - {source: Emplois, target: Seconde, indicator: lent/jobs_by_kind/b}
```

```downloads
indicators: [lent/jobs, lent/pay_per_job]
```
"""

_MEASURED = {
    "jobs": "Emplois|dwellings|kind: sum\ntable: lent/otters\ncolumn: jobs\nfeatured: true",
    "establishments": "Établissements|dwellings|kind: count\ntable: lent/otters",
    "pay_per_job": "Salaire par emploi|dwellings|kind: ratio\ntable: lent/otters\nnumerator: pay\ndenominator: jobs",
    "median_pay": "Salaire médian|dwellings|kind: quantile\ntable: lent/otters\ncolumn: pay",
    "growth": "Évolution des emplois|dwellings|kind: change\nof: lent/jobs\nover: 2",
    "jobs_by_kind": "Emplois par genre|dwellings|kind: breakdown\nof: lent/jobs\n"
    "categories: {a: {title: Première, where: {kind: a}}, b: {title: Seconde, where: {kind: b}}}",
    "pay": "Salaires|dwellings|kind: sum\ntable: lent/otters\ncolumn: pay",
}


def _indicator(name: str, said: str) -> str:
    title, unit, rest = said.split("|")
    whom = "partner:dreal" if name == "pay" else "public"
    own = f"audience: {whom}\n" if "breakdown" not in rest else ""
    told = "" if "breakdown" in rest else f"theme: lent\nunit: {unit}\n"
    return f"title: {title}\ndefinition: {title} du fichier prêté.\n{told}{rest}\n{own}"


def _layer(column: str, indicator: str, style: str, more: str = "") -> str:
    return (
        f"title: {indicator.rpartition('/')[2]}\ndescription: Une couche de sommes.\ntheme: lent\nkind: territories\n"
        f"level: commune\nindicators: {{{column}: {{indicator: {indicator}}}}}\nstyle: {style}\n"
        f"filters: [{column}]\n{more}"
    )


def _files(hidden: Hidden, secrecy: str) -> dict[str, str]:
    lent = "code,year,id,firm,kind,jobs,pay\n" + "\n".join(_lent_rows(hidden)) + "\n"
    whole = "table:\n  rows: une ligne par commune\n  key: [code]\n"
    return {
        "sources/town/communes/communes.csv": _communes(),
        "sources/town/epci/epci.csv": _epci(),
        "sources/town/dwellings/dwellings.csv": "code;dwellings;vacant\n"
        + "".join(f"{code};{300 + 17 * rank};{20 + rank}\n" for rank, code in enumerate(COMMUNES)),
        "sources/town/owners/owners.csv": "code,empty_homes\n"
        + "".join(f"{code},{hidden.otters + rank}\n" for rank, code in enumerate(COMMUNES)),
        "sources/town/contours/source.yaml": "title: Contours\n" + _OPEN
        + "locations: [{file: {path: contours.geojson}}]\nfiles: {shapes: {read: {format: geojson}}}\n" + whole
        + "  crs: EPSG:4326\n  columns: {vintage: {type: integer}, code: , geometry: {type: geometry}}\n",
        "sources/town/contours/table.sql": "select 2022 as vintage, code, ST_GeomFromWKB(geometry) as geometry\n"
        "from shapes\n",
        "sources/town/contours/contours.geojson": _contours(),
        "sources/lent/otters/source.yaml": "title: Fichier des établissements\n" + _TERMS
        + "locations: [{file: {path: otters.csv}}]\nfiles: {rows: {read: {format: csv}}}\n"
        "table:\n  rows: une ligne par établissement et par an\n  key: [id]\n"
        "  territory: {column: code, level: commune, vintage: 2021}\n  period: {column: year}\n"
        f"  audience: partner:cci\n{secrecy}"
        "  columns: {id: {type: text}, code: , year: {type: integer}, firm: {type: text}, kind: {type: text},\n"
        "    jobs: {type: integer}, pay: {type: integer}}\n",
        "sources/lent/otters/table.sql": "select id, code, cast(year as integer) as year, firm, kind,\n"
        "  cast(jobs as integer) as jobs, cast(pay as integer) as pay\nfrom rows\n",
        OTTERS: lent,
        "vocabulary/themes.yaml": "housing: {title: Logement}\nlent: {title: Emploi}\n",
        "indicators/town/homes.yaml": "title: Logements comptés\ndefinition: Nombre de logements.\ntheme: housing\n"
        "unit: dwellings\nkind: sum\ntable: town/dwellings\ncolumn: dwellings\n",
        **{f"indicators/lent/{name}.yaml": _indicator(name, said) for name, said in _MEASURED.items()},
        "layers/lent/jobs.yaml": _layer("jobs", "lent/jobs", "{kind: circles, column: jobs}"),
        "layers/lent/rates.yaml": _layer("rate", "lent/pay_per_job", "{kind: classes, column: rate, count: 3}"),
        "layers/lent/pays.yaml": _layer(
            "pay", "lent/pay", "{kind: circles, column: pay}", "audience: partner:dreal\n"
        ),
        "maps/jobs.md": "---\ntitle: Emplois\nsummary: Les emplois.\nlayers: [lent/jobs, lent/rates]\n---\n"
        "Il y a {{ lent/jobs }} emplois.\n",
        "maps/pays.md": "---\ntitle: Salaires\nsummary: Les salaires.\nlayers: [lent/pays]\naudience: partner:dreal\n"
        "---\nDe l'autre partenaire.\n",
        "observatories/otters/observatory.yaml": "title: Emplois\nsummary: Les emplois.\nthemes: [lent]\n"
        "pages: [index]\n",
        "observatories/otters/index.md": _PAGE,
        "territories/border.yaml": "title: Lisière\nmembers: {communes: ['99002', '99005', '99008']}\n",
    }  # fmt: skip


def lend(folder: Path, hidden: Hidden = PLAIN, *, secondary: str = "suppression", protected: bool = True) -> Trial:
    """The workspace in ``folder``; without ``protected`` no rule hides anything, and all that is to be hidden shows."""
    trial = Trial(folder)
    trial.remove("indicators/housing/dwellings.yaml")
    secrecy = _SECRECY.replace("suppression", secondary) if protected else ""
    for name, text in _files(hidden, secrecy).items():
        trial.write(name, dedent(text) if name.endswith(".md") else text)
    if not protected:
        source = "sources/lent/otters/source.yaml"
        trial.replace(source, "  audience: partner:cci\n", "")
        trial.replace(source, _TERMS, _OPEN)
    workspace = "workspace.yaml"
    trial.replace(
        workspace,
        "dreal: {title: Services de l'État, token_env: DREAL_TOKEN}",
        "dreal: {title: Services de l'État, token_env: DREAL_TOKEN}, cci: {title: CCI, token_env: CCI_TOKEN}",
    )
    trial.replace(workspace, "epci: town/epci}", "epci: town/epci, contours: town/contours}")
    trial.replace(workspace, "vintages: [2021]", "vintages: []")
    trial.write("territories/agency.yaml", "title: Agence\nmembers: {epci: ['999000001', '999000002', '999000003']}\n")
    trial.replace(
        workspace,
        "synthetic: true",
        "portrait: [lent/jobs, lent/pay_per_job, town/homes]\n"
        "similar: {count: 3, among: perimeter, indicators: {lent/jobs: {scale: linear}, town/homes: {scale: linear}},\n"
        "  why: Pour les essais.}\nsynthetic: true",
    )
    return trial


class _Stopped(datetime):
    @classmethod
    def now(cls, tz: tzinfo | None = None) -> "_Stopped":
        return cls(2026, 11, 20, 8, 30, tzinfo=tz)


def steady(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let every build and every answer be of the same moment: what remains different is not of the clock. Let worlds
    hide the same cells as the first that is built: which cells are hidden is for all to see, and there is more than
    one way to protect the same ones."""
    for module in (building, collecting, features, interfaces):
        monkeypatch.setattr(module, "datetime", _Stopped)
    choose, chosen = groups.suppress, dict[bytes, Suppression]()

    def choose_again(problem: Problem, *more: Any, **others: Any) -> Suppression:
        adding = problem.relations
        key = b"".join(part.tobytes() for part in (adding.indptr, adding.indices, problem.offered, problem.sensitive))
        if key not in chosen:
            chosen[key] = choose(problem, *more, **others)
        return chosen[key]

    monkeypatch.setattr(groups, "suppress", choose_again)
