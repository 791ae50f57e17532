"""Contours of every level made of communes, from one polygon a commune: no gap, no overlap, enclaves kept.

A gap between communes is given away only for a stated reason: it is a sliver of drawing, it is what a commune
absorbed and its contour forgot, or a rule names the commune. Any other hole stays a hole. No contour is made up for
a territory that has none.
"""

from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import shapely

from beffroi.catalog.workspaces import LEVELS, PIECES, QPV, Level
from beffroi.errors import Fault, fault
from beffroi.geo.codes import departement_of
from beffroi.geo.coverages import Ranks, find_holes, fit_together, unite_groups
from beffroi.geo.crosswalks import Passage, crosswalk
from beffroi.geo.projections import Geometries, geodesic_areas, geodesic_length, project, projection_of
from beffroi.geo.quarters import quarter_contours
from beffroi.geo.territories import Territories

CONTOURS_SCHEMA = pa.schema(
    [
        pa.field("level", pa.string(), nullable=False),
        pa.field("code", pa.string(), nullable=False),
        pa.field("geometry", pa.binary(), nullable=False),
        pa.field("drawn", pa.binary(), nullable=False),
        pa.field("area_m2", pa.int64()),
        pa.field("drawn_epsg", pa.int32(), nullable=False),
    ]
)
"""``geometry`` is WKB in longitude and latitude; ``drawn`` WKB in metres of the projection ``drawn_epsg``, simplified,
for drawing only; ``area_m2`` is geodesic, null when a commune of the territory has no contour, or may have more ground
than its contour (``may_be_of`` of a hole)."""

GAPS_SCHEMA = pa.schema(
    [
        pa.field("longitude", pa.float64(), nullable=False),
        pa.field("latitude", pa.float64(), nullable=False),
        pa.field("area_m2", pa.int64(), nullable=False),
        pa.field("commune", pa.string()),
        pa.field("rule", pa.string(), nullable=False),
        pa.field("may_be_of", pa.list_(pa.string()), nullable=False),
    ]
)
"""One row a hole that no commune covered: a point in it, and the ``commune`` that it was given to under a ``rule``
(``given``, ``absorbed``, ``sliver``), or null under ``kept``. ``may_be_of``: communes beside a hole that was kept that
absorbed others since the first list: their contours may have forgotten it, and their areas are unknown."""

NEIGHBOURHOOD_DEGREES = 0.15
"""How far around a commune others are looked at when its gaps are sought: further than any commune is wide but the
largest, which have no gap of their own."""


@dataclass(frozen=True)
class FillRules:
    """When a hole between communes is given to one of them.

    ``sliver_width_m``: mean width under which a hole is a fault of drawing, and goes to the neighbour with which it
    shares the longest border; contours simplified for the web are off by tens of metres, and no commune is as
    narrow. ``absorbed``: a hole that adjoins one single commune that absorbed others since the first list, where no
    listed commune lacks a contour, is what that commune absorbed. ``given``: communes named by hand, with the reason:
    every hole that touches one goes to it.
    """

    sliver_width_m: float = 50.0
    absorbed: bool = True
    given: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class CleanContours:
    """One contour a commune, without gap nor overlap, in order of code, and what became of every hole."""

    codes: tuple[str, ...]
    geometries: Geometries
    gaps: pa.Table


@dataclass(frozen=True)
class Contours:
    """What is drawn (``CONTOURS_SCHEMA``) and the holes that communes left between them (``GAPS_SCHEMA``)."""

    table: pa.Table
    gaps: pa.Table


def gap_faults(gaps: pa.Table) -> tuple[Fault, ...]:
    """What is not known because of holes (``GAPS_SCHEMA``): the communes whose area is not given."""
    doubtful = gaps.filter(pc.greater(pc.list_value_length(gaps["may_be_of"]), 0))
    if not doubtful.num_rows:
        return ()
    codes = sorted(set(pc.list_flatten(doubtful["may_be_of"]).to_pylist()))
    area = f"{pc.sum(doubtful['area_m2']).as_py() / 1e6:.1f}"
    return (fault("contour-ground-unknown", count=doubtful.num_rows, area_km2=area, codes=", ".join(codes)),)


