"""Images drawn: a tile of a web map, a piece of a page or of paper; the value of a place; the archive of all tiles.

Everything is drawn from the raster object, from the smallest of its copies that has enough pixels. What has no value is
transparent. Pictures of classes have a palette: a tile of land cover weighs some kilobytes.
"""

import io
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path
from tempfile import TemporaryFile
from typing import Any

import numpy as np
import numpy.typing as npt
import rasterio
from PIL import Image
from pyproj import Transformer
from rasterio.enums import Resampling
from rasterio.errors import RasterioError
from rasterio.transform import from_bounds
from rasterio.vrt import WarpedVRT
from rasterio.windows import Window

from beffroi.errors import BeffroiError, fault
from beffroi.geo.tile_grids import PIXELS, WORLD, Whole, number_tiles, place_on_world, tile_size
from beffroi.lake.connections import EngineLimits
from beffroi.lake.images import SAFE
from beffroi.lake.objects import LakeObject, ObjectStore, staleness_key
from beffroi.lake.pmtiles import ArchiveWriter
from beffroi.lake.raster_tallies import Sorting
from beffroi.lake.rasters import RASTER_ENGINE
from beffroi.lake.tiles import check_tile

RASTER_TILE_STAGE = 1
"""Raised when the way images are drawn changes: every archive of theirs is then stale."""

MOST_DRAWN = 40_000_000
"""Pixels of a picture at most: an A3 sheet at 300 to the inch has 17 million, an A1 at 200 has 31."""
_HALF_WORLD = 20_037_508.342789244
_SHADES = 255
"""Colours of a ramp: as many as a palette has, but one for what has no value."""
_QUALITY = 85
"""Of photographs: no loss is seen, and they are some eight times lighter than without any."""
_RESAMPLINGS = {
    "nearest": Resampling.nearest, "mode": Resampling.nearest, "average": Resampling.average,
    "bilinear": Resampling.bilinear,
}  # fmt: skip


@dataclass(frozen=True)
class Look:
    """How values are painted. ``colours`` are ``#rrggbb``.

    ``categories``: a colour for each of ``values``, and one more for the others where they are drawn. ``classes``: one
    more colour than ``limits``. ``ramp``: colours at even steps between both ``ends``. ``rgb``: none.
    """

    kind: str
    colours: tuple[str, ...]
    resampling: str
    values: tuple[int, ...] = ()
    limits: tuple[float, ...] = ()
    ends: tuple[float, float] = (0.0, 1.0)

    @property
    def form(self) -> str:
        """The form of its pictures: ``webp`` for photographs, ``png``."""
        return "webp" if self.kind == "rgb" else "png"


@dataclass(frozen=True)
class PictureFrame:
    """What a picture is of: a system, the sides of an extent in it (west, south, east, north), pixels."""

    crs: str
    extent: tuple[float, float, float, float]
    width: int
    height: int


@dataclass(frozen=True)
class RasterPlan:
    """What an archive of tiles is to hold: first and last zoom, and how they look."""

    first: int
    last: int
    look: Look


def frame_tile(zoom: int, x: int, y: int) -> PictureFrame:
    """The frame of a tile of a web map."""
    side = 2 * _HALF_WORLD / (1 << zoom)
    west, north = x * side - _HALF_WORLD, _HALF_WORLD - y * side
    return PictureFrame("EPSG:3857", (west, north - side, west + side, north), PIXELS, PIXELS)


def draw_raster(item: LakeObject, look: Look, frame: PictureFrame) -> bytes:
    """A picture of an image, transparent where it has no value. ``image-picture-large``, ``object-damaged``."""
    if frame.width * frame.height > MOST_DRAWN:
        raise BeffroiError(fault("image-picture-large", width=frame.width, height=frame.height, most=MOST_DRAWN))
    try:
        with rasterio.Env(**SAFE):
            found = _read(item, look, frame)
    except RasterioError as error:
        raise BeffroiError(fault("object-damaged", name=f"raster:{item.manifest['name']}")) from error
    return _photograph(found) if look.kind == "rgb" else _paint(found[0], look)


def draw_raster_tile(item: LakeObject, look: Look, place: tuple[int, int, int]) -> bytes:
    """A tile of a web map; faults of ``draw_raster`` and ``tile-outside-grid``."""
    check_tile(*place)
    return draw_raster(item, look, frame_tile(*place))


