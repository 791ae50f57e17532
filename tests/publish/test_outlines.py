"""Contours drawn from metres: neighbours keep their border, north is up."""

import re

import pyarrow as pa
import shapely

from beffroi.publish.outlines import lay_ground, trace_outlines
from tests.observe.invented import build_release


def rings(path: str) -> list[list[tuple[int, int]]]:
    """The absolute points of a path, read back."""
    found = []
    for start, moves in re.findall(r"M(-?\d+ -?\d+)l([^z]*)z", path):
        x, y = map(int, start.split())
        numbers = [int(n) for n in re.findall(r"-?\d+", moves)]
        points = [(x, y)]
        for dx, dy in zip(numbers[::2], numbers[1::2], strict=True):
            x, y = x + dx, y + dy
            points.append((x, y))
        found.append(points)
    return found


def test_neighbours_share_their_border_to_the_last_point() -> None:
    contours = build_release().contours("commune")
    ground = lay_ground(contours)
    assert ground is not None
    outlines = trace_outlines(contours, ground)
    shapes = [shapely.Polygon(rings(outline.path)[0]) for outline in outlines.values()]
    whole = shapely.union_all(shapes)
    assert len(shapes) == 24
    assert whole.geom_type == "Polygon"
    assert not whole.interiors, "no gap between communes"
    assert abs(sum(shape.area for shape in shapes) - whole.area) < 1, "no overlap"


def test_the_drawing_holds_the_territory_and_north_is_up() -> None:
    contours = build_release().contours("commune")
    ground = lay_ground(contours)
    assert ground is not None
    outlines = trace_outlines(contours, ground)
    assert all(0 <= o.x <= 1000 and 0 <= o.y <= ground.height for o in outlines.values())
    assert outlines["99001"].y > outlines["99019"].y, "the first row lies south"


def test_an_enclave_stays_open() -> None:
    ring = shapely.box(0, 0, 100, 100).difference(shapely.box(40, 40, 60, 60))
    table = pa.table({"code": ["a"], "geometry": [shapely.to_wkb(ring)], "drawn": [shapely.to_wkb(ring)]})
    ground = lay_ground(table)
    assert ground is not None
    assert trace_outlines(table, ground)["a"].path.count("M") == 2


def test_no_contour_no_ground() -> None:
    empty = pa.table({"code": pa.array([], pa.string()), "drawn": pa.array([], pa.binary())})
    assert lay_ground(empty) is None
