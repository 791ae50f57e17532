"""Territories as a reader knows them: by name, with what holds them; and how to find one from a few letters."""

import unicodedata
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import pyarrow as pa

from beffroi.catalog.workspaces import LEVELS, QPV
from beffroi.language import pick, text, typeset

LEVEL_ORDER: tuple[str, ...] = LEVELS
"""From the smallest to the largest, the order in which levels are offered."""

WATCHED: tuple[str, ...] = LEVEL_ORDER[: LEVEL_ORDER.index("grouping") + 1]
"""Levels whose territories may lie in what an observatory watches over; those of the others are larger."""

_LIGATURES = str.maketrans({"œ": "oe", "Œ": "oe", "æ": "ae", "Æ": "ae", "’": " ", "'": " ", "-": " "})


@dataclass(frozen=True)
class Place:
    """A territory at one vintage. ``short`` is a name for tight room, the same as ``name`` when there is none.

    ``tncc`` is INSEE's kind of its name, which says its article; None when it is unknown.
    """

    level: str
    code: str
    name: str
    parents: tuple[str, ...] = ()
    population: int | None = None
    short: str = ""
    tncc: int | None = None

    @property
    def key(self) -> str:
        """How an address names it: ``commune:62498``."""
        return f"{self.level}:{self.code}"

    @property
    def is_quarter(self) -> bool:
        """Whether it is a QPV: its ``parents`` are then all that it lies in, be it in part."""
        return self.level in QPV

    def lies_in(self, whole: Collection[str]) -> bool:
        """Whether it is one of some territories (``level:code``), or lies in one of them."""
        return self.key in whole or any(parent in whole for parent in self.parents)


def fold(words: str) -> str:
    """Words as a search compares them: no accent, no capital, no hyphen nor apostrophe, single spaces."""
    plain = unicodedata.normalize("NFKD", words.translate(_LIGATURES))
    return " ".join("".join(c for c in plain if not unicodedata.combining(c)).lower().split())


@dataclass(frozen=True)
class Gazetteer:
    """All the territories of one vintage, by ``level:code``."""

    vintage: int
    places: Mapping[str, Place] = field(default_factory=dict)

    @cached_property
    def members(self) -> Mapping[str, tuple[Place, ...]]:
        """By territory, the smaller ones that it holds."""
        held: dict[str, list[Place]] = {}
        for place in self.places.values():
            for parent in place.parents:
                held.setdefault(parent, []).append(place)
        return {key: tuple(found) for key, found in held.items()}

    @cached_property
    def by_level(self) -> Mapping[str, tuple[Place, ...]]:
        """Territories of each level, by name."""
        found: dict[str, list[Place]] = {}
        for place in self.places.values():
            found.setdefault(place.level, []).append(place)
        return {level: tuple(sorted(places, key=lambda p: fold(p.name))) for level, places in found.items()}

    @cached_property
    def folded(self) -> tuple[tuple[str, Place], ...]:
        """What a search goes through: the folded name of each territory, groupings by their short name too, and QPV by
        their code, under which one speaks of them."""
        pairs = [(fold(place.name), place) for place in self.places.values()]
        pairs += [(fold(place.code), place) for place in self.places.values() if place.is_quarter]
        return (*pairs, *((fold(p.short), p) for p in self.places.values() if p.short != p.name))

    def find(self, key: str, *, prefer: str | None = None) -> Place | None:
        """The territory of ``level:code``, or of a bare code (at the level ``prefer`` first); None when unknown."""
        if ":" in key:
            return self.places.get(key)
        for level in (prefer, *LEVEL_ORDER):
            if level and (place := self.places.get(f"{level}:{key}")):
                return place
        return None

    def holds(self, whole: Place, part: Place) -> bool:
        """Whether ``part`` is ``whole`` or lies in it."""
        return whole.key == part.key or whole.key in part.parents


def read_gazetteer(table: pa.Table, vintage: int, catalogue: Mapping[str, Any], language: str) -> Gazetteer:
    """The territories of ``Release.territories``, groupings named as the workspace declares them."""
    groupings = catalogue.get("groupings", {})
    columns = ("level", "code", "name", "parents", "population")
    kinds = table["tncc"].to_pylist() if "tncc" in table.column_names else [None] * table.num_rows
    rows: Iterable[tuple[Any, ...]] = zip(*(table[name].to_pylist() for name in columns), kinds, strict=True)
    places: dict[str, Place] = {}
    for level, code, name, parents, population, kind in rows:
        declared = groupings.get(code, {}) if level == "grouping" else {}
        words = pick(declared.get("title") or {}, language) or _named(level, typeset(name), language)
        short = pick(declared.get("short") or {}, language) or shorten(words)
        place = Place(level, code, words, tuple(parents or ()), population, short, kind)
        places[place.key] = place
    return Gazetteer(vintage, places)


def _named(level: str, name: str, language: str) -> str:
    """An arrondissement has the name of its chief town: it is told from it."""
    return text("place.arrondissement", language, name=name) if level == "arrondissement" else name


def shorten(name: str) -> str:
    """An inter-communal body by its usual initials: « CA du Val d’Orve » for « Communauté d'agglomération... »."""
    for long, initials in _BODIES:
        if name.lower().startswith(long):
            return f"{initials}{name[len(long) :]}"
    return name


_BODIES = (
    ("communauté d’agglomération", "CA"),
    ("communauté de communes", "CC"),
    ("communauté urbaine", "CU"),
    ("métropole européenne", "ME"),
)

__all__ = ["LEVEL_ORDER", "WATCHED", "Gazetteer", "Place", "fold", "read_gazetteer", "shorten"]
