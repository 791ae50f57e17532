"""Published figures that were changed later: what became of each, and what may be told of it.

A figure is the value of an indicator for a territory and a period, in the geography of one vintage. What is told has
both values only where both were free when they were published and the figure is still free: one that was hidden, or
that is now, is told without a value. A new period, level or vintage corrects nothing.
"""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from beffroi.access import Audience, Reader, allows

KINDS = ("changed", "hidden", "shown", "appeared", "gone")
"""What became of a figure: another value; hidden now, or no more; a value where there was none, or none any more."""

CORRECTED_SCHEMA = pa.schema(
    [
        pa.field("event", pa.int32(), nullable=False),
        pa.field("indicator", pa.string(), nullable=False),
        pa.field("level", pa.string(), nullable=False),
        pa.field("territory", pa.string(), nullable=False),
        pa.field("label", pa.string(), nullable=False),
        pa.field("period", pa.string(), nullable=False),
        pa.field("vintage", pa.int32(), nullable=False),
        pa.field("kind", pa.string(), nullable=False),
        pa.field("before", pa.float64()),
        pa.field("after", pa.float64()),
    ]
)
"""One row a figure and event; ``before`` and ``after`` are null wherever they may not be told."""

NOTHING_CORRECTED = pa.Table.from_batches([], CORRECTED_SCHEMA)
"""No figure at all. (``Schema.empty_table`` would read in pandas.)"""

_KEY = ("vintage", "level", "territory", "period")
_SAME = 1e-9
"""Relative difference under which two values are one: what is left of the order in which floats are added up."""


def compare_series(before: pa.Table, after: pa.Table, event: int) -> pa.Table:
    """The figures of an indicator that two of its series, both as released, do not say alike (``CORRECTED_SCHEMA``)."""
    both = _pair(before, after)
    there_before, there_after = _there(both, "before"), _there(both, "after")
    free_before, free_after = _free(both, "before"), _free(both, "after")
    hidden_before = there_before & ~_is(both["confidentiality_before"], "F")
    hidden_after = there_after & ~_is(both["confidentiality_after"], "F")
    old, new = _numbers(both["value_before"]), _numbers(both["value_after"])
    gap = np.abs(new - old) > _SAME * np.maximum(np.abs(old), np.abs(new))
    asked_before = _among(both, before, ("vintage", "level", "period"))
    asked_after = _among(both, after, ("vintage", "level"))
    kind = np.full(both.num_rows, "", dtype=object)
    kind[free_before & free_after & gap] = "changed"
    kind[free_before & hidden_after] = "hidden"
    kind[hidden_before & free_after] = "shown"
    kind[free_after & ~free_before & ~hidden_before & asked_before] = "appeared"
    kind[free_before & ~free_after & ~hidden_after & asked_after] = "gone"
    told = kind != ""
    shown = kind == "changed"
    found = {
        "event": pa.array([event] * both.num_rows, pa.int32()),
        "indicator": pc.coalesce(both["indicator_before"], both["indicator_after"]),
        "label": pc.coalesce(both["label_after"], both["label_before"]),
        "kind": pa.array(kind, pa.string()),
        "before": pa.array(old, pa.float64(), mask=~shown),
        "after": pa.array(new, pa.float64(), mask=~shown),
        **{name: both[name] for name in _KEY},
    }
    table = pa.table([found[name] for name in CORRECTED_SCHEMA.names], schema=CORRECTED_SCHEMA)
    return sort_corrected(table.filter(pa.array(told)))


def sort_corrected(table: pa.Table) -> pa.Table:
    """In the order in which corrected figures are kept."""
    return table.sort_by([(name, "ascending") for name in ("event", "vintage", "level", "territory", "period")])


def blank_lost(table: pa.Table, series: Mapping[str, pa.Table]) -> pa.Table:
    """Corrected figures without the values of those that are not free any more in ``series``, by indicator.

    What belongs to an indicator that is not named, or to a level and vintage that its series has no more, is left.
    """
    lost = np.zeros(table.num_rows, bool)
    for name, now in series.items():
        own = _is(table["indicator"], name)
        if own.any():
            free = now.filter(pc.and_(pc.equal(now["confidentiality"], "F"), pc.is_valid(now["value"])))
            lost |= own & _among(table, now, ("vintage", "level")) & ~_among(table, free, _KEY)
    mask = pa.array(lost)
    for name in ("before", "after"):
        at = table.schema.get_field_index(name)
        table = table.set_column(at, CORRECTED_SCHEMA.field(name), pc.if_else(mask, None, table[name]))
    return table


