"""Archives of tiles: every feature at the deepest zoom, in its place; above, light tiles that say what they merge."""

import math
from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np
import pyogrio
import pytest
import shapely

from beffroi.errors import BeffroiError
from beffroi.geo import tile_drawings
from beffroi.geo.tile_grids import find_degrees, number_tiles
from beffroi.lake import Lake, tile_archives
from beffroi.lake.drawings import build_drawing
from beffroi.lake.objects import LakeObject
from beffroi.lake.pmtiles import ArchiveWriter, pack
from beffroi.lake.tile_archives import TilePlan, build_archive
from tests.lake.layer_benches import LayerBench
from tests.lake.test_features import blots
from tests.lake.tile_readings import Archive, place_of, read_archive, read_tile

COLUMNS = {"id": "text", "kind": "text", "size": "number", "count": "integer", "good": "boolean", "shape": "geometry"}
PLAN = TilePlan(8, 13, ("kind",), False)


def make(folder: Path, rows: list[dict[str, Any]], columns: dict[str, str] = COLUMNS) -> tuple[LayerBench, LakeObject]:
    bench = LayerBench(folder)
    inputs = bench.table(rows, columns)
    return bench, bench.make(bench.layer(inputs, [name for name in columns if name not in ("id", "shape")]), inputs)


def archive(bench: LayerBench, layer: LakeObject, plan: TilePlan) -> tuple[LakeObject, Archive]:
    item = build(bench.lake, layer, plan)
    return item, read_archive(item.data)


def place(zoom: int, x: int, y: int, shape: Any) -> Any:
    """A shape of a tile, in degrees."""

    def moved(points: Any) -> Any:
        east = (x + points[:, 0] / 4096) / 2**zoom * 360 - 180
        north = np.degrees(np.arctan(np.sinh(np.pi * (1 - 2 * (y + points[:, 1] / 4096) / 2**zoom))))
        return np.column_stack([east, north])

    return shapely.transform(shape, moved)


def build(lake: Lake, layer: LakeObject, plan: TilePlan) -> LakeObject:
    drawing = build_drawing(layer, plan.points, lake.objects)
    return build_archive(layer, drawing, plan, lake.objects, lake.limits)


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> tuple[LayerBench, LakeObject]:
    rows = [{**row, "count": rank - 200, "good": rank % 2 == 0} for rank, row in enumerate(blots(400))]
    return make(tmp_path_factory.mktemp("town"), rows)


def test_every_feature_is_at_the_deepest_zoom_with_all_that_it_carries(town):
    bench, layer = town
    item, held = archive(bench, layer, PLAN)
    told = {}
    for (zoom, _, _), tile in held.tiles.items():
        if zoom == PLAN.last:
            told |= {one.said["fid"]: one.said for one in read_tile(tile)["features"]}
    assert len(told) == 400 == item.rows
    rows = {row["id"]: row for row in blots(400)}
    assert told["B00007"] == {
        "fid": "B00007", "kind": "B", "size": rows["B00007"]["size"], "count": -193, "good": False,
    }  # fmt: skip
    assert held.metadata["vector_layers"][0]["fields"]["count"] == "Number"
    assert (item.manifest["min_zoom"], item.manifest["max_zoom"], item.manifest["over_limit"]) == (8, 13, 0)
    assert sum(one["tiles"] for one in item.manifest["zooms"]) == len(held.tiles) == item.manifest["tiles"]


def test_another_reader_finds_the_same_features(town):
    bench, layer = town
    item, _ = archive(bench, layer, PLAN)
    told, _, _, columns = pyogrio.raw.read(item.data, layer="features", columns=["fid", "count"])
    assert len(set(columns[list(told["fields"]).index("fid")])) == 400