def build_contours(
    territories: Territories,
    vintage: int,
    levels: Sequence[Level],
    perimeter: str | None = None,
    *,
    fill: FillRules | None = None,
    tolerance_m: float = 50.0,
) -> Contours:
    """The territories of ``levels`` shown for ``perimeter``, in order of level and code, and the holes around them.

    From the role ``contours`` at the nearest vintage; older contours are merged as communes were. Without that role
    there are only those of QPV, which come from their own lists; IRIS have none.

    ``tolerance_m`` is the detail lost in ``drawn``: half a point of a map of a department.
    """
    held = territories.membership(vintage, [level for level in levels if level not in PIECES])
    pieces = [level for level in QPV if level in levels]
    quarters = {level: set(territories.names(vintage, level)) for level in pieces}
    if perimeter is not None:
        shown = territories.territories_in_perimeter(vintage, levels, perimeter)
        for level in pieces:
            quarters[level] = set(shown.filter(pc.equal(shown["level"], level))["code"].to_pylist())
        wanted = pc.binary_join_element_wise(shown["level"], shown["code"], ":").combine_chunks()
        held = held.filter(pc.is_in(pc.binary_join_element_wise(held["level"], held["territory"], ":"), wanted))
    drawn = _rows(row for level in pieces for row in quarter_contours(territories, level, quarters[level], tolerance_m))
    communes = commune_contours(territories, vintage)
    if communes.num_rows == 0:
        return Contours(drawn, GAPS_SCHEMA.empty_table())
    around = _around(communes, held["commune"])
    elsewhere = frozenset(communes["code"].to_pylist())
    clean = clean_contours(around, territories, vintage, fill=fill or FillRules(), elsewhere=elsewhere)
    return Contours(_in_order(pa.concat_tables([drawn, union_levels(clean, held, tolerance_m)])), clean.gaps)


def _rows(rows: Iterable[tuple[Any, ...]]) -> pa.Table:
    columns = list(zip(*rows, strict=True)) or [()] * len(CONTOURS_SCHEMA)
    arrays = [pa.array(column, field.type) for column, field in zip(columns, CONTOURS_SCHEMA, strict=True)]
    return pa.table(arrays, schema=CONTOURS_SCHEMA)


def _in_order(table: pa.Table) -> pa.Table:
    """Contours in the order of levels: each level is already in that of its codes."""
    rank = pc.index_in(table["level"], pa.array(LEVELS, pa.string()))
    return table.take(pc.sort_indices(pa.table({"rank": rank}), sort_keys=[("rank", "ascending")])).combine_chunks()


def commune_contours(territories: Territories, vintage: int) -> pa.Table:
    """``code, geometry``: the given contours as communes of ``vintage``, from the contours of the nearest vintage.

    A commune that was shared out since then has none: its contour does not say where the limit is.
    """
    table = territories.tables.get("contours")
    empty = pa.table({"code": pa.array([], pa.string()), "geometry": pa.array([], pa.binary())})
    if table is None or table.num_rows == 0:
        return empty
    nearest = min(pc.unique(table["vintage"]).to_pylist(), key=lambda given: (abs(given - vintage), given))
    table = table.filter(pc.and_(pc.equal(table["vintage"], nearest), pc.is_valid(table["geometry"])))
    passage = Passage(territories, nearest, vintage)
    targets = [
        next(iter(found)) if code in passage.from_communes and (found := passage.destinations(code)) and len(found) == 1
        else None
        for code in table["code"].to_pylist()
    ]  # fmt: skip
    moved = pa.table({"code": pa.array(targets, pa.string()), "geometry": table["geometry"]})
    return moved.filter(pc.is_valid(moved["code"])) if any(targets) else empty


def clean_contours(
    communes: pa.Table,
    territories: Territories,
    vintage: int,
    *,
    fill: FillRules,
    elsewhere: frozenset[str] = frozenset(),
) -> CleanContours:
    """Make polygons of communes (``code, geometry``, WKB in longitude and latitude) fit together exactly.

    Several rows of one commune are united; overlaps go to the neighbour with the longest border; gaps follow
    ``fill``. ``elsewhere`` are communes that have a contour too, further away.
    """
    codes, geometries = _unite_by_code(communes)
    geometries = fit_together(geometries)
    holes = find_holes(geometries)
    if holes:
        absorbers = _absorbers(territories, vintage)
        missing = {departement_of(code) for code in territories.listings[vintage].communes.difference(codes, elsewhere)}
        tree = shapely.STRtree(geometries)
        gaps = []
        filled = set()
        for hole in holes:
            owner, rule, doubtful = _owner_of(hole, codes, geometries, tree, fill, absorbers, missing)
            inside = hole.representative_point()
            area = int(geodesic_areas([hole])[0])
            gaps.append((inside.x, inside.y, area, None if owner is None else codes[owner], rule, doubtful))
            if owner is not None:
                geometries[owner] = shapely.union_all([geometries[owner], hole])
                filled.add(owner)
        geometries = fit_together(geometries, np.array(sorted(filled), np.int64))
    else:
        gaps = []
    rows = {name: [gap[at] for gap in gaps] for at, name in enumerate(GAPS_SCHEMA.names)}
    return CleanContours(codes, geometries, pa.table(rows, schema=GAPS_SCHEMA))


