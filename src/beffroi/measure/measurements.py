"""What each kind of indicator is worth, by level, territory and period, **before protection**.

Nothing of this module leaves ``measure``: values are marked as confidential here, and removed in ``series``. An
indicator that is made of others takes their unprotected values and inherits their marks, so that nothing derived
from a confidential value is ever free.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field

import pyarrow as pa
import pyarrow.compute as pc

from beffroi.catalog.indicators import Change, Count, Published, Quantile, Ratio, Sum, WeightedMean
from beffroi.catalog.tables import Window
from beffroi.catalog.workspaces import LEVELS, Level
from beffroi.errors import BeffroiError, Place, fault
from beffroi.measure.addends import Addend, Terms, addends_of, part_of
from beffroi.measure.carried import carry_published
from beffroi.measure.geographies import possible_levels, wanted_levels
from beffroi.measure.quantiles import measure_quantile
from beffroi.measure.readings import Readings, mark_quantity
from beffroi.measure.scans import Coverage, Instruments

PERCENT = 100
COLUMNS = (
    "level", "territory", "period", "value", "numerator", "denominator", "observations", "status", "confidentiality",
    "is_empty",
)  # fmt: skip
"""Columns of a measurement; a sum has its ``amount`` besides, the exact decimal, for what is made of it."""

_PLACE = ["level", "territory", "period"]
_PAIRED = ("amount", "observations", "status", "confidentiality", "is_empty")
_JOINED = f"""(
                SELECT n.level, n.territory, n.period, {", ".join(f"n.{c} AS n_{c}, d.{c} AS d_{c}" for c in _PAIRED)}
                FROM _numerator n JOIN _denominator d
                    ON d.level = n.level AND d.territory = n.territory AND d.period = n.period
            )"""
"""Both parts of a ratio, where and when there are both."""


@dataclass(frozen=True)
class Measurement:
    """An indicator measured and not protected (``COLUMNS``), with what each table could not place, and the periods
    at which it breaks or is provisional, those of its parts included."""

    rows: pa.Table
    coverage: tuple[Coverage, ...] = ()
    breaks: frozenset[str] = frozenset()
    provisional: frozenset[str] = frozenset()


Asked = tuple[str, tuple[Level, ...], Terms]
"""An indicator, the levels, and the terms of what it is a part of."""


@dataclass
class Measuring:
    """Measures of one run. Indicators that are parts of several others are measured once, and tables are read once for
    all that is awaited of them."""

    instruments: Instruments
    readings: Readings = field(init=False)
    _awaited: Counter[Asked] = field(default_factory=Counter)
    _done: dict[Asked, Measurement] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.readings = Readings(self.instruments)

    def await_indicators(self, names: Iterable[str]) -> None:
        """Say which indicators will be measured; one that cannot be says so when it is."""
        for name in names:
            with suppress(BeffroiError):
                self._await(name, self.levels(name), Terms())

    def _await(self, name: str, levels: tuple[Level, ...], terms: Terms) -> None:
        self._awaited[name, levels, terms] += 1
        if self._awaited[name, levels, terms] > 1:
            return
        indicator = self.instruments.catalog.indicators[name]
        own = terms.within(indicator)
        if isinstance(indicator, Count | Sum | WeightedMean | Ratio):
            self.readings.await_quantities(addends_of(indicator, self.instruments.catalog.tables, own), levels)
        for part, _ in self.parts(name).values():
            self._await(part, levels, own)

    def measure(self, name: str) -> Measurement:
        """An indicator at every level where it is wanted."""
        return self.measure_at(name, self.levels(name), Terms())

    def levels(self, name: str) -> tuple[Level, ...]:
        """Levels at which an indicator is wanted. Raises ``level-not-available``, ``table-without-territory``."""
        catalog = self.instruments.catalog
        indicator, place = catalog.indicators[name], self.place(name, "levels")
        return wanted_levels(indicator, catalog.workspace, self.possible(name), name, place)

    def possible(self, name: str) -> frozenset[Level]:
        """Levels that the tables of an indicator can give."""
        catalog = self.instruments.catalog
        indicator = catalog.indicators[name]
        found = frozenset(LEVELS)
        for addend in addends_of(indicator, catalog.tables, Terms()).values():
            territory = addend.table.contract.territory
            if territory is None or addend.table.contract.period is None:
                raise BeffroiError(
                    fault("table-without-territory", self.place(name, "table"), indicator=name, table=addend.table.id)
                )
            found &= possible_levels(territory, aggregated=not isinstance(indicator, Published))
        for part, _ in self.parts(name).values():
            found &= self.possible(part)
        return found

    def parts(self, name: str) -> dict[str, tuple[str, int]]:
        """Indicators that an indicator is made of, by role, each with its shift in years."""
        match self.instruments.catalog.indicators[name]:
            case Change(of=of):
                return {"of": (of, 0)}
            case Ratio(numerator=numerator, denominator=denominator):
                declared = {"numerator": part_of(numerator), "denominator": part_of(denominator)}
                return {role: (part.indicator, part.period_shift) for role, part in declared.items() if part.indicator}
        return {}

    def place(self, name: str, key: str) -> Place | None:
        """Where a key of an indicator is declared, or the indicator itself."""
        places = self.instruments.catalog.places.get(f"indicators/{name}", {})
        return places.get(key) or places.get("")

    def measure_at(self, name: str, levels: tuple[Level, ...], terms: Terms) -> Measurement:
        """An indicator at these levels, under the terms of what it is a part of."""
        asked = (name, levels, terms)
        found = self._done.get(asked) or self._measure(name, levels, terms)
        self._awaited[asked] -= 1
        self._done[asked] = found
        if self._awaited[asked] <= 0:
            del self._done[asked]
        return found

    def _measure(self, name: str, levels: tuple[Level, ...], terms: Terms) -> Measurement:
        indicator = self.instruments.catalog.indicators[name]
        measured = self._measure_kind(name, levels, terms.within(indicator))
        rows = measured.rows
        if indicator.periods is not None:
            known = set(pc.unique(rows["period"]).to_pylist())
            if unknown := [period for period in indicator.periods if period not in known]:
                raise BeffroiError(
                    fault(
                        "period-unknown",
                        self.place(name, "periods"),
                        indicator=name,
                        periods=", ".join(unknown),
                        available=known,
                    )
                )
            rows = rows.filter(pc.is_in(rows["period"], pa.array(indicator.periods, pa.string())))
        # What a change says of breaks is said by the pairs that cross them.
        breaks = frozenset(() if isinstance(indicator, Change) else (one.period for one in indicator.breaks))
        provisional = measured.provisional | set(indicator.provisional)
        return Measurement(rows, measured.coverage, measured.breaks | breaks, provisional)

    def _measure_kind(self, name: str, levels: tuple[Level, ...], terms: Terms) -> Measurement:
        indicator = self.instruments.catalog.indicators[name]
        addends = addends_of(indicator, self.instruments.catalog.tables, terms)
        match indicator:
            case Count() | Sum():
                found, coverage = self.readings.take(addends, levels)
                return Measurement(_complete(found["amount"]), coverage)
            case WeightedMean():
                found, coverage = self.readings.take(addends, levels)
                return Measurement(self._divide(found, 1, "denominator"), coverage)
            case Ratio():
                return self._measure_ratio(name, indicator, addends, levels, terms)
            case Quantile():
                rows, covered = measure_quantile(self.instruments, indicator, addends["amount"], levels)
                return Measurement(self._mark(rows, addends["amount"], levels), (covered,))
            case Published():
                place = self.place(name, "column")
                rows, covered = carry_published(self.instruments, indicator, name, addends["amount"], levels, place)
                return Measurement(self._mark(rows, addends["amount"], levels), (covered,))
            case Change():
                return self._measure_change(name, indicator, levels, terms)

    def _measure_ratio(
        self, name: str, ratio: Ratio, addends: dict[str, Addend], levels: tuple[Level, ...], terms: Terms
    ) -> Measurement:
        found, coverage = self.readings.take(addends, levels)
        breaks: set[str] = set()
        provisional: set[str] = set()
        covered = list(coverage)
        for role, (part, shift) in self.parts(name).items():
            measured = self.measure_at(part, levels, terms)
            found[role] = self._with_amount(measured.rows)
            covered += [one for one in measured.coverage if one not in covered]
            breaks |= {shift_period(period, -shift) for period in measured.breaks}
            provisional |= {shift_period(period, -shift) for period in measured.provisional}
        for role, declared in (("numerator", ratio.numerator), ("denominator", ratio.denominator)):
            if shift := part_of(declared).period_shift:
                found[role] = _shifted(found[role], -shift)
        counts_above = "numerator" in addends and addends["numerator"].observations is not None
        counts_below = "denominator" in addends and addends["denominator"].observations is not None
        counted = "numerator" if counts_above and not counts_below else "denominator"
        factor = self.instruments.catalog.units[ratio.unit].factor
        rows = self._divide(found, factor, counted)
        return Measurement(rows, tuple(covered), frozenset(breaks), frozenset(provisional))

    def _divide(self, parts: dict[str, pa.Table], factor: int, counted: str) -> pa.Table:
        """One part over the other, times ``factor``, where and when both are given.

        Status ``M`` where the denominator is zero: there is no such ratio.
        """
        # Quantities that were read together have their rows in one order.
        above, below = (parts[role].select(_PLACE) for role in ("numerator", "denominator"))
        pairs, frames = _JOINED, {f"_{role}": rows for role, rows in parts.items()}
        if above.equals(below):
            pairs, frames = "_pairs", {"_pairs": _side_by_side(parts)}
        sql = f"""
            SELECT level, territory, period,
                CASE WHEN d_amount <> 0
                    THEN CAST(n_amount AS DOUBLE) * {factor} / CAST(d_amount AS DOUBLE) END AS value,
                n_amount AS numerator, d_amount AS denominator, {counted[0]}_observations AS observations,
                CASE WHEN n_amount IS NULL AND d_amount IS NULL AND 'O' IN (n_status, d_status) THEN 'O'
                    WHEN n_amount IS NULL THEN n_status WHEN d_amount IS NULL THEN d_status
                    WHEN d_amount = 0 THEN 'M' WHEN 'E' IN (n_status, d_status) THEN 'E' ELSE 'A' END AS status,
                CASE WHEN n_confidentiality <> 'F' THEN n_confidentiality ELSE d_confidentiality END AS confidentiality,
                n_is_empty AND d_is_empty AS is_empty
            FROM {pairs}
        """
        return _complete(self.instruments.query(sql, frames))

    def _measure_change(self, name: str, change: Change, levels: tuple[Level, ...], terms: Terms) -> Measurement:
        overlapping = [window for window in self.windows(name) if change.over <= window.before + window.after]
        if overlapping:
            window = max(overlapping, key=lambda one: one.before + one.after)
            raise BeffroiError(
                fault(
                    "change-windows-overlap",
                    self.place(name, "over"),
                    indicator=name,
                    over=change.over,
                    before=window.before,
                    after=window.after,
                )
            )
        base = self.measure_at(change.of, levels, terms)
        breaks = base.breaks | {declared.period for declared in change.breaks}
        known = sorted(pc.unique(base.rows["period"]).to_pylist())
        pairs = [(shift_period(end, -change.over), end) for end in known if shift_period(end, -change.over) in known]
        crossed = [any(start < period <= end for period in breaks) for start, end in pairs]
        frame = pa.table(
            {
                "start_period": pa.array([start for start, _ in pairs], pa.string()),
                "end_period": pa.array([end for _, end in pairs], pa.string()),
                "crossed": pa.array(crossed, pa.bool_()),
            }
        )
        yearly = f"(e.value - s.value) / {change.over}"
        if change.relative:
            rate = f"(power(e.value / s.value, 1.0 / {change.over}) - 1) * {PERCENT}"
            yearly = f"CASE WHEN s.value > 0 AND e.value >= 0 THEN {rate} END"
        sql = f"""
            SELECT e.level, e.territory, e.period, CASE WHEN NOT p.crossed THEN {yearly} END AS value,
                least(s.observations, e.observations) AS observations,
                CASE WHEN e.value IS NULL THEN e.status WHEN s.value IS NULL THEN s.status WHEN p.crossed THEN 'B'
                    WHEN {yearly} IS NULL THEN 'M' WHEN 'E' IN (s.status, e.status) THEN 'E' ELSE 'A' END AS status,
                CASE WHEN e.confidentiality <> 'F' THEN e.confidentiality ELSE s.confidentiality END AS confidentiality,
                e.is_empty AND s.is_empty AS is_empty
            FROM _base e JOIN _pairs p ON p.end_period = e.period
            JOIN _base s ON s.level = e.level AND s.territory = e.territory AND s.period = p.start_period
        """
        rows = _complete(self.instruments.query(sql, {"_base": base.rows, "_pairs": frame}))
        ends = {shift_period(period, change.over) for period in base.provisional}
        return Measurement(rows, base.coverage, frozenset(), base.provisional | ends)

    def windows(self, name: str) -> list[Window]:
        """The windows of all the tables that an indicator reads, its parts' included."""
        catalog = self.instruments.catalog
        addends = addends_of(catalog.indicators[name], catalog.tables, Terms()).values()
        periods = [addend.table.contract.period for addend in addends]
        found = [period.window for period in periods if period is not None and period.window is not None]
        for part, _ in self.parts(name).values():
            found += self.windows(part)
        return found

    def _mark(self, quantity: pa.Table, addend: Addend, levels: Sequence[Level]) -> pa.Table:
        return _complete(mark_quantity(self.instruments, quantity, addend, levels))

    def _with_amount(self, rows: pa.Table) -> pa.Table:
        """``rows`` with the value as an exact decimal, to the millionth where it is not a sum."""
        if "amount" in rows.column_names:
            return rows
        exact = "SELECT *, TRY_CAST(value AS DECIMAL(24, 6)) AS amount FROM _rows"
        return self.instruments.query(exact, {"_rows": rows})


