"""What earlier editions told of a group: figures that nobody forgets, whatever is hidden from now on.

A figure of an earlier edition adds up the rows of that time. Where the rows behind one of its atoms still add up to the
same, it is the same unknown as today's; where they have changed it is another, which ties to nothing of today's. So
a value that the old edition hid is protected from what the new one tells beside the old, and the other way round.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from beffroi.measure.atoms import Apart, Atoms, Code
from beffroi.measure.disclosures import Cell
from beffroi.measure.showings import Measure, Quantity

_SAME = 1e-7


@dataclass(frozen=True)
class OldAtoms:
    """The atoms of one table in an earlier edition: those of ``Atoms`` that are not zero, with the shares of places."""

    bundles: Mapping[Code, int]
    conditions: tuple[str, ...]
    kinds: tuple[str, ...]
    spoken: Mapping[str, tuple[int, ...]]
    amounts: Mapping[tuple[Measure, str], Mapping[tuple[int, int], float]]
    shares: Mapping[tuple[int, str, str], Mapping[int, float]]

    @property
    def apart(self) -> Apart:
        """What today's atoms must tell apart for those of then to be sums of them."""
        return Apart(self.bundles, self.conditions)


@dataclass(frozen=True, order=True)
class Told:
    """A figure that an earlier edition gave to an audience, or hid from it for others."""

    cell: Cell
    audience: str


@dataclass(frozen=True, order=True)
class Said:
    """What an earlier edition said of a hidden figure by the kind of its secrecy: at least and at most so much."""

    cell: Cell
    least: float
    most: float
    audience: str