def read_value(item: LakeObject, longitude: float, latitude: float) -> float | None:
    """The value of a place in degrees, as the image has it; None where it has none."""
    manifest = item.manifest
    x, y = _transformer("EPSG:4326", manifest["wkt"]).transform(longitude, latitude)
    try:
        with rasterio.Env(**SAFE), rasterio.open(item.data) as opened:
            to = opened.transform
            place = np.floor([(x - to.c) / to.a, (y - to.f) / to.e])
            if not (np.all(place >= 0) and place[0] < opened.width and place[1] < opened.height):
                return None
            found = opened.read(1, window=Window(int(place[0]), int(place[1]), 1, 1), masked=True)
    except RasterioError as error:
        raise BeffroiError(fault("object-damaged", name=f"raster:{manifest['name']}")) from error
    return None if np.ma.getmaskarray(found)[0, 0] else float(found.data[0, 0])


@cache
def _transformer(start: str, end: str) -> Transformer:
    return Transformer.from_crs(start, end, always_xy=True)


def _read(item: LakeObject, look: Look, frame: PictureFrame) -> Any:
    """Values on a frame, masked: one band, or red, green, blue and what is seen of them."""
    level = _choose_copy(item, frame)
    copies = {} if level is None else {"overview_level": level}
    resampling = _RESAMPLINGS[look.resampling]
    options: dict[str, Any] = {
        "crs": frame.crs, "transform": from_bounds(*frame.extent, frame.width, frame.height), "width": frame.width,
        "height": frame.height, "resampling": resampling, "warp_mem_limit": 64,
    }  # fmt: skip
    with rasterio.open(item.data, **copies) as opened:
        colours = look.kind == "rgb"
        if colours and opened.count == 3:
            options["add_alpha"] = True
        with WarpedVRT(opened, **options) as drawn:
            if colours:
                return drawn.read([1, 2, 3, 4])
            if opened.nodata is not None:
                return drawn.read([1], masked=True)
        # Without a value for none, what lies beyond the image is told by a band of its own.
        with WarpedVRT(opened, **options, add_alpha=True) as drawn:
            found = drawn.read()
            return np.ma.MaskedArray(found[:1], mask=found[1:] == 0)


def _choose_copy(item: LakeObject, frame: PictureFrame) -> int | None:
    """The smallest copy whose pixels are no larger than those of a frame; None for the image itself."""
    manifest = item.manifest
    west, south, east, north = frame.extent
    sides = _transformer(frame.crs, manifest["wkt"]).transform_bounds(west, south, east, north, densify_pts=2)
    if not np.isfinite(sides).all():
        return len(manifest["overviews"]) - 1 if manifest["overviews"] else None
    needed = max(
        (sides[2] - sides[0]) / frame.width / manifest["resolution"][0],
        (sides[3] - sides[1]) / frame.height / manifest["resolution"][1],
    )
    enough = [level for level, factor in enumerate(manifest["overviews"]) if factor <= needed * 1.05]
    return enough[-1] if enough else None


def _paint(found: Any, look: Look) -> bytes:
    """A picture with a palette, of which the first colour is none: that of paper, for what smooths edges."""
    shades, colours = _shade(found.data, look), look.colours
    if look.kind == "ramp":
        colours = mix_ramp(look.colours, _SHADES)
    marks = np.where(np.ma.getmaskarray(found) | (shades >= len(colours)), 0, shades + 1).astype(np.uint8)
    picture = Image.fromarray(marks)
    picture.putpalette([255, 255, 255, *(channel for colour in colours for channel in read_colour(colour))])
    out = io.BytesIO()
    picture.save(out, "PNG", transparency=0, optimize=True)
    return out.getvalue()


def _shade(values: npt.NDArray[Any], look: Look) -> npt.NDArray[np.int64]:
    """The place of the colour of each value."""
    if look.kind == "ramp":
        low, high = look.ends
        share = (np.nan_to_num(values.astype(np.float64), nan=low) - low) / (high - low)
        return np.clip(np.floor(share * _SHADES), 0, _SHADES - 1).astype(np.int64)
    return Sorting(look.values, look.limits).sort(values)


def _photograph(found: npt.NDArray[np.uint8]) -> bytes:
    out = io.BytesIO()
    Image.fromarray(np.ascontiguousarray(np.moveaxis(found, 0, -1))).save(out, "WEBP", quality=_QUALITY, method=4)
    return out.getvalue()


