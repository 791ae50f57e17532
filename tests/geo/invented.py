"""Small invented official lists, events and polygons, for tests of territories in time."""

from collections.abc import Mapping, Sequence
from typing import Any

import pyarrow as pa
import shapely

from beffroi.catalog.groupings import Grouping
from beffroi.geo import Territories, build_territories

COMMUNES = pa.schema(
    [("vintage", pa.int32()), ("population", pa.int64())]
    + [
        (name, pa.string())
        for name in ("code", "name", "kind", "parent", "departement", "region", "arrondissement", "epci")
    ]
)
EVENTS = pa.schema(
    [(n, pa.string()) for n in ("mod", "date", "type_before", "code_before", "type_after", "code_after")]
)

Population = int | None
Listed = Mapping[str, Population]


def commune_table(lists: Mapping[int, Listed], parts: Mapping[int, Mapping[str, str]] | None = None) -> pa.Table:
    """Communes by vintage (code: population) and their parts (``code: 'COMD parent'``)."""
    rows: list[dict[str, Any]] = []
    for vintage, listed in lists.items():
        for code, population in listed.items():
            rows.append(
                {"vintage": vintage, "code": code, "name": f"Commune {code}", "kind": "COM", "population": population}
            )
        for code, words in (parts or {}).get(vintage, {}).items():
            kind, parent = words.split()
            rows.append({"vintage": vintage, "code": code, "name": f"Ancienne {code}", "kind": kind, "parent": parent})
    return pa.Table.from_pylist(rows, schema=COMMUNES)


def event_table(*lines: str) -> pa.Table:
    """Events written as ``32 2025-01-01 COM a COM b``, as INSEE's lines are."""
    return pa.Table.from_pylist([dict(zip(EVENTS.names, line.split(), strict=True)) for line in lines], schema=EVENTS)


def territories(
    lists: Mapping[int, Listed],
    *events: str,
    parts: Mapping[int, Mapping[str, str]] | None = None,
    groupings: Mapping[str, Any] | None = None,
    reference: int | None = None,
    **roles: pa.Table,
) -> Territories:
    """Territories of invented lists; without any event, the role is absent."""
    tables = {"communes": commune_table(lists, parts), **roles}
    if events:
        tables["events"] = event_table(*events)
    declared = {code: Grouping.model_validate(grouping) for code, grouping in (groupings or {}).items()}
    return build_territories(tables, declared, reference=reference or max(lists))


def square(west: float, south: float, east: float, north: float) -> bytes:
    """A rectangle in hundredths of a degree, near 2 degrees east and 50 north, as WKB."""
    corners = (2 + west / 100, 50 + south / 100, 2 + east / 100, 50 + north / 100)
    return bytes(shapely.to_wkb(shapely.box(*corners)))


def contour_table(vintage: int, polygons: Mapping[str, bytes]) -> pa.Table:
    """The role ``contours``."""
    codes: Sequence[str] = list(polygons)
    return pa.table(
        {
            "vintage": pa.array([vintage] * len(codes), pa.int32()),
            "code": pa.array(codes, pa.string()),
            "geometry": pa.array([polygons[code] for code in codes], pa.binary()),
        }
    )
