"""Shapes as runs of numbers: read where they lie as through objects, turned as tiles want, never lost by rounding."""

import numpy as np
import pyarrow as pa
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from beffroi.geo.tile_messages import POINT, POLYGON
from beffroi.geo.tile_shapes import cut, read_binary, read_shapes, spread, stroke, turns_of

DEGREES = st.tuples(st.floats(-179, 179), st.floats(-84, 84))
BOXES = st.builds(lambda at, size: shapely.box(*at, at[0] + size, at[1] + size), DEGREES, st.floats(1e-5, 1))
HOLED = BOXES.map(lambda box: box.difference(shapely.affinity.scale(box, 0.5, 0.5)))
KINDS = st.one_of(
    BOXES,
    HOLED,
    DEGREES.map(shapely.Point),
    BOXES.map(lambda box: shapely.MultiPolygon([box])),
    st.lists(DEGREES, min_size=1, max_size=4).map(shapely.MultiPoint),
    st.lists(DEGREES, min_size=2, max_size=5, unique=True).map(shapely.LineString),
    st.lists(BOXES, min_size=2, max_size=3).map(shapely.GeometryCollection),
)


@settings(max_examples=60, deadline=None)
@given(st.lists(KINDS, min_size=1, max_size=12))
def test_shapes_read_where_they_lie_are_those_read_as_objects(shapes):
    rows = np.arange(len(shapes)) + 7
    given_shapes = np.array(shapes, object)
    expected = {one.kind: one for one in read_shapes(given_shapes, rows)}
    found = {one.kind: one for one in read_binary(pa.array(shapely.to_wkb(given_shapes), pa.binary()), rows)}
    assert set(found) == set(expected)
    for kind, one in found.items():
        other = expected[kind]
        assert one.features.tolist() == other.features.tolist()
        for column in ("points", "sizes", "outer", "counts"):
            assert getattr(one, column).tolist() == getattr(other, column).tolist()


@settings(max_examples=40, deadline=None)
@given(st.lists(st.one_of(BOXES, HOLED), min_size=1, max_size=6), st.booleans())
def test_outer_edges_turn_one_way_and_holes_the_other(shapes, reverse):
    turned = shapely.reverse(np.array(shapes, object)) if reverse else np.array(shapes, object)
    (found,) = read_shapes(turned, np.arange(len(shapes)))
    assert turns_of(found.points, found.sizes).tolist() == np.where(found.outer, 1, -1).tolist()


@settings(max_examples=40, deadline=None)
@given(st.lists(st.one_of(BOXES, HOLED), min_size=1, max_size=6), st.integers(0, 16), st.sampled_from([1, 4]))
def test_each_shape_has_something_to_draw_at_every_zoom(shapes, zoom, step):
    (found,) = read_shapes(np.array(shapes, object), np.arange(len(shapes)))
    x, y = (np.zeros(len(found), np.int64),) * 2
    drawn = stroke(found, x, y, zoom, step)
    assert (drawn.counts > 0).all()
    assert (drawn.sizes >= 3).all()
    assert (drawn.points % step == 0).all()


@pytest.mark.parametrize("zoom", [0, 3, 8])
def test_pieces_of_a_surface_make_the_surface(zoom):
    shape = shapely.box(-30, 40, 12.3, 51.7).difference(shapely.box(0, 45, 3, 47))
    (found,) = read_shapes(np.array([shape], object), np.array([4]))
    rows, x, y = spread(found.box, zoom, 0)
    pieces, x, y = cut(found.take(rows), x, y, zoom)
    side = 1 << (31 - zoom)
    # A piece at the world's scale: its margin is outside its tile.
    area = 0.0
    for row in range(len(pieces)):
        one = pieces.take(np.array([row]))
        ends = np.cumsum(one.sizes)[:-1]
        rings = np.split(one.points.astype(float), ends)
        drawn = shapely.Polygon(rings[0], rings[1:]) if one.outer.sum() == 1 else shapely.MultiPolygon(
            [shapely.Polygon(ring) for ring in rings]
        )  # fmt: skip
        tile = shapely.box(x[row] * side, y[row] * side, (x[row] + 1) * side, (y[row] + 1) * side)
        area += drawn.buffer(0).intersection(tile).area
    ends = np.cumsum(found.sizes)[:-1]
    rings = np.split(found.points.astype(float), ends)
    assert area == pytest.approx(shapely.Polygon(rings[0], rings[1:]).area, rel=1e-6)
    assert (pieces.features == 4).all()


def test_empty_parts_are_left_out():
    shapes = [
        shapely.from_wkt("MULTIPOLYGON(EMPTY, ((0 0, 1 0, 1 1, 0 0)))"),
        shapely.from_wkt("MULTIPOINT(EMPTY, (1 1))"),
        shapely.Polygon(),
        None,
    ]
    found = read_shapes(np.array(shapes, object), np.arange(4))
    assert [(one.kind, one.features.tolist()) for one in found] == [(POLYGON, [0]), (POINT, [1])]
    assert not read_binary(pa.array([], pa.binary()), np.array([], np.int64))