def mix_ramp(colours: Sequence[str], count: int) -> tuple[str, ...]:
    """So many colours from the first to the last, through those between."""
    stops = np.array([read_colour(colour) for colour in colours], float)
    at = np.linspace(0, len(stops) - 1, count)
    mixed = np.column_stack([np.interp(at, range(len(stops)), stops[:, channel]) for channel in range(3)])
    return tuple("#" + "".join(f"{round(channel):02x}" for channel in one) for one in mixed.tolist())


def read_colour(colour: str) -> tuple[int, int, int]:
    """Red, green and blue of ``#rrggbb``, from 0 to 255."""
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)


def archive_ingredients(item: LakeObject, plan: RasterPlan) -> dict[str, Any]:
    """All that the bytes of an archive depend on."""
    return {"stage": ["raster tiles", RASTER_TILE_STAGE, RASTER_ENGINE], "raster": item.key, "plan": asdict(plan)}


def build_raster_archive(item: LakeObject, plan: RasterPlan, store: ObjectStore, limits: EngineLimits) -> LakeObject:
    """Make the archive of the tiles of an image, or find it already made.

    Its manifest adds ``min_zoom``, ``max_zoom``, ``tiles``, ``form`` (png, webp), ``heaviest`` (bytes), ``zooms``: for
    each, its tiles and the heaviest.
    """
    made_from = archive_ingredients(item, plan)
    key = staleness_key(made_from)
    if found := store.get(key):
        return found

    def fill(file: Path) -> Mapping[str, Any]:
        return {**_write_archive(item, plan, file, limits.threads), "rows": 1, "columns": {}, "made_from": made_from}

    name = str(item.manifest["name"])
    return store.write(key, kind="tiles", name=name, audience=item.audience, file="archive.pmtiles", fill=fill)


def _write_archive(item: LakeObject, plan: RasterPlan, file: Path, threads: int) -> Mapping[str, Any]:
    told = []
    with TemporaryFile(dir=file.parent) as aside, ThreadPoolExecutor(threads) as pool:
        archive = ArchiveWriter(aside)
        for zoom in range(plan.first, plan.last + 1):
            sizes = []
            for start in _share(_list_tiles(item.manifest["bbox"], zoom)):
                bodies = pool.map(lambda place: draw_raster_tile(item, plan.look, place), start)
                columns, rows = (np.array([place[side] for place in start]) for side in (1, 2))
                for number, body in zip(number_tiles(zoom, columns, rows).tolist(), bodies, strict=True):
                    archive.add(number, body)
                    sizes.append(len(body))
            told.append({"zoom": zoom, "tiles": len(sizes), "heaviest": max(sizes)})
        said = {"name": item.manifest["name"], "format": plan.look.form}
        archive.finish(file, (plan.first, plan.last), item.manifest["bbox"], said, plan.look.form)
    return {
        "min_zoom": plan.first, "max_zoom": plan.last, "tiles": sum(one["tiles"] for one in told),
        "form": plan.look.form, "heaviest": max(one["heaviest"] for one in told), "zooms": told,
    }  # fmt: skip


def _list_tiles(bbox: Sequence[float], zoom: int) -> list[tuple[int, int, int]]:
    """Every tile that has something of a box: none is missing inside, for readers that would take it for a fault."""
    west, south, east, north = bbox
    x, y = place_on_world(np.array([west, east]), np.array([north, south]))
    size = tile_size(zoom)
    columns, rows = _tiles_of(x, size), _tiles_of(y, size)
    return [(zoom, column, row) for row in rows for column in columns]


def _tiles_of(ends: Whole, size: int) -> range:
    first, last = (int(min(WORLD - 1, end)) // size for end in ends.tolist())
    return range(first, last + 1)


def _share(tiles: Sequence[tuple[int, int, int]]) -> Iterator[Sequence[tuple[int, int, int]]]:
    for start in range(0, len(tiles), 256):
        yield tiles[start : start + 256]


__all__ = [
    "MOST_DRAWN", "Look", "PictureFrame", "RasterPlan", "build_raster_archive", "draw_raster", "draw_raster_tile",
    "frame_tile", "mix_ramp", "read_colour", "read_value",
]  # fmt: skip
