"""The smallest quantities that series add up of a table, and which territories hold them, at every released vintage.

An atom is what the rows of one code (or of codes that are always in the same territories), one period and one
combination of conditions add up. Those of codes that the table does not name are there too, at zero: only who has
the rows knows that there are none. What is given here is **not protected**, and stays inside ``measure``.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray
from scipy.sparse import csr_array

from beffroi.catalog.catalogs import DeclaredTable
from beffroi.catalog.workspaces import Level
from beffroi.collect.relations import quote_name
from beffroi.errors import BeffroiError
from beffroi.measure.addends import MILLION, Addend
from beffroi.measure.geographies import crosswalk_from, membership_of, shown_territories
from beffroi.measure.records import locate_codes
from beffroi.measure.scans import Instruments, Scan, scan_table
from beffroi.measure.showings import Measure

Code = tuple[str, int | None, str | None]
"""The level of a row, the vintage in which its code is, and the code."""

Place = tuple[int, Level, str]
"""A vintage of the geography, a level, a territory."""


@dataclass(frozen=True)
class Apart:
    """What is to be told apart besides: codes of different bundles, and rows by conditions (SQL), of which those that
    speak of columns that are no longer there are left out."""

    bundles: Mapping[Code, int]
    conditions: tuple[str, ...]


@dataclass(frozen=True)
class Atoms:
    """The atoms of one table.

    ``amounts``, by measure: periods x bundles x kinds. A bundle is codes that lie in the same territories of every
    vintage; a kind, rows that satisfy the same conditions: ``kinds[condition]`` says which do. ``spoken``: periods x
    bundles, whether rows of the period could be of the bundle at all. ``shares``, by vintage of the geography: places x
    bundles, the share of a bundle that a place holds; ``places`` their rows. ``whole``: measures of whole numbers.
    ``bundles``: the bundle of each code. ``made_of``, where rows are of their own level: the bundles of the communes
    that a larger territory is made of.
    """

    table: str
    periods: tuple[str, ...]
    kinds: Mapping[str, NDArray[np.bool_]]
    amounts: Mapping[Measure, NDArray[np.float64]]
    spoken: NDArray[np.bool_]
    shares: Mapping[int, csr_array]
    places: Mapping[int, Mapping[tuple[str, str], int]]
    whole: frozenset[Measure]
    bundles: Mapping[Code, int]
    made_of: Mapping[int, tuple[int, ...]]


def read_atoms(
    every: Mapping[int, Instruments],
    table: DeclaredTable,
    addends: Mapping[Measure, Addend],
    conditions: Sequence[str],
    levels: Sequence[Level],
    apart: Sequence[Apart] = (),
) -> Atoms:
    """The atoms of ``table`` for these measures, told apart by these conditions (SQL) and as those of ``apart``, at
    these levels, in the geographies of ``every``. Raises ``vintage-not-convertible``."""
    first = next(iter(every.values()))
    older = {condition for one in apart for condition in one.conditions if _is_askable(first, table, condition)}
    named = sorted({condition for condition in conditions if condition} | older)
    measures = sorted(addends)
    columns = {f"m{rank}": addends[measure].amount(None) for rank, measure in enumerate(measures)}
    columns = {name: f"CAST(coalesce({sql}, 0) AS DOUBLE)" for name, sql in columns.items()}
    marks = " || ".join(f"CASE WHEN {condition} THEN '1' ELSE '0' END" for condition in named) or "''"
    scan = scan_table(first, table, columns, None, {"kind": marks})
    rows = scan.codes
    codes = _codes_of(rows)
    bundles, shares, places = _bundle(every, scan, codes, levels, apart)
    marked = sorted(set(rows["kind"].to_pylist())) or [""]
    periods = tuple(sorted(scan.periods["period"].to_pylist()))
    kinds = {"": np.ones(len(marked), bool)}
    kinds |= {condition: np.array([mark[at] == "1" for mark in marked]) for at, condition in enumerate(named)}
    size = (len(periods), max(bundles.values(), default=-1) + 1, len(marked))
    where = _where(rows, periods, bundles, marked)
    amounts = {}
    for rank, measure in enumerate(measures):
        amounts[measure] = np.zeros(size)
        np.add.at(amounts[measure], where, np.array(rows[f"m{rank}"].to_pylist(), float) / MILLION)
    spoken = _spoken(rows, periods, bundles, size[1])
    whole = frozenset(measure for measure in measures if _is_whole(table, measure))
    return Atoms(
        table.id, periods, kinds, amounts, spoken, shares, places, whole, bundles, _made_of(first, scan, bundles)
    )


def _is_whole(table: DeclaredTable, measure: Measure) -> bool:
    return all(table.columns[name].type in ("integer", "boolean") for name in (measure.column, measure.weight) if name)


def _is_askable(instruments: Instruments, table: DeclaredTable, condition: str) -> bool:
    """Whether the table still has what a condition speaks of, of a type that it may be compared with."""
    try:
        instruments.query(f"SELECT count(*) FILTER (WHERE {condition}) FROM {quote_name(table.id)}", {})
    except BeffroiError:
        return False
    return True


def _codes_of(rows: pa.Table) -> list[Code]:
    found = rows.group_by(["level", "vintage", "code"]).aggregate([])
    return sorted(zip(*(found[name].to_pylist() for name in ("level", "vintage", "code")), strict=True), key=str)


def _where(
    rows: pa.Table, periods: Sequence[str], bundles: Mapping[Code, int], marked: Sequence[str]
) -> tuple[NDArray[np.int64], ...]:
    """For each row, the period, the bundle and the kind of its atom."""
    rank = {period: place for place, period in enumerate(periods)}
    kind = {mark: place for place, mark in enumerate(marked)}
    codes = zip(*(rows[name].to_pylist() for name in ("level", "vintage", "code")), strict=True)
    return (
        np.array([rank[period] for period in rows["period"].to_pylist()], np.int64),
        np.array([bundles[code] for code in codes], np.int64),
        np.array([kind[mark] for mark in rows["kind"].to_pylist()], np.int64),
    )


def _bundle(
    every: Mapping[int, Instruments],
    scan: Scan,
    codes: Sequence[Code],
    levels: Sequence[Level],
    apart: Sequence[Apart],
) -> tuple[dict[Code, int], dict[int, csr_array], dict[int, dict[tuple[str, str], int]]]:
    """The bundle of each code, and for each vintage the shares of bundles that places hold."""
    known = list(dict.fromkeys([*codes, *_unnamed(every, scan, codes, levels)]))
    held: dict[Code, list[tuple[Place, float]]] = {code: [] for code in known}
    for vintage, instruments in every.items():
        for code, level, territory, share in _located(instruments, scan, known, levels):
            held[code].append(((vintage, level, territory), share))
    numbers: dict[object, int] = {}
    bundles = {}
    for code in known:
        # Where rows are of their own level, nothing tells one code from another but itself.
        own = tuple(sorted(held[code])) if scan.made_of_communes else code
        before = tuple(one.bundles.get(code) for one in apart)
        bundles[code] = numbers.setdefault((code[1], own, before), len(numbers))
    places: dict[int, dict[tuple[str, str], int]] = {vintage: {} for vintage in every}
    entries: dict[int, dict[tuple[int, int], float]] = {vintage: {} for vintage in every}
    for code in known:
        for (vintage, level, territory), share in held[code]:
            row = places[vintage].setdefault((level, territory), len(places[vintage]))
            entries[vintage][row, bundles[code]] = share
    shares = {
        vintage: csr_array(
            (list(cells.values()), tuple(zip(*cells, strict=True)) if cells else ([], [])),
            shape=(len(places[vintage]), len(numbers)),
        )
        for vintage, cells in entries.items()
    }
    return bundles, shares, places


def _located(
    instruments: Instruments, scan: Scan, codes: Sequence[Code], levels: Sequence[Level]
) -> list[tuple[Code, Level, str, float]]:
    """Where codes lie, and which share of each."""
    listed = pa.table(
        {
            "level": pa.array([level for level, _, _ in codes], pa.string()),
            "vintage": pa.array([vintage for _, vintage, _ in codes], pa.int32()),
            "code": pa.array([code for _, _, code in codes], pa.string()),
            "period": pa.array([None] * len(codes), pa.string()),
        }
    )
    crosswalk = crosswalk_from(instruments.geography, scan.vintages())
    here = Scan(scan.table, listed, scan.given, crosswalk, 0)
    found = locate_codes(instruments, here, here.levels_among(levels))
    # What is placed says not of which level its rows are: a code is of one level at a vintage, or of its own.
    by_code: dict[tuple[int | None, str | None], list[Code]] = {}
    for code in codes:
        by_code.setdefault((code[1], code[2]), []).append(code)
    vintage_here = instruments.geography.vintage
    return [
        (code, row["level"], row["territory"], row["share"])
        for row in found.to_pylist()
        for code in by_code.get((row["vintage"], row["code"]), by_code.get((None, row["code"]), []))
        if scan.made_of_communes
        or (code[0] == row["level"] and (code[1] or vintage_here) == (row["vintage"] or vintage_here))
    ]


def _unnamed(
    every: Mapping[int, Instruments], scan: Scan, codes: Sequence[Code], levels: Sequence[Level]
) -> list[Code]:
    """Codes that the table does not name, and could: of the communes of what is shown, or of territories shown."""
    if not scan.made_of_communes:
        own = {level for level, _, _ in codes}
        vintages = {vintage for _, vintage, _ in codes}
        named = {(level, code) for level, _, code in codes}
        return [
            (row["level"], vintage, row["territory"])
            for instruments in every.values()
            for row in shown_territories(instruments.geography, levels).to_pylist()
            if row["level"] in own and (row["level"], row["territory"]) not in named
            for vintage in sorted(vintages, key=str)
        ]
    spoken = {(vintage, (code or "")[:5] if level == "iris" else code) for level, vintage, code in codes}
    found = []
    for instruments in every.values():
        held = membership_of(instruments.geography, levels)["commune"]
        shown = shown_territories(instruments.geography, ["commune"])["territory"]
        inside = pa.array(sorted({*pc.unique(held).to_pylist(), *shown.to_pylist()}), pa.string())
        ways = crosswalk_from(instruments.geography, scan.vintages())
        ways = ways.filter(pc.is_in(ways["to_code"], inside))
        pairs = set(zip(ways["from_vintage"].to_pylist(), ways["from_code"].to_pylist(), strict=True))
        listed = _unnamed_iris(instruments, scan, codes, pairs)
        found += listed
        whole = pairs - spoken - {(vintage, (code or "")[:5]) for _, vintage, code in listed}
        found += [("commune", vintage, code) for vintage, code in sorted(whole)]
    return found


def _unnamed_iris(
    instruments: Instruments, scan: Scan, codes: Sequence[Code], communes: set[tuple[int, str]]
) -> list[Code]:
    """IRIS of these communes, each at its vintage, of which the table has no row though it is made of IRIS."""
    if all(level != "iris" for level, _, _ in codes):
        return []
    iris = instruments.geography.iris
    iris = iris.filter(pc.is_in(iris["vintage"].cast(pa.int32()), pa.array(scan.vintages(), pa.int32())))
    rows = zip(*(iris[name].to_pylist() for name in ("vintage", "code", "commune")), strict=True)
    named = {(vintage, code) for _, vintage, code in codes}
    return sorted(
        ("iris", vintage, code)
        for vintage, code, commune in rows
        if (vintage, commune) in communes and (vintage, code) not in named
    )


def _made_of(instruments: Instruments, scan: Scan, bundles: Mapping[Code, int]) -> dict[int, tuple[int, ...]]:
    if scan.made_of_communes:
        return {}
    communes = {(vintage, code): bundle for (level, vintage, code), bundle in bundles.items() if level == "commune"}
    members: dict[tuple[str, str], list[str]] = {}
    for row in instruments.geography.membership.select(["commune", "level", "territory"]).to_pylist():
        members.setdefault((row["level"], row["territory"]), []).append(row["commune"])
    found = {}
    for (level, vintage, code), bundle in bundles.items():
        inside = [communes.get((vintage, commune)) for commune in members.get((level, code or ""), [])]
        if level != "commune" and inside and None not in inside:
            found[bundle] = tuple(sorted(part for part in inside if part is not None))
    return found


def _spoken(rows: pa.Table, periods: Sequence[str], bundles: Mapping[Code, int], count: int) -> NDArray[np.bool_]:
    """Which bundles rows of each period could be of: those in the vintages in which the period's rows are coded."""
    pairs = rows.group_by(["period", "vintage"]).aggregate([])
    said: dict[str, set[int | None]] = {}
    for period, vintage in zip(pairs["period"].to_pylist(), pairs["vintage"].to_pylist(), strict=True):
        said.setdefault(period, set()).add(vintage)
    vintages: list[int | None] = [None] * count
    for (_, vintage, _), bundle in bundles.items():
        vintages[bundle] = vintage
    return np.array([[one in said.get(period, set()) for one in vintages] for period in periods], bool).reshape(
        len(periods), count
    )
