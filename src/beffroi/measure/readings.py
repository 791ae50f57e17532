"""Quantities read together: tables are read once for all the indicators that ask for the same of their rows.

What is read is the same whoever asks with whom: sums are exact, and only those go together that keep the same rows
at the same levels. What is given here is marked where it is confidential, **not protected**.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import pyarrow as pa

from beffroi.catalog.workspaces import Level
from beffroi.errors import BeffroiError
from beffroi.measure.addends import Addend
from beffroi.measure.aggregates import add_contributions, read_quantities
from beffroi.measure.protection import mark_confidential, rules_of
from beffroi.measure.scans import Coverage, Instruments, Scan, cover_scan

_TOGETHER = 8
"""Quantities read at once: a statement of many more would not fit where memory is short."""


@dataclass(frozen=True)
class Rows:
    """The rows that quantities of one table need at some levels. ``filtered``: each needs just these."""

    table: str
    where: str | None
    filtered: bool
    levels: tuple[Level, ...]


@dataclass
class Readings:
    """What indicators to come ask for (``awaited``), and what was read for them already."""

    instruments: Instruments
    _awaited: dict[Rows, list[Addend]] = field(default_factory=dict)
    _read: dict[Rows, list[tuple[Addend, pa.Table]]] = field(default_factory=dict)
    _covered: dict[tuple[Rows, bool], Coverage] = field(default_factory=dict)

    def await_quantities(self, addends: Mapping[str, Addend], levels: tuple[Level, ...]) -> None:
        """Say that these will be asked for."""
        for rows, here in _by_rows(addends, levels).items():
            self._awaited.setdefault(rows, []).extend(here.values())

    def take(
        self, addends: Mapping[str, Addend], levels: tuple[Level, ...]
    ) -> tuple[dict[str, pa.Table], tuple[Coverage, ...]]:
        """Quantities by role, marked, and what each table could not place."""
        found: dict[str, pa.Table] = {}
        coverage = []
        for rows, here in _by_rows(addends, levels).items():
            secret = any(addend.rules for addend in here.values())
            if not all(self._is_read(rows, addend) for addend in here.values()):
                self._read_with_others(rows, list(here.values()))
            found |= {role: self._take_out(rows, addend) for role, addend in here.items()}
            coverage.append(self._covered[rows, secret])
        return found, tuple(coverage)

    def _is_read(self, rows: Rows, addend: Addend) -> bool:
        return any(other == addend for other, _ in self._read.get(rows, []))

    def _take_out(self, rows: Rows, addend: Addend) -> pa.Table:
        read = self._read[rows]
        found = next(quantity for other, quantity in read if other == addend)
        awaited = self._awaited.get(rows, [])
        if addend in awaited:
            awaited.remove(addend)
        if addend not in awaited:
            self._read[rows] = [pair for pair in read if pair[0] != addend]
        return found

    def _read_with_others(self, rows: Rows, asked: list[Addend]) -> None:
        together = _distinct([*asked, *self._awaited.get(rows, [])])[: max(_TOGETHER, len(asked))]
        try:
            self._read_at_once(rows, together)
        except BeffroiError:
            if len(together) == len(_distinct(asked)):
                raise
            # What the others ask for, or that they are many, is not the fault of these.
            self._read_at_once(rows, _distinct(asked))

    def _read_at_once(self, rows: Rows, addends: list[Addend]) -> None:
        scan, quantities = read_quantities(
            self.instruments, addends[0].table, rows.where, addends, rows.levels, filtered=rows.filtered
        )
        marked = [
            (addend, mark_quantity(self.instruments, quantity, addend, rows.levels))
            for addend, quantity in zip(addends, quantities, strict=True)
        ]
        self._read[rows] = [pair for pair in self._read.get(rows, []) if pair[0] not in addends] + marked
        for secret in {bool(addend.rules) for addend in addends}:
            self._cover(rows, scan, secret=secret)

    def _cover(self, rows: Rows, scan: Scan, *, secret: bool) -> None:
        if (rows, secret) not in self._covered:
            self._covered[rows, secret] = cover_scan(self.instruments, scan, secret=secret)


def mark_quantity(instruments: Instruments, quantity: pa.Table, addend: Addend, levels: Sequence[Level]) -> pa.Table:
    """A quantity marked where a rule that it is under makes it confidential."""
    return mark_confidential(add_contributions(instruments, quantity, addend, levels), rules_of(addend))


def _distinct(addends: Sequence[Addend]) -> list[Addend]:
    found: list[Addend] = []
    for addend in addends:
        if addend not in found:
            found.append(addend)
    return found


def _by_rows(addends: Mapping[str, Addend], levels: tuple[Level, ...]) -> dict[Rows, dict[str, Addend]]:
    """Quantities by the rows that they need: those of one indicator in one table are read together."""
    found = {}
    for table in dict.fromkeys(addend.table.id for addend in addends.values()):
        here = {role: addend for role, addend in addends.items() if addend.table.id == table}
        found[_common_rows(table, list(here.values()), levels)] = here
    return found


def _common_rows(table: str, needed: Sequence[Addend], levels: tuple[Level, ...]) -> Rows:
    """The rows that some quantity needs, as a condition of the statement, and whether all of them need just these.

    A table that owes a row for each territory is read whole: a row that a condition puts aside still says that its
    territory is there.
    """
    conditions = [addend.condition() for addend in needed]
    contract = needed[0].table.contract
    keyed = contract.territory is not None and contract.territory.column in contract.key
    if keyed or None in conditions:
        # A quantity without a condition is the same whether its rows are said to be filtered or not.
        return Rows(table, None, False, levels)
    distinct = sorted({condition for condition in conditions if condition})
    if len(distinct) == 1:
        return Rows(table, distinct[0], True, levels)
    return Rows(table, " OR ".join(f"({condition})" for condition in distinct), False, levels)