def union_levels(clean: CleanContours, held: pa.Table, tolerance_m: float) -> pa.Table:
    """Contours of the territories of ``held`` (``commune, level, territory``), united from clean communes.

    A territory whose communes are in several projections is drawn in the one of its largest part, without the rest.
    """
    shown = _territories_of(held, clean.codes)
    if not len(shown.codes):
        return CONTOURS_SCHEMA.empty_table()
    needed = np.unique(np.concatenate(shown.ranks))
    epsg = np.array([projection_of(code) for code in clean.codes], np.int32)
    with ThreadPoolExecutor(max_workers=1) as beside:
        # Neither half needs the other, and each is a long work without the lock of Python.
        drawing = beside.submit(_draw, clean.geometries, needed, epsg, tolerance_m)
        areas = np.zeros(len(clean.codes), np.int64)
        areas[needed] = geodesic_areas(clean.geometries[needed])
        exact = shapely.to_wkb(unite_groups(clean.geometries, shown.by_level(shown.ranks)))
        drawn = drawing.result()
    projections, pictured = _main_projections(shown.ranks, epsg, areas)
    pictures = shapely.to_wkb(unite_groups(drawn, shown.by_level(pictured)))
    starts = np.cumsum([0, *map(len, shown.ranks[:-1])])
    doubtful = pc.is_in(pa.array(clean.codes, pa.string()), pc.unique(pc.list_flatten(clean.gaps["may_be_of"])))
    every = np.concatenate(shown.ranks)
    unknown = ~shown.whole | np.logical_or.reduceat(doubtful.to_numpy(zero_copy_only=False)[every], starts)
    total = pa.array(np.add.reduceat(areas[every], starts), mask=unknown)
    return pa.table([shown.levels, shown.codes, exact, pictures, total, projections], schema=CONTOURS_SCHEMA)


def _around(communes: pa.Table, wanted: pa.ChunkedArray) -> pa.Table:
    """The wanted communes and those near them, among which alone gaps are sought."""
    chosen = pc.is_in(communes["code"], pc.unique(wanted)).to_numpy()
    if chosen.all():
        return communes
    geometries = shapely.from_wkb(communes["geometry"].to_numpy())
    reach = np.array([-1, -1, 1, 1]) * NEIGHBOURHOOD_DEGREES
    boxes = shapely.box(*(shapely.bounds(geometries[chosen]) + reach).T)
    near = np.unique(shapely.STRtree(geometries).query(boxes)[1])
    return communes.take(pa.array(near))


def _unite_by_code(communes: pa.Table) -> tuple[tuple[str, ...], Geometries]:
    codes = communes["code"].to_numpy()
    geometries = shapely.make_valid(shapely.from_wkb(communes["geometry"].to_numpy()))
    order = np.argsort(codes, kind="stable")
    distinct, starts = np.unique(codes[order], return_index=True)
    groups = np.split(geometries[order], starts[1:])
    united = np.empty(len(distinct), dtype=object)
    united[:] = [group[0] if len(group) == 1 else shapely.union_all(group) for group in groups]
    return tuple(distinct.tolist()), united


