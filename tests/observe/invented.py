"""An invented territory, released in memory: every state that a figure must show, in two dozen communes.

Nothing is read from disk: tests of observe, publish, serve and browser journeys all start from here.
"""

import hashlib
import itertools
import math
import random
from collections.abc import Callable, Mapping
from typing import Any

import pyarrow as pa
import shapely

from beffroi.access import PUBLIC, Audience, Reader, allows
from beffroi.errors import fault
from beffroi.geo import EVENTS_SCHEMA
from beffroi.lake.releases import EditionInfo, Release
from beffroi.lake.series import SERIES_SCHEMA, UNLOCATED

NAMES = (
    "Aubremont", "Bellefosse", "Cantelande", "Dourlac", "Écaillon-la-Forêt", "Fontaine-les-Saules",
    "Grisecourt", "Hautevelle", "Isberval", "Jonquemare", "Le Quesnel-Haut", "La Marlière",
    "Morvilliers-sous-Orve", "Neuvelande", "Œuilly-le-Vieux", "Pontarmé", "Quièvrecourt", "Rosembaut",
    "Saint-Orens-sur-Orve", "Tilloy-les-Bois", "Les Usselles", "Verlincourt", "Wavremont", "Yvrecelles",
)  # fmt: skip
EPCI = (
    ("900000011", "Communauté d'agglomération du Val d'Orve"),
    ("900000022", "Communauté de communes des Hauts de Quesnel"),
    ("900000033", "Communauté de communes du Pays de Rosembaut"),
)
REFERENCE = 2026
UNITS: Mapping[str, Any] = {
    "percent": {"symbol": {"fr": "%", "en": "%"}, "one": {}, "decimals": 1, "factor": 100, "grouped": True},
    "percent_year": {
        "symbol": {"fr": "% par an", "en": "% a year"}, "one": {}, "decimals": 2, "factor": 100, "grouped": True,
    },
    "euro": {"symbol": {"fr": "€", "en": "€"}, "one": {}, "decimals": 0, "factor": 1, "grouped": True},
    "accident": {
        "symbol": {"fr": "accidents", "en": "accidents"}, "one": {"fr": "accident", "en": "accident"},
        "decimals": 0, "factor": 1, "grouped": True,
    },
    "inhabitant": {
        "symbol": {"fr": "habitants", "en": "inhabitants"}, "one": {"fr": "habitant", "en": "inhabitant"},
        "decimals": 0, "factor": 1, "grouped": True,
    },
}  # fmt: skip

SIMILAR: Mapping[str, Any] = {
    "count": 3, "among": "perimeter", "why": "la population seule, pour les essais",
    "indicators": {"housing/vacancy_rate": {"scale": "linear", "weight": 1},
                   "mobility/accidents": {"scale": "linear", "weight": 2}},
}  # fmt: skip

Cell = tuple[int, int]


PICTURE = b"\x89PNG\r\n\x1a\n"
"""The bytes of every picture of the invented release."""


def commune_code(index: int) -> str:
    return f"99{index + 1:03d}"


def commune_name(index: int) -> str:
    return NAMES[index] if index < len(NAMES) else f"{NAMES[index % len(NAMES)]} {index // len(NAMES) + 1}"


class Ground:
    """A lattice of communes whose crooked borders are shared to the last vertex."""

    def __init__(self, columns: int, rows: int) -> None:
        self.columns, self.rows = columns, rows
        self._random = random.Random(62498)
        self._nodes = {
            (x, y): (x + self._jitter(), y + self._jitter()) for x in range(columns + 1) for y in range(rows + 1)
        }
        self._edges: dict[tuple[Cell, Cell], list[tuple[float, float]]] = {}

    def _jitter(self) -> float:
        return self._random.uniform(-0.3, 0.3)

    def _edge(self, start: Cell, end: Cell) -> list[tuple[float, float]]:
        if (end, start) in self._edges:
            return self._edges[end, start][::-1]
        if (start, end) not in self._edges:
            (x0, y0), (x1, y1) = self._nodes[start], self._nodes[end]
            shares = [0.2, 0.4, 0.6, 0.8]
            inner = [
                (x0 + (x1 - x0) * s + self._jitter() * 0.22, y0 + (y1 - y0) * s + self._jitter() * 0.22) for s in shares
            ]
            self._edges[start, end] = [(x0, y0), *inner, (x1, y1)]
        return self._edges[start, end]

    def polygon(self, index: int) -> shapely.Polygon:
        x, y = index % self.columns, index // self.columns
        corners = [(x, y), (x + 1, y), (x + 1, y + 1), (x, y + 1), (x, y)]
        ring: list[tuple[float, float]] = []
        for start, end in itertools.pairwise(corners):
            ring.extend(self._edge(start, end)[:-1])
        return shapely.Polygon(ring)


