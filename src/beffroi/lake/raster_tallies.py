"""What is counted of an image once it is made: its values, the classes of its legend, how much ground each covers.

Areas are geodesic, by square pieces of some kilometres: no projection has its say in a hectare. The piece of an image
that lies in the perimeter is counted apart, pixels by their middle.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt
import shapely
from pyproj import Transformer
from rasterio.features import rasterize
from rasterio.transform import Affine
from rasterio.windows import Window

from beffroi.catalog.rasters import AnyRasterStyle, RasterCategories, RasterClasses, RasterRamp
from beffroi.geo.projections import geodesic_areas
from beffroi.lake.images import Flags, Grid, Pixels
from beffroi.lake.tallies import digits_borne
from beffroi.stats import JENKS_VALUES, class_limits, limits_around

SAMPLE = 1_000_000
"""Values, taken at even steps, among which quantiles and limits are sought; all of them where they are fewer."""
_CLASSES = 5
_PIECE = 512
"""Pixels on the side of a piece of ground, at most."""
_PIECE_METRES = 20_000.0
"""Metres on the side of a piece, about, at most: over so little ground, pixels have one area to a ten-thousandth."""
_QUANTILES = (0.05, 0.25, 0.5, 0.75, 0.95)


@dataclass(frozen=True)
class Perimeter:
    """What an image is measured in: a territory by its level and code, its contour (WKB, in degrees), its area."""

    level: str
    code: str
    contour: bytes
    area_m2: int | None


@dataclass
class ValueTally:
    """Counts values as they go by; ``step`` is one pixel of how many goes in the sample, on each side."""

    step: int
    count: int = 0
    total: float = 0.0
    low: float = math.inf
    high: float = -math.inf
    _sample: list[npt.NDArray[np.float64]] = field(default_factory=list)

    def add(self, first: int, values: Pixels, known: Flags) -> None:
        """A strip that begins at a row."""
        found = values[known]
        if found.size:
            self.count += int(found.size)
            self.total += float(found.sum(dtype=np.float64))
            self.low, self.high = min(self.low, float(found.min())), max(self.high, float(found.max()))
        start = -first % self.step
        chosen = np.s_[start :: self.step, :: self.step]
        self._sample.append(values[chosen][known[chosen]].astype(np.float64))

    def sample(self) -> npt.NDArray[np.float64]:
        """Values of the sample in rising order, with both ends of all the values."""
        if not self.count:
            return np.empty(0)
        return np.sort(np.concatenate([*self._sample, np.array([self.low, self.high])]))

    def tell(self, pixels: int) -> dict[str, Any]:
        """What a manifest keeps of them."""
        ordered = self.sample()
        quantiles = np.quantile(ordered[1:-1] if len(ordered) > 2 else ordered, _QUANTILES).tolist()
        return {
            "min": self.low, "max": self.high, "mean": self.total / self.count,
            "quantiles": dict(zip(map(str, _QUANTILES), quantiles, strict=True)), "sampled": self.step > 1,
            "nodata_share": 1 - self.count / pixels,
        }  # fmt: skip


def sample_step(grid: Grid) -> int:
    """One pixel of how many goes in a sample, on each side."""
    return max(1, math.ceil(math.sqrt(grid.pixels / SAMPLE)))


@dataclass(frozen=True)
class Sorting:
    """How values fall into the lines of a legend: whole numbers (``values``), or ``limits`` between classes; a value on
    a limit is of the class above."""

    values: tuple[int, ...] = ()
    limits: tuple[float, ...] = ()

    @property
    def count(self) -> int:
        """Lines, and one for what is in none of them."""
        return (len(self.values) if self.values else len(self.limits) + 1) + 1

    def sort(self, found: Pixels) -> npt.NDArray[np.int64]:
        """The line of each value, counted from 0; the last for what is in none."""
        if not self.values:
            return np.searchsorted(np.asarray(self.limits), found, side="right")
        order = np.argsort(self.values)
        known = np.asarray(self.values)[order]
        at = np.minimum(np.searchsorted(known, found), len(known) - 1)
        lines: npt.NDArray[np.int64] = np.where(known[at] == found, order[at], len(known))
        return lines


def settle_style(
    style: AnyRasterStyle, ordered: npt.NDArray[np.float64], decimals: int | None, sampled: bool
) -> dict[str, Any]:
    """What a legend needs besides the declaration, of values in rising order: ``limits`` (of classes; for a ramp, those
    by which its area is told), ``decimals`` that they bear, ``diverging_at`` (a limit, or None)."""
    if not isinstance(style, RasterClasses | RasterRamp) or not len(ordered):
        return {"kind": style.kind}
    values: Any = ordered
    lowest, highest = float(ordered[0]), float(ordered[-1])
    low, high = (style.low, style.high) if isinstance(style, RasterRamp) else (lowest, highest)
    borne = digits_borne(high - low) if decimals is None else decimals
    at: float | None = None
    if isinstance(style, RasterRamp):
        limits = class_limits([low, high], "equal", _CLASSES, borne)
    elif style.method == "manual":
        limits = tuple(style.limits or ())
        at = 0.0 if style.ramp == "diverging" and 0 in limits else None
    elif style.ramp == "diverging" and lowest < 0 < highest:
        limits, at = limits_around(values, 0.0, style.method, style.count or _CLASSES, borne), 0.0
    else:
        limits = class_limits(values, style.method, style.count or _CLASSES, borne)
    method = getattr(style, "method", "manual")
    return {
        "kind": style.kind, "limits": list(limits), "lowest": lowest, "highest": highest, "decimals": borne,
        "diverging_at": at, "sampled": (sampled and method != "manual")
                                       or (method == "jenks" and len(ordered) > JENKS_VALUES),
    }  # fmt: skip


def sorting_of(style: AnyRasterStyle, settled: dict[str, Any]) -> Sorting | None:
    """How values fall into the lines of the legend; None for colours, which have no value."""
    if isinstance(style, RasterCategories):
        return Sorting(values=tuple(int(value) for value in style.values))
    return Sorting(limits=tuple(settled["limits"])) if "limits" in settled else None


def measure_classes(opened: Any, grid: Grid, sorting: Sorting, perimeter: Perimeter | None) -> dict[str, Any]:
    """Pixels and hectares of each line of the legend, and of what is in none, in the whole image and in the perimeter.

    ``classes`` has a line for each, the one for what is in none last; ``known_ha`` what has a value; ``mean`` weighs by
    area. ``inside`` is None when there is no perimeter to measure in.
    """
    whole, inside = _Sums(sorting.count), _Sums(sorting.count)
    shape = _project(perimeter.contour, grid) if perimeter is not None else None
    for window, ground, box in _pieces(grid):
        found = opened.read(1, window=window, masked=True)
        known = ~np.ma.getmaskarray(found)
        values = found.data
        lines = sorting.sort(values)
        whole.add(lines, values, known, ground)
        if shape is not None and (held := _held(shape, box, values.shape, _lay(grid, window))) is not None:
            inside.add(lines, values, known & held, ground)
    told = {**whole.tell(), "inside": None}
    if perimeter is not None:
        area = (perimeter.area_m2 or 0) / 10_000
        covered = min(1.0, inside.ground / area) if area else None
        told["inside"] = {"level": perimeter.level, "code": perimeter.code, "covered": covered, **inside.tell()}
    return told


class _Sums:
    """Pixels, hectares and values by line."""

    def __init__(self, lines: int) -> None:
        self._pixels, self._ground = np.zeros(lines, np.int64), np.zeros(lines)
        self._weighed = 0.0

    def add(self, lines: npt.NDArray[np.int64], values: Pixels, known: Flags, ground: float) -> None:
        counts = np.bincount(lines[known], minlength=len(self._pixels))
        self._pixels += counts
        self._ground += counts * ground
        self._weighed += float(values[known].sum(dtype=np.float64)) * ground

    @property
    def ground(self) -> float:
        return float(self._ground.sum())

    def tell(self) -> dict[str, Any]:
        pairs = zip(self._pixels.tolist(), self._ground.tolist(), strict=True)
        return {
            "known_ha": self.ground,
            "mean": self._weighed / self.ground if self.ground else None,
            "classes": [{"pixels": pixels, "ha": ground} for pixels, ground in pairs],
        }


def _pieces(grid: Grid) -> Iterator[tuple[Window, float, Any]]:
    """Pieces of an image: where they are in it, how many hectares one of their pixels has, their outline."""
    side = _side(grid)
    windows = [
        Window(column, row, min(side, grid.width - column), min(side, grid.height - row))
        for row in range(0, grid.height, side)
        for column in range(0, grid.width, side)
    ]
    for start in range(0, len(windows), 4_096):
        some = windows[start : start + 4_096]
        boxes = np.array([_outline(grid, window) for window in some], dtype=object)
        areas = geodesic_areas(_degrees(boxes, grid))
        for window, box, area in zip(some, boxes, areas.tolist(), strict=True):
            yield window, area / 10_000 / (window.width * window.height), box


def _lay(grid: Grid, window: Window) -> Affine:
    """Where the pixels of a piece are."""
    x, y = grid.at(window.col_off, window.row_off)
    return Affine(grid.transform.a, 0.0, x, 0.0, grid.transform.e, y)


def _side(grid: Grid) -> int:
    return int(min(_PIECE, max(8, _PIECE_METRES / pixel_metres(grid))))


def pixel_metres(grid: Grid) -> float:
    """The side of a pixel in the middle of an image, in metres on the ground: that of a square of its area."""
    wide, high = min(64, grid.width), min(64, grid.height)
    middle = Window((grid.width - wide) // 2, (grid.height - high) // 2, wide, high)
    box = np.array([_outline(grid, middle)], dtype=object)
    area = geodesic_areas(_degrees(box, grid))[0]
    return float(math.sqrt(max(float(area), 1e-6) / (middle.width * middle.height)))


def _outline(grid: Grid, window: Window) -> Any:
    x, y = grid.at(window.col_off, window.row_off)
    far_x, far_y = grid.at(window.col_off + window.width, window.row_off + window.height)
    box = shapely.box(min(x, far_x), min(y, far_y), max(x, far_x), max(y, far_y))
    return shapely.segmentize(box, max(abs(far_x - x), abs(far_y - y)) / 4)


def _degrees(shapes: npt.NDArray[np.object_], grid: Grid) -> npt.NDArray[np.object_]:
    there = Transformer.from_crs(grid.crs, "EPSG:4326", always_xy=True)
    moved = shapely.transform(shapes, lambda xy: np.column_stack(there.transform(xy[:, 0], xy[:, 1])))
    return np.asarray(moved, dtype=object)


def _project(contour: bytes, grid: Grid) -> Any:
    """A contour in the system of an image, its long sides bent as the system bends them."""
    there = Transformer.from_crs("EPSG:4326", grid.crs, always_xy=True)
    fine = shapely.segmentize(shapely.from_wkb(contour), 0.02)
    shape = shapely.transform(fine, lambda xy: np.column_stack(there.transform(xy[:, 0], xy[:, 1])))
    sound = shape if shapely.is_valid(shape) else shapely.make_valid(shape)
    shapely.prepare(sound)
    return sound


def _held(shape: Any, box: Any, size: tuple[int, ...], transform: Any) -> Flags | None:
    """Which pixels of a piece have their middle in a shape; None when none can have."""
    if not shapely.intersects(shape, box):
        return None
    if shapely.contains_properly(shape, box):
        return np.ones(size, np.bool_)
    part = shapely.intersection(shape, shapely.box(*shapely.bounds(box)))
    if part.is_empty or not part.area:
        return None
    found: Flags = rasterize([(part, 1)], out_shape=size, transform=transform, dtype="uint8") == 1
    return found


__all__ = [
    "Perimeter", "Sorting", "ValueTally", "measure_classes", "pixel_metres", "sample_step", "settle_style",
    "sorting_of",
]  # fmt: skip
