"""What became of the communes of a territory, as one tells it: who was absorbed by whom, when, under which name.

It reads the same steps as crosswalks do, and the names of the official lists; it never says more than they hold. An
event before the first list has codes and a date, and a name only where a later list still names that code.
"""

from collections.abc import Collection, Iterable
from itertools import pairwise

import pyarrow as pa

from beffroi.geo.territories import Territories
from beffroi.geo.timelines import Timeline

EVENTS_SCHEMA = pa.schema(
    [
        pa.field("date", pa.string(), nullable=False),
        pa.field("kind", pa.string(), nullable=False),
        pa.field("code_before", pa.string(), nullable=False),
        pa.field("name_before", pa.string()),
        pa.field("code_after", pa.string(), nullable=False),
        pa.field("name_after", pa.string()),
        pa.field("told", pa.string(), nullable=False),
    ]
)
"""One row for a commune before and a commune after. ``kind`` is ``merger`` (what was before is no commune any more),
``split`` (what comes after was taken out of what was before), ``code`` (the same commune under another code) or
``name``; ``date`` is ISO; a name is null when no list knows it. ``told`` is
``event`` for what INSEE dates, ``lists`` for what is only seen from one list to the next."""

Row = tuple[str, str, str, str | None, str, str | None, str]


def build_events(territories: Territories, perimeter: str) -> pa.Table:
    """``EVENTS_SCHEMA``: everything that happened to the communes of a perimeter at the reference vintage, and to
    those that they come from, by date then code. ``perimeter`` is named as ``Territories.perimeter`` wants it."""
    reference = territories.reference
    names = _Names(territories)
    moves = list(_moves(territories.timeline, names))
    moves += _renamings(territories)
    moves = [move for move in moves if move[0] <= f"{reference:04d}-01-01"]
    wanted = _ancestry(moves, territories.perimeter(perimeter, reference))
    rows = sorted((m for m in moves if m[2] in wanted and m[4] in wanted), key=lambda m: (m[0], m[2], m[4], m[1]))
    columns = list(zip(*rows, strict=True)) if rows else [()] * len(EVENTS_SCHEMA)
    arrays = [pa.array(list(column), field.type) for column, field in zip(columns, EVENTS_SCHEMA, strict=True)]
    return pa.table(arrays, schema=EVENTS_SCHEMA)


class _Names:
    """The name of a code on a day: that of the last list before it where it was a commune, else the nearest one."""

    def __init__(self, territories: Territories) -> None:
        table = territories.tables["communes"].select(["code", "name", "vintage"])
        self._known: dict[str, list[tuple[int, str]]] = {}
        rows = table.sort_by([("vintage", "ascending")])
        for code, name, vintage in zip(*(rows[column].to_pylist() for column in rows.column_names), strict=True):
            self._known.setdefault(code, []).append((vintage, name))

    def before(self, code: str, day: str) -> str | None:
        """Its name on the eve of the day."""
        known = self._known.get(code, [])
        earlier = [name for vintage, name in known if f"{vintage:04d}-01-01" < day]
        return earlier[-1] if earlier else known[0][1] if known else None

    def after(self, code: str, day: str) -> str | None:
        """Its name from the day on."""
        known = self._known.get(code, [])
        later = [name for vintage, name in known if f"{vintage:04d}-01-01" >= day]
        return later[0] if later else known[-1][1] if known else None


def _moves(timeline: Timeline, names: _Names) -> Iterable[Row]:
    """Every passage from a code to another."""
    for day, step in timeline.steps:
        sources: dict[str, set[str]] = {}
        for code, targets in step.items():
            for target in targets:
                sources.setdefault(target, set()).add(code)
        for code, targets in step.items():
            for target in sorted(targets - {code}):
                if len(targets) > 1:
                    kind = "split"
                else:
                    kind = "merger" if len(sources[target]) > 1 or target in step else "code"
                told = "lists" if code in timeline.derived.get(day, ()) else "event"
                yield (day, kind, code, names.before(code, day), target, names.after(target, day), told)


def _renamings(territories: Territories) -> Iterable[Row]:
    """Communes that have another name from one list to the next."""
    for old, new in pairwise(territories.vintages):
        day = f"{new:04d}-01-01"
        before, after = territories.names(old, "commune"), territories.names(new, "commune")
        for code in sorted(before.keys() & after.keys()):
            if before[code] != after[code]:
                yield (day, "name", code, before[code], code, after[code], "lists")


def _ancestry(moves: Collection[Row], codes: Collection[str]) -> set[str]:
    """Codes of today with all those that they come from, near or far, and those that were taken out of them."""
    into: dict[str, set[str]] = {}
    for _, kind, code, _, target, _, _ in moves:
        into.setdefault(target, set()).add(code)
        if kind == "split":
            into.setdefault(code, set()).add(target)
    found, waiting = set(codes), list(codes)
    while waiting:
        for code in into.get(waiting.pop(), set()) - found:
            found.add(code)
            waiting.append(code)
    return found


__all__ = ["EVENTS_SCHEMA", "build_events"]
