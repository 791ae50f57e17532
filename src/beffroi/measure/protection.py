"""Primary secrecy: which values are confidential, and their removal before anything leaves ``measure``.

Pure functions over Arrow tables. A rule looks at what a value is made of (how many units, what the largest
contributors hold), never at the value; the strictest rule wins; and the order of rows changes nothing.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import pyarrow as pa
import pyarrow.compute as pc

from beffroi.measure.addends import Addend

BLANKED = ("value", "numerator", "denominator", "observations")
"""What a confidential row loses: from any of them the value could be found again, or how few it is about."""


@dataclass(frozen=True)
class Rule:
    """A value is confidential when column ``of`` is below ``minimum``, or when column ``largest`` is more than
    ``share`` percent of column ``total``."""

    of: str | None = None
    minimum: int | None = None
    largest: str | None = None
    total: str | None = None
    share: float | None = None


def rules_of(addend: Addend) -> tuple[Rule, ...]:
    """The rules that a quantity is under, over the columns that ``aggregates`` gives it."""
    counted = [Rule(of=f"units{rank}", minimum=rule.minimum_units) for rank, rule in addend.unit_rules()]
    dominated = [
        Rule(largest=f"largest{rank}", total=f"total{rank}", share=rule.share)
        for rank, rule in addend.dominance_rules()
    ]
    return (*counted, *dominated)


def mark_confidential(quantity: pa.Table, rules: Sequence[Rule]) -> pa.Table:
    """``quantity`` with its ``confidentiality``: ``C`` where a rule says so, else what it was (``F`` by default).

    A row with fewer units than the minimum is confidential, zero included: that there is none says something of
    each. Rows that hold nothing (``is_empty``) have nothing to hide.
    """
    hidden = pa.array([False] * len(quantity), pa.bool_())
    for rule in rules:
        if rule.of is not None:
            units = pc.fill_null(quantity[rule.of], 0)
            hidden = pc.or_(hidden, pc.less(units, pa.scalar(rule.minimum, pa.int64())))
        else:
            largest = pc.cast(quantity[rule.largest], pa.float64())
            total = pc.cast(quantity[rule.total], pa.float64())
            dominant = pc.greater(pc.multiply(largest, 100.0), pc.multiply(total, float(rule.share or 0)))
            hidden = pc.or_(hidden, pc.fill_null(dominant, True))
    hidden = pc.and_not(hidden, quantity["is_empty"])
    given = quantity.column_names
    before = quantity["confidentiality"] if "confidentiality" in given else pa.array(["F"] * len(quantity), pa.string())
    after = pc.if_else(pc.and_(hidden, pc.equal(before, "F")), "C", before)
    kept = quantity.drop_columns(["confidentiality"]) if "confidentiality" in given else quantity
    return kept.append_column("confidentiality", after)


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