def _epci_of(index: int, columns: int, rows: int) -> int:
    x, y = index % columns, index // columns
    return 0 if x < columns // 2 and y < rows * 0.75 else 1 if x >= columns // 2 and y >= rows // 2 else 2


def build_release(
    reader: Reader = PUBLIC, *, columns: int = 6, rows: int = 4, edition: str = "2026-11-20-1", synthetic: bool = True
) -> Release:
    """A whole edition: three levels, two vintages, five released indicators, one partner's and one unavailable."""
    count = columns * rows
    ground = Ground(columns, rows)
    polygons = [ground.polygon(index) for index in range(count)]
    epci_of = [_epci_of(index, columns, rows) for index in range(count)]
    draw = random.Random(59)
    population = [int(400 * math.exp(draw.uniform(0, 4.4))) for _ in range(count)]
    territories = _territories(population, epci_of)
    series = _all_series(population, epci_of)
    catalogue = _catalogue(series, synthetic)
    seen = {
        name: entry for name, entry in catalogue["indicators"].items() if allows(reader, Audience(entry["audience"]))
    }
    contours = {level: _contours(level, polygons, epci_of) for level in ("commune", "epci", "grouping")}
    empty = pa.table({"code": pa.array([], pa.string()), "geometry": pa.array([], pa.binary()),
                      "drawn": pa.array([], pa.binary())})  # fmt: skip
    load_contours: Callable[[str], pa.Table] = lambda level: contours.get(level, empty)  # noqa: E731
    return Release(
        reader=reader,
        edition=EditionInfo(edition, "2026-11-20T06:30:00Z", "0.1.0"),
        catalogue={**catalogue, "indicators": seen},
        load_series=lambda name: series[name],
        load_territories=lambda: territories,
        load_contours=load_contours,
        load_picture=lambda name: PICTURE,
        load_events=_events,
    )


def _events() -> pa.Table:
    """Vieux-Dourlac, a commune in 2021, was absorbed by Dourlac in 2024; Pontarmé was called Pont-Armé."""
    rows = [
        ("2024-01-01", "merger", "99900", "Vieux-Dourlac", "99004", "Dourlac", "event"),
        ("2025-01-01", "name", "99016", "Pont-Armé", "99016", "Pontarmé", "lists"),
    ]
    return pa.Table.from_pylist([dict(zip(EVENTS_SCHEMA.names, row, strict=True)) for row in rows], EVENTS_SCHEMA)


def _territories(population: list[int], epci_of: list[int]) -> pa.Table:
    rows: list[dict[str, Any]] = []

    def add(vintage: int, level: str, code: str, name: str, parents: list[str], people: int) -> None:
        rows.append(
            {"vintage": vintage, "level": level, "code": code, "name": name, "parents": parents,
             "population": people, "area_m2": 9.1e6}
        )  # fmt: skip

    for vintage in (REFERENCE, 2021):
        for index, people in enumerate(population):
            parents = [f"epci:{EPCI[epci_of[index]][0]}", "grouping:pays"]
            add(vintage, "commune", commune_code(index), commune_name(index), parents, people)
        if vintage == 2021:
            add(vintage, "commune", "99900", "Vieux-Dourlac", [f"epci:{EPCI[0][0]}", "grouping:pays"], 120)
        for number, (code, name) in enumerate(EPCI):
            total = sum(p for p, e in zip(population, epci_of, strict=True) if e == number)
            add(vintage, "epci", code, name, ["grouping:pays"], total)
        add(vintage, "grouping", "pays", "Pays d'Orve et de Quesnel", [], sum(population))
    schema = pa.schema(
        [("vintage", pa.int32()), ("level", pa.string()), ("code", pa.string()), ("name", pa.string()),
         ("parents", pa.list_(pa.string())), ("population", pa.int64()), ("area_m2", pa.float64())]
    )  # fmt: skip
    return pa.Table.from_pylist(rows, schema)