@dataclass(frozen=True)
class Memory:
    """All that one earlier edition told of a group, what was confidential with the margin around it, what it said of
    hidden figures, what else it hid from whom, and what these added up, by table."""

    tables: Mapping[str, OldAtoms]
    told: tuple[Told, ...]
    hidden: tuple[tuple[Cell, float], ...]
    said: tuple[Said, ...] = ()
    beside: tuple[Told, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """The memory as JSON."""
        return {
            "tables": {table: _table_json(old) for table, old in self.tables.items()},
            "told": [[*_cell_json(one.cell), one.audience] for one in self.told],
            "hidden": [[*_cell_json(cell), margin] for cell, margin in self.hidden],
            "said": [[*_cell_json(one.cell), *_finite(one.least, one.most), one.audience] for one in self.said],
            "beside": [[*_cell_json(one.cell), one.audience] for one in self.beside],
        }

    @staticmethod
    def from_json(said: Mapping[str, Any]) -> "Memory":
        """A memory as it was before ``to_json``."""
        told, beside = (
            tuple(Told(_cell_of(cell), audience) for *cell, audience in said.get(name, ()))
            for name in ("told", "beside")
        )
        hidden = tuple((_cell_of(cell), margin) for *cell, margin in said["hidden"])
        kinds = tuple(
            Said(_cell_of(cell), -np.inf if least is None else least, np.inf if most is None else most, audience)
            for *cell, least, most, audience in said.get("said", ())
        )
        tables = {table: _table_of(table, old) for table, old in said["tables"].items()}
        return Memory(tables, told, hidden, kinds, beside)


def remember(
    atoms: Mapping[str, Atoms],
    told: Iterable[Told],
    hidden: Iterable[tuple[Cell, float]],
    said: Iterable[Said],
    beside: Iterable[Told],
) -> Memory:
    """What is told now, confidential, said of what is hidden, and hidden besides, for the editions to come."""
    tables = {table: _keep(held) for table, held in atoms.items()}
    return Memory(tables, tuple(told), tuple(hidden), tuple(said), tuple(beside))


def _finite(*ends: float) -> list[float | None]:
    return [end if np.isfinite(end) else None for end in ends]


def _keep(held: Atoms) -> OldAtoms:
    named = tuple(sorted(condition for condition in held.kinds if condition))
    count = len(held.kinds[""])
    marks = tuple("".join("1" if held.kinds[condition][kind] else "0" for condition in named) for kind in range(count))
    amounts: dict[tuple[Measure, str], dict[tuple[int, int], float]] = {}
    for measure, every in held.amounts.items():
        for when, period in enumerate(held.periods):
            found = zip(*np.nonzero(every[when]), strict=True)
            amounts[measure, period] = {
                (int(bundle), int(kind)): float(every[when][bundle, kind]) for bundle, kind in found
            }
    shares: dict[tuple[int, str, str], dict[int, float]] = {}
    for vintage, places in held.places.items():
        table = held.shares[vintage]
        for (level, territory), row in places.items():
            begin, end = table.indptr[row], table.indptr[row + 1]
            pairs = zip(table.indices[begin:end].tolist(), table.data[begin:end].tolist(), strict=True)
            shares[vintage, level, territory] = dict(pairs)
    spoken = {period: tuple(np.flatnonzero(held.spoken[when]).tolist()) for when, period in enumerate(held.periods)}
    return OldAtoms(held.bundles, named, marks, spoken, amounts, shares)


@dataclass
class Recalled:
    """What an earlier edition told and hid, as rows over today's atoms and over ``extra`` ones that have changed since,
    which are numbered -1, -2...: rows with the audience that they were told to, confidential ones with the margin that
    was asked, those of which something was said, those that were hidden besides and from whom, and the value of each
    extra atom."""

    told: list[tuple[dict[int, float], str]]
    hidden: list[tuple[dict[int, float], float]]
    said: list[tuple[dict[int, float], Said]]
    beside: list[tuple[dict[int, float], str]]
    extra: list[float]

    @property
    def rows(self) -> list[dict[int, float]]:
        """All the rows: told ones, confidential ones, those of which something was said, those hidden besides."""
        return [row for some in (self.told, self.hidden, self.said, self.beside) for row, _ in some]


Begins = Mapping[tuple[Measure, str], tuple[int, NDArray[np.bool_]]]
"""Where today's atoms of a measure and a period begin, and the bundles that they have."""


def recall(memory: Memory, atoms: Mapping[str, Atoms], begins: Begins) -> Recalled:
    """What an earlier edition told of the measures and periods of today, and what it hid. Of rows that have not changed
    since, what is confidential is for today's rules to say."""
    found = Recalled([], [], [], [], [])
    expanded: dict[tuple[Measure, str, int, int], dict[int, float]] = {}
    for told in memory.told:
        if row := _expand_cell(memory, told.cell, atoms, begins, expanded, found.extra):
            found.told.append((row, told.audience))
    for cell, margin in memory.hidden:
        if row := _expand_cell(memory, cell, atoms, begins, expanded, found.extra):
            found.hidden.append((row, margin))
    for said in memory.said:
        if row := _expand_cell(memory, said.cell, atoms, begins, expanded, found.extra):
            found.said.append((row, said))
    for beside in memory.beside:
        row = _expand_cell(memory, beside.cell, atoms, begins, expanded, found.extra)
        if row and not has_changed(row):
            found.beside.append((row, beside.audience))
    return found


def has_changed(row: Mapping[int, float]) -> bool:
    """Whether some of what a recalled row adds up is no more what it was."""
    return any(column < 0 for column in row)


def _expand_cell(
    memory: Memory,
    cell: Cell,
    atoms: Mapping[str, Atoms],
    begins: Begins,
    expanded: dict[tuple[Measure, str, int, int], dict[int, float]],
    extra: list[float],
) -> dict[int, float]:
    """A cell of an earlier edition by today's atoms and extra ones; nothing where today knows not its measure."""
    measure, period = cell.quantity.measure, cell.period
    old = memory.tables.get(measure.table)
    row: dict[int, float] = {}
    if old is None or (measure, period) not in begins:
        return row
    kinds = _kinds_of(old, cell.quantity.condition)
    for bundle, share in old.shares.get((cell.vintage, cell.level, cell.territory), {}).items():
        for kind in kinds if bundle in old.spoken.get(period, ()) else ():
            atom = (measure, period, bundle, kind)
            if atom not in expanded:
                expanded[atom] = _expand(old, atoms[measure.table], begins, atom, extra)
            for column, part in expanded[atom].items():
                row[column] = row.get(column, 0.0) + part * share
    return row


def _kinds_of(old: OldAtoms, condition: str) -> list[int]:
    if not condition:
        return list(range(len(old.kinds)))
    at = old.conditions.index(condition)
    return [kind for kind, mark in enumerate(old.kinds) if mark[at] == "1"]


def _expand(
    old: OldAtoms,
    held: Atoms,
    begins: Begins,
    atom: tuple[Measure, str, int, int],
    extra: list[float],
) -> dict[int, float]:
    """An atom of an earlier edition by those of today, where they add up to the same; a new unknown elsewhere."""
    measure, period, bundle, kind = atom
    value = old.amounts.get((measure, period), {}).get((bundle, kind), 0.0)
    begin, here = begins[measure, period]
    rank = np.cumsum(here) - 1
    codes = [code for code, number in old.bundles.items() if number == bundle]
    inside = sorted({held.bundles[code] for code in codes if code in held.bundles})
    if all(condition in held.kinds for condition in old.conditions):
        kinds = [
            now
            for now in range(len(held.kinds[""]))
            if all(held.kinds[one][now] == (old.kinds[kind][at] == "1") for at, one in enumerate(old.conditions))
        ]
        when = held.periods.index(period)
        parts = [(one, now) for one in inside if here[one] for now in kinds]
        if abs(sum(held.amounts[measure][when][one, now] for one, now in parts) - value) <= _SAME * max(
            1.0, abs(value)
        ):
            count = len(held.kinds[""])
            return {int(begin + rank[one] * count + now): 1.0 for one, now in parts}
    extra.append(value)
    return {-len(extra): 1.0}


def recalled_rows(found: Recalled, begin: int, width: int) -> csr_array:
    """The rows of what is recalled, over ``width`` columns in all, of which the extra ones are from ``begin`` on."""
    indptr = np.cumsum([0, *(len(row) for row in found.rows)])
    columns = [column for row in found.rows for column in sorted(row)]
    indices = np.array([column if column >= 0 else begin - column - 1 for column in columns], np.int64)
    data = np.array([row[column] for row in found.rows for column in sorted(row)], float)
    return csr_array((data, indices, indptr), shape=(len(found.rows), width))


def _cell_json(cell: Cell) -> list[Any]:
    measure = cell.quantity.measure
    place = [cell.vintage, cell.level, cell.territory, cell.period]
    return [measure.table, measure.column, measure.weight, cell.quantity.condition, *place]


def _cell_of(said: Sequence[Any]) -> Cell:
    table, column, weight, condition, vintage, level, territory, period = said
    return Cell(Quantity(Measure(table, column, weight), condition), vintage, level, territory, period)


def _table_json(old: OldAtoms) -> dict[str, Any]:
    return {
        "bundles": [[*code, number] for code, number in old.bundles.items()],
        "conditions": list(old.conditions),
        "kinds": list(old.kinds),
        "spoken": {period: list(bundles) for period, bundles in old.spoken.items()},
        "amounts": [
            [measure.column, measure.weight, period, [[*atom, value] for atom, value in cells.items()]]
            for (measure, period), cells in old.amounts.items()
        ],
        "shares": [[*place, sorted(shares.items())] for place, shares in old.shares.items()],
    }


def _table_of(table: str, said: Mapping[str, Any]) -> OldAtoms:
    return OldAtoms(
        {(level, vintage, code): number for level, vintage, code, number in said["bundles"]},
        tuple(said["conditions"]),
        tuple(said["kinds"]),
        {period: tuple(bundles) for period, bundles in said["spoken"].items()},
        {
            (Measure(table, column, weight), period): {(bundle, kind): value for bundle, kind, value in cells}
            for column, weight, period, cells in said["amounts"]
        },
        {
            (vintage, level, territory): {int(bundle): share for bundle, share in shares}
            for vintage, level, territory, shares in said["shares"]
        },
    )
