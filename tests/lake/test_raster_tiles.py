"""Images drawn: colours where the values are, nothing where there is none, the value of a place, archives of tiles."""

import io
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image
from pyproj import Transformer
from rasterio.transform import from_origin

from beffroi.errors import BeffroiError
from beffroi.lake.connections import EngineLimits
from beffroi.lake.objects import LakeObject, ObjectStore
from beffroi.lake.raster_tiles import (
    Look,
    PictureFrame,
    RasterPlan,
    build_raster_archive,
    draw_raster,
    draw_raster_tile,
    frame_tile,
    mix_ramp,
    read_value,
)
from tests.lake.image_benches import CATEGORIES, NORTH, PIXEL, WEST, look, make, write_image
from tests.lake.tile_readings import read_archive

RED, GREEN = "#c01010", "#10a020"
TWO = look([RED, GREEN])


def picture(body: bytes) -> Any:
    return np.asarray(Image.open(io.BytesIO(body)).convert("RGBA"))


def colour_at(body: bytes, column: int, row: int) -> str | None:
    """``#rrggbb``, or None where nothing is seen."""
    red, green, blue, seen = picture(body)[row, column].tolist()
    return f"#{red:02x}{green:02x}{blue:02x}" if seen else None


@pytest.fixture(scope="module")
def halves(tmp_path_factory: pytest.TempPathFactory) -> LakeObject:
    """1 on the left, 2 on the right, nothing below; larger than a tile of the file, so that it has smaller copies."""
    folder = tmp_path_factory.mktemp("halves")
    values = np.ones((1200, 1200), np.uint8)
    values[:, 600:] = 2
    values[900:] = 0
    return make(folder, CATEGORIES, write_image(folder / "a.tif", values, nodata=0))


def own_frame(columns: int, rows: int, scale: float = 1.0) -> PictureFrame:
    """The first pixels of the image, in its own system."""
    side = PIXEL / scale
    extent = (WEST, NORTH - rows * side, WEST + columns * side, NORTH)
    return PictureFrame("EPSG:2154", extent, columns, rows)


def test_a_picture_has_the_colour_of_each_value(halves: LakeObject) -> None:
    body = draw_raster(halves, TWO, own_frame(1200, 1200))
    assert body[:8] == b"\x89PNG\r\n\x1a\n"
    assert colour_at(body, 0, 0) == colour_at(body, 599, 899) == RED
    assert colour_at(body, 600, 0) == GREEN
    assert colour_at(body, 0, 900) is None
    assert len(body) < 6_000, "a palette, and not one colour more than there are"


def test_smaller_copies_are_read_where_they_are_enough(halves: LakeObject) -> None:
    assert halves.manifest["overviews"] == [2, 4]
    body = draw_raster(halves, TWO, own_frame(300, 300, 0.25))
    assert (colour_at(body, 149, 0), colour_at(body, 150, 0), colour_at(body, 0, 226)) == (RED, GREEN, None)


def test_beyond_an_image_nothing_is_seen(halves: LakeObject) -> None:
    west, south, east, north = own_frame(100, 100).extent
    frame = PictureFrame("EPSG:2154", (west - 5_000, south, east - 5_000, north + 10_000), 100, 200)
    seen = picture(draw_raster(halves, TWO, frame))[:, :, 3]
    assert not seen[:100].any()
    assert not seen[:, :49].any()
    assert seen[101:, 51:].all()
    assert not picture(draw_raster_tile(halves, TWO, (12, 0, 0)))[:, :, 3].any()


def test_an_image_without_gaps_ends_where_it_ends(tmp_path: Path) -> None:
    """No value means none there: the edge is known all the same."""
    made = make(tmp_path, CATEGORIES, write_image(tmp_path / "a.tif", np.ones((50, 50), np.uint8)))
    assert made.manifest["nodata"] is None
    frame = PictureFrame("EPSG:2154", (WEST - 2_500, NORTH - 5_000, WEST + 2_500, NORTH), 50, 50)
    seen = picture(draw_raster(made, TWO, frame))[:, :, 3] > 0
    assert seen.tolist() == [[False] * 25 + [True] * 25] * 50


