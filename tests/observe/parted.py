"""The invented release with breakdowns, breaks, holes and targets where each test wants them, in a few territories."""

import dataclasses
from collections.abc import Mapping
from typing import Any

import pyarrow as pa

from beffroi.lake.releases import Release
from beffroi.observe import Atlas
from beffroi.observe.standings import Standing
from tests.observe.invented import REFERENCE, _Series, build_release

YEARS = ("2018", "2019", "2020", "2021", "2022")
TOWN, VILLAGE, HAMLET = "commune:99001", "commune:99002", "commune:99003"
WHOLE = "grouping:pays"
MISSING: dict[str, Any] = {"value": None, "status": "O"}
SECRET: dict[str, Any] = {"value": None, "confidentiality": "C"}
ESTIMATED: dict[str, Any] = {"status": "E"}

Course = tuple[float | dict[str, Any] | None, ...]
"""Values of the five years; a dict has the codes of one, None means that there is no line for that year."""

COURSES: Mapping[str, Mapping[str, Course]] = {
    "ages/people": {TOWN: (100, 100, 110, 120, 120), VILLAGE: (10, 12, 13, 14, 15), HAMLET: (0, 4, 4, 5, 6),
                    WHOLE: (1000, 1010, 1020, 1030, 1040)},
    "ages/by_stage/young": {TOWN: (50, 48, 50, 50, 48), VILLAGE: (5, 5, 5, SECRET, 5), HAMLET: (0, 2, 2, 2, 3)},
    "ages/by_stage/grown": {TOWN: (30, 30, 36, 40, 40), VILLAGE: (3, 4, 5, 6, 6), HAMLET: (0, 1, 1, 2, 2)},
    "ages/by_stage/a_old": {TOWN: (20, 22, 24, 30, 32), VILLAGE: (2, MISSING, 3, 3, 4), HAMLET: (0, 1, 1, 1, 1)},
    "roads/hurt": {TOWN: (40, 38, 20, 18, 16), VILLAGE: (4, 4, 2, 2, 1), WHOLE: (60, 56, 30, 27, 24)},
    "roads/by_light/day": {TOWN: (30, 28, 14, 12, 10), WHOLE: (40, 36, 20, 18, 16)},
    "roads/by_light/night": {TOWN: (8, 8, 4, 5, 4), WHOLE: (15, 15, 8, 7, 6)},
    "roads/by_light_told/day": {TOWN: (30, 28, 14, 12, 10)},
    "roads/by_light_told/night": {TOWN: (8, 8, 4, 5, 4)},
    "homes/vacant_share": {TOWN: (10.0, 9.5, 9.0, 8.6, 8.0), VILLAGE: (5.0, 5.2, 5.1, 5.4, 6.0),
                           HAMLET: (7.0, 7.0, 7.0, 7.0, MISSING), WHOLE: (8.0, 8.0, 8.0, 8.0, 8.0)},
    "homes/broken_share": {TOWN: (10.0, 9.5, 9.0, 8.6, 8.0), VILLAGE: (5.0, 5.2, 5.1, 5.4, 6.0)},
    "people/women": {TOWN: (None, None, None, None, 66), WHOLE: (None, None, None, None, 500)},
    "people/men": {TOWN: (None, None, None, None, 54), WHOLE: (None, None, None, None, 500)},
    **{f"people/{sex}_by_age/{age}": {TOWN: (None, None, None, None, town), WHOLE: (None, None, None, None, whole),
                                      VILLAGE: (None, None, None, None, village)}
       for sex, age, town, whole, village in (
           ("women", "young", 24, 100, 3), ("women", "grown", 24, 200, SECRET), ("women", "a_old", 18, 200, 2),
           ("men", "young", 24, 100, 3), ("men", "grown", 20, 250, 4), ("men", "a_old", 10, 150, 1))},
    **{f"roads/by_month/m{month:02d}": {TOWN: (None, None, None, None, month if month != 5 else SECRET)}
       for month in range(1, 13)},
}  # fmt: skip

