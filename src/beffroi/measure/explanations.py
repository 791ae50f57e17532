"""From a value back to the rows of the tables that it comes from; for whoever builds the lake, nobody else."""

from dataclasses import dataclass

import pyarrow as pa
import pyarrow.compute as pc

from beffroi.access import Reader
from beffroi.catalog.catalogs import Catalog
from beffroi.catalog.workspaces import Level
from beffroi.collect.relations import quote_name, quote_text
from beffroi.errors import BeffroiError, fault
from beffroi.measure.addends import Addend, Terms, addends_of, part_of
from beffroi.measure.geographies import Geography
from beffroi.measure.measurements import Measuring, shift_period
from beffroi.measure.records import locate_codes
from beffroi.measure.scans import Instruments, Query, place_columns, scan_table

KEYS_SHOWN = 20
"""How many rows are named for each part."""


@dataclass(frozen=True)
class Explanation:
    """The rows of one table that enter one part of a value.

    ``role`` is the path of the part (``numerator``, ``start/denominator``; ``value`` for the whole); ``codes`` the
    codes, with their vintage, that make up the territory and have rows; ``rows`` how many rows are taken, of which
    ``keys`` has the first twenty by key. ``sql`` finds them again, ``_codes`` being a relation of ``codes`` with the
    columns ``_vintage`` and ``_code``.
    """

    role: str
    indicator: str
    table: str
    period: str
    rows: int
    codes: tuple[tuple[int | None, str | None], ...]
    keys: pa.Table
    sql: str


def explain_value(
    indicator_id: str,
    level: Level,
    territory: str,
    period: str,
    *,
    catalog: Catalog,
    geography: Geography,
    query: Query,
    reader: Reader,
) -> tuple[Explanation, ...]:
    """Each part of a value with the rows behind it; no figure, but keys of rows, whatever the secrecy.

    Raises ``builder-only`` for any other reader than who builds.
    """
    if not reader.builds:
        raise BeffroiError(fault("builder-only"))
    measuring = Measuring(Instruments(catalog, geography, query))
    return tuple(
        _explain(measuring.instruments, role, name, addend, level, territory, when)
        for role, name, addend, when in _addends(measuring, indicator_id, period, ())
    )


def _addends(measuring: Measuring, name: str, period: str, path: tuple[str, ...]) -> list[tuple[str, str, Addend, str]]:
    """Every quantity behind a value, through the indicators that it is made of, at the period where it is taken."""
    indicator = measuring.instruments.catalog.indicators[name]
    found = []
    for role, addend in addends_of(indicator, measuring.instruments.catalog.tables, Terms()).items():
        declared = getattr(indicator, role, None) if indicator.kind == "ratio" else None
        shift = part_of(declared).period_shift if declared is not None else 0
        label = "/".join((*path, "value" if role == "amount" else role))
        found.append((label, name, addend, shift_period(period, shift)))
    for role, (part, shift) in measuring.parts(name).items():
        if role == "of":
            start = shift_period(period, -indicator.over)  # type: ignore[union-attr]
            found += _addends(measuring, part, start, (*path, "start"))
            found += _addends(measuring, part, period, (*path, "end"))
        else:
            found += _addends(measuring, part, shift_period(period, shift), (*path, role))
    return found


def _explain(
    instruments: Instruments, role: str, name: str, addend: Addend, level: Level, territory: str, period: str
) -> Explanation:
    columns = place_columns(addend.table)
    terms = [addend.condition(), f"CAST({columns['period']} AS VARCHAR) = {quote_text(period)}"]
    kept = " AND ".join(term for term in terms if term)
    scan = scan_table(instruments, addend.table, {}, kept)
    places = locate_codes(instruments, scan, [level])
    here = places.filter(pc.and_(pc.equal(places["level"], level), pc.equal(places["territory"], territory)))
    codes = here.group_by(["vintage", "code"]).aggregate([]).select(["vintage", "code"])
    frames = {"_codes": codes.rename_columns(["_vintage", "_code"])}
    key = addend.table.contract.key
    its_level = "" if scan.made_of_communes else f" AND {columns['level']} = {quote_text(level)}"
    source = (
        f"FROM {quote_name(addend.table.id)} AS t SEMI JOIN _codes AS c "
        f"ON c._code IS NOT DISTINCT FROM CAST({columns['code']} AS VARCHAR) "
        f"AND c._vintage IS NOT DISTINCT FROM {columns['vintage']} WHERE {kept}{its_level}"
    )
    sql = f"SELECT {', '.join(quote_name(column) for column in key)} {source} ORDER BY ALL"
    rows = instruments.query(f"SELECT count(*) AS rows {source}", frames)["rows"][0].as_py()
    keys = instruments.query(f"{sql} LIMIT {KEYS_SHOWN}", frames)
    listed = sorted(
        zip(codes["vintage"].to_pylist(), codes["code"].to_pylist(), strict=True),
        key=lambda pair: (pair[0] or 0, pair[1] or ""),
    )
    return Explanation(role, name, addend.table.id, period, rows, tuple(listed), keys, sql)
