"""Images as their sources give them: checked before anything that they say is believed, then read strip by strip.

Several files are one image when they lie on one grid; where two of them lie on each other, the first has its way.
Nothing is written here, and pixels are given as the source has them.
"""

from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import rasterio
from pyproj import CRS, Transformer
from pyproj.exceptions import CRSError
from rasterio.enums import MaskFlags
from rasterio.errors import RasterioError
from rasterio.transform import Affine
from rasterio.windows import Window

from beffroi.catalog.layers import Raster
from beffroi.catalog.rasters import RasterColours
from beffroi.collect.images import ImageFile
from beffroi.errors import BeffroiError, fault

MOST_PIXELS = 1 << 30
"""Pixels of an image at most: sixty-five kilometres on each side at two metres. Why: a band of so many numbers takes
four gigabytes of disk while it is made, and its tiles some minutes. Photographs that are finer are for a service of
images, which a map may have as its background."""

_MARKS = (b"II*\x00", b"MM\x00*", b"II+\x00", b"MM\x00+")
"""How a TIFF starts, small or large, in either order of bytes."""
_STRIP = 1 << 24
"""Pixels read at a time, about."""
_OFF_GRID = 0.02
"""How far from the grid of the first file another may lie, in pixels."""

Pixels = npt.NDArray[Any]
Flags = npt.NDArray[np.bool_]

SAFE = {
    "GDAL_DISABLE_READDIR_ON_OPEN": "EMPTY_DIR", "GDAL_PAM_ENABLED": False, "GDAL_TIFF_INTERNAL_MASK": True,
    "GDAL_NUM_THREADS": "1",
}  # fmt: skip
"""Files are read alone: nothing that lies beside them is believed, and nothing is written there."""


@dataclass(frozen=True)
class Grid:
    """Where the pixels of an image are: ``crs`` as WKT, ``name`` of it (``EPSG:2154``; empty when it has none)."""

    crs: str
    name: str
    transform: Affine
    width: int
    height: int

    @property
    def pixels(self) -> int:
        return self.width * self.height

    def at(self, column: float, row: float) -> tuple[float, float]:
        """Where the corner of a pixel is."""
        return self.transform.c + column * self.transform.a, self.transform.f + row * self.transform.e


@dataclass(frozen=True)
class _Piece:
    """A file on the grid: where its first pixel is, and its bands."""

    opened: Any
    column: int
    row: int