def summarize(rows: pa.Table, reference: int) -> dict[str, Any]:
    """One event in few words: how many figures, how many of each kind, and by period the greatest change that may be
    told. Of the reference vintage, or of the latest that has any."""
    vintages = sorted(set(rows["vintage"].to_pylist()))
    vintage = reference if reference in vintages else vintages[-1]
    rows = rows.filter(pc.equal(rows["vintage"], vintage))
    return {"vintage": vintage, "vintages": vintages, "figures": rows.num_rows, **_count(rows),
            "levels": sorted(set(rows["level"].to_pylist())),
            "periods": {period: _of_period(rows.filter(pc.equal(rows["period"], period)))
                        for period in sorted(set(rows["period"].to_pylist()))}}  # fmt: skip


def _of_period(rows: pa.Table) -> dict[str, Any]:
    return {"figures": rows.num_rows, **_count(rows), "greatest": _greatest(rows)}


def _count(rows: pa.Table) -> dict[str, int]:
    return {kind: int(_is(rows["kind"], kind).sum()) for kind in KINDS}


def _greatest(rows: pa.Table) -> dict[str, Any] | None:
    """The figure that changed most, by its difference; the first of them in the order of the table."""
    rows = rows.filter(pc.and_(pc.is_valid(rows["before"]), pc.is_valid(rows["after"])))
    if not rows.num_rows:
        return None
    at = int(np.argmax(np.abs(_numbers(rows["after"]) - _numbers(rows["before"]))))
    row = rows.slice(at, 1).to_pylist()[0]
    return {name: row[name] for name in ("level", "territory", "label", "before", "after")}


def open_events(
    reader: Reader, catalogue: Mapping[str, Any], events: Sequence[Mapping[str, Any]]
) -> list[dict[str, Any]]:
    """The events that a reader may know of, the latest first: those of indicators in the catalogue that is theirs,
    which were published for them before and after; no source is named that they do not see, nor the sha256 of bytes of
    which their catalogue does not tell it."""
    shown = []
    for event in reversed(events):
        if event["indicator"] in catalogue["indicators"] and allows(reader, Audience(event["audience"])):
            causes = [_open_cause(cause, catalogue) for cause in event["causes"]]
            shown.append({**event, "causes": [each for at, each in enumerate(causes) if each not in causes[:at]]})
    return shown


def _open_cause(cause: Mapping[str, Any], catalogue: Mapping[str, Any]) -> dict[str, Any]:
    shelf = {"source": "sources", "table": "tables"}.get(cause["kind"])
    if shelf is not None and cause["name"] not in catalogue[shelf]:
        return {"kind": cause["kind"]}
    if shelf == "sources" and any(each["sha256"] is None for each in catalogue[shelf][cause["name"]]["snapshots"]):
        return {"kind": cause["kind"], "name": cause["name"]}
    return dict(cause)


def open_corrected(table: pa.Table, events: Collection[Mapping[str, Any]]) -> pa.Table:
    """The corrected figures of these events."""
    numbers = pa.array([event["number"] for event in events], pa.int32())
    return table.filter(pc.is_in(table["event"], value_set=numbers))


def _pair(before: pa.Table, after: pa.Table) -> pa.Table:
    names = [*_KEY, "indicator", "label", "value", "confidentiality"]
    return before.select(names).join(
        after.select(names), list(_KEY), join_type="full outer", left_suffix="_before", right_suffix="_after",
        use_threads=False,
    )  # fmt: skip


def _there(both: pa.Table, which: str) -> Any:
    return _flags(pc.is_valid(both[f"confidentiality_{which}"]))


def _free(both: pa.Table, which: str) -> Any:
    """Rows whose figure was given."""
    return _is(both[f"confidentiality_{which}"], "F") & _flags(pc.is_valid(both[f"value_{which}"]))


def _among(table: pa.Table, others: pa.Table, key: Sequence[str]) -> Any:
    """Rows of a table whose key is one of others'."""
    known = set(zip(*(others[name].to_pylist() for name in key), strict=True))
    asked = zip(*(table[name].to_pylist() for name in key), strict=True)
    return np.fromiter((each in known for each in asked), bool, table.num_rows)


def _is(column: pa.ChunkedArray, word: str) -> Any:
    return _flags(pc.fill_null(pc.equal(column, word), False))


def _flags(column: pa.ChunkedArray) -> Any:
    return np.asarray(column.to_numpy(zero_copy_only=False), bool)


def _numbers(column: pa.ChunkedArray) -> Any:
    """Numbers, NaN where there is none."""
    return np.asarray(column.to_numpy(zero_copy_only=False), float)


__all__ = [
    "CORRECTED_SCHEMA", "KINDS", "NOTHING_CORRECTED", "blank_lost", "compare_series", "open_corrected", "open_events",
    "sort_corrected", "summarize",
]  # fmt: skip
