"""What the series of several indicators would let be known together: rows, the cells that they show, and how these
add up. It is from here that ``protection`` of a group starts; nothing of it leaves ``measure``."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from beffroi.catalog.catalogs import Catalog
from beffroi.catalog.indicators import Published, Quantile, Ratio
from beffroi.catalog.tables import Secrecy
from beffroi.catalog.workspaces import LEVELS, Level
from beffroi.measure.addends import Addend, Terms
from beffroi.measure.atoms import Apart, Atoms, read_atoms
from beffroi.measure.measurements import Measurement, Measuring, shift_period
from beffroi.measure.showings import Figure, Measure, Quantity, Showing, list_showings

_METHODS = ("suppression", "coarsening", "rounding", "none")
"""From what hides least well to what hides nothing."""

Where = tuple[str, str, str]
"""A level, a territory, a period."""


@dataclass(frozen=True)
class Row:
    """A row of a series: of which indicator, in which geography, and where."""

    indicator: str
    vintage: int
    place: int
    where: Where


@dataclass(frozen=True, order=True)
class Cell:
    """A quantity at a place and a period; the same one whatever rows show it."""

    quantity: Quantity
    vintage: int
    level: str
    territory: str
    period: str


@dataclass(frozen=True)
class Kind:
    """What a row says of a cell by the kind of its secrecy alone: at least ``least``, at most ``most``."""

    row: int
    cell: int
    least: float
    most: float


@dataclass
class Disclosures:
    """Rows of the series of a group, in every geography, and the cells that they show.

    ``codes``: what rows are by the rules and their producer (CONF_STATUS). ``shown``: pairs of a row and a cell.
    ``sensitive``: confidential cells, each with the margin that is asked around it; ``known``: cells that anybody has
    from elsewhere. ``figures``: the cell of each figure that is one by itself, and what it says. ``factors``: what the
    ratio of the parts of an indicator is multiplied by. ``kinds``: for each row, the numbers of units of which it says,
    by being free or confidential itself, that they are at least, or at most, so many; nothing where kinds are untold.
    """

    measured: Mapping[int, Mapping[str, Measurement]]
    rules: tuple[Secrecy, ...] = ()
    rows: list[Row] = field(default_factory=list)
    codes: list[str] = field(default_factory=list)
    cells: list[Cell] = field(default_factory=list)
    shown: set[tuple[int, int]] = field(default_factory=set)
    sensitive: dict[int, float] = field(default_factory=dict)
    known: set[int] = field(default_factory=set)
    figures: dict[tuple[int, Figure], tuple[int, float]] = field(default_factory=dict)
    factors: dict[str, int] = field(default_factory=dict)
    numbers: dict[Cell, int] = field(default_factory=dict)
    kinds: list[Kind] = field(default_factory=list)

    @property
    def method(self) -> str:
        """What hides other rows: the first that a rule of the group asks for."""
        return min((rule.secondary for rule in self.rules), key=_METHODS.index)

    @property
    def tells_kinds(self) -> bool:
        """Whether it is said which rows are confidential: where no other row is hidden, all that are hidden are."""
        return self.method == "none" or all(rule.kinds == "told" for rule in self.rules)

    def number(self, cell: Cell) -> int:
        """The number of a cell, a new one when it was not met yet."""
        if cell not in self.numbers:
            self.numbers[cell] = len(self.cells)
            self.cells.append(cell)
        return self.numbers[cell]


def disclose(
    every: Mapping[int, Measuring], names: Sequence[str], apart: Mapping[str, Sequence[Apart]]
) -> tuple[Disclosures, dict[str, Atoms]]:
    """Measure the indicators of a group in every geography, without protecting them, with the atoms of their tables,
    told apart as those of ``apart`` besides."""
    catalog = next(iter(every.values())).instruments.catalog
    showings = {name: list_showings(name, catalog) for name in names}
    measured = {vintage: {name: measuring.measure(name) for name in names} for vintage, measuring in every.items()}
    rules = {rule for shown in showings.values() for one in shown for rule in one.addend.rules}
    found = Disclosures(measured, tuple(sorted(rules, key=lambda rule: rule.model_dump_json())))
    for name in names:
        indicator = catalog.indicators[name]
        found.factors[name] = catalog.units[indicator.unit].factor if isinstance(indicator, Ratio) else 1
    for vintage, measuring in every.items():
        for name in names:
            _note_rows(found, measuring, vintage, name, showings[name])
    if found.tells_kinds:
        _note_kinds(found, showings)
    atoms = _read_atoms(every, catalog, found, showings, apart)
    _note_known(found, atoms, showings)
    if len(atoms) > 1:
        _note_totals(found)
    return found, atoms


def _note_rows(found: Disclosures, measuring: Measuring, vintage: int, name: str, showings: Sequence[Showing]) -> None:
    rows = found.measured[vintage][name].rows
    places = list(zip(*(rows[column].to_pylist() for column in ("level", "territory", "period")), strict=True))
    codes = rows["confidentiality"].to_pylist()
    levels = measuring.levels(name)
    told = {figure: rows[figure].to_pylist() for figure in {one.figure for one in showings}}
    # Rows in an order of their own: the engine's is not the same each time.
    order = sorted(range(len(places)), key=places.__getitem__)
    first = len(found.rows)
    for place in order:
        found.rows.append(Row(name, vintage, place, places[place]))
        found.codes.append(codes[place])
    for one in showings:
        by_itself = one.of == name
        marks = _marks(measuring, one, levels)
        for rank, place in enumerate(order):
            level, territory, period = places[place]
            if told[one.figure][place] is None:
                continue
            when = shift_period(period, one.shift) if one.shift else period
            number = found.number(Cell(one.quantity, vintage, level, territory, when))
            found.shown.add((first + rank, number))
            if by_itself:
                found.figures[first + rank, one.figure] = (number, float(told[one.figure][place]))
            margin = marks.get((level, territory, when))
            if margin is not None:
                found.sensitive[number] = max(margin, found.sensitive.get(number, 0.0))


def _marks(measuring: Measuring, one: Showing, levels: tuple[Level, ...]) -> dict[Where, float]:
    """Where a quantity is confidential, with the margin that is asked around it."""
    rules = one.addend.rules
    if one.figure == "observations":
        # How many lines a value rests on is a secret where it is lines that a rule counts.
        counted = one.quantity.measure.column
        rules = tuple(rule for rule in rules if rule.minimum_units and (rule.units or "") == counted)
    if not rules:
        return {}
    catalog = measuring.instruments.catalog
    if isinstance(catalog.indicators[one.of], Quantile | Published):
        rows = measuring.measure_at(one.of, levels, Terms(one.addend.rules, one.addend.observations)).rows
        interval = max(rule.interval for rule in one.addend.rules) / 100
        figure = "observations" if one.figure == "observations" else "value"
        size = [abs(each) if each is not None else 0.0 for each in rows[figure].to_pylist()]
        margins = [interval * each for each in size]
    else:
        taken, _ = measuring.readings.take({"amount": one.addend}, levels)
        rows = taken["amount"]
        margins = rows["margin"].to_pylist()
        if one.figure == "observations":
            interval = max(rule.interval for rule in one.addend.rules) / 100
            margins = [interval * (each or 0) for each in rows["observations"].to_pylist()]
    columns = (rows[name].to_pylist() for name in ("level", "territory", "period", "confidentiality"))
    return {
        (level, territory, period): margin
        for level, territory, period, code, margin in zip(*columns, margins, strict=True)
        if code == "C"
    }


def _note_kinds(found: Disclosures, showings: Mapping[str, Sequence[Showing]]) -> None:
    """What codes say of numbers of units that some row shows, to those who know the minimum."""
    counted = {name: [pair for one in shown for pair in _minima(one)] for name, shown in showings.items()}
    for number, (row, code) in enumerate(zip(found.rows, found.codes, strict=True)):
        level, territory, period = row.where
        minima: dict[Cell, int] = {}
        for quantity, shift, minimum in counted[row.indicator]:
            when = shift_period(period, shift) if shift else period
            cell = Cell(quantity, row.vintage, level, territory, when)
            minima[cell] = max(minimum, minima.get(cell, 0))
        if code == "C" and any(one.addend.contributor_rules() for one in showings[row.indicator]):
            continue
        if code == "C":
            # Of a part and the whole that it is counted in, it is the part that is under the minimum.
            minima = {cell: least for cell, least in minima.items() if len(minima) == 1 or cell.quantity.condition}
        for cell, minimum in minima.items() if code == "F" or len(minima) == 1 else ():
            if cell in found.numbers:
                ends = (float(minimum), np.inf) if code == "F" else (-np.inf, minimum - 1.0)
                found.kinds.append(Kind(number, found.numbers[cell], *ends))


def _minima(one: Showing) -> list[tuple[Quantity, int, int]]:
    """The numbers of units that the rules look at behind a showing, how many years apart, and the least of each."""
    addend = one.addend
    condition = addend.counted() or ""
    return [
        (Quantity(Measure(addend.table.id, rule.units or ""), condition), one.shift, rule.minimum_units or 0)
        for _, rule in addend.unit_rules()
    ]


def _note_known(found: Disclosures, atoms: Mapping[str, Atoms], showings: Mapping[str, Sequence[Showing]]) -> None:
    """Totals that the rules say to be known from elsewhere: cells that no row needs to show."""
    levels: dict[Measure, set[str]] = {}
    for one in (one for shown in showings.values() for one in shown):
        said = [rule.known for rule in one.addend.rules if rule.known]
        levels.setdefault(one.quantity.measure, set()).update(level for known in said for level in known.levels)
    for measure, known in levels.items():
        held = atoms[measure.table]
        for vintage, places in held.places.items():
            for level, territory in (place for place in places if place[0] in known):
                cells = [Cell(Quantity(measure), vintage, level, territory, period) for period in held.periods]
                found.known |= {found.number(cell) for cell in cells}


def _note_totals(found: Disclosures) -> None:
    """The totals of every measure where it is shown: cells that no row may show, and that another table may tell."""
    for cell in [replace(cell, quantity=Quantity(cell.quantity.measure)) for cell in found.cells]:
        found.number(cell)


def _read_atoms(
    every: Mapping[int, Measuring],
    catalog: Catalog,
    found: Disclosures,
    showings: Mapping[str, Iterable[Showing]],
    apart: Mapping[str, Sequence[Apart]],
) -> dict[str, Atoms]:
    instruments = {vintage: measuring.instruments for vintage, measuring in every.items()}
    known = {level for rule in found.rules if rule.known for level in rule.known.levels}
    wanted = {cell.level for cell in found.cells} | known
    levels = [level for level in LEVELS if level in wanted]
    asked: dict[str, dict[Measure, Addend]] = {}
    conditions: dict[str, set[str]] = {}
    for one in (one for shown in showings.values() for one in shown):
        measure = one.quantity.measure
        counted = replace(one.addend, column=one.addend.observations, weight=None)
        addend = counted if one.figure == "observations" else one.addend
        asked.setdefault(measure.table, {}).setdefault(measure, addend)
        conditions.setdefault(measure.table, set()).add(one.quantity.condition)
    return {
        table: read_atoms(
            instruments, catalog.tables[table], asked[table], sorted(conditions[table]), levels, apart.get(table, ())
        )
        for table in sorted(asked)
    }