def _contours(level: str, polygons: list[shapely.Polygon], epci_of: list[int]) -> pa.Table:
    shapes: dict[str, Any]
    if level == "commune":
        shapes = {commune_code(index): polygon for index, polygon in enumerate(polygons)}
    elif level == "epci":
        shapes = {
            code: shapely.union_all([p for p, e in zip(polygons, epci_of, strict=True) if e == number])
            for number, (code, _) in enumerate(EPCI)
        }
    else:
        shapes = {"pays": shapely.union_all(polygons)}
    metres = {c: shapely.transform(s, lambda xy: xy * [4000, 3600] + [650_000, 7_020_000]) for c, s in shapes.items()}
    degrees = {c: shapely.transform(s, lambda xy: xy * [0.056, 0.033] + [2.2, 50.2]) for c, s in shapes.items()}
    return pa.table(
        {
            "code": pa.array(list(shapes), pa.string()),
            "geometry": pa.array([shapely.to_wkb(s) for s in degrees.values()], pa.binary()),
            "drawn": pa.array([shapely.to_wkb(s) for s in metres.values()], pa.binary()),
        }
    )


class _Series:
    """Collects the rows of one indicator at both vintages."""

    def __init__(self, indicator: str, population: list[int], epci_of: list[int]) -> None:
        self.indicator, self.population, self.epci_of = indicator, population, epci_of
        self.rows: list[dict[str, Any]] = []

    def add(self, level: str, code: str, label: str, period: str, value: float | None, **more: Any) -> None:
        for vintage in (REFERENCE, 2021):
            self.rows.append(
                {"indicator": self.indicator, "level": level, "territory": code, "label": label, "period": period,
                 "value": value, "numerator": None, "denominator": None, "observations": None, "status": "A",
                 "confidentiality": "F", "reliability": "good", "vintage": vintage} | more
            )  # fmt: skip

    def add_larger(
        self, period: str, parts: Mapping[str, tuple[float, float | None]], factor: float, **more: Any
    ) -> None:
        """EPCI and grouping from the parts by commune: a ratio is recomputed, a count is added."""
        groups = [(code, name, "epci", number) for number, (code, name) in enumerate(EPCI)]
        for code, name, level, number in [*groups, ("pays", "Pays d'Orve et de Quesnel", "grouping", -1)]:
            held = [parts[commune_code(i)] for i, e in enumerate(self.epci_of) if number in (-1, e)]
            top = sum(top for top, _ in held)
            bottom = sum(low for _, low in held if low is not None) if held[0][1] is not None else None
            value = top if bottom is None else factor * top / bottom
            self.add(level, code, name, period, value, numerator=top, denominator=bottom,
                     observations=int(bottom or top), **more)  # fmt: skip

    def table(self) -> pa.Table:
        order = ("vintage", "level", "territory", "period")
        rows = sorted(self.rows, key=lambda row: tuple(row[key] for key in order))
        return pa.Table.from_pylist(
            [{**r, "numerator": _decimal(r["numerator"]), "denominator": _decimal(r["denominator"])} for r in rows],
            SERIES_SCHEMA,
        )


def _decimal(value: float | None) -> Any:
    from decimal import Decimal

    return None if value is None else Decimal(str(round(value, 6)))


