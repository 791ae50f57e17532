"""A map as one reads it: its text with its values, its layers with their legends, where it opens."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import shapely

from beffroi.language import pick
from beffroi.observe.atlases import Atlas
from beffroi.observe.layers import LayerView, observe_layer
from beffroi.observe.pages import Prose, fill
from beffroi.observe.references import Said, say_references
from beffroi.observe.standings import Standing

Box = tuple[float, float, float, float]
"""West, south, east and north, in degrees."""


@dataclass(frozen=True)
class Spot:
    """A place to look at: a box, or a centre (longitude, latitude) with a zoom."""

    box: Box | None = None
    centre: tuple[float, float] | None = None
    zoom: float | None = None


@dataclass(frozen=True)
class LayerShown:
    """A layer in a map: whether it is seen at first, and how opaque it is there."""

    layer: LayerView
    shown: bool
    opacity: float


@dataclass(frozen=True)
class MapView:
    """A map in one language; layers from top to bottom. ``absent`` are layers that could not be built."""

    id: str
    title: str
    summary: str
    parts: tuple[Prose, ...]
    said: Mapping[str, Said]
    translated: bool
    entry: Mapping[str, Any]
    layers: tuple[LayerShown, ...]
    absent: tuple[str, ...]
    opens: Spot
    bookmarks: tuple[tuple[str, Spot], ...]
    box: Box
    """Everything that its layers hold."""
    synthetic: bool

    @property
    def opened(self) -> tuple[LayerShown, ...]:
        """The layers that a still picture shows: those seen at first, but the lower of two that a line parts."""
        return tuple(each for each in self.layers if each.shown and each is not self.beneath)

    @property
    def beneath(self) -> LayerShown | None:
        """The lower of two layers of surfaces, or images, that a line parts: under the other, it would not be seen, or
        not be told from it."""
        swipe = self.entry.get("swipe")
        parted = [each for each in self.layers if swipe and each.layer.id in swipe.values()]
        surfaces = all(each.layer.shape in ("polygon", "image") for each in parted)
        return parted[-1] if len(parted) == 2 and surfaces else None


def list_maps(atlas: Atlas) -> tuple[str, ...]:
    """The maps that the reader has, in the order of their ids."""
    return tuple(sorted(atlas.catalogue["maps"]))


def observe_map(atlas: Atlas, name: str, language: str) -> MapView:
    """A map in words; ``unknown-map-asked`` when the reader has none of that name."""
    entry = atlas.release.map(name)
    texts: Mapping[str, Any] = entry["texts"]
    spoken = language if language in texts else "fr"
    text_of = texts.get(spoken) or next(iter(texts.values()))
    vintage = atlas.release.reference_vintage
    standing = Standing(atlas, language, atlas.perimeter(language, vintage), vintage)
    said = say_references(standing, text_of["references"], None)
    layers = tuple(_shown(atlas, each, language) for each in entry["layers"])
    boxes = [tuple(shown.layer.entry["bbox"]) for shown in layers]
    box = _join(boxes) if boxes else _perimeter(atlas)
    opens = _spot(atlas, entry.get("opens") or {"territory": "perimeter"}) or Spot(box)
    bookmarks = [(pick(each["title"], language), _spot(atlas, each)) for each in entry.get("bookmarks", ())]
    return MapView(
        id=name,
        title=fill(text_of["title"], said),
        summary=fill(text_of.get("summary") or "", said),
        parts=tuple(Prose(part["prose"]) for part in text_of["parts"]),
        said=said,
        translated=spoken == language,
        entry=entry,
        layers=layers,
        absent=tuple(entry["absent"]),
        opens=opens,
        bookmarks=tuple((title, spot) for title, spot in bookmarks if spot is not None),
        box=box,
        synthetic=any(shown.layer.synthetic for shown in layers),
    )


def _shown(atlas: Atlas, each: Mapping[str, Any], language: str) -> LayerShown:
    view = observe_layer(atlas, each["layer"], language)
    return LayerShown(view, each.get("shown", True), each.get("opacity") or view.entry["style"].get("opacity", 0.8))


def _spot(atlas: Atlas, view: Mapping[str, Any]) -> Spot | None:
    """The place of a declared view; None when it is that of a territory without contour."""
    if view.get("centre"):
        longitude, latitude = view["centre"]
        return Spot(centre=(longitude, latitude), zoom=view.get("zoom") or 11.0)
    named = view.get("territory", "perimeter")
    box = _perimeter(atlas) if named == "perimeter" else box_of(atlas, named)
    return Spot(box) if box else None


def _perimeter(atlas: Atlas) -> Box:
    place = atlas.perimeter("fr", atlas.release.reference_vintage)
    return box_of(atlas, place.key) or (-5.2, 41.3, 9.7, 51.2)


def box_of(atlas: Atlas, key: str) -> Box | None:
    """What holds a territory (``commune:62498``), in degrees; None when it has no contour."""
    level, _, code = key.partition(":")
    return boxes_of(atlas, level).get(code)


def boxes_of(atlas: Atlas, level: str) -> Mapping[str, Box]:
    """By code, what holds each territory of a level that has a contour."""
    contours = atlas.release.contours(level)
    if not contours.num_rows:
        return {}
    sides = shapely.bounds(shapely.from_wkb(contours["geometry"].to_numpy(zero_copy_only=False)))
    return {
        code: (float(w), float(s), float(e), float(n))
        for code, (w, s, e, n) in zip(contours["code"].to_pylist(), sides, strict=True)
    }


def _join(boxes: list[Any]) -> Box:
    wests, souths, easts, norths = zip(*boxes, strict=True)
    return min(wests), min(souths), max(easts), max(norths)


__all__ = [
    "Box", "LayerShown", "MapView", "Spot", "box_of", "boxes_of", "list_maps", "observe_map",
]  # fmt: skip