def test_tiles_meet(halves: LakeObject) -> None:
    """What one tile shows to its right edge, its neighbour goes on showing: the limit of both colours is one line."""
    west, _, east, _ = halves.manifest["bbox"]
    place = Transformer.from_crs("EPSG:2154", "EPSG:3857", always_xy=True).transform(WEST + 600 * PIXEL, NORTH - 30_000)
    zoom = 9
    side = 2 * 20_037_508.342789244 / (1 << zoom)
    x, y = (place[0] + side * (1 << zoom) / 2) / side, ((1 << zoom) * side / 2 - place[1]) / side
    body = draw_raster_tile(halves, TWO, (zoom, int(x), int(y)))
    column, row = int((x % 1) * 512), int((y % 1) * 512)
    assert west < 3 < east
    assert colour_at(body, max(0, column - 3), row) == RED
    assert colour_at(body, min(511, column + 3), row) == GREEN


def test_categories_that_are_not_told_are_the_rest_or_nothing(halves: LakeObject) -> None:
    only = Look("categories", (GREEN,), "nearest", values=(2,))
    assert colour_at(draw_raster(halves, only, own_frame(10, 10)), 5, 5) is None
    rest = Look("categories", (GREEN, "#777777"), "nearest", values=(2,))
    assert colour_at(draw_raster(halves, rest, own_frame(10, 10)), 5, 5) == "#777777"


def test_classes_and_ramps(tmp_path: Path) -> None:
    values = np.array([[0.0, 10.0, 20.0, 30.0, 45.0, np.nan]], np.float32)
    style = {"kind": "ramp", "low": 0, "high": 30, "why": "Pour l'essai."}
    made = make(tmp_path, style, write_image(tmp_path / "a.tif", values, nodata=np.nan))
    classes = Look("classes", ("#000010", "#000020", "#000030"), "nearest", limits=(10.0, 30.0))
    found = [colour_at(draw_raster(made, classes, own_frame(6, 1)), column, 0) for column in range(6)]
    assert found == ["#000010", "#000020", "#000020", "#000030", "#000030", None]
    ramp = Look("ramp", ("#000000", "#ffffff"), "nearest", ends=(0.0, 30.0))
    shades = [picture(draw_raster(made, ramp, own_frame(6, 1)))[0, column, 0] for column in range(5)]
    # What is beyond both ends has their colour.
    assert shades == [0, 85, 170, 255, 255] or np.allclose(shades, [0, 85, 170, 255, 255], atol=1)
    assert mix_ramp(("#000000", "#808080", "#ffffff"), 5) == ("#000000", "#404040", "#808080", "#c0c0c0", "#ffffff")


def test_means_are_of_what_has_a_value(tmp_path: Path) -> None:
    values = np.full((1024, 1024), 10.0, np.float32)
    values[::2] = np.nan
    style = {"kind": "ramp", "low": 0, "high": 20, "why": "Pour l'essai."}
    made = make(tmp_path, style, write_image(tmp_path / "a.tif", values, nodata=np.nan))
    ramp = Look("ramp", ("#000000", "#ffffff"), "average", ends=(0.0, 20.0))
    found = picture(draw_raster(made, ramp, own_frame(256, 256, 0.25)))
    assert (found[:, :, 3] == 255).all()
    assert np.allclose(found[:, :, 0], 128, atol=1)


def test_a_photograph_is_light_and_has_holes(tmp_path: Path) -> None:
    rng = np.random.default_rng(1)
    bands = np.clip(rng.normal(120, 6, (3, 64, 64)), 0, 255).astype(np.uint8)
    mask = np.ones((64, 64))
    mask[32:] = 0
    made = make(tmp_path, {"kind": "rgb"}, write_image(tmp_path / "a.tif", bands, mask=mask))
    photo = Look("rgb", (), "nearest")
    body = draw_raster(made, photo, own_frame(64, 64))
    assert (body[:4], body[8:12]) == (b"RIFF", b"WEBP")
    found = picture(body)
    assert np.abs(found[:31, :, :3].astype(int).mean(axis=(0, 1)) - bands[:, :31].mean(axis=(1, 2))).max() < 3
    assert not found[33:, :, 3].any()


