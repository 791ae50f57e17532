"""Tiles drawn when they are asked for: those of archives, of the features that one chose, within limits."""

import math
from collections.abc import Callable
from typing import Any

import pytest
import shapely

from beffroi.errors import BeffroiError
from beffroi.lake import tiles
from beffroi.lake.connections import EngineLimits
from beffroi.lake.drawings import build_drawing
from beffroi.lake.features import Condition, FeatureEngine
from beffroi.lake.memories import Memory
from beffroi.lake.objects import LakeObject
from beffroi.lake.tile_archives import TilePlan
from beffroi.lake.tiles import TileQuery, draw_features
from tests.lake.layer_benches import LayerBench
from tests.lake.test_features import blots
from tests.lake.test_tile_archives import archive, make
from tests.lake.tile_readings import Read, read_tile

PLAN = TilePlan(6, 13, ("kind",), True)
COUNT = 3_000
COLUMNS = {"id": "text", "kind": "text", "size": "number", "shape": "geometry"}
Drawer = Callable[..., bytes]


def tile_at(zoom: int, longitude: float, latitude: float) -> tuple[int, int, int]:
    y = (1 - math.asinh(math.tan(math.radians(latitude))) / math.pi) / 2
    return zoom, int((longitude + 180) / 360 * 2**zoom), int(y * 2**zoom)


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> tuple[LayerBench, LakeObject]:
    return make(tmp_path_factory.mktemp("town"), blots(COUNT), COLUMNS)


@pytest.fixture
def draw(town: tuple[LayerBench, LakeObject]) -> Drawer:
    bench, layer = town
    engine, files = FeatureEngine(bench.lake.objects, bench.lake.limits), Memory(2)
    drawing = build_drawing(layer, True, bench.lake.objects)

    def drawn(zoom: int, x: int, y: int, where: Condition | None = None, plan: TilePlan = PLAN) -> bytes:
        return draw_features(engine, files, layer, drawing, plan, TileQuery(zoom, x, y, where))

    return drawn


def said(parts: dict[str, list[Read]]) -> dict[str, list[tuple[Any, str]]]:
    """What is in a tile, in whatever order."""
    return {
        part: sorted((sorted(one.said.items()), shapely.normalize(one.shape).wkt) for one in held)
        for part, held in parts.items()
    }  # fmt: skip


def test_a_tile_drawn_when_asked_for_is_that_of_the_archive(town, draw):
    bench, layer = town
    _, held = archive(bench, layer, PLAN)
    for zoom in (13, 12, 11):
        at = tile_at(zoom, 2.51, 50.51)
        assert said(read_tile(draw(*at))) == said(read_tile(held.tiles[at]))


def test_a_layer_that_has_no_drawing_is_drawn_all_the_same(town, draw):
    bench, layer = town
    at = tile_at(10, 2.51, 50.51)
    engine = FeatureEngine(bench.lake.objects, bench.lake.limits)
    assert draw_features(engine, Memory(1), layer, None, PLAN, TileQuery(*at)) == draw(*at)


def test_conditions_on_attributes_and_on_shapes_choose_alike(draw):
    at = tile_at(11, 2.51, 50.51)
    plain = draw(*at, Condition("kind = ?", ("A",)))
    assert said(read_tile(plain)) == said(read_tile(draw(*at, Condition("kind = ? AND ST_XMin(geometry) > 0", ("A",)))))


def test_only_the_features_chosen_are_drawn(draw):
    at = tile_at(9, 2.51, 50.51)
    for where, kept in (
        (Condition("kind = ?", ("A",)), lambda row: row["kind"] == "A"),
        (Condition("size > ? AND kind <> ?", (0.01, "A")), lambda row: row["size"] > 0.01 and row["kind"] != "A"),
        (Condition("ST_Area(geometry) > ?", (0.0004,)), lambda row: row["shape"].area > 0.0004),
    ):
        drawn = {one.said["fid"] for one in read_tile(draw(*at, where))["features"]}
        assert drawn
        assert drawn <= {row["id"] for row in blots(COUNT) if kept(row)}


def test_there_is_nothing_where_the_layer_has_nothing(draw):
    assert draw(*tile_at(10, -4, 48)) == b""
    assert draw(*tile_at(10, 2.51, 50.51), Condition("kind = ?", ("Z",))) == b""
    assert draw(*tile_at(5, 2.51, 50.51)) == b""


@pytest.mark.parametrize("at", [(3, 8, 0), (3, 0, 8), (-1, 0, 0), (17, 0, 0), (3, -1, 0), (0, 10**30, 0)])
def test_there_is_no_tile_outside_the_grid(draw, at):
    with pytest.raises(BeffroiError) as caught:
        draw(*at)
    assert [one.code for one in caught.value.faults] == ["tile-outside-grid"]


def test_a_tile_of_the_deepest_zoom_is_whole_or_refused(draw, monkeypatch):
    at = tile_at(6, 2.51, 50.51)
    deep = TilePlan(0, 6, ("kind",), False)
    assert len(read_tile(draw(*at, plan=deep))["features"]) == COUNT
    monkeypatch.setattr(tiles, "MOST", 500)
    with pytest.raises(BeffroiError) as caught:
        draw(*at, plan=deep)
    assert [(one.code, one.values["count"]) for one in caught.value.faults] == [("tile-too-heavy", COUNT)]


def test_where_there_are_too_many_small_ones_are_merged_and_counted(draw, monkeypatch):
    monkeypatch.setattr(tiles, "WHOLE", 100)
    monkeypatch.setattr(tiles, "BRIEF", 700)
    held = read_tile(draw(*tile_at(6, 2.51, 50.51)))
    named = [one for one in held["features"] if "fid" in one.said]
    merged = [one for one in held["features"] if "fid" not in one.said]
    assert 0 < len(named) <= 350
    assert len(named) + sum(one.said.get("~count", 1) for one in merged) == COUNT
    assert len(merged) < 2_000
    assert all(set(one.said) <= {"kind", "~count"} for one in merged)
    assert len(held["points"]) <= len(held["features"]) + 2_000
    only = read_tile(draw(*tile_at(6, 2.51, 50.51), Condition("kind = ?", ("A",))))["features"]
    assert sum(one.said.get("~count", 1) for one in only) == COUNT // 2


def test_a_tile_that_takes_too_long_is_given_up(town):
    bench, layer = town
    engine = FeatureEngine(bench.lake.objects, EngineLimits(seconds=0.0))
    query = TileQuery(*tile_at(9, 2.51, 50.51), Condition("kind = ?", ("A",)))
    with pytest.raises(BeffroiError) as caught:
        draw_features(engine, Memory(2), layer, None, PLAN, query)
    assert [one.code for one in caught.value.faults] == ["engine-time"]
