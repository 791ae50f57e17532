"""What each row of a series lets be known: the quantities behind its value, its parts and its observations.

Two indicators that add up the same column of the same rows show the same quantity, whatever they are called.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Literal

from beffroi.catalog.catalogs import Catalog
from beffroi.catalog.indicators import Change, Count, Part, Published, Quantile, Ratio, Sum, WeightedMean
from beffroi.measure.addends import Addend, Terms, addends_of, part_of

Figure = Literal["value", "numerator", "denominator", "observations"]
FIGURES: tuple[Figure, ...] = ("value", "numerator", "denominator", "observations")


@dataclass(frozen=True, order=True)
class Measure:
    """What is added up of the rows of a table: their number, a column, or a column times a weight."""

    table: str
    column: str = ""
    weight: str = ""


@dataclass(frozen=True, order=True)
class Quantity:
    """A measure of the rows that a condition keeps (SQL; all of them when empty)."""

    measure: Measure
    condition: str = ""


@dataclass(frozen=True)
class Showing:
    """A quantity that rows of an indicator show, in one of their figures, ``shift`` years from their own period.

    ``addend`` is the quantity with the rules that it is under there; ``of`` the indicator that adds it up, itself
    or one that it is made of.
    """

    quantity: Quantity
    addend: Addend
    figure: Figure
    of: str
    shift: int = 0


def list_showings(name: str, catalog: Catalog, terms: Terms | None = None) -> list[Showing]:
    """All that the rows of an indicator show, its parts' included."""
    indicator = catalog.indicators[name]
    outer = terms or Terms()
    own = outer.within(indicator)
    addends = addends_of(indicator, catalog.tables, own)
    match indicator:
        case Count() | Sum():
            return [_amount(name, addends["amount"], "value"), _observations(name, addends["amount"])]
        case Quantile():
            return [_observations(name, replace(addends["amount"], present=(indicator.column,)))]
        case Published():
            counted = [_observations(name, addends["amount"])] if addends["amount"].observations else []
            return [_amount(name, addends["amount"], "value"), *counted]
        case WeightedMean():
            parts: tuple[Figure, ...] = ("numerator", "denominator")
            return [
                *(_amount(name, addends[role], role) for role in parts),
                _observations(name, addends["denominator"]),
            ]
        case Change(of=of, over=over):
            found = [replace(one, figure="value") for one in list_showings(of, catalog, own)]
            return [replace(one, shift=one.shift + shift) for one in found for shift in (0, -over)]
        case Ratio():
            return _of_ratio(name, indicator, addends, catalog, own)
    return []


def _of_ratio(name: str, ratio: Ratio, addends: Mapping[str, Addend], catalog: Catalog, terms: Terms) -> list[Showing]:
    found: list[Showing] = []
    roles: tuple[tuple[Figure, str | Part], ...] = (("numerator", ratio.numerator), ("denominator", ratio.denominator))
    for role, declared in roles:
        part = part_of(declared)
        if part.indicator is None:
            shown = [_amount(name, addends[role], role), _observations(name, addends[role])]
        else:
            shown = [replace(one, figure=role) for one in list_showings(part.indicator, catalog, terms)]
        found += [replace(one, shift=one.shift + part.period_shift) for one in shown]
    return found


def list_groups(catalog: Catalog) -> list[tuple[str, ...]]:
    """Indicators that must be protected together: those that read a table of which one of them adds up rows under
    secrecy, and so from one to the next. Sorted."""
    every = {name: list_showings(name, catalog) for name in sorted(catalog.indicators)}
    shown = {name: {one.quantity.measure.table for one in showings} for name, showings in every.items()}
    secret = [shown[name] for name, showings in every.items() if any(one.addend.rules for one in showings)]
    # An indicator that reads two groups makes them one.
    groups = [{name for name, read in shown.items() if read & tables} for tables in _merge(secret)]
    return sorted(tuple(sorted(group)) for group in _merge(groups))


def _merge(groups: Iterable[set[str]]) -> list[set[str]]:
    """These sets, those that have something in common made one."""
    merged: list[set[str]] = []
    for group in groups:
        near = [other for other in merged if other & group]
        merged = [other for other in merged if not other & group] + [group.union(*near)]
    return merged


def _amount(name: str, addend: Addend, figure: Figure) -> Showing:
    measure = Measure(addend.table.id, addend.column or "", addend.weight or "")
    return Showing(Quantity(measure, addend.counted() or ""), addend, figure, name)


def _observations(name: str, addend: Addend) -> Showing:
    measure = Measure(addend.table.id, addend.observations or "")
    return Showing(Quantity(measure, addend.counted() or ""), addend, "observations", name)
