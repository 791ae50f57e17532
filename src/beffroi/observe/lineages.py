"""From which source to which table to which indicator: the lineage of the catalogue, laid out in columns."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from beffroi.language import pick
from beffroi.observe.values import list_categories

Kind = Literal["source", "table", "indicator"]


@dataclass(frozen=True)
class Node:
    """A thing of the catalogue; ``column`` counts from the sources, ``row`` from the top of its column."""

    kind: Kind
    id: str
    title: str
    state: str
    column: int
    row: int


@dataclass(frozen=True)
class Lineage:
    """Nodes and the ties between them, as pairs of positions in ``nodes``."""

    nodes: tuple[Node, ...]
    ties: tuple[tuple[int, int], ...]
    columns: int
    rows: int


def observe_lineage(catalogue: Mapping[str, Any], language: str, focus: tuple[Kind, str] | None = None) -> Lineage:
    """The whole lineage, or only what leads to ``focus`` and what comes from it; no category of a breakdown besides."""
    ties = _ties(catalogue)
    hidden = {("indicator", name) for name in list_categories(catalogue)} - {focus}
    names = {(kind, name) for kind, shelf in _SHELVES.items() for name in catalogue[shelf]} - hidden
    if focus:
        names = _reach(focus, ties, 0) | _reach(focus, ties, 1) | {focus}
        names -= hidden
    ties = {tie for tie in ties if tie[0] in names and tie[1] in names}
    columns = _columns(names, ties)
    order = _order(names, ties, columns)
    nodes: list[Node] = []
    places: dict[_Key, int] = {}
    for key in sorted(names, key=lambda k: (columns[k], order[k])):
        entry = catalogue[_SHELVES[key[0]]][key[1]]
        places[key] = len(nodes)
        nodes.append(Node(key[0], key[1], pick(entry["title"], language), entry["state"], columns[key], order[key]))
    lines = tuple(sorted((places[a], places[b]) for a, b in ties))
    width = max(columns.values(), default=0) + 1
    rows = max((sum(columns[k] == c for k in names) for c in range(width)), default=0)
    return Lineage(tuple(nodes), lines, width, rows)


_Key = tuple[Kind, str]
_SHELVES: Mapping[Kind, str] = {"source": "sources", "table": "tables", "indicator": "indicators"}


def _ties(catalogue: Mapping[str, Any]) -> set[tuple[_Key, _Key]]:
    found: set[tuple[_Key, _Key]] = set()
    for name, table in catalogue["tables"].items():
        if table.get("source") in catalogue["sources"]:
            found.add((("source", table["source"]), ("table", name)))
        found |= {(("table", other), ("table", name)) for other in table.get("inputs", [])
                  if other in catalogue["tables"] and other != name}  # fmt: skip
    for name, indicator in catalogue["indicators"].items():
        for other in indicator.get("tables", []):
            if other in catalogue["tables"]:
                found.add((("table", other), ("indicator", name)))
    return found


def _reach(start: _Key, ties: set[tuple[_Key, _Key]], end: int) -> set[_Key]:
    seen: set[_Key] = set()
    waiting = [start]
    while waiting:
        here = waiting.pop()
        for tie in ties:
            if tie[end] == here and tie[1 - end] not in seen:
                seen.add(tie[1 - end])
                waiting.append(tie[1 - end])
    return seen


def _columns(names: set[_Key], ties: set[tuple[_Key, _Key]]) -> dict[_Key, int]:
    """Sources first, each table after those that it reads, indicators all in the last column."""
    before: dict[_Key, list[_Key]] = {key: [] for key in names}
    for start, end in ties:
        before[end].append(start)
    depth: dict[_Key, int] = {}

    def deepest(key: _Key) -> int:
        if key not in depth:
            depth[key] = 0
            depth[key] = 0 if key[0] == "source" else 1 + max((deepest(other) for other in before[key]), default=0)
        return depth[key]

    for key in names:
        deepest(key)
    last = max((d for key, d in depth.items() if key[0] == "table"), default=0) + 1
    return {key: last if key[0] == "indicator" else depth[key] for key in names}


def _order(names: set[_Key], ties: set[tuple[_Key, _Key]], columns: Mapping[_Key, int]) -> dict[_Key, int]:
    """Rows that keep ties short: each thing near the middle of what it is tied to, swept a few times."""
    rows: dict[int, list[_Key]] = {}
    for key in sorted(names, key=lambda k: k[1]):
        rows.setdefault(columns[key], []).append(key)
    near: dict[_Key, list[_Key]] = {key: [] for key in names}
    for start, end in ties:
        near[start].append(end)
        near[end].append(start)
    place = {key: row / max(1, len(line)) for line in rows.values() for row, key in enumerate(line)}
    for _ in range(6):
        for column in sorted(rows):
            line = rows[column]
            line.sort(key=lambda k: (sum(place[o] for o in near[k]) / len(near[k]) if near[k] else place[k], k[1]))
            place.update({key: row / max(1, len(line)) for row, key in enumerate(line)})
    return {key: row for line in rows.values() for row, key in enumerate(line)}


KINDS: tuple[Kind, ...] = ("source", "table", "indicator")

__all__ = ["KINDS", "Kind", "Lineage", "Node", "observe_lineage"]
