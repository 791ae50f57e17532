"""A series as a person asks for it at a terminal: released, or worked out for a vintage that is not."""

import json

import pyarrow as pa
import pyarrow.compute as pc

from beffroi.access import Reader
from beffroi.errors import BeffroiError, fault
from beffroi.lake.releases import Release
from beffroi.lake.series import SHOWN_COLUMNS, list_rows
from beffroi.measure import list_groups
from beffroi.run.measuring import measure_at
from beffroi.run.workplaces import Workplace, load_good


def select_series(
    workplace: Workplace,
    indicator: str,
    reader: Reader,
    *,
    level: str | None = None,
    territory: str | None = None,
    period: str | None = None,
    vintage: int | None = None,
) -> pa.Table:
    """Rows of an indicator, narrowed, at the reference vintage unless another is asked.

    A vintage that is not released is worked out from the edition's tables, by rules of its own alone; only who builds
    may ask for one, and not of what is protected together with others: nobody has tried what it would give away.
    Faults name what there is: ``unknown-indicator``, ``unknown-level``, ``unknown-territory``, ``unknown-period``,
    ``vintage-not-released``.
    """
    release = workplace.lake.release(reader)
    if vintage is not None and vintage not in release.indicator(indicator)["vintages"]:
        if not reader.builds:
            available = release.indicator(indicator)["vintages"]
            raise BeffroiError(fault("vintage-not-released", name=vintage, available=available))
        table = _measure_unreleased(workplace, release, indicator, vintage)
    else:
        table = release.series(indicator, vintage=vintage)
    for column, value, code in (
        ("level", level, "unknown-level"),
        ("territory", territory, "unknown-territory"),
        ("period", period, "unknown-period"),
    ):
        if value is not None:
            there = pc.unique(table[column]).to_pylist()
            if value not in there:
                raise BeffroiError(fault(code, name=value, instead_of=value, available=there))
            table = table.filter(pc.equal(table[column], value))
    return table.select(SHOWN_COLUMNS)


def _measure_unreleased(workplace: Workplace, release: Release, indicator: str, vintage: int) -> pa.Table:
    catalog, _ = load_good(workplace)
    if any(indicator in group for group in list_groups(catalog)):
        available = release.indicator(indicator)["vintages"]
        raise BeffroiError(fault("vintage-not-released", name=vintage, available=available))
    tables = workplace.lake.objects_of(workplace.lake.edition(release.edition.id), "table")
    return measure_at(catalog, workplace.lake, tables, indicator, vintage)


def to_json(table: pa.Table) -> str:
    """A list of rows; null where there is no value."""
    rows = [dict(zip(SHOWN_COLUMNS, row, strict=True)) for row in list_rows(table)]
    return json.dumps(rows, ensure_ascii=False, indent=1)