def _owner_of(
    hole: Any,
    codes: Sequence[str],
    geometries: Geometries,
    tree: shapely.STRtree,
    fill: FillRules,
    absorbers: frozenset[str],
    missing: set[str],
) -> tuple[int | None, str, list[str]]:
    """The commune that a hole is given to, by its rank, the rule, and if kept the communes that it may be of."""
    borders = {}
    for n in sorted(tree.query(hole, predicate="intersects").tolist()):
        shared = geodesic_length(shapely.intersection(hole.boundary, geometries[n].boundary))
        if shared > 0:
            borders[n] = shared
    named = [n for n in borders if codes[n] in fill.given]
    if named:
        return max(named, key=lambda n: borders[n]), "given", []
    width = 2 * geodesic_areas([hole])[0] / geodesic_length(hole.boundary)
    if width < fill.sliver_width_m and borders:
        return max(borders, key=lambda n: borders[n]), "sliver", []
    absorbing = [n for n in borders if codes[n] in absorbers]
    if fill.absorbed and len(absorbing) == 1 and missing.isdisjoint(departement_of(codes[n]) for n in borders):
        return absorbing[0], "absorbed", []
    return None, "kept", [codes[n] for n in absorbing]


def _absorbers(territories: Territories, vintage: int) -> frozenset[str]:
    """Communes that several communes of the first list became."""
    first = territories.vintages[0]
    if first >= vintage:
        return frozenset()
    table = crosswalk(territories, first, vintage).table
    whole = table.filter(pc.and_(pc.equal(table["kind"], "COM"), pc.invert(table["estimated"])))
    counted = pc.value_counts(whole["to_code"]).to_pylist()
    return frozenset(row["values"] for row in counted if row["counts"] > 1)


@dataclass(frozen=True)
class _Shown:
    """Territories in order of level and code: ranks of their communes that have a contour (one at least), and whether
    all have."""

    levels: pa.Array
    codes: pa.Array
    ranks: Sequence[Ranks]
    whole: np.ndarray[Any, np.dtype[np.bool_]]

    def by_level(self, groups: Sequence[Ranks]) -> list[Sequence[Ranks]]:
        """The groups, one a territory, by level."""
        ends = pc.run_end_encode(self.levels).run_ends
        return [groups[start:end] for start, end in pairwise([0, *ends.to_pylist()])]


def _territories_of(held: pa.Table, codes: Sequence[str]) -> _Shown:
    """The territories of ``held``; one none of whose communes is in ``codes`` is left out."""
    rank = pc.fill_null(pc.index_in(held["commune"], pa.array(codes, pa.string())), -1)
    order = pc.index_in(held["level"], pa.array(LEVELS, pa.string()))
    lines = pa.table({"level": held["level"], "order": order, "territory": held["territory"], "rank": rank})
    lines = lines.sort_by([("order", "ascending"), ("territory", "ascending"), ("rank", "ascending")]).combine_chunks()
    ranks = lines["rank"].to_numpy().astype(np.int64)
    another = [pc.not_equal(lines[name][1:], lines[name][:-1]).to_numpy() for name in ("order", "territory")]
    starts = np.flatnonzero(np.r_[True, another[0] | another[1]][: len(ranks)])
    groups = np.split(ranks, starts[1:])
    known = [at for at, group in enumerate(groups) if group[-1:] >= 0]
    first = lines.select(["level", "territory"]).take(pa.array(starts[known], pa.int64())).combine_chunks()
    return _Shown(
        first["level"].combine_chunks(),
        first["territory"].combine_chunks(),
        [groups[at][groups[at] >= 0] for at in known],
        ranks[starts[known]] >= 0,
    )


def _main_projections(
    groups: Sequence[Ranks], epsg: np.ndarray[Any, Any], areas: np.ndarray[Any, Any]
) -> tuple[list[int], list[Ranks]]:
    """The projection of the largest part of each territory (of two as large, the smaller code), and that part."""
    projections, parts = [], []
    for ranks in groups:
        found = epsg[ranks]
        main = int(found[0])
        if len(ranks) > 1 and (found != main).any():
            main = max(np.unique(found).tolist(), key=lambda each: int(areas[ranks[found == each]].sum()))
            ranks = ranks[found == main]
        projections.append(main)
        parts.append(ranks)
    return projections, parts


def _draw(geometries: Geometries, needed: Ranks, epsg: np.ndarray[Any, Any], tolerance_m: float) -> Geometries:
    """Communes in metres of their projection, simplified together so that they still fit; None where not needed."""
    drawn = np.full(len(geometries), None, dtype=object)
    for projection in np.unique(epsg[needed]).tolist():
        ranks = needed[epsg[needed] == projection]
        drawn[ranks] = shapely.coverage_simplify(project(geometries[ranks], projection), tolerance_m)
    return drawn
