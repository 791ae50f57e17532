"""What has been released, as one reader may see it: the only thing that observe, publish and serve read.

A release is made of protected series, territories, contours and the catalogue as it stood when they were built.
It is pinned to one edition: while it is open, nothing in it changes.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from beffroi.access import Reader
from beffroi.errors import BeffroiError, fault
from beffroi.lake.corrections import KINDS, NOTHING_CORRECTED
from beffroi.lake.features import PAGE, Condition, FeatureQuery
from beffroi.lake.filters import Choice, choose
from beffroi.lake.geoparquet import write_geoparquet
from beffroi.lake.manifests import Manifest, read_manifest
from beffroi.lake.raster_tiles import Look, PictureFrame, RasterPlan, frame_tile, mix_ramp
from beffroi.lake.tile_archives import TilePlan
from beffroi.lake.tiles import TileQuery, check_tile
from beffroi.lake.trees import Leaf, Step, climb


@dataclass(frozen=True)
class EditionInfo:
    """Which edition: its number, when it was built (ISO, UTC) and by which version of Beffroi."""

    id: str
    built: str
    version: str


@dataclass(frozen=True)
class LayerFeatures:
    """How to ask for the features of one layer; ``tiles`` is the archive of its tiles, None when it has none; ``tile``
    draws one."""

    page: Callable[[FeatureQuery], pa.Table]
    count: Callable[[FeatureQuery], int]
    tiles: Path | None
    tile: Callable[[TilePlan, TileQuery], bytes] = lambda plan, query: b""
    page_before: Callable[[FeatureQuery], int | None] = lambda query: None


@dataclass(frozen=True)
class LayerImage:
    """How to ask for one layer that is an image: its file, the archive of its tiles (None when it has none), a picture
    of it, the value of a place in degrees (None where there is none)."""

    file: Path
    tiles: Path | None
    draw: Callable[[Look, PictureFrame], bytes]
    value: Callable[[float, float], float | None]


@dataclass(frozen=True)
class Release:
    """One edition as ``reader`` may see it; made by ``Lake.release``.

    ``catalogue`` is the JSON that ``run`` wrote: keys ``workspace themes units groupings sources tables
    indicators breakdowns observatories pages layers maps``, already without what the reader may not see.
    """

    reader: Reader
    edition: EditionInfo
    catalogue: Mapping[str, Any]
    load_series: Callable[[str], pa.Table]
    load_territories: Callable[[], pa.Table]
    load_contours: Callable[[str], pa.Table]
    load_picture: Callable[[str], bytes]
    load_events: Callable[[], pa.Table | None] = lambda: None
    load_layer: Callable[[str], LayerFeatures] | None = None
    load_image: Callable[[str], LayerImage] | None = None
    load_manifest: Callable[[], Manifest | None] = lambda: None
    load_corrections: Callable[[], Sequence[Mapping[str, Any]]] = tuple
    load_corrected: Callable[[], pa.Table] = lambda: NOTHING_CORRECTED

    @property
    def reference_vintage(self) -> int:
        return int(self.catalogue["workspace"]["reference_vintage"])

    def indicator(self, indicator: str) -> Mapping[str, Any]:
        """The released description of an indicator; ``unknown-indicator`` when the reader has none of that name."""
        known = self.catalogue["indicators"]
        if indicator not in known:
            raise BeffroiError(fault("unknown-indicator", name=indicator, instead_of=indicator, available=known))
        return dict(known[indicator])

    def series(
        self,
        indicator: str,
        *,
        level: str | None = None,
        territory: str | None = None,
        period: str | None = None,
        vintage: int | None = None,
    ) -> pa.Table:
        """The protected series (``SERIES_SCHEMA``), narrowed; at the reference vintage unless another is asked."""
        self.indicator(indicator)
        table = self.load_series(indicator)
        wanted = {
            "level": level,
            "territory": territory,
            "period": period,
            "vintage": self.reference_vintage if vintage is None else vintage,
        }
        keep = None
        for column, value in wanted.items():
            if value is not None:
                one = pc.equal(table[column], pa.scalar(value, table[column].type))
                keep = one if keep is None else pc.and_(keep, one)
        return table.filter(keep) if keep is not None else table

    def territories(self, vintage: int | None = None) -> pa.Table:
        """Territories at one vintage: ``vintage, level, code, name, parents, population, area_m2, tncc``.

        ``parents`` is a list of ``level:code`` of the larger territories that hold it, nearest first;
        ``population``, ``area_m2`` and ``tncc`` (the article of the name, as INSEE codes it) are null when unknown; an
        edition of before has no ``tncc``.
        """
        table = self.load_territories()
        wanted = self.reference_vintage if vintage is None else vintage
        return table.filter(pc.equal(table["vintage"], pa.scalar(wanted, table["vintage"].type)))

    def events(self) -> pa.Table | None:
        """What happened to the communes: ``date, kind, code_before, name_before, code_after, name_after,
        told``.

        ``kind`` is merger, split, code or name; ``told`` is event or lists. None in an edition that does not know.
        """
        return self.load_events()

    def manifest(self) -> Manifest | None:
        """The sha256 of what the reader may have of this edition, under one root; None in an edition of before."""
        return self.load_manifest()

    def corrections(self, indicator: str | None = None) -> tuple[Mapping[str, Any], ...]:
        """The times when published figures were changed, the latest first, of all indicators or of one.

        Each says ``number indicator on edition audience vintage vintages figures`` and how many are ``changed hidden
        shown appeared gone``; ``levels``; ``periods`` with the same by period and the ``greatest`` change that may be
        told; ``causes`` as they were deduced, and the ``reasons`` that are declared (``periods``, or None for all, and
        ``why`` by language).
        """
        told = self.load_corrections()
        return tuple(event for event in told if indicator is None or event["indicator"] == indicator)

    def corrected(self) -> pa.Table:
        """Every figure of those corrections: ``event indicator level territory label period vintage kind before
        after``; both values are null where they may not be told."""
        return self.load_corrected()

    def contours(self, level: str) -> pa.Table:
        """Contours of a level at the reference vintage: ``code, geometry, drawn``.

        ``geometry`` is WKB in longitude and latitude, ``drawn`` WKB in the legal projection, in metres, for
        drawing only. No row at all when the level has no contour.
        """
        return self.load_contours(level)

    def picture(self, observatory: str, name: str) -> bytes:
        """The bytes of a picture of an observatory; ``unknown-picture`` when it has none that the reader may see."""
        entry = self.catalogue["observatories"].get(observatory, {})
        if name not in entry.get("pictures", ()):
            raise BeffroiError(fault("unknown-picture", name=f"{observatory}/{name}"))
        return self.load_picture(f"{observatory}/{name}")

    def layer(self, layer: str) -> Mapping[str, Any]:
        """The released description of a layer; ``unknown-layer-asked`` when the reader has none of that name."""
        known = self.catalogue["layers"]
        if layer not in known or known[layer]["object"] is None:
            there = [name for name, entry in known.items() if entry["object"] is not None]
            raise BeffroiError(fault("unknown-layer-asked", name=layer, instead_of=layer, available=there))
        return dict(known[layer])

    def map(self, name: str) -> Mapping[str, Any]:
        """The released text of a map; ``unknown-map-asked`` when the reader has none of that name."""
        known = self.catalogue["maps"]
        if name not in known:
            raise BeffroiError(fault("unknown-map-asked", name=name, instead_of=name, available=known))
        return dict(known[name])

    def features(self, layer: str, query: FeatureQuery) -> pa.Table:
        """A page of features in the order of ``n``: ``n, fid``, the attributes asked for, ``geometry`` (WKB).

        The next page is asked ``after`` the last ``n``; one that has fewer than ``limit`` rows is the last. Faults:
        ``unknown-layer-asked``, ``unknown-attribute-asked``, ``crs-not-offered``, ``bbox-inverted``,
        ``bbox-outside-world``, ``limit-not-positive``, ``engine-time``.
        """
        return self._features_of(layer).page(query)

    def feature_pages(self, layer: str, query: FeatureQuery) -> Iterator[pa.Table]:
        """Every feature that a query is about, page after page of ``limit``, none of them empty; faults as
        ``features``."""
        while True:
            page = self.features(layer, query)
            if page.num_rows:
                yield page
                query = replace(query, after=page["n"][-1].as_py())
            if page.num_rows < min(query.limit, PAGE):
                return

    def page_before(self, layer: str, query: FeatureQuery) -> int | None:
        """After which feature (its ``n``, 0 for none) the page before that of a query starts; None when the query's is
        the first. Faults as ``features``."""
        return self._features_of(layer).page_before(query)

    def count_features(self, layer: str, query: FeatureQuery) -> int:
        """How many features a query is about, on all its pages; faults as ``features``."""
        return self._features_of(layer).count(query)

    def condition(self, layer: str, choice: Choice) -> Condition | None:
        """What features of a layer must be to be those of a choice; None when all of them are.

        For the ``where`` of a ``FeatureQuery``. Faults: those of ``lake.filters.choose``.
        """
        return choose(choice, {each["name"]: each["type"] for each in self.layer(layer)["attributes"]})

    def tiles(self, layer: str) -> Path | None:
        """The archive of the tiles of a layer, to be read by ranges of bytes; None when it has none."""
        return (self._image_of(layer) if self.is_image(layer) else self._features_of(layer)).tiles

    def is_image(self, layer: str) -> bool:
        """Whether a layer is an image, and has no features; ``unknown-layer-asked``."""
        return bool(self.layer(layer)["kind"] == "raster")

    def image_file(self, layer: str) -> Path:
        """The file of a layer that is an image, to be read by ranges of bytes; ``layer-without-image``."""
        return self._image_of(layer).file

    def picture_of(self, layer: str, look: Look, frame: PictureFrame) -> bytes:
        """A layer that is an image drawn on a frame; ``layer-without-image``, ``image-picture-large``."""
        return self._image_of(layer).draw(look, frame)

    def value_at(self, layer: str, longitude: float, latitude: float) -> float | None:
        """The value of a place in degrees, in a layer that is an image; None where it has none.

        Faults: ``layer-without-image``; ``layer-without-values`` for a photograph.
        """
        image = self._image_of(layer)
        if self.layer(layer)["style"]["kind"] == "rgb":
            raise BeffroiError(fault("layer-without-values", name=layer))
        return image.value(longitude, latitude)

    def tile(self, layer: str, plan: TilePlan, query: TileQuery) -> bytes:
        """One vector tile of a layer, drawn now; nothing where it has no feature.

        Faults: ``unknown-layer-asked``, ``tile-outside-grid``, ``tile-too-heavy``, ``engine-time``.
        """
        return self._features_of(layer).tile(plan, query)

    def _features_of(self, layer: str) -> LayerFeatures:
        if self.is_image(layer):
            raise BeffroiError(fault("layer-without-features", name=layer))
        assert self.load_layer is not None
        return self.load_layer(layer)

    def _image_of(self, layer: str) -> LayerImage:
        if not self.is_image(layer):
            raise BeffroiError(fault("layer-without-image", name=layer))
        assert self.load_image is not None
        return self.load_image(layer)


__all__ = [
    "KINDS", "PAGE", "Choice", "Condition", "EditionInfo", "FeatureQuery", "LayerFeatures", "LayerImage", "Leaf",
    "Look", "Manifest", "PictureFrame", "RasterPlan", "Release", "Step", "TilePlan", "TileQuery", "check_tile", "climb",
    "frame_tile", "mix_ramp", "read_manifest", "write_geoparquet",
]  # fmt: skip
