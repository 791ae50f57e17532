"""The door of the room: indicators as protected series.

What is confidential loses its figures here, the last thing before a series is given; nothing else of ``measure``
gives values to anybody.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial

import pyarrow as pa
import pyarrow.compute as pc

from beffroi.catalog.catalogs import Catalog
from beffroi.catalog.indicators import Change, IndicatorBase, Reliability
from beffroi.lake.series import SERIES_ORDER, SERIES_SCHEMA, UNLOCATED
from beffroi.language import text
from beffroi.measure.geographies import Geography
from beffroi.measure.measurements import Measurement, Measuring
from beffroi.measure.protection import blank_confidential
from beffroi.measure.scans import Coverage, Instruments, Query

MEASURE_STAGE = 2
"""Raised when the way series are measured changes: every series is then stale."""


@dataclass(frozen=True)
class Measured:
    """A protected series (``SERIES_SCHEMA``, in ``SERIES_ORDER``) and what its tables could not place."""

    series: pa.Table
    coverage: tuple[Coverage, ...]


def measure_indicator(indicator_id: str, catalog: Catalog, geography: Geography, query: Query) -> Measured:
    """One indicator for every territory shown and every period, at the vintage of ``geography``, protected.

    Status: ``O`` missing, ``M`` cannot exist, then ``E`` estimated, ``P`` provisional, ``B`` break, ``A``; the first
    that applies. Raises ``level-not-available``, ``period-unknown``, ``vintage-not-convertible``,
    ``published-not-single``, ``change-windows-overlap`` and ``table-without-territory``.
    """
    return Campaign([indicator_id], catalog, geography, query).measure(indicator_id)()


class Campaign:
    """Several indicators to be measured one after the other, in one geography.

    Tables are read once for all that ask for the same of their rows, and indicators that are parts of others are
    measured once; each series is the same as if it were measured alone.
    """

    def __init__(self, indicator_ids: Iterable[str], catalog: Catalog, geography: Geography, query: Query) -> None:
        self._measuring = Measuring(Instruments(catalog, geography, query))
        self._measuring.await_indicators(indicator_ids)

    def measure(self, indicator_id: str) -> Callable[[], Measured]:
        """Ask all that one of the indicators needs; what is given finishes its series without asking any more, and
        so may be called while another is measured. Faults: ``measure_indicator``."""
        measurement = self._measuring.measure(indicator_id)
        return partial(protect_rows, self._measuring.instruments, indicator_id, measurement)


def protect_rows(instruments: Instruments, name: str, measurement: Measurement) -> Measured:
    """The series of a measurement: what its rows say to be confidential has no figure there any more."""
    free = blank_confidential(measurement.rows)
    reliability = _reliability_of(instruments.catalog, name)
    count = len(free)
    columns = {
        "indicator": pa.array([name] * count, pa.string()),
        "level": free["level"],
        "territory": free["territory"],
        "label": _labels(instruments, free),
        "period": free["period"],
        "value": free["value"],
        "numerator": free["numerator"],
        "denominator": free["denominator"],
        "observations": free["observations"],
        "status": _statuses(free, measurement),
        "confidentiality": free["confidentiality"],
        "reliability": _reliabilities(free, reliability),
        "vintage": pa.array([instruments.geography.vintage] * count, pa.int32()),
    }
    series = pa.table(columns).select(SERIES_SCHEMA.names)
    ordered = series.cast(SERIES_SCHEMA).sort_by([(column, "ascending") for column in SERIES_ORDER])
    return Measured(ordered.combine_chunks(), measurement.coverage)


def _statuses(rows: pa.Table, measurement: Measurement) -> pa.ChunkedArray:
    """Status of each row once its period is looked at: provisional, or the first at or after a break."""
    periods = sorted(pc.unique(rows["period"]).to_pylist())
    after = {next((period for period in periods if period >= declared), None) for declared in measurement.breaks}
    broken = pa.array(sorted(period for period in after if period is not None), pa.string())
    provisional = pa.array(sorted(measurement.provisional), pa.string())
    normal = pc.equal(rows["status"], "A")
    status = pc.if_else(pc.and_(normal, pc.is_in(rows["period"], broken)), "B", rows["status"])
    return pc.if_else(pc.and_(normal, pc.is_in(rows["period"], provisional)), "P", status)


def _reliabilities(rows: pa.Table, declared: Reliability | None) -> pa.ChunkedArray:
    known = pc.and_(pc.is_valid(rows["value"]), pc.is_valid(rows["observations"]))
    if declared is None:
        return pc.if_else(known, "good", "unknown")
    few = pc.less(rows["observations"], pa.scalar(declared.minimum_observations, pa.int64()))
    return pc.if_else(known, pc.if_else(pc.fill_null(few, False), "weak", "good"), "unknown")


def _reliability_of(catalog: Catalog, name: str) -> Reliability | None:
    """The rule of an indicator; a change without one has that of what changes."""
    indicator: IndicatorBase = catalog.indicators[name]
    if indicator.reliability is None and isinstance(indicator, Change):
        return _reliability_of(catalog, indicator.of)
    return indicator.reliability


def _labels(instruments: Instruments, rows: pa.Table) -> pa.Array:
    """The name of each territory; its code where there is none (an IRIS that no list names)."""
    named = instruments.geography.names
    keys = pc.binary_join_element_wise(named["level"], named["code"], "/").to_pylist()
    names = dict(zip(keys, named["name"].to_pylist(), strict=True))
    unlocated = text("measure.unlocated", instruments.catalog.workspace.languages[0])
    wanted = pc.binary_join_element_wise(rows["level"], rows["territory"], "/").combine_chunks().dictionary_encode()
    found = []
    for key in wanted.dictionary.to_pylist():
        code = key.partition("/")[2]
        found.append(unlocated if code == UNLOCATED else names.get(key, code))
    return pa.array(found, pa.string()).take(wanted.indices)
