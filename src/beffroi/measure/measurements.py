"""What each kind of indicator is worth, by level, territory and period, **before protection**.

Nothing of this module leaves ``measure``: values are marked as confidential here, and removed in ``series``. An
indicator that is made of others takes their unprotected values and inherits their marks, so that nothing derived
from a confidential value is ever free.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import pyarrow as pa
import pyarrow.compute as pc

from beffroi.catalog.indicators import Change, Count, Published, Quantile, Ratio, Sum, WeightedMean
from beffroi.catalog.tables import Window
from beffroi.catalog.workspaces import LEVELS, Level
from beffroi.errors import BeffroiError, Place, fault
from beffroi.measure.addends import Addend, Terms, addends_of, part_of
from beffroi.measure.aggregates import add_contributions, aggregate_by_level, narrow
from beffroi.measure.carried import carry_published
from beffroi.measure.geographies import possible_levels, wanted_levels
from beffroi.measure.protection import mark_confidential, rules_of
from beffroi.measure.quantiles import measure_quantile
from beffroi.measure.scans import Coverage, Instruments, cover_scan, scan_table

PERCENT = 100
COLUMNS = (
    "level", "territory", "period", "value", "amount", "numerator", "denominator", "observations", "status",
    "confidentiality", "is_empty",
)  # fmt: skip
"""Columns of a measurement; ``amount`` is the value as an exact decimal, for what is made of it."""


@dataclass(frozen=True)
class Measurement:
    """An indicator measured and not protected (``COLUMNS``), with what each table could not place, and the periods
    at which it breaks or is provisional, those of its parts included."""

    rows: pa.Table
    coverage: tuple[Coverage, ...] = ()
    breaks: frozenset[str] = frozenset()
    provisional: frozenset[str] = frozenset()


@dataclass
class Measuring:
    """Measures of one run. Indicators that are parts of several others are measured once."""

    instruments: Instruments
    done: dict[tuple[str, tuple[Level, ...], Terms], Measurement] = field(default_factory=dict)

    def measure(self, name: str) -> Measurement:
        """An indicator at every level where it is wanted."""
        indicator = self.instruments.catalog.indicators[name]
        workspace = self.instruments.catalog.workspace
        levels = wanted_levels(indicator, workspace, self.possible(name), name, self.place(name, "levels"))
        return self.measure_at(name, levels, Terms())

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
        key = (name, levels, terms)
        if key not in self.done:
            indicator = self.instruments.catalog.indicators[name]
            own = terms.within(indicator)
            measured = self._measure_kind(name, levels, own)
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
            self.done[key] = Measurement(rows, measured.coverage, measured.breaks | breaks, provisional)
        return self.done[key]

    def _measure_kind(self, name: str, levels: tuple[Level, ...], terms: Terms) -> Measurement:
        indicator = self.instruments.catalog.indicators[name]
        addends = addends_of(indicator, self.instruments.catalog.tables, terms)
        match indicator:
            case Count() | Sum():
                found, coverage = self._quantities(addends, levels)
                return Measurement(found["amount"], coverage)
            case WeightedMean():
                found, coverage = self._quantities(addends, levels)
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

    def _quantities(
        self, addends: dict[str, Addend], levels: Sequence[Level]
    ) -> tuple[dict[str, pa.Table], tuple[Coverage, ...]]:
        """Each quantity by role, marked; tables are read once, whatever the number of quantities in them."""
        found, coverage = {}, []
        for table in {addend.table.id: addend.table for addend in addends.values()}.values():
            here = {role: addend for role, addend in addends.items() if addend.table.id == table.id}
            where, filtered = _common_rows(here.values())
            columns: dict[str, str] = {}
            for role, addend in here.items():
                columns |= addend.columns(role, filtered)
            scan = scan_table(self.instruments, table, columns, where)
            wide = aggregate_by_level(self.instruments, scan, columns, levels)
            for role, addend in here.items():
                found[role] = self._mark(narrow(self.instruments, wide, role, addend), addend, levels)
            coverage.append(cover_scan(self.instruments, scan, secret=any(addend.rules for addend in here.values())))
        return found, tuple(coverage)

    def _measure_ratio(
        self, name: str, ratio: Ratio, addends: dict[str, Addend], levels: tuple[Level, ...], terms: Terms
    ) -> Measurement:
        found, coverage = self._quantities(addends, levels)
        breaks: set[str] = set()
        provisional: set[str] = set()
        covered = list(coverage)
        for role, (part, shift) in self.parts(name).items():
            measured = self.measure_at(part, levels, terms)
            found[role] = measured.rows
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
        sql = f"""
            SELECT n.level, n.territory, n.period,
                CASE WHEN d.amount <> 0
                    THEN CAST(n.amount AS DOUBLE) * {factor} / CAST(d.amount AS DOUBLE) END AS value,
                n.amount AS numerator, d.amount AS denominator, {counted[0]}.observations AS observations,
                CASE WHEN n.amount IS NULL AND d.amount IS NULL AND 'O' IN (n.status, d.status) THEN 'O'
                    WHEN n.amount IS NULL THEN n.status WHEN d.amount IS NULL THEN d.status
                    WHEN d.amount = 0 THEN 'M' WHEN 'E' IN (n.status, d.status) THEN 'E' ELSE 'A' END AS status,
                CASE WHEN n.confidentiality <> 'F' THEN n.confidentiality ELSE d.confidentiality END AS confidentiality,
                n.is_empty AND d.is_empty AS is_empty
            FROM _numerator n JOIN _denominator d
                ON d.level = n.level AND d.territory = n.territory AND d.period = n.period
        """
        frames = {f"_{role}": rows for role, rows in parts.items()}
        return self._complete(self.instruments.query(sql, frames))

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
        rows = self._complete(self.instruments.query(sql, {"_base": base.rows, "_pairs": frame}))
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
        """A quantity marked where a rule that it is under makes it confidential."""
        quantity = add_contributions(self.instruments, quantity, addend, levels)
        return self._complete(mark_confidential(quantity, rules_of(addend)))

    def _complete(self, rows: pa.Table) -> pa.Table:
        """``rows`` with all of ``COLUMNS``; where a value is not a sum, its amount is the value to the millionth."""
        given = set(rows.column_names)
        exact = pa.decimal128(24, 6)
        if "amount" not in given:
            rows = self.instruments.query(
                "SELECT *, TRY_CAST(value AS DECIMAL(24, 6)) AS amount FROM _rows", {"_rows": rows}
            )
        for name in ("numerator", "denominator"):
            if name not in given:
                rows = rows.append_column(name, pa.nulls(len(rows), exact))
        return rows.select(list(COLUMNS))


def shift_period(period: str, years: int) -> str:
    """The same period so many years later: ``2023-Q3`` and 2 give ``2025-Q3``."""
    year, mark, rest = period.partition("-")
    return f"{int(year) + years:04d}{mark}{rest}"


def _shifted(rows: pa.Table, years: int) -> pa.Table:
    periods = rows["period"].combine_chunks().dictionary_encode()
    names = pa.array([shift_period(period, years) for period in periods.dictionary.to_pylist()], pa.string())
    place = rows.schema.get_field_index("period")
    return rows.set_column(place, "period", names.take(periods.indices))


def _common_rows(addends: Iterable[Addend]) -> tuple[str | None, bool]:
    """The rows that some quantity needs, as a condition of the statement, and whether all of them need just these.

    A table that owes a row for each territory is read whole: a row that a condition puts aside still says that its
    territory is there.
    """
    needed = list(addends)
    conditions = [addend.condition() for addend in needed]
    contract = needed[0].table.contract
    keyed = contract.territory is not None and contract.territory.column in contract.key
    if keyed or None in conditions:
        return None, all(condition is None for condition in conditions)
    distinct = sorted({condition for condition in conditions if condition})
    if len(distinct) == 1:
        return distinct[0], True
    return " OR ".join(f"({condition})" for condition in distinct), False