def test_the_value_of_a_place(halves: LakeObject) -> None:
    to_degrees = Transformer.from_crs("EPSG:2154", "EPSG:4326", always_xy=True)

    def value(column: float, row: float) -> float | None:
        return read_value(halves, *to_degrees.transform(WEST + column * PIXEL, NORTH - row * PIXEL))

    assert (value(0.5, 0.5), value(599.9, 10), value(600.1, 10), value(1199.9, 899.9)) == (1, 1, 2, 2)
    assert value(10, 900.1) is None
    assert value(-0.1, 10) is value(10, -0.1) is value(1200.1, 10) is None
    assert read_value(halves, 179.0, -89.0) is None


def test_a_picture_has_a_bound(halves: LakeObject) -> None:
    with pytest.raises(BeffroiError) as caught:
        draw_raster(halves, TWO, PictureFrame("EPSG:2154", own_frame(1, 1).extent, 10_000, 10_000))
    assert caught.value.faults[0].code == "image-picture-large"
    with pytest.raises(BeffroiError) as caught:
        draw_raster_tile(halves, TWO, (3, 8, 0))
    assert caught.value.faults[0].code == "tile-outside-grid"


def test_a_damaged_image_is_told(tmp_path: Path) -> None:
    made = make(tmp_path, CATEGORIES, write_image(tmp_path / "a.tif", np.ones((50, 50), np.uint8)))
    made.data.write_bytes(b"II*\x00" + b"\x00" * 40)
    for ask in (lambda: draw_raster(made, TWO, own_frame(4, 4)), lambda: read_value(made, 2.35, 48.85)):
        with pytest.raises(BeffroiError) as caught:
            ask()
        assert caught.value.faults[0].code == "object-damaged"


def test_an_archive_has_every_tile_of_the_extent(halves: LakeObject, tmp_path: Path) -> None:
    plan = RasterPlan(0, halves.manifest["natural_zoom"], TWO)
    made = build_raster_archive(halves, plan, ObjectStore(tmp_path / "one"), EngineLimits(threads=2))
    held = read_archive(made.data)
    # Neither packed a second time, nor taken for vectors: 1 is « as they are », 2 is PNG.
    assert held.header[13:15] == (1, 2)
    assert (made.manifest["form"], made.manifest["max_zoom"]) == ("png", plan.last)
    assert {zoom for zoom, _, _ in held.tiles} == set(range(plan.last + 1))
    for zoom in range(plan.last + 1):
        columns, rows = ({place[side] for place in held.tiles if place[0] == zoom} for side in (1, 2))
        places = {(zoom, x, y) for x in range(min(columns), max(columns) + 1) for y in range(min(rows), max(rows) + 1)}
        assert places == {place for place in held.tiles if place[0] == zoom}
    deepest = max(held.tiles)
    assert held.tiles[deepest] == draw_raster_tile(halves, TWO, deepest)
    again = build_raster_archive(halves, plan, ObjectStore(tmp_path / "two"), EngineLimits(threads=1))
    assert again.data.read_bytes() == made.data.read_bytes()


def test_the_natural_zoom_shows_every_pixel(tmp_path: Path) -> None:
    for metres, zoom in ((100.0, 10), (10.0, 13), (1.0, 16), (5_000.0, 4)):
        folder = tmp_path / str(zoom)
        folder.mkdir()
        place = from_origin(WEST, NORTH, metres, metres)
        file = write_image(folder / "a.tif", np.ones((20, 20), np.uint8), place=place)
        found = make(folder, CATEGORIES, file).manifest["natural_zoom"]
        assert found == zoom
        ground = 40_075_016.686 * 0.6585 / (512 * 2**found)
        assert ground <= metres * 1.01 or found == 16
        assert frame_tile(found, 0, 0).width == 512
