"""Series of one indicator: when they are stale, how they are made, and which rows stand behind a value."""

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict
from typing import Any

import pyarrow as pa

from beffroi.access import BUILDER
from beffroi.catalog import Catalog
from beffroi.lake.lakes import Lake
from beffroi.lake.objects import LakeObject, staleness_key, write_frame
from beffroi.measure import MEASURE_STAGE, Geography, Measured, explain_value, measure_indicator
from beffroi.run.cataloguing import audience_of
from beffroi.run.geographies import Geographies
from beffroi.run.orders import indicator_parts, indicator_tables

_WORDS = {"title", "definition", "method", "note", "keywords", "featured", "theme"}
"""Keys of an indicator that change what is said of it, never its values."""

_AT_ONCE = 2
_SMALL_ROWS = 1_000_000
"""Rows of all the tables of an indicator under which one statement is far from its limits."""


def series_key(catalog: Catalog, geographies: Geographies, name: str, tables: Mapping[str, LakeObject]) -> str:
    """Staleness key of an indicator's series: same key, same bytes."""
    return staleness_key(series_ingredients(catalog, geographies, name, tables))


def series_ingredients(
    catalog: Catalog, geographies: Geographies, name: str, tables: Mapping[str, LakeObject]
) -> dict[str, Any]:
    """All that a series depends on: its declaration without the words, its tables, the territories."""
    read = {"territory", "period", "secrecy", "key"}
    return {
        "stage": ["series", MEASURE_STAGE],
        "id": name,
        "audience": audience_of(catalog, name),
        "declared": {
            part: [
                catalog.indicators[part].model_dump(mode="json", exclude=_WORDS),
                catalog.units[catalog.indicators[part].unit].factor,
            ]
            for part in _with_parts(catalog, name)
        },
        "tables": {table: item.key for table, item in tables.items()},
        "contracts": {table: catalog.tables[table].contract.model_dump(mode="json", include=read) for table in tables},
        "geography": geographies.key,
    }


def _with_parts(catalog: Catalog, name: str) -> list[str]:
    found = [name]
    for part in indicator_parts(catalog.indicators[name]):
        found += _with_parts(catalog, part)
    return found


def make_series(
    catalog: Catalog, lake: Lake, geographies: Geographies, name: str, key: str, tables: Mapping[str, LakeObject]
) -> LakeObject:
    """Measure one indicator in every released vintage and keep its protected series under ``key``."""
    here = [geographies.at(vintage, _vintages(tables)) for vintage in geographies.vintages]

    def measure(geography: Geography) -> Measured:
        with lake.session(BUILDER, tables) as query:
            return measure_indicator(name, catalog, geography, query)

    # Small tables leave the engine's threads idle: vintages go two at a time. Of large ones, each has all the memory.
    at_once = _AT_ONCE if sum(item.rows for item in tables.values()) <= _SMALL_ROWS else 1
    with ThreadPoolExecutor(max_workers=at_once) as pool:
        every = list(pool.map(measure, here))
    coverage = {
        str(vintage): [asdict(covered) for covered in measured.coverage]
        for vintage, measured in zip(geographies.vintages, every, strict=True)
    }
    series = pa.concat_tables(measured.series for measured in every)
    levels = set(series["level"].to_pylist())
    return write_frame(
        lake.objects,
        key,
        kind="series",
        name=name,
        audience=audience_of(catalog, name),
        frame=series,
        more={
            "levels": [level for level in catalog.workspace.levels if level in levels],
            "periods": sorted(set(series["period"].to_pylist())),
            "vintages": geographies.vintages,
            "coverage": coverage,
            "made_from": series_ingredients(catalog, geographies, name, tables),
        },
    )


def measure_at(catalog: Catalog, lake: Lake, tables: Mapping[str, LakeObject], name: str, vintage: int) -> pa.Table:
    """Protected series of an indicator in the geography of any vintage, from the tables of an edition."""
    needed = {table: tables[table] for table in indicator_tables(name, catalog.indicators)}
    geography = Geographies(catalog, lake, tables).at(vintage, _vintages(needed))
    with lake.session(BUILDER, needed) as query:
        return measure_indicator(name, catalog, geography, query).series


def explain_rows(
    catalog: Catalog,
    lake: Lake,
    tables: Mapping[str, LakeObject],
    name: str,
    value: Mapping[str, Any],
    vintage: int | None = None,
) -> list[dict[str, Any]]:
    """Rows that stand behind a value of the reference vintage or of another, by part: for who builds only."""
    needed = {table: tables[table] for table in indicator_tables(name, catalog.indicators)}
    geographies = Geographies(catalog, lake, tables)
    geography = geographies.at(vintage or catalog.workspace.reference_vintage, _vintages(needed))
    with lake.session(BUILDER, needed) as query:
        found = explain_value(
            name, value["level"], value["territory"], value["period"],
            catalog=catalog, geography=geography, query=query, reader=BUILDER,
        )  # fmt: skip
    return [
        {"part": one.role, "table": one.table, "period": one.period, "rows": one.rows, "keys": one.keys.to_pylist()}
        for one in found
    ]


def _vintages(tables: Mapping[str, LakeObject]) -> set[int]:
    return {vintage for item in tables.values() for vintage in item.manifest["vintages"]}