def test_a_feature_is_where_it_is_at_every_zoom(town):
    bench, layer = town
    _, held = archive(bench, layer, PLAN)
    row = max(blots(400), key=lambda one: one["size"])
    for zoom in range(PLAN.first, PLAN.last + 1):
        drawn = [
            shapely.intersection(place(*at, one.shape.buffer(0)), shapely.box(*find_degrees(*at)))
            for at, tile in held.tiles.items() if at[0] == zoom
            for one in read_tile(tile)["features"] if one.said["fid"] == row["id"]
        ]  # fmt: skip
        unit = 360 / 2**zoom / 4096
        whole = shapely.union_all(drawn)
        assert shapely.hausdorff_distance(whole, row["shape"]) < 2 * unit
        assert math.isclose(whole.area, row["shape"].area, rel_tol=0.02)


def test_the_same_layer_gives_the_same_bytes(town, tmp_path):
    bench, layer = town
    item, _ = archive(bench, layer, PLAN)
    again = LayerBench(tmp_path)
    other = build(again.lake, layer, PLAN)
    assert (other.key, other.data.read_bytes()) == (item.key, item.data.read_bytes())
    assert b"20" + b"26" not in item.data.read_bytes()[:200]


def test_a_tile_that_would_be_too_heavy_is_coarser_and_says_so(town, monkeypatch):
    bench, layer = town
    monkeypatch.setattr(tile_archives, "HEAVIEST", 2_500)
    item, held = archive(bench, layer, TilePlan(5, 9, ("kind",), False))
    zooms = {one["zoom"]: one for one in item.manifest["zooms"]}
    assert all(zooms[zoom]["merged"] or zooms[zoom]["brief"] for zoom in (5, 6))
    assert all(len(pack(tile)) <= 2_500 for at, tile in held.tiles.items() if at[0] < 9)
    assert zooms[9]["whole"] == zooms[9]["tiles"]
    assert item.manifest["over_limit"] == sum(len(pack(tile)) > 2_500 for at, tile in held.tiles.items() if at[0] == 9)
    (tile,) = [tile for at, tile in held.tiles.items() if at[0] == 5]
    drawn = read_tile(tile)["features"]
    named = [one for one in drawn if "fid" in one.said]
    merged = [one for one in drawn if "fid" not in one.said]
    assert merged
    assert len(named) + sum(one.said.get("~count", 1) for one in merged) == 400
    assert {key for one in drawn for key in one.said} == {"fid", "kind", "~count"}


def test_points_too_close_to_be_told_apart_stand_for_one_another(tmp_path, monkeypatch):
    rows = [{"id": f"P{rank}", "kind": "AB"[rank % 2], "shape": shapely.Point(2 + rank % 20 * 1e-6, 50)}
            for rank in range(40)] + [{"id": "far", "kind": "A", "shape": shapely.Point(2.3, 50)}]  # fmt: skip
    bench, layer = make(tmp_path, rows, {"id": "text", "kind": "text", "shape": "geometry"})
    monkeypatch.setattr(tile_archives, "HEAVIEST", 200)
    _, held = archive(bench, layer, TilePlan(6, 14, ("kind",), False))
    (tile,) = [tile for at, tile in held.tiles.items() if at[0] == 6]
    drawn = read_tile(tile)["features"]
    assert [one.said.get("~count") for one in drawn].count(None) == 1
    assert sum(one.said.get("~count", 1) for one in drawn) == 41
    assert all(one.shape.geom_type == "MultiPoint" for one in drawn)


def test_an_archive_in_which_a_feature_is_missing_is_not_kept(town, monkeypatch):
    bench, layer = town
    whole = tile_drawings.Cutter.place

    def lose(self: Any, zoom: int) -> list[Any]:
        return [mark.take(np.flatnonzero(mark.features != 5)) for mark in whole(self, zoom)]

    monkeypatch.setattr(tile_drawings.Cutter, "place", lose)
    plan = TilePlan(8, 12, (), False)
    with pytest.raises(BeffroiError) as caught:
        build(bench.lake, layer, plan)
    assert [(one.code, one.values["count"]) for one in caught.value.faults] == [("tiles-features-lost", 1)]
    assert not [folder for folder in bench.lake.objects.root.iterdir() if folder.name.startswith(".making")]


