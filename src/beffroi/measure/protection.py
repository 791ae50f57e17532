"""Primary secrecy: which values are confidential, and their removal before anything leaves ``measure``.

Pure functions over Arrow tables. A rule looks at what a value is made of (how many units, what the largest
contributors hold), never at the value; the strictest rule wins; and the order of rows changes nothing.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import pyarrow as pa
import pyarrow.compute as pc

from beffroi.catalog.tables import Dominance, PPercent
from beffroi.measure.addends import MILLION, Addend

BLANKED = ("value", "numerator", "denominator", "observations")
"""What a confidential row loses: from any of them the value could be found again, or how few it is about."""

_WHOLE = 100.0


@dataclass(frozen=True)
class FewUnits:
    """A value is confidential when the column ``units`` is below ``minimum``."""

    units: str
    minimum: int
    interval: float = 0.0


@dataclass(frozen=True)
class Contributors:
    """A value is confidential when contributors show through it: ``of`` says how, in the columns ``largest_<name>``,
    ``next_<name>`` and ``total_<name>``."""

    name: str
    of: Dominance | PPercent
    interval: float = 0.0


Rule = FewUnits | Contributors
"""``interval``: percentage of the value, on each side of it, that nobody may exclude."""


def rules_of(addend: Addend) -> tuple[Rule, ...]:
    """The rules that a quantity is under, over the columns that ``aggregates`` gives it."""
    counted = [FewUnits(f"units{rank}", rule.minimum_units or 0, rule.interval) for rank, rule in addend.unit_rules()]
    held = [Contributors(name, declared, rule.interval) for name, rule, declared in addend.contributor_rules()]
    return (*counted, *held)


def mark_confidential(quantity: pa.Table, rules: Sequence[Rule]) -> pa.Table:
    """``quantity`` with its ``confidentiality``: ``C`` where a rule says so, else what it was (``F`` by default); and
    with ``margin``, what nobody may come nearer to the value than, in its unit, 0 where no rule says so.

    A row with fewer units than the minimum is confidential, zero included: that there is none says something of
    each. Rows that hold nothing (``is_empty``) have nothing to hide.
    """
    hidden = pa.array([False] * len(quantity), pa.bool_())
    margin = pa.array([0.0] * len(quantity), pa.float64())
    size = pc.fill_null(pc.abs(pc.cast(quantity["value"], pa.float64())), 0.0)
    for rule in rules:
        found, asked = _few_units(quantity, rule) if isinstance(rule, FewUnits) else _shown_through(quantity, rule)
        found = pc.and_not(found, quantity["is_empty"])
        asked = pc.max_element_wise(asked, pc.multiply(size, rule.interval / _WHOLE))
        margin = pc.if_else(found, pc.max_element_wise(margin, asked), margin)
        hidden = pc.or_(hidden, found)
    given = quantity.column_names
    before = quantity["confidentiality"] if "confidentiality" in given else pa.array(["F"] * len(quantity), pa.string())
    after = pc.if_else(pc.and_(hidden, pc.equal(before, "F")), "C", before)
    kept = quantity.drop_columns(["confidentiality"]) if "confidentiality" in given else quantity
    return kept.append_column("confidentiality", after).append_column("margin", margin)


def _few_units(quantity: pa.Table, rule: FewUnits) -> tuple[pa.Array, pa.Array]:
    units = pc.fill_null(quantity[rule.units], 0)
    return pc.less(units, pa.scalar(rule.minimum, pa.int64())), pa.array([0.0] * len(quantity), pa.float64())


def _shown_through(quantity: pa.Table, rule: Contributors) -> tuple[pa.Array, pa.Array]:
    """Where contributors show through a value, and how far from it nobody may come (Hundepool et al., Statistical
    Disclosure Control, 2012, chapter 4: the upper protection level of each rule)."""
    largest, following, total = (
        pc.divide(pc.fill_null(pc.cast(quantity[f"{name}_{rule.name}"], pa.float64()), 0.0), float(MILLION))
        for name in ("largest", "next", "total")
    )
    share = float(rule.of.share) / _WHOLE
    if isinstance(rule.of, Dominance):
        found = pc.greater(largest, pc.multiply(total, share))
        return found, pc.max_element_wise(pc.subtract(pc.divide(largest, share), total), 0.0)
    rest = pc.subtract(pc.subtract(total, largest), following)
    asked = pc.subtract(pc.multiply(largest, share), rest)
    return pc.greater(asked, 0.0), pc.max_element_wise(asked, 0.0)


def blank_confidential(measures: pa.Table) -> pa.Table:
    """The same rows, without any figure where ``confidentiality`` is not ``F``.

    A status that tells why there was no value is not kept either: it would tell of what is hidden.
    """
    free = pc.equal(measures["confidentiality"], "F")
    columns = {}
    for name in measures.column_names:
        column = measures[name]
        if name in BLANKED:
            column = pc.if_else(free, column, pa.scalar(None, column.type))
        elif name == "status":
            told = pc.and_not(pc.is_in(column, pa.array(["M", "O", "L"])), free)
            column = pc.if_else(told, "A", column)
        columns[name] = column
    return pa.table(columns)