def _all_series(population: list[int], epci_of: list[int]) -> dict[str, pa.Table]:
    draw = random.Random(7)
    base = [draw.uniform(4, 16) for _ in population]

    def series(indicator: str) -> _Series:
        return _Series(indicator, population, epci_of)

    vacancy = series("housing/vacancy_rate")
    for period, drift in (("2016", -1.1), ("2021", 0.0)):
        parts: dict[str, tuple[float, float | None]] = {}
        for index, people in enumerate(population):
            dwellings = round(people / 2.1)
            vacant = round(dwellings * (base[index] + drift) / 100)
            parts[commune_code(index)] = (vacant, dwellings)
            more: dict[str, Any] = {"numerator": vacant, "denominator": dwellings, "observations": dwellings}
            value: float | None = 100 * vacant / dwellings
            if index == 4:
                value, more = None, {"status": "O"}
            elif index == 9:
                value, more = None, {"confidentiality": "C"}
            elif index == 13 and period == "2016":
                more["status"] = "E"
            elif people < 700:
                more["reliability"] = "weak"
            vacancy.add("commune", commune_code(index), commune_name(index), period, value, **more)
        vacancy.add_larger(period, parts, 100)

    accidents = series("mobility/accidents")
    for year in range(2010, 2021):
        parts = {}
        for index, people in enumerate(population):
            mean = people / 900 * (1.0 if year < 2018 else 0.7) * (0.75 if year == 2020 else 1)
            value = float(max(0, round(mean + draw.uniform(-1.2, 1.2))))
            parts[commune_code(index)] = (value, None)
            status = "B" if year == 2018 else "P" if year == 2020 else "A"
            accidents.add("commune", commune_code(index), commune_name(index), str(year), value,
                          observations=int(value), status=status)  # fmt: skip
        accidents.add_larger(str(year), parts, 1, status="B" if year == 2018 else "P" if year == 2020 else "A")
        accidents.add("commune", UNLOCATED, "non localisé", str(year), float(year % 4 + 2), observations=year % 4 + 2)

    income = series("income/median_income")
    for index, people in enumerate(population):
        known = people >= 600
        income.add("commune", commune_code(index), commune_name(index), "2021",
                   16000 + 900.0 * base[index] if known else None,
                   confidentiality="F" if known else "C", reliability="unknown")  # fmt: skip
    for number, (code, name) in enumerate(EPCI[:2]):
        income.add("epci", code, name, "2021", 20100.0 + 1510 * number, reliability="unknown")
    income.add("epci", EPCI[2][0], EPCI[2][1], "2021", None, status="M", reliability="unknown")

    change = series("population/yearly_change")
    for index, people in enumerate(population):
        status = "E" if index == 3 else "A"
        value = round((base[index] - 9) / 6, 3)
        change.add("commune", commune_code(index), commune_name(index), "2021", value, status=status, numerator=people)
    for number, (code, name) in enumerate(EPCI):
        change.add("epci", code, name, "2021", (-0.31, 0.12, 0.44)[number])
    change.add("grouping", "pays", "Pays d'Orve et de Quesnel", "2021", -0.08)

    deposit = series("land/private_vacancy")
    for index, people in enumerate(population):
        deposit.add("commune", commune_code(index), commune_name(index), "2024", float(round(people * 0.03)))
    return {s.indicator: s.table() for s in (vacancy, accidents, income, change, deposit)}


def _text(fr: str, en: str) -> dict[str, str]:
    return {"fr": fr, "en": en}


def _indicator(
    title: dict[str, str], definition: dict[str, str], theme: str, unit: str, kind: str, **more: Any
) -> dict[str, Any]:
    return {
        "title": title, "definition": definition, "method": None, "note": None, "theme": theme, "unit": unit,
        "kind": kind, "keywords": [], "breaks": [], "provisional": [], "levels": ["commune", "epci", "grouping"],
        "periods": ["2021"], "vintages": [2021, REFERENCE], "tables": [], "sources": [], "state": "released",
        "reasons": [], "updated": "2026-11-20T06:30:00Z", "audience": "public", "window": None, "coverage": {},
        "featured": False, "reliability": None, "protection": None,
    } | more  # fmt: skip


