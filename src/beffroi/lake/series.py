"""The long form of an indicator, the same from ``measure`` to the last page."""

import csv
import io
from collections.abc import Iterable, Mapping
from typing import Any, Literal

import pyarrow as pa
import pyarrow.parquet as pq

SERIES_SCHEMA = pa.schema(
    [
        pa.field("indicator", pa.string(), nullable=False),
        pa.field("level", pa.string(), nullable=False),
        pa.field("territory", pa.string(), nullable=False),
        pa.field("label", pa.string(), nullable=False),
        pa.field("period", pa.string(), nullable=False),
        pa.field("value", pa.float64()),
        pa.field("numerator", pa.decimal128(24, 6)),
        pa.field("denominator", pa.decimal128(24, 6)),
        pa.field("observations", pa.int64()),
        pa.field("status", pa.string(), nullable=False),
        pa.field("confidentiality", pa.string(), nullable=False),
        pa.field("reliability", pa.string(), nullable=False),
        pa.field("vintage", pa.int32(), nullable=False),
    ]
)
"""One row an indicator, level, territory, period and vintage of the geography.

``status`` is SDMX OBS_STATUS: A normal, E estimated (a split was shared out), P provisional, B break before this
period, M missing because it cannot exist, L not collected, O missing. ``confidentiality`` is SDMX CONF_STATUS:
F free, C confidential (primary), D confidential to protect another, N not for publication. ``reliability`` is
``good``, ``weak`` or ``unknown``. A value is null when there is none, and then its status or confidentiality
says why; zero is a value. What could not be located has the territory ``UNLOCATED``.
"""

SERIES_ORDER = ("indicator", "vintage", "level", "territory", "period")
"""The unique key, and the order in which series are written."""

SHOWN_COLUMNS = (
    "indicator", "level", "territory", "label", "period", "value", "numerator", "denominator", "observations", "status",
    "confidentiality", "reliability",
)  # fmt: skip
"""Columns of the tables that people and other tools read, in this order."""

UNLOCATED = "unlocated"
"""Code of the line « non localisé »: rows whose territory is unknown at its vintage."""


State = Literal["sure", "provisional", "estimated", "weak", "confidential", "missing"]
"""How a value is to be drawn; the first two words of a reader's doubt come first."""

_HIDDEN = {"D": "dependent", "N": "withheld"}
_ABSENCES = {"M": "impossible", "L": "uncollected", "O": "missing"}


def state_of(value: float | None, status: str, confidentiality: str, reliability: str) -> State:
    """How to draw a value, from its SDMX codes."""
    if value is None:
        return "confidential" if confidentiality != "F" else "missing"
    if reliability == "weak":
        return "weak"
    if status == "E":
        return "estimated"
    return "provisional" if status == "P" else "sure"


def absence_of(status: str, confidentiality: str) -> str:
    """Why there is no value, from its SDMX codes: ``confidential`` (by a rule), ``dependent`` (so that others stay
    hidden) or ``withheld``; ``impossible``, ``uncollected`` or ``missing``."""
    if confidentiality != "F":
        return _HIDDEN.get(confidentiality, "confidential")
    return _ABSENCES.get(status, "missing")


def write_parquet(table: pa.Table, metadata: Mapping[str, str]) -> bytes:
    """Released rows as the bytes of a Parquet file, with ``metadata`` in its schema, empty values left out."""
    kept = {key.encode(): value.encode() for key, value in metadata.items() if value}
    out = io.BytesIO()
    pq.write_table(table.replace_schema_metadata({**(table.schema.metadata or {}), **kept}), out, compression="zstd")
    return out.getvalue()


def write_csv(series: pa.Table) -> bytes:
    """UTF-8, comma, point as the decimal mark; an empty cell is a value that is not there."""
    return write_rows(list_rows(series))


def write_rows(rows: Iterable[tuple[Any, ...]]) -> bytes:
    """Rows in the order of ``SHOWN_COLUMNS``, written as ``write_csv`` does."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(SHOWN_COLUMNS)
    writer.writerows(rows)
    return out.getvalue().encode()


def list_rows(series: pa.Table) -> Iterable[tuple[Any, ...]]:
    """Rows in the order of ``SHOWN_COLUMNS``; exact parts are whole numbers where they can be."""
    columns = [series[name].to_pylist() for name in SHOWN_COLUMNS]
    for place, name in enumerate(SHOWN_COLUMNS):
        if name in {"numerator", "denominator"}:
            columns[place] = [None if v is None else int(v) if v == int(v) else float(v) for v in columns[place]]
    return zip(*columns, strict=True)