_STAGES = {"young": "Jeunes", "grown": "Adultes", "a_old": "Aînés"}
_BREAKDOWNS: Mapping[str, tuple[str, str, Mapping[str, str], str | None]] = {
    "ages/by_stage": ("ages/people", "Par âge", _STAGES, None),
    "roads/by_light": ("roads/hurt", "Par lumière", {"day": "De jour", "night": "De nuit"}, None),
    "roads/by_light_told": ("roads/hurt", "Par lumière", {"day": "De jour", "night": "De nuit"}, "Inconnue"),
    "people/women_by_age": ("people/women", "Par âge", _STAGES, None),
    "people/men_by_age": ("people/men", "Par âge", _STAGES, None),
    "roads/by_month": ("roads/hurt", "Par mois", {f"m{month:02d}": f"Mois {month}" for month in range(1, 13)}, None),
}
_UNITS = {"ages": "inhabitant", "people": "inhabitant", "roads": "accident", "homes": "percent"}
_TITLES = {"ages/people": "Habitants", "roads/hurt": "Blessés", "homes/vacant_share": "Part de logements vacants",
           "people/women": "Femmes", "people/men": "Hommes"}  # fmt: skip
_BROKEN = ("roads/hurt", "roads/by_light/", "roads/by_light_told/", "homes/broken_share")


def parted_atlas(targets: Mapping[str, list[dict[str, Any]]] | None = None) -> Atlas:
    """An atlas of the release; ``targets`` are those of its indicators."""
    release = build_release()
    indicators = {**release.catalogue["indicators"]}
    model = indicators["mobility/accidents"]
    for name, courses in COURSES.items():
        levels = sorted({key.partition(":")[0] for key in courses})
        known = [year for index, year in enumerate(YEARS) if any(c[index] is not None for c in courses.values())]
        why = {"fr": "le relevé a changé", "en": "recording changed"}
        title = _TITLES.get(name, name)
        indicators[name] = {
            **model, "title": {"fr": title, "en": title}, "unit": _UNITS[name.partition("/")[0]], "periods": known,
            "kind": "published" if name.startswith("homes/") else "sum", "levels": levels, "provisional": [],
            "breaks": [{"period": "2020", "why": why}] if name.startswith(_BROKEN) else [],
            "targets": list((targets or {}).get(name, ())),
        }  # fmt: skip
    breakdowns = {
        name: {
            "title": {"fr": by, "en": by}, "of": of, "rest": {"fr": rest, "en": rest} if rest else None,
            # The file of a catalogue sorts its keys.
            "categories": {key: {"title": {"fr": title, "en": title}, "where": {"kind": key}}
                           for key, title in sorted(titles.items())},
            "order": list(titles),
        }
        for name, (of, by, titles, rest) in _BREAKDOWNS.items()
    }  # fmt: skip
    catalogue = {**release.catalogue, "indicators": indicators, "breakdowns": breakdowns}
    return Atlas(dataclasses.replace(release, catalogue=catalogue, load_series=lambda name: _load(release, name)))


def _load(release: Release, name: str) -> pa.Table:
    if name not in COURSES:
        return release.load_series(name)
    series = _Series(name, [], [])
    for key, course in COURSES[name].items():
        level, _, code = key.partition(":")
        for year, said in zip(YEARS, course, strict=True):
            if said is not None:
                more = dict(said) if isinstance(said, dict) else {}
                value = more.pop("value", None) if isinstance(said, dict) else float(said)
                series.add(level, code, code, year, value, **more)
    return series.table()


def stand_at(atlas: Atlas, territory: str, *compared: str, language: str = "fr") -> Standing:
    """A page in the hands of a territory of the atlas."""
    return Standing(atlas, language, atlas.gazetteer(REFERENCE, language).places[territory], REFERENCE, compared)


__all__ = ["HAMLET", "TOWN", "VILLAGE", "WHOLE", "YEARS", "parted_atlas", "stand_at"]