def _catalogue(series: Mapping[str, pa.Table], synthetic: bool) -> dict[str, Any]:
    reason = fault("unknown-indicator", name="x").to_json() | {
        "code": "source-unreachable",
        "message": "aucun emplacement de « dvf/statistics » n’a répondu",
        "remedy": "réessayer plus tard, ou déposer le fichier à la main",
    }
    indicators = {
        "housing/vacancy_rate": _indicator(
            _text("Taux de vacance des logements", "Housing vacancy rate"),
            _text(
                "Part des logements vacants parmi tous les logements, au sens du recensement.",
                "Share of vacant dwellings among all dwellings, as the census counts them.",
            ),
            "housing", "percent", "ratio", periods=["2016", "2021"], tables=["insee/census"],
            sources=["insee/census"], window={"before": 2, "after": 2}, featured=True, keywords=["vacance"],
            method=_text("Somme des logements vacants rapportée à la somme des logements.", "Sum over sum."),
            note=_text("À ne pas confondre avec la vacance fiscale.", "Not to be mistaken for fiscal vacancy."),
            reliability={"minimum_observations": 333, "observations": "dwellings", "why": "petits effectifs"},
        ),
        "mobility/accidents": _indicator(
            _text("Accidents corporels de la route", "Road accidents with injuries"),
            _text("Accidents sur une voie ouverte à la circulation, avec au moins un blessé.",
                  "Accidents on a public road with at least one person hurt."),
            "mobility", "accident", "count", periods=[str(year) for year in range(2010, 2021)],
            tables=["mobility/accident_places"], sources=["onisr/accidents"], provisional=["2020"], featured=True,
            breaks=[{"period": "2018", "why": _text("le relevé des blessés hospitalisés a changé",
                                                    "how hospitalised casualties are recorded changed")}],
        ),
        "income/median_income": _indicator(
            _text("Revenu médian par unité de consommation", "Median income per consumption unit"),
            _text("La moitié des personnes vit avec moins.", "Half of the people live on less."),
            "income", "euro", "published", levels=["commune", "epci"], tables=["insee/filosofi"],
            sources=["insee/filosofi"],
        ),
        "population/yearly_change": _indicator(
            _text("Évolution annuelle de la population", "Yearly population change"),
            _text("Taux annuel moyen entre deux recensements.", "Mean yearly rate between two censuses."),
            "population", "percent_year", "change", of="population/municipal", over=6, relative=True,
            tables=["insee/census"], sources=["insee/census"],
        ),
        "land/private_vacancy": _indicator(
            _text("Logements privés vacants depuis deux ans", "Private dwellings vacant for two years"),
            _text("Logements privés vacants au 1er janvier.", "Private dwellings vacant on 1 January."),
            "housing", "inhabitant", "count", levels=["commune"], periods=["2024"], audience="partner:ddtm",
            tables=["insee/census"], sources=["insee/census"],
        ),
        "land/median_price": _indicator(
            _text("Prix médian des maisons", "Median price of houses"),
            _text("Prix médian des ventes de maisons.", "Median price of houses sold."),
            "housing", "euro", "published", levels=[], periods=[], vintages=[], state="unavailable",
            reasons=[reason], tables=["dvf/statistics"], sources=["dvf/statistics"], updated=None,
        ),
    }  # fmt: skip
    for entry in indicators.values():
        entry["synthetic"] = synthetic
    return {
        "workspace": {
            "title": _text("Observatoire du Pays d’Orve", "Orve Observatory"),
            "sentence": _text("L’agence d’urbanisme du Pays d’Orve veille sur 24 communes inventées.",
                              "The Orve planning agency watches over 24 invented communes."),
            "publisher": "Agence d’urbanisme du Pays d’Orve", "languages": ["fr", "en"], "perimeter": "pays",
            "reference_vintage": REFERENCE, "vintages": [2021], "levels": ["commune", "epci", "grouping"],
            "compare_with": ["grouping:pays"], "portrait": [], "similar": SIMILAR,
            "identity": {"accent": "#9a3412", "contact": "contact@exemple.fr"},
            "synthetic": synthetic, "why": "un territoire inventé pour la documentation et les essais",
        },
        "themes": {
            "population": {"title": _text("Population", "Population"), "description": None},
            "housing": {"title": _text("Habitat", "Housing"), "description": _text("Le parc et sa vacance.", "Homes.")},
            "mobility": {"title": _text("Mobilité", "Mobility"), "description": None},
            "income": {"title": _text("Revenus", "Income"), "description": None},
        },
        "units": dict(UNITS),
        "groupings": {"pays": {"title": _text("Pays d’Orve et de Quesnel", "Orve and Quesnel"),
                               "short": _text("Pays d’Orve", "Orve"), "members": {}}},
        "sources": _sources(reason, synthetic),
        "tables": _tables(),
        "indicators": indicators,
    }  # fmt: skip


