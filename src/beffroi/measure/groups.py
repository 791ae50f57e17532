"""Series that are protected together: those that add up the rows of the same tables under secrecy.

What hides a value of one may be found again from another: which rows to hide is chosen for all of them at once, for
each audience with all that it may read, and an attacker then tries what is about to be published.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

import numpy as np

from beffroi.catalog.catalogs import Catalog
from beffroi.catalog.tables import Secrecy
from beffroi.catalog.workspaces import LEVELS
from beffroi.measure.disclosures import disclose
from beffroi.measure.geographies import Geography
from beffroi.measure.given_rows import GivenRows, Leak
from beffroi.measure.measurements import Measuring
from beffroi.measure.memories import Memory
from beffroi.measure.relations import relate
from beffroi.measure.scans import Instruments, Query
from beffroi.measure.series import Measured, protect_rows
from beffroi.measure.tellings import hidden_before, is_told_again, remember_rows
from beffroi.secrecy import PartPattern, attack, suppress


@dataclass(frozen=True)
class Protected:
    """Series of a group, by indicator, in each vintage asked for; what the attacker finds in them; and his report:
    counts by audience, and never a value. ``memories``: what is to be remembered of it and of earlier editions.
    ``patterns``: what was found to hide in each part of it, for the next time."""

    series: Mapping[str, tuple[Measured, ...]]
    leaks: tuple[Leak, ...]
    report: Mapping[str, Any]
    memories: tuple[Memory, ...]
    patterns: Mapping[str, PartPattern]


def measure_together(
    names: Sequence[str],
    catalog: Catalog,
    ways: Mapping[int, tuple[Geography, Query]],
    audiences: Mapping[str, str],
    memories: Sequence[Memory] = (),
    patterns: Mapping[str, PartPattern] = MappingProxyType({}),
) -> Protected:
    """The indicators of a group in the geographies of ``ways``, by vintage, protected for those who may read them, and
    from what earlier editions told (``memories``). Parts that are as they were keep their ``patterns``.

    Faults: those of ``measure_indicator``. Leaks are given, not raised: it is for who publishes to refuse them.
    """
    every = {vintage: Measuring(Instruments(catalog, where, query)) for vintage, (where, query) in ways.items()}
    for measuring in every.values():
        measuring.await_indicators(names)
    apart = {
        table: [memory.tables[table].apart for memory in memories if table in memory.tables]
        for table in {table for memory in memories for table in memory.tables}
    }
    disclosures, atoms = disclose(every, names, apart)
    method = disclosures.method
    relations = relate(disclosures, atoms, _weights(disclosures.rules), memories)
    rows = GivenRows(disclosures, relations, audiences)
    said = {}
    found: dict[str, PartPattern] = {}
    if method == "rounding":
        rows.round_to(max(rule.base or 0 for rule in disclosures.rules))
    for audience in rows.audiences:
        rows.give_up(audience)
        if method == "suppression":
            problem = rows.problem_for(audience)
            suppressed = suppress(problem, hidden_before(relations, audience), patterns=patterns)
            found |= suppressed.patterns
            rows.hide_cells(suppressed.hidden & problem.offered, audience)
        elif method == "coarsening":
            _coarsen(rows, audience)
    leaks: list[Leak] = []
    for audience in rows.audiences:
        problem = rows.problem_for(audience)
        attacked = attack(problem, ~problem.offered)
        leaks += rows.leaks(problem, attacked, audience)
        said[audience] = rows.describe(problem, attacked)
    series = {
        name: tuple(protect_rows(every[vintage].instruments, name, rows.measured(name, vintage)) for vintage in every)
        for name in names
    }
    report = {"indicators": list(names), "tables": sorted(atoms), "method": method, **rows.counts(), "audiences": said}
    recalled = zip(relations.earlier, memories, strict=True)
    kept = [memory for earlier, memory in recalled if not is_told_again(rows, earlier, memory)]
    return Protected(series, tuple(leaks), report, (remember_rows(rows, atoms), *kept), found)


def _weights(rules: Sequence[Secrecy]) -> dict[Any, float]:
    levels = {level for rule in rules for level in rule.weights}
    return {level: max(rule.weights.get(level, 1.0) for rule in rules) for level in levels}


def _coarsen(rows: GivenRows, audience: str) -> None:
    """Give no more the levels at which something is confidential, then others, the smallest first, as long as a hidden
    value is found."""
    cells = np.flatnonzero(rows.problem_for(audience).kept())
    for cell in cells.tolist():
        told = rows.levels_told(np.array([cell]), audience)
        for level in {rows.level_of(row) for row in rows.rows_of(np.array([cell]))}:
            rows.hide_rows(told.get(level, []))
    while len(cells):
        problem = rows.problem_for(audience)
        cells = np.flatnonzero(attack(problem, ~problem.offered).exposed)
        told = rows.levels_told(cells, audience)
        if not told:
            return
        rows.hide_rows(told[min(told, key=_RANK.__getitem__)])


_RANK: dict[str, int] = {level: rank for rank, level in enumerate(LEVELS)}
