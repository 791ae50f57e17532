"""Addends: the quantities that may be added up, each over some rows of one table, as SQL aggregates.

Everything here is exact: integers, or decimals written as whole millionths, so that a sum is the same whatever the
order of rows and the number of threads.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from beffroi.catalog.catalogs import DeclaredTable
from beffroi.catalog.indicators import Count, IndicatorBase, Part, Published, Quantile, Ratio, Sum, WeightedMean, Where
from beffroi.catalog.tables import Dominance, PPercent, Secrecy
from beffroi.collect.relations import quote_name
from beffroi.lake.conditions import condition

MILLION = 1_000_000


@dataclass(frozen=True)
class Addend:
    """One quantity of one table: the number of rows, the sum of a column, or of a column times a weight.

    ``present`` are columns that must have a value for a row to count (a mean leaves out rows without one). Where it
    is empty, a row without a value makes the whole sum missing: a partial sum is not a total.
    ``rules`` are the secrecy rules that the quantity is under; ``observations`` the column that counts observations.
    """

    table: DeclaredTable
    column: str | None = None
    weight: str | None = None
    where: Where = field(default_factory=dict)
    present: tuple[str, ...] = ()
    rules: tuple[Secrecy, ...] = ()
    observations: str | None = None

    @property
    def is_partial(self) -> bool:
        """Whether rows without a value are left out instead of making the sum missing."""
        return bool(self.present)

    def condition(self) -> str | None:
        """Rows that count, as SQL."""
        return condition(self.where, self.table.columns)

    def columns(self, role: str, filtered: bool) -> dict[str, str]:
        """The aggregates that the quantity needs, by name: whole millionths, or whole numbers of rows.

        ``<role>_amount`` in millionths, ``<role>_missing`` rows without a value, ``<role>_rows`` rows that count,
        ``<role>_observations``, and ``<role>_units<k>`` for rule ``k``. ``filtered`` when the statement keeps these
        rows already.
        """
        kept = None if filtered else self.condition()
        counted = self._counted(kept)
        rows = _filtered("count(*)", counted)
        found = {
            f"{role}_amount": self.amount(counted),
            f"{role}_missing": self._missing(kept, counted),
            f"{role}_rows": rows,
        }
        if self.observations is not None:
            found[f"{role}_observations"] = self._whole(self.observations, counted)
        for rank, rule in self.unit_rules():
            found[f"{role}_units{rank}"] = rows if rule.units is None else self._whole(rule.units, counted)
        return {name: f"CAST(coalesce({sql}, 0) AS HUGEINT)" for name, sql in found.items()}

    def counted(self) -> str | None:
        """Rows that are added up, as SQL: those that count and have a value where they must have one."""
        return self._counted(self.condition())

    def _counted(self, kept: str | None) -> str | None:
        return _all([kept, *(self._has_value(name) for name in self.present)])

    def amount(self, counted: str | None) -> str:
        """What the rows ``counted`` add up to, as an SQL aggregate in whole millionths."""
        if self.column is None:
            return f"{_filtered('count(*)', counted)} * {MILLION}"
        return self._sum(counted)

    def unit_rules(self) -> list[tuple[int, Secrecy]]:
        """Rules that count units the table has, with their rank. (A ratio of two tables may count them in one.)"""
        return [
            (rank, rule)
            for rank, rule in enumerate(self.rules)
            if rule.minimum_units is not None and (rule.units is None or rule.units in self.table.columns)
        ]

    def contributor_rules(self) -> list[tuple[str, Secrecy, Dominance | PPercent]]:
        """Rules that look at contributors the table has, each with a name of its own and what it says of them."""
        named = [
            (f"{key}{rank}", rule, declared)
            for rank, rule in enumerate(self.rules)
            for key, declared in (("dominance", rule.dominance), ("p_percent", rule.p_percent))
            if declared is not None
        ]
        return [one for one in named if one[2].contributor in self.table.columns]

    def value(self) -> str:
        """What one row adds, as an exact number or null; 1 when rows are counted."""
        if self.column is None:
            return "1"
        if self.weight is None:
            return self._exact(self.column)
        if {self.table.columns[name].type for name in (self.column, self.weight)} == {"integer"}:
            return f"CAST({quote_name(self.column)} AS HUGEINT) * {quote_name(self.weight)}"
        value, weight = quote_name(self.column), quote_name(self.weight)
        return f"TRY_CAST({value} AS DECIMAL(20, 6)) * TRY_CAST({weight} AS DECIMAL(18, 6))"

    def _sum(self, counted: str | None) -> str:
        total = _filtered(f"sum({self.value()})", counted)
        kinds = {self.table.columns[name].type for name in (self.column, self.weight) if name is not None}
        if kinds <= {"integer", "boolean"}:
            return f"{total} * {MILLION}"
        return f"CAST({total} AS DECIMAL(30, 6)) * CAST({MILLION} AS DECIMAL(7, 0))"

    def _missing(self, kept: str | None, counted: str | None) -> str:
        if self.column is None:
            return "0"
        if self.is_partial:
            return f"{_filtered('count(*)', kept)} - {_filtered('count(*)', counted)}"
        return f"{_filtered('count(*)', kept)} - {_filtered(f'count({self.value()})', kept)}"

    def _whole(self, name: str, counted: str | None) -> str:
        kind = self.table.columns[name].type
        value = quote_name(name) if kind == "integer" else f"floor({quote_name(name)})"
        return f"CAST({_filtered(f'sum({value})', counted)} AS HUGEINT)"

    def _has_value(self, name: str) -> str:
        is_floating = self.table.columns[name].type == "number"
        return f"isfinite({quote_name(name)})" if is_floating else f"{quote_name(name)} IS NOT NULL"

    def _exact(self, name: str) -> str:
        # A floating number is taken to the millionth: added up as it is, it would depend on the order of rows.
        kind = self.table.columns[name].type
        if kind == "boolean":
            return f"CAST({quote_name(name)} AS INTEGER)"
        return quote_name(name) if kind in ("integer", "decimal") else f"TRY_CAST({quote_name(name)} AS DECIMAL(18, 6))"


@dataclass(frozen=True)
class Terms:
    """What an indicator asks of the quantities that it is made of: secrecy rules, and the column that counts
    observations. Those of an indicator go down to the indicators that are its parts."""

    rules: tuple[Secrecy, ...] = ()
    observations: str | None = None

    def within(self, indicator: IndicatorBase) -> "Terms":
        """The terms of a part: all the rules, and the outermost column of observations."""
        own = (indicator.protection,) if indicator.protection else ()
        counted = indicator.reliability.observations if indicator.reliability else None
        return Terms((*self.rules, *own), self.observations or counted)


def addends_of(indicator: IndicatorBase, tables: Mapping[str, DeclaredTable], terms: Terms) -> dict[str, Addend]:
    """The quantities that an indicator adds up, by role: ``amount``, or ``numerator`` and ``denominator``.

    A part that is another indicator is not here, nor is anything of a change.
    """
    match indicator:
        case Count():
            return {"amount": _addend(tables[indicator.table], terms, where=indicator.where)}
        case Sum() | Quantile() | Published():
            return {"amount": _addend(tables[indicator.table], terms, indicator.column, where=indicator.where)}
        case WeightedMean(column=column, weight=weight, where=where):
            table, present = tables[indicator.table], (column, weight)
            return {
                "numerator": _addend(table, terms, column, weight, where, present),
                "denominator": _addend(table, terms, weight, None, where, present),
            }
        case Ratio():
            parts = {"numerator": part_of(indicator.numerator), "denominator": part_of(indicator.denominator)}
            return {
                role: _addend(tables[part.table or indicator.table or ""], terms, part.sum, where=part.where)
                for role, part in parts.items()
                if part.indicator is None
            }
    return {}


def part_of(declared: str | Part) -> Part:
    """A part of a ratio, also where it is declared by the plain name of a column."""
    return Part(sum=declared) if isinstance(declared, str) else declared


def _addend(
    table: DeclaredTable,
    terms: Terms,
    column: str | None = None,
    weight: str | None = None,
    where: Where | None = None,
    present: tuple[str, ...] = (),
) -> Addend:
    rules = (*terms.rules, *((table.contract.secrecy,) if table.contract.secrecy else ()))
    counted = terms.observations if terms.observations in table.columns else None
    return Addend(table, column, weight, where or {}, present, rules, counted)


def _all(terms: list[str | None]) -> str | None:
    return " AND ".join(term for term in terms if term) or None


def _filtered(aggregate: str, kept: str | None) -> str:
    return f"{aggregate} FILTER (WHERE {kept})" if kept else aggregate