@dataclass(frozen=True)
class Image:
    """An image that is open. ``gaps``: whether some pixels may have no value. ``kind`` is the type of its numbers,
    ``nodata`` the value that means none there and may go on meaning it, None when no value does."""

    grid: Grid
    bands: tuple[int, ...]
    kind: np.dtype[Any]
    nodata: float | None
    gaps: bool
    _pieces: tuple[_Piece, ...]
    _declared: float | None

    def strips(self) -> Iterator[tuple[int, Pixels, Flags]]:
        """Strips from the top: the first row, values by band, and which pixels have one."""
        rows = max(1, min(512, _STRIP // max(1, self.grid.width * len(self.bands))))
        for first in range(0, self.grid.height, rows):
            yield (first, *self._read(first, min(rows, self.grid.height - first)))

    def _read(self, first: int, rows: int) -> tuple[Pixels, Flags]:
        values = np.zeros((len(self.bands), rows, self.grid.width), self.kind)
        known = np.zeros((rows, self.grid.width), np.bool_)
        for piece in self._pieces:
            top, end = max(first, piece.row), min(first + rows, piece.row + piece.opened.height)
            if top >= end:
                continue
            window = Window(0, top - piece.row, piece.opened.width, end - top)
            found, there = self._read_piece(piece, window)
            place = np.s_[top - first : end - first, piece.column : piece.column + piece.opened.width]
            fresh = there & ~known[place]
            values[:, place[0], place[1]][:, fresh] = found[:, fresh]
            known[place] |= fresh
        return values, known

    def _read_piece(self, piece: _Piece, window: Window) -> tuple[Pixels, Flags]:
        opened = piece.opened
        bands = list(self.bands)
        values = opened.read(bands, window=window)
        if self._declared is not None:
            there = np.any(values != self._declared, axis=0)
        else:
            there = np.all(opened.read_masks(bands, window=window) > 0, axis=0)
        if np.issubdtype(values.dtype, np.floating):
            there &= np.all(np.isfinite(values), axis=0)
        scales, offsets = (np.asarray([known[band - 1] for band in bands]) for known in (opened.scales, opened.offsets))
        if np.any(scales != 1) or np.any(offsets != 0):
            values = values * scales[:, None, None] + offsets[:, None, None]
        return values.astype(self.kind, copy=False), there


@contextmanager
def open_image(raster: Raster, files: Sequence[ImageFile]) -> Iterator[Image]:
    """The image of a layer, checked.

    Faults: ``image-unreadable``, ``image-without-crs``, ``image-without-place``, ``image-askew``,
    ``image-outside-world``, ``image-band-absent``, ``image-type``, ``image-too-large``, ``images-unlike``.
    """
    declared, style = raster.declaration, raster.declaration.style
    bands = tuple(style.bands) if isinstance(style, RasterColours) else (declared.band,)
    with ExitStack() as stack:
        stack.enter_context(rasterio.Env(**SAFE))
        opened = [(file, stack.enter_context(_open(file))) for file in files]
        for file, one in opened:
            _check(file, one, bands, colours=isinstance(style, RasterColours))
        grid, pieces = _lay(raster, opened)
        kind = np.result_type(*(_kind_of(one, bands) for _, one in opened))
        nodata = declared.nodata if declared.nodata is not None else opened[0][1].nodatavals[bands[0] - 1]
        covered = sum(one.width * one.height for _, one in opened)
        gaps = (
            declared.nodata is not None
            or covered < grid.pixels
            or np.issubdtype(kind, np.floating)
            or any(MaskFlags.all_valid not in one.mask_flag_enums[band - 1] for _, one in opened for band in bands)
        )
        scaled = any(_is_scaled(one, bands) for _, one in opened)
        known = None if nodata is None or scaled or not _holds(kind, nodata) else float(nodata)
        try:
            yield Image(grid, bands, kind, known, gaps, tuple(pieces), declared.nodata)
        except RasterioError as error:
            label = ", ".join(file.label for file in files[:3])
            raise BeffroiError(fault("image-unreadable", file=label, reason=_first_line(error))) from error


@contextmanager
def _open(file: ImageFile) -> Iterator[Any]:
    with file.path.open("rb") as stream:
        head = stream.read(4)
    if head not in _MARKS:
        raise BeffroiError(fault("image-unreadable", file=file.label, reason=f"« {head.decode('latin-1')} »"))
    try:
        opened = rasterio.open(file.path, driver="GTiff")
    except RasterioError as error:
        reason = _first_line(error).replace(str(file.path), file.label)
        raise BeffroiError(fault("image-unreadable", file=file.label, reason=reason)) from error
    with opened:
        yield opened


def _check(file: ImageFile, opened: Any, bands: Sequence[int], *, colours: bool) -> None:
    """Refuse what no layer can be made of, by what the head of the file says."""
    for band in bands:
        if band > opened.count:
            raise BeffroiError(fault("image-band-absent", file=file.label, band=band, count=opened.count))
    kinds = {opened.dtypes[band - 1] for band in bands}
    suited = kinds == {"uint8"} if colours else all(np.dtype(_plain(kind)).kind in "iuf" for kind in kinds)
    if not suited:
        wanted = "uint8" if colours else "integer, float"
        raise BeffroiError(fault("image-type", file=file.label, type=", ".join(sorted(kinds)), wanted=wanted))
    if opened.width * opened.height > MOST_PIXELS:
        raise _too_large(file.label, opened.width, opened.height)
    if opened.crs is None:
        raise BeffroiError(fault("image-without-crs", file=file.label))
    if opened.transform.is_identity or opened.transform.is_degenerate:
        raise BeffroiError(fault("image-without-place", file=file.label))
    if not opened.transform.is_rectilinear or opened.transform.b or opened.transform.d:
        raise BeffroiError(fault("image-askew", file=file.label))


def _lay(raster: Raster, opened: Sequence[tuple[ImageFile, Any]]) -> tuple[Grid, list[_Piece]]:
    """The grid of all the files, and where each lies on it."""
    first_file, first = opened[0]
    step_x, step_y = first.transform.a, first.transform.e
    places = []
    for file, one in opened:
        column, row = (one.transform.c - first.transform.c) / step_x, (one.transform.f - first.transform.f) / step_y
        close = max(abs(column - round(column)), abs(row - round(row))) <= _OFF_GRID
        like = np.allclose((one.transform.a, one.transform.e), (step_x, step_y), rtol=1e-6)
        if one.crs != first.crs or not like or not close:
            raise BeffroiError(fault("images-unlike", file=file.label, other=first_file.label))
        places.append((round(column), round(row)))
    left, top = min(column for column, _ in places), min(row for _, row in places)
    width = max(column + one.width for (column, _), (_, one) in zip(places, opened, strict=True)) - left
    height = max(row + one.height for (_, row), (_, one) in zip(places, opened, strict=True)) - top
    if width * height > MOST_PIXELS:
        raise _too_large(raster.id, width, height)
    corner = first.transform.c + left * step_x, first.transform.f + top * step_y
    transform = Affine(step_x, 0.0, corner[0], 0.0, step_y, corner[1])
    grid = Grid(*_name_crs(first_file, first.crs), transform, width, height)
    find_bounds(grid, first_file.label)
    return grid, [_Piece(one, column - left, row - top) for (column, row), (_, one) in zip(places, opened, strict=True)]


def _name_crs(file: ImageFile, crs: Any) -> tuple[str, str]:
    """A system as WKT, and its name in the EPSG registry, where it has one."""
    try:
        known = CRS.from_wkt(crs.to_wkt())
        found = known.to_authority("EPSG", min_confidence=70)
        if not (known.is_geographic or known.is_projected or known.is_compound):
            raise BeffroiError(fault("image-without-crs", file=file.label))
    except CRSError as error:
        raise BeffroiError(fault("image-without-crs", file=file.label)) from error
    # The registry's own text: what a file says of a system may lack what makes it known elsewhere.
    return (CRS.from_epsg(found[1]).to_wkt(), f"EPSG:{found[1]}") if found else (known.to_wkt(), "")


def find_bounds(grid: Grid, label: str) -> tuple[float, float, float, float]:
    """West, south, east and north of a grid in degrees; ``image-outside-world`` where it has none."""
    (x, y), (far_x, far_y) = grid.at(0, 0), grid.at(grid.width, grid.height)
    sides = min(x, far_x), min(y, far_y), max(x, far_x), max(y, far_y)
    west, south, east, north = Transformer.from_crs(grid.crs, "EPSG:4326", always_xy=True).transform_bounds(
        *sides, densify_pts=21
    )
    if not (-180 <= west < east <= 180 and -90 <= south < north <= 90):
        raise BeffroiError(fault("image-outside-world", file=label))
    return float(west), float(south), float(east), float(north)


def _too_large(label: str, width: int, height: int) -> BeffroiError:
    return BeffroiError(fault("image-too-large", file=label, width=width, height=height, most=MOST_PIXELS // 1_000_000))


def _kind_of(opened: Any, bands: Sequence[int]) -> np.dtype[Any]:
    """The type of the values of a file: real ones where a scale makes them so."""
    kind = np.result_type(*(_plain(opened.dtypes[band - 1]) for band in bands))
    return np.result_type(kind, np.float32) if _is_scaled(opened, bands) else kind


def _is_scaled(opened: Any, bands: Sequence[int]) -> bool:
    """Whether numbers of the file are to be multiplied, or added to, before they are values."""
    return any(opened.scales[band - 1] != 1 or opened.offsets[band - 1] != 0 for band in bands)


def _plain(kind: str) -> str:
    """What numpy calls a type of the library, complex whole numbers among the complex ones."""
    return "complex64" if kind.startswith("complex") else kind


def _holds(kind: np.dtype[Any], value: float) -> bool:
    """Whether a number of that type can be this value."""
    if np.issubdtype(kind, np.floating):
        return bool(np.isfinite(value))
    ends = np.iinfo(kind)
    return bool(ends.min <= value <= ends.max and value == int(value)) if np.isfinite(value) else False


def _first_line(error: Exception) -> str:
    return str(error).partition("\n")[0]


__all__ = ["MOST_PIXELS", "SAFE", "Flags", "Grid", "Image", "Pixels", "find_bounds", "open_image"]
