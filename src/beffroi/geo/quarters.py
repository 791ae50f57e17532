"""QPV (quartiers prioritaires de la politique de la ville): the communes that each lies in, its name, its contour.

A list of QPV is a level of its own, drawn by a decree, not a vintage of another: nothing leads from the quarters of one
list to those of the next. A quarter is a part of one commune, or of several: it is listed under each of them, and no
value of a quarter is ever added to another's nor to a commune's.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import shapely

from beffroi.catalog.workspaces import QPV, Level
from beffroi.errors import BeffroiError, Fault, fault
from beffroi.geo.codes import are_codes
from beffroi.geo.crosswalks import Passage
from beffroi.geo.projections import geodesic_areas, project, projection_of

if TYPE_CHECKING:
    from beffroi.geo.territories import Territories

QUARTERS_SCHEMA = pa.schema([pa.field(name, pa.string(), nullable=False) for name in ("code", "name", "commune")])


def quarters_at(territories: "Territories", level: Level, vintage: int) -> pa.Table:
    """``QUARTERS_SCHEMA``: one row a QPV of the list ``level`` and commune of ``vintage`` that it lies in, in order.

    From the rows of the list whose commune codes are of the nearest vintage; a commune that was merged since is
    followed to the one that it became. Empty without the list. Raises ``qpv-commune-unknown`` for a commune that did
    not exist, or was split since: the list must then say it itself.
    """
    table = territories.tables.get(level)
    if table is None or not table.num_rows:
        return QUARTERS_SCHEMA.empty_table()
    years = pc.unique(table["vintage"]).to_pylist()
    nearest = min(years, key=lambda listed: (abs(listed - vintage), listed))
    names = names_of(territories, level)
    here = table.filter(pc.equal(table["vintage"], nearest))
    passage = Passage(territories, nearest, vintage)
    rows, faults = set(), []
    for code, commune in zip(here["code"].to_pylist(), here["commune"].to_pylist(), strict=True):
        found = passage.destinations(commune)
        if found is None or len(found) != 1:
            faults.append(_lost(passage, code, commune, nearest, vintage))
        else:
            rows.add((code, names[code], next(iter(found))))
    if faults:
        raise BeffroiError(faults)
    columns = list(zip(*sorted(rows), strict=True)) or [(), (), ()]
    return pa.table([pa.array(column, pa.string()) for column in columns], schema=QUARTERS_SCHEMA)


def names_of(territories: "Territories", level: Level) -> Mapping[str, str]:
    """Name by code of the QPV of a list, as its most recent rows write it; empty without the list."""
    table = territories.tables.get(level)
    if table is None:
        return {}
    ordered = table.sort_by([("vintage", "ascending"), ("name", "descending")])
    return dict(zip(ordered["code"].to_pylist(), ordered["name"].to_pylist(), strict=True))


def quarter_codes(territories: "Territories") -> pa.Table:
    """``level, code`` of every QPV of every list, in order."""
    pairs = [(level, code) for level in QPV for code in sorted(names_of(territories, level))]
    columns = list(zip(*pairs, strict=True)) or [(), ()]
    return pa.table([pa.array(column, pa.string()) for column in columns], names=["level", "code"])


def check_lists(tables: Mapping[str, pa.Table]) -> Iterator[Fault]:
    """One fault for each list that holds codes of another, or of nothing: ``qpv-codes-foreign``."""
    for level in QPV:
        if level in tables:
            codes = pc.unique(tables[level]["code"]).drop_null()
            foreign = sorted(codes.filter(pc.invert(are_codes(codes, level))).to_pylist())
            if foreign:
                yield fault("qpv-codes-foreign", level=level, count=len(foreign), codes=", ".join(foreign[:12]))


def quarter_contours(territories: "Territories", level: Level, codes: Iterable[str], tolerance_m: float) -> list[Any]:
    """``(level, code, geometry, drawn, area_m2, drawn_epsg)`` of the QPV of ``codes`` that have a contour, in order.

    The shapes of several rows of one quarter are united: a list may repeat the whole, or give the part in each commune.
    """
    table = territories.tables.get(level)
    if table is None or "geometry" not in table.column_names:
        return []
    wanted = pa.array(sorted(codes), pa.string())
    table = table.filter(pc.and_(pc.is_in(table["code"], wanted), pc.is_valid(table["geometry"])))
    shapes: dict[str, list[Any]] = {}
    epsg: dict[str, int] = {}
    for code, commune, geometry in zip(*(table[n].to_pylist() for n in ("code", "commune", "geometry")), strict=True):
        shapes.setdefault(code, []).append(shapely.make_valid(shapely.from_wkb(geometry)))
        epsg.setdefault(code, projection_of(commune))
    found = []
    for code in sorted(shapes):
        whole = shapely.union_all(shapes[code])
        drawn = shapely.simplify(project(np.array([whole], dtype=object), epsg[code])[0], tolerance_m)
        area = int(geodesic_areas([whole])[0])
        found.append((level, code, shapely.to_wkb(whole), shapely.to_wkb(drawn), area, epsg[code]))
    return found


def _lost(passage: Passage, quarter: str, commune: str, listed: int, vintage: int) -> Fault:
    near = sorted(code for code in passage.from_communes if code[:2] == commune[:2])
    return fault(
        "qpv-commune-unknown", quarter=quarter, commune=commune, listed=listed, vintage=vintage,
        instead_of=commune, available=near,
    )  # fmt: skip