def test_each_surface_has_a_point_inside_it(town):
    bench, layer = town
    _, held = archive(bench, layer, TilePlan(10, 12, (), True))
    shapes = {row["id"]: row["shape"] for row in blots(400)}
    met = Counter()
    for at, tile in held.tiles.items():
        if at[0] == 12:
            for one in read_tile(tile).get("points", []):
                met[one.said["fid"]] += 1
                assert place(*at, one.shape).distance(shapes[one.said["fid"]]) < 360 / 2**12 / 4096
    assert met == Counter(dict.fromkeys(shapes, 1))


SHAPES = {
    "holed": shapely.box(2, 50, 3, 51).difference(shapely.box(2.4, 50.4, 2.6, 50.6)),
    "parts": shapely.MultiPolygon([shapely.box(4, 50, 4.2, 50.1), shapely.box(4.5, 50.5, 4.6, 50.6)]),
    "speck": shapely.box(5, 50, 5 + 1e-7, 50 + 1e-7),
    "line": shapely.LineString([(2, 49), (3, 49.5), (3, 49)]),
    "dash": shapely.LineString([(5, 49), (5 + 1e-8, 49)]),
    "point": shapely.Point(2.2, 48),
    "points": shapely.MultiPoint([(2.3, 48), (2.4, 48)]),
    "mixed": shapely.GeometryCollection([shapely.Point(3, 48), shapely.box(3.1, 48, 3.2, 48.1)]),
    "edge": shapely.Point(-180, 85.06),
}  # fmt: skip


def test_shapes_of_all_kinds_are_drawn(tmp_path):
    rows = [{"id": name, "kind": name, "shape": shape} for name, shape in SHAPES.items()]
    bench, layer = make(tmp_path, rows, {"id": "text", "kind": "text", "shape": "geometry"})
    _, held = archive(bench, layer, TilePlan(0, 9, (), False))
    found: dict[str, list[Any]] = {}
    for at, tile in held.tiles.items():
        if at[0] == 9:
            for one in read_tile(tile)["features"]:
                box = shapely.box(*find_degrees(*at))
                found.setdefault(one.said["fid"], []).append(
                    (shapely.intersection(place(*at, one.shape), box), one.shape)
                )
    assert set(found) == set(SHAPES)
    for name in ("holed", "parts"):
        drawn = shapely.union_all([part for part, _ in found[name]])
        assert math.isclose(drawn.area, SHAPES[name].area, rel_tol=0.002)
        assert not drawn.intersects(shapely.Point(2.5, 50.5))
    assert {shape.geom_type for _, shape in found["mixed"]} == {"MultiPoint", "MultiPolygon"}
    assert all(shape.area > 0 for _, shape in found["speck"])
    drawn = sum(part.length for part, _ in found["line"])
    assert math.isclose(drawn, SHAPES["line"].length, rel_tol=0.01)
    assert sum(len(shape.geoms) for _, shape in found["points"]) == 2
    assert {at[0] for at in held.tiles} == set(range(10))


def test_tiles_alike_are_kept_once_and_long_directories_have_leaves(tmp_path):
    rank = np.random.default_rng(3)
    count = 40_000
    file = tmp_path / "a.pmtiles"
    with (tmp_path / "aside").open("w+b") as aside:
        writer = ArchiveWriter(aside)
        for number in range(count):
            body = b"same" if number < 1000 else bytes(rank.integers(0, 256, rank.integers(20, 40), np.uint8))
            writer.add(number, pack(body))
        writer.finish(file, (0, 8), (-5.0, 41.0, 9.0, 51.0), {"name": "x"})
    held = read_archive(file)
    assert len(held.tiles) == held.header[8] == count
    assert held.header[10] == count - 999
    assert held.tiles[place_of(999)] == held.tiles[(0, 0, 0)] == b"same"
    assert held.header[5] > 0


def test_tiles_are_numbered_along_the_curve_of_the_format():
    for zoom in (0, 1, 2, 5):
        side = 1 << zoom
        x, y = (each.ravel() for each in np.meshgrid(np.arange(side), np.arange(side)))
        for number, at in zip(number_tiles(zoom, x, y), zip(x, y, strict=True), strict=True):
            assert place_of(int(number)) == (zoom, *at)