def _complete(rows: pa.Table) -> pa.Table:
    """``rows`` with all of ``COLUMNS``, and their amount where they have one."""
    for name in ("numerator", "denominator"):
        if name not in rows.column_names:
            rows = rows.append_column(name, pa.nulls(len(rows), pa.decimal128(24, 6)))
    return rows.select([*COLUMNS, *(name for name in ("amount",) if name in rows.column_names)])


def _side_by_side(parts: Mapping[str, pa.Table]) -> pa.Table:
    columns = {name: parts["numerator"][name] for name in _PLACE}
    for role, rows in parts.items():
        columns |= {f"{role[0]}_{name}": rows[name] for name in _PAIRED}
    return pa.table(columns)


def shift_period(period: str, years: int) -> str:
    """The same period so many years later: ``2023-Q3`` and 2 give ``2025-Q3``."""
    year, mark, rest = period.partition("-")
    return f"{int(year) + years:04d}{mark}{rest}"


def _shifted(rows: pa.Table, years: int) -> pa.Table:
    periods = rows["period"].combine_chunks().dictionary_encode()
    names = pa.array([shift_period(period, years) for period in periods.dictionary.to_pylist()], pa.string())
    place = rows.schema.get_field_index("period")
    return rows.set_column(place, "period", names.take(periods.indices))
