"""Images in the lake: the declared bands as the source has them, in a file read by parts, and what is counted."""

import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import rasterio
from rasterio.transform import Affine, from_origin
from rio_cogeo import cog_validate

from beffroi.errors import BeffroiError
from beffroi.geo.projections import geodesic_areas
from beffroi.lake import images
from beffroi.lake.objects import LakeObject
from tests.lake.image_benches import CATEGORIES, NORTH, PIXEL, WEST, files_of, make, square, write_image

SHADES = {"kind": "classes", "method": "manual", "limits": [10, 20], "why": "Pour l'essai."}
RAMP = {"kind": "ramp", "low": 0, "high": 30, "why": "Pour l'essai."}
RGB = {"kind": "rgb"}


def code_of(ask: Any) -> str:
    with pytest.raises(BeffroiError) as caught:
        ask()
    fault = caught.value.faults[0]
    assert fault.message("fr")
    return fault.code


def pixels(made: LakeObject) -> Any:
    with rasterio.open(made.data) as opened:
        return opened.read(masked=True)


def stripes(rows: int = 700, columns: int = 900) -> np.ndarray:
    """Categories 1 and 2, then 0 for none, by columns."""
    values = np.ones((rows, columns), np.uint8)
    values[:, columns // 3 : 2 * columns // 3] = 2
    values[:, 2 * columns // 3 :] = 0
    return values


def test_a_cloud_optimized_image_has_the_values_of_its_source(tmp_path: Path) -> None:
    values = stripes()
    made = make(
        tmp_path, CATEGORIES, write_image(tmp_path / "a.tif", values, nodata=0), tags={"TIFFTAG_COPYRIGHT": "X"}
    )
    valid, errors, warnings = cog_validate(str(made.data))
    assert valid, (errors, warnings)
    assert not errors
    assert np.array_equal(pixels(made).filled(0)[0], values)
    manifest = made.manifest
    assert (manifest["width"], manifest["height"], manifest["crs"]) == (900, 700, "EPSG:2154")
    assert (manifest["resolution"], manifest["nodata"], manifest["type"]) == ([100.0, 100.0], 0.0, "uint8")
    assert manifest["overviews"] == [2]
    assert made.rows == 700 * 600
    assert manifest["values"]["nodata_share"] == pytest.approx(1 / 3)
    west, south, east, north = manifest["bbox"]
    assert 2.3 < west < east < 3.7
    assert 48.1 < south < north < 49.0
    with rasterio.open(made.data) as opened:
        assert opened.tags()["TIFFTAG_COPYRIGHT"] == "X"


def test_the_same_image_gives_the_same_bytes(tmp_path: Path) -> None:
    file = write_image(tmp_path / "a.tif", stripes(), nodata=0)
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
    first, second = (make(tmp_path / name, CATEGORIES, file) for name in ("one", "two"))
    assert first.key == second.key
    assert first.data.read_bytes() == second.data.read_bytes()
    assert make(tmp_path / "one", CATEGORIES, file, band=1, nodata=0).key != first.key


def test_only_the_declared_band_leaves(tmp_path: Path) -> None:
    secret = np.full((40, 40), 77, np.uint8)
    file = write_image(tmp_path / "a.tif", np.stack([secret, stripes(40, 40)]), nodata=0)
    made = make(tmp_path, CATEGORIES, file, band=2)
    with rasterio.open(made.data) as opened:
        assert opened.count == 1
        assert 77 not in opened.read(1)


def test_areas_are_geodesic(tmp_path: Path) -> None:
    made = make(tmp_path, CATEGORIES, write_image(tmp_path / "a.tif", stripes(), nodata=0))
    water, woods, others = made.manifest["areas"]["classes"]
    assert (water["pixels"], woods["pixels"], others["pixels"]) == (210_000, 210_000, 0)
    # Lambert-93 says 210,000 hectares; on the ellipsoid there are a few parts in ten thousand more there, or less.
    grid = images.Grid(made.manifest["wkt"], "", Affine(*made.manifest["transform"]), 900, 700)
    from beffroi.lake.raster_tallies import _degrees, _outline

    whole = _degrees(np.array([_outline(grid, rasterio.windows.Window(0, 0, 300, 700))], dtype=object), grid)
    assert water["ha"] == pytest.approx(geodesic_areas(whole)[0] / 10_000, rel=1e-6)
    assert water["ha"] != pytest.approx(210_000, rel=2e-4)
    assert made.manifest["pixel_m"] == pytest.approx(100, rel=2e-3)


def test_degrees_have_no_area(tmp_path: Path) -> None:
    """A pixel of degrees covers less ground in the north than in the south: each counts for what it covers."""
    values = np.ones((200, 10), np.uint8)
    values[100:] = 2
    file = write_image(tmp_path / "a.tif", values, crs="EPSG:4326", place=from_origin(2.0, 60.0, 0.1, 0.1))
    north, south, _ = make(tmp_path, CATEGORIES, file).manifest["areas"]["classes"]
    assert north["pixels"] == south["pixels"]
    assert south["ha"] / north["ha"] == pytest.approx(math.cos(math.radians(45)) / math.cos(math.radians(55)), rel=0.01)


def test_what_lies_in_the_perimeter_is_counted_apart(tmp_path: Path) -> None:
    file = write_image(tmp_path / "a.tif", np.ones((100, 100), np.uint8), crs="EPSG:4326",
                       place=from_origin(2.0, 49.0, 0.001, 0.001))  # fmt: skip
    manifest = make(tmp_path, CATEGORIES, file, perimeter=square(2.0205, 48.9, 2.0405, 48.95)).manifest
    inside = manifest["areas"]["inside"]
    # The middles of columns 21 to 40 and of rows from 50 down: 20 by 50 pixels.
    assert inside["classes"][0]["pixels"] == 20 * 50
    assert (inside["level"], inside["code"]) == ("grouping", "agency")
    (tmp_path / "apart").mkdir()
    apart = make(tmp_path / "apart", CATEGORIES, file, perimeter=square(10, 10, 11, 11)).manifest["areas"]["inside"]
    assert apart["known_ha"] == 0


def test_amounts_have_their_classes(tmp_path: Path) -> None:
    values = np.linspace(0, 30, 10_000, dtype=np.float32).reshape(100, 100)
    values[0, :10] = np.nan
    file = write_image(tmp_path / "a.tif", values, nodata=np.nan)
    manifest = make(tmp_path, SHADES, file).manifest
    assert manifest["style"]["limits"] == [10.0, 20.0]
    counts = [line["pixels"] for line in manifest["areas"]["classes"]]
    assert counts == [int(((values >= low) & (values < high)).sum()) for low, high in ((0, 10), (10, 20), (20, 31))] + [
        0
    ]
    told = manifest["values"]
    assert told["min"] == pytest.approx(values[0, 10])
    assert (told["max"], told["quantiles"]["0.5"]) == (pytest.approx(30), pytest.approx(15, abs=0.1))
    assert told["nodata_share"] == pytest.approx(0.001)
    found = make(tmp_path, {"kind": "classes", "method": "quantile", "count": 4}, file, decimals=1).manifest["style"]
    assert len(found["limits"]) == 3
    assert found["decimals"] == 1
    assert make(tmp_path, RAMP, file, decimals=0).manifest["style"]["limits"] == [6.0, 12.0, 18.0, 24.0]


def test_a_value_on_a_limit_is_of_the_class_above(tmp_path: Path) -> None:
    made = make(tmp_path, SHADES, write_image(tmp_path / "a.tif", np.array([[9, 10, 19, 20]], np.int16)))
    assert [line["pixels"] for line in made.manifest["areas"]["classes"]] == [1, 2, 1, 0]


def test_a_scale_is_applied_and_what_is_no_value_has_none(tmp_path: Path) -> None:
    values = np.array([[225, 310], [-32768, 298]], np.int16)
    made = make(tmp_path, RAMP, write_image(tmp_path / "a.tif", values, nodata=-32768, scale=0.1))
    found = pixels(made)[0]
    assert found.compressed().tolist() == pytest.approx([22.5, 31.0, 29.8], rel=1e-6)
    assert (made.manifest["type"], made.manifest["nodata"]) == ("float32", "nan")


def test_a_mask_becomes_a_value_that_no_pixel_has(tmp_path: Path) -> None:
    values = np.array([[1, 2], [2, 255]], np.uint8)
    file = write_image(tmp_path / "a.tif", values, mask=[[1, 1], [0, 1]])
    made = make(tmp_path, CATEGORIES, file)
    assert made.manifest["nodata"] == 0.0
    assert pixels(made)[0].mask.tolist() == [[False, False], [True, False]]


def test_the_declaration_says_what_is_no_value(tmp_path: Path) -> None:
    made = make(tmp_path, CATEGORIES, write_image(tmp_path / "a.tif", np.array([[1, 9], [2, 9]], np.uint8)), nodata=9)
    assert made.rows == 2
    outside = make(tmp_path, CATEGORIES, write_image(tmp_path / "b.tif", np.array([[1, 2]], np.uint8)), nodata=-9999)
    assert outside.rows == 2


def test_several_files_are_one_image(tmp_path: Path) -> None:
    left = write_image(tmp_path / "a.tif", np.full((4, 4), 1, np.uint8), nodata=0)
    place = from_origin(WEST + 3 * PIXEL, NORTH - 2 * PIXEL, PIXEL, PIXEL)
    right = write_image(tmp_path / "b.tif", np.full((4, 4), 2, np.uint8), nodata=0, place=place)
    found = pixels(make(tmp_path, CATEGORIES, left, right)).filled(0)[0]
    assert found.tolist() == [
        [1, 1, 1, 1, 0, 0, 0],
        [1, 1, 1, 1, 0, 0, 0],
        # Where both lie, the first has its way.
        [1, 1, 1, 1, 2, 2, 2],
        [1, 1, 1, 1, 2, 2, 2],
        [0, 0, 0, 2, 2, 2, 2],
        [0, 0, 0, 2, 2, 2, 2],
    ]


def test_a_photograph_keeps_its_colours_and_its_gaps(tmp_path: Path) -> None:
    bands = np.stack([np.full((8, 8), shade, np.uint8) for shade in (10, 120, 250)])
    whole = make(tmp_path, RGB, write_image(tmp_path / "a.tif", bands))
    assert pixels(whole).shape == (3, 8, 8)
    assert whole.manifest["areas"] is None
    mask = np.ones((8, 8))
    mask[:, 4:] = 0
    holed = pixels(make(tmp_path, {**RGB, "bands": [3, 2, 1]}, write_image(tmp_path / "b.tif", bands, mask=mask)))
    assert holed.data[:, 0, 0].tolist() == [250, 120, 10, 255]
    assert holed.data[:, 0, 7].tolist() == [0, 0, 0, 0]


def test_what_is_no_image_is_refused(tmp_path: Path) -> None:
    (tmp_path / "text.tif").write_text("<html>erreur 404</html>")
    assert code_of(lambda: make(tmp_path, CATEGORIES, tmp_path / "text.tif")) == "image-unreadable"
    good = write_image(tmp_path / "good.tif", stripes(), nodata=0)
    (tmp_path / "cut.tif").write_bytes(good.read_bytes()[:5_000])
    assert code_of(lambda: make(tmp_path, CATEGORIES, tmp_path / "cut.tif")) in ("image-unreadable", "image-not-made")
    (tmp_path / "head.tif").write_bytes(good.read_bytes()[:8] + b"\xff" * 200)
    assert code_of(lambda: make(tmp_path, CATEGORIES, tmp_path / "head.tif")) == "image-unreadable"


def test_another_form_that_points_elsewhere_is_no_image(tmp_path: Path) -> None:
    """The library would open a description that names other files, of the web or of the machine."""
    (tmp_path / "a.vrt").write_text(
        "<VRTDataset><SourceFilename>/vsicurl/http://127.0.0.1/x</SourceFilename></VRTDataset>"
    )
    assert code_of(lambda: make(tmp_path, CATEGORIES, tmp_path / "a.vrt")) == "image-unreadable"


@pytest.mark.parametrize(
    ("code", "style", "keys", "written"),
    [
        ("image-without-crs", CATEGORIES, {}, {"crs": None}),
        ("image-without-place", CATEGORIES, {}, {"place": None}),
        ("image-askew", CATEGORIES, {}, {"place": Affine(90.0, 20.0, WEST, 20.0, -90.0, NORTH)}),
        ("image-outside-world", CATEGORIES, {}, {"crs": "EPSG:4326"}),
        ("image-band-absent", CATEGORIES, {"band": 2}, {}),
        ("image-band-absent", RGB, {}, {}),
        ("image-type", RAMP, {}, {"kind": "complex64"}),
        ("image-categories-absent", {"kind": "categories", "values": {"7": {"title": "Sept"}}}, {}, {}),
        ("image-empty", CATEGORIES, {"nodata": 1}, {}),
    ],
)
def test_what_no_layer_can_be_made_of(
    code: str, style: dict[str, Any], keys: dict[str, Any], written: dict[str, Any], tmp_path: Path
) -> None:
    file = write_image(tmp_path / "a.tif", np.ones((4, 4), np.uint8), **written)
    assert code_of(lambda: make(tmp_path, style, file, **keys)) == code
    assert not list((tmp_path / "objects").glob("*")), "nothing half-made is left"


def test_a_photograph_has_bytes(tmp_path: Path) -> None:
    file = write_image(tmp_path / "a.tif", np.ones((3, 4, 4), np.uint16))
    assert code_of(lambda: make(tmp_path, RGB, file)) == "image-type"


def test_an_absurd_size_is_refused_before_anything_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    huge = write_image(tmp_path / "huge.tif", np.ones((1, 1), np.uint8))
    profile = {"width": 200_000, "height": 200_000, "count": 1, "dtype": "uint8", "crs": "EPSG:2154"}
    place = from_origin(WEST, NORTH, 1, 1)
    rasterio.open(huge, "w", driver="GTiff", **profile, transform=place, SPARSE_OK=True, tiled=True).close()
    assert huge.stat().st_size < 20_000_000
    assert code_of(lambda: make(tmp_path, CATEGORIES, huge)) == "image-too-large"
    # Two small ones, far apart, would make a large one.
    monkeypatch.setattr(images, "MOST_PIXELS", 1_000)
    near = write_image(tmp_path / "near.tif", np.ones((4, 4), np.uint8))
    place = from_origin(WEST + 300 * PIXEL, NORTH, PIXEL, PIXEL)
    far = write_image(tmp_path / "far.tif", np.ones((4, 4), np.uint8), place=place)
    assert code_of(lambda: make(tmp_path, CATEGORIES, near, far)) == "image-too-large"


@pytest.mark.parametrize(
    "other",
    [
        {"crs": "EPSG:3857"},
        {"place": from_origin(WEST + 0.5 * PIXEL, NORTH, PIXEL, PIXEL)},
        {"place": from_origin(WEST, NORTH, 2 * PIXEL, 2 * PIXEL)},
    ],
)
def test_files_that_share_no_grid_are_not_put_together(other: dict[str, Any], tmp_path: Path) -> None:
    one = write_image(tmp_path / "a.tif", np.ones((4, 4), np.uint8))
    two = write_image(tmp_path / "b.tif", np.ones((4, 4), np.uint8), **other)
    assert code_of(lambda: make(tmp_path, CATEGORIES, one, two)) == "images-unlike"


def test_gaps_need_a_value_that_is_free(tmp_path: Path) -> None:
    values = np.array([[0, 255], [1, 2]], np.uint8)
    file = write_image(tmp_path / "a.tif", values, mask=[[1, 1], [0, 1]])
    assert code_of(lambda: make(tmp_path, CATEGORIES, file)) == "image-nodata-needed"


def test_a_disk_without_room_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from rasterio.errors import RasterioIOError

    from beffroi.lake import rasters

    def full(*_: Any, **__: Any) -> None:
        raise RasterioIOError("no room left")

    monkeypatch.setattr(rasters, "copy", full)
    file = write_image(tmp_path / "a.tif", np.ones((4, 4), np.uint8))
    assert code_of(lambda: make(tmp_path, CATEGORIES, file)) == "image-not-made"


def test_what_lies_beside_a_file_is_not_believed(tmp_path: Path) -> None:
    file = write_image(tmp_path / "a.tif", np.array([[1, 2]], np.uint8))
    (tmp_path / "a.tif.aux.xml").write_text(
        '<PAMDataset><PAMRasterBand band="1"><NoDataValue>1</NoDataValue></PAMRasterBand></PAMDataset>'
    )
    assert make(tmp_path, CATEGORIES, file).rows == 2
    assert sorted(path.name for path in tmp_path.glob("a.tif*")) == ["a.tif", "a.tif.aux.xml"]


def test_the_usual_name_of_a_system_is_found(tmp_path: Path) -> None:
    wkt = rasterio.crs.CRS.from_epsg(2154).to_wkt(version="WKT1_ESRI")
    made = make(tmp_path, CATEGORIES, write_image(tmp_path / "a.tif", np.ones((4, 4), np.uint8), crs=wkt))
    assert made.manifest["crs"] == "EPSG:2154"


def test_files_are_known_by_their_marks() -> None:
    assert files_of(Path("x.tif"))[0].mark == "x.tif"