def _sources(reason: Mapping[str, Any], synthetic: bool) -> dict[str, Any]:
    def source(title: str, producer: str, theme: str, state: str = "collected", **more: Any) -> dict[str, Any]:
        name = title.lower().replace(" ", "-")
        snapshots = [
            {"part": "", "sha256": hashlib.sha256(title.encode()).hexdigest(), "bytes": 1_234_567,
             "fetched": "2026-11-19T22:10:00Z", "address": f"file:deposits/{name}.csv", "location": 0}
        ]  # fmt: skip
        return {
            "title": _text(title, title), "description": None, "producer": producer, "homepage": None,
            "licence": "lov2", "use": "open", "legal": {}, "themes": [theme],
            "periods": _text("2010 à 2021", "2010 to 2021"), "frequency": "yearly", "verified_against": "producer",
            "verified_note": None, "synthetic": synthetic, "why": "inventé pour les essais", "state": state,
            "reasons": [], "snapshots": snapshots, "locations": [],
        } | more  # fmt: skip

    return {
        "insee/census": source("Recensement inventé", "Institut inventé", "housing"),
        "insee/filosofi": source("Revenus inventés", "Institut inventé", "income", verified_against="documentation"),
        "onisr/accidents": source("Accidents inventés", "Observatoire inventé", "mobility", state="kept",
                                  licence="odbl", reasons=[reason]),
        "dvf/statistics": source("Ventes inventées", "Direction inventée", "housing", state="unavailable",
                                 reasons=[reason], snapshots=[], verified_against="none"),
    }  # fmt: skip


def _tables() -> dict[str, Any]:
    def table(title: str, source: str | None, inputs: list[str], theme: str, **more: Any) -> dict[str, Any]:
        return {
            "title": _text(title, title), "row": _text("une commune", "a commune"), "key": ["commune"],
            "columns": {"commune": {"type": "text", "title": _text("Commune", "Commune"), "definition": None,
                                    "unit": None, "required": True}},
            "territory": {"column": "commune", "level": "commune", "vintage": 2021}, "period": None, "crs": None,
            "audience": "public", "sql": "select commune, dwellings, vacant\nfrom census\nwhere commune is not null",
            "inputs": inputs, "source": source, "rows": 48_120, "state": "built", "reasons": [],
            "built": "2026-11-20T06:20:00Z", "themes": [theme],
        } | more  # fmt: skip

    return {
        "insee/census": table("Logements par commune", "insee/census", ["census"], "housing"),
        "insee/filosofi": table("Revenus par commune", "insee/filosofi", ["income"], "income"),
        "onisr/accidents": table("Accidents", "onisr/accidents", ["accidents"], "mobility", state="kept"),
        "mobility/accident_places": table("Lieux des accidents", None, ["onisr/accidents"], "mobility"),
        "dvf/statistics": table("Ventes", "dvf/statistics", ["sales"], "housing", state="blocked", rows=None,
                                reasons=[{"code": "source-unreachable", "class": "source",
                                          "message": "source sans données", "remedy": None, "file": None,
                                          "line": None, "key": None, "available": [], "nearest": None}]),
    }  # fmt: skip
