"""The catalogue as one looks through it: sources, tables and indicators by theme, state, freshness and licence."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from beffroi.language import format_period, pick, typeset
from beffroi.observe.atlases import Atlas
from beffroi.observe.frames import licence_words
from beffroi.observe.lineages import Kind
from beffroi.observe.places import LEVEL_ORDER, fold

KINDS: tuple[Kind, ...] = ("indicator", "table", "source")


@dataclass(frozen=True)
class Entry:
    """One thing of the catalogue in a line."""

    kind: Kind
    id: str
    title: str
    themes: tuple[str, ...]
    state: str
    producer: str
    licence: str
    verified: str
    fresh: str | None
    """Day of the bytes that it comes from (ISO); None when nothing was fetched."""
    synthetic: bool
    searched: str
    unit: str = ""
    """Of an indicator, in a symbol or a word; empty for a bare number."""
    finest: str = ""
    """The smallest level that an indicator is given at (``iris``); empty when it has no value."""
    periods: str = ""
    """First and last period of an indicator, in words."""
    row: str = ""
    """What a row of a table is, in words."""
    rows: int | None = None


def list_entries(
    atlas: Atlas, language: str, *, words: str = "", theme: str = "", kind: str = "", state: str = ""
) -> tuple[Entry, ...]:
    """Entries that answer every filter, by kind then title."""
    wanted = fold(words).split()
    return tuple(
        entry
        for entry in sorted(_entries(atlas, language), key=lambda e: (KINDS.index(e.kind), fold(e.title)))
        if (not kind or entry.kind == kind)
        and (not theme or theme in entry.themes)
        and (not state or entry.state == state)
        and all(word in entry.searched for word in wanted)
    )


def freshness(atlas: Atlas, sources: Iterable[str]) -> str | None:
    """The latest day when bytes of these sources were fetched (ISO)."""
    found = [
        snapshot["fetched"]
        for name in sources
        for snapshot in atlas.catalogue["sources"].get(name, {}).get("snapshots", [])
    ]
    return max(found, default=None)


def _entries(atlas: Atlas, language: str) -> Iterable[Entry]:
    catalogue = atlas.catalogue
    for name, source in catalogue["sources"].items():
        yield _entry(
            atlas, "source", name, source, language, source.get("themes", []), [name], bool(source.get("synthetic"))
        )
    for name, table in catalogue["tables"].items():
        sources = sources_of_table(atlas, name)
        synthetic = any(catalogue["sources"].get(s, {}).get("synthetic") for s in sources)
        themes = table.get("themes", []) or [
            t for s in sources for t in catalogue["sources"].get(s, {}).get("themes", [])
        ]
        entry = _entry(atlas, "table", name, table, language, themes, sources, synthetic)
        yield replace(entry, row=pick(table.get("row") or {}, language), rows=table.get("rows"))
    for name, indicator in catalogue["indicators"].items():
        if name in atlas.categories:
            continue
        sources = indicator.get("sources", [])
        synthetic = bool(indicator.get("synthetic"))
        entry = _entry(atlas, "indicator", name, indicator, language, [indicator["theme"]], sources, synthetic)
        yield replace(
            entry,
            unit=atlas.measures[name].unit_words(language),
            finest=next((level for level in LEVEL_ORDER if level in indicator.get("levels", ())), ""),
            periods=_extent(indicator.get("periods", ()), language),
        )


def _extent(periods: Sequence[str], language: str) -> str:
    """« 2005–2020 », « 2021 »; empty without a period."""
    ends = dict.fromkeys(periods[:1]) | dict.fromkeys(periods[-1:])
    return "–".join(format_period(period, language) for period in ends)


def _entry(
    atlas: Atlas, kind: Kind, name: str, entry: Any, language: str, themes: Iterable[str], sources: Iterable[str],
    synthetic: bool,
) -> Entry:  # fmt: skip
    found = [atlas.catalogue["sources"][s] for s in sources if s in atlas.catalogue["sources"]]
    title = pick(entry["title"], language)
    producers = ", ".join(dict.fromkeys(typeset(s["producer"]) for s in found))
    licences = ", ".join(dict.fromkeys(licence_words(s["licence"], language) for s in found))
    worst = next(
        (v for v in ("none", "documentation", "producer") if any(s["verified_against"] == v for s in found)), ""
    )
    parts = (title, name, producers, pick(entry.get("definition") or entry.get("description") or {}, language),
             " ".join(entry.get("keywords", [])))  # fmt: skip
    return Entry(
        kind, name, title, tuple(dict.fromkeys(themes)), entry["state"], producers, licences, worst,
        freshness(atlas, sources), synthetic, fold(" ".join(parts)),
    )  # fmt: skip


def sources_of_table(atlas: Atlas, table: str) -> list[str]:
    """Sources that a table comes from, near or far."""
    tables, found, waiting, seen = atlas.catalogue["tables"], dict[str, None](), [table], set[str]()
    while waiting:
        name = waiting.pop(0)
        if name in seen or name not in tables:
            continue
        seen.add(name)
        if tables[name].get("source"):
            found[tables[name]["source"]] = None
        waiting += tables[name].get("inputs", [])
    return list(found)


__all__ = ["KINDS", "Entry", "freshness", "list_entries", "sources_of_table"]
