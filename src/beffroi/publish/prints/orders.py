"""What somebody asks to have printed, read from an address or a command line, with all that cannot be said clearly."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import pyarrow.compute as pc
import shapely

from beffroi.errors import BeffroiError, fault
from beffroi.observe.atlases import Atlas
from beffroi.observe.maps import MapView
from beffroi.observe.places import Place, fold
from beffroi.publish.map_pictures import project_box, spread
from beffroi.publish.prints.grounds import (
    LARGEST,
    SMALLEST,
    Extent,
    is_drawn,
    project_coordinates,
    to_metres,
)
from beffroi.publish.prints.papers import PAPERS, Paper

ORIENTATIONS = ("paysage", "portrait")
MOST_SHEETS = 40
"""Sheets of an atlas: what one process draws in a minute or so."""


@dataclass(frozen=True)
class PrintOrder:
    """A print of a map. ``scale`` is the denominator, None for the largest round one that holds the view; ``layers``
    are those to draw from top to bottom; ``atlas`` a level or a layer of which each thing has its sheet."""

    view: MapView
    paper: Paper
    upright: bool
    scale: int | None = None
    centre: tuple[float, float] | None = None
    territory: Place | None = None
    layers: tuple[str, ...] = ()
    atlas: str | None = None


@dataclass(frozen=True)
class Subject:
    """What a sheet is of: the extent to hold in metres of the projection, and the outline to underline, if any."""

    key: str
    name: str
    extent: Extent
    outline: shapely.Geometry | None = None


def read_order(atlas: Atlas, view: MapView, asked: Mapping[str, Sequence[str]], language: str) -> PrintOrder:
    """The print that ``asked`` describes: ``format``, ``orientation``, ``echelle``, ``centre``, ``territoire``,
    ``couche`` (as many as wanted) and ``atlas``; what is absent or empty takes its usual value.

    Faults: ``print-format-unknown``, ``print-orientation-unknown``, ``print-scale-malformed``, ``print-scale-outside``,
    ``print-centre-malformed``, ``print-centre-outside``, ``unknown-territory``, ``unknown-layer-asked``,
    ``print-atlas-unknown``, ``print-without-layer``.
    """
    said = {key: values[-1].strip() for key, values in asked.items() if values and values[-1].strip()}
    name = said.get("format", "A4").upper()
    if name not in PAPERS:
        raise BeffroiError(fault("print-format-unknown", name=said["format"], instead_of=name, available=PAPERS))
    orientation = said.get("orientation", ORIENTATIONS[0]).lower()
    if orientation not in ORIENTATIONS:
        raise BeffroiError(
            fault("print-orientation-unknown", name=orientation, instead_of=orientation, available=ORIENTATIONS)
        )
    layers = _read_layers(view, [each.strip() for each in asked.get("couche", ()) if each.strip()])
    return PrintOrder(
        view=view,
        paper=PAPERS[name],
        upright=orientation == "portrait",
        scale=_read_scale(said["echelle"]) if "echelle" in said else None,
        centre=_read_centre(said["centre"]) if "centre" in said else None,
        territory=_read_place(atlas, said["territoire"], language) if "territoire" in said else None,
        layers=layers,
        atlas=_read_atlas(atlas, view, said["atlas"]) if "atlas" in said else None,
    )


def _read_layers(view: MapView, named: Sequence[str]) -> tuple[str, ...]:
    known = [shown.layer.id for shown in view.layers]
    for name in named:
        if name not in known:
            raise BeffroiError(fault("unknown-layer-asked", name=name, instead_of=name, available=known))
    wanted = set(named) or {shown.layer.id for shown in view.opened}
    chosen = tuple(shown.layer.id for shown in view.layers if shown.layer.id in wanted)
    if not chosen:
        raise BeffroiError(fault("print-without-layer", name=view.title))
    return chosen


def _read_scale(said: str) -> int:
    """``100000``, ``1:100000``, ``1/100 000``."""
    digits = re.sub(r"^1\s*[:/]\s*|[\s\u00a0\u202f.,_]", "", said)
    if not digits.isascii() or not digits.isdecimal() or len(digits) > 12:
        raise BeffroiError(fault("print-scale-malformed", value=said))
    scale = int(digits)
    if not LARGEST <= scale <= SMALLEST:
        raise BeffroiError(fault("print-scale-outside", value=scale, low=LARGEST, high=SMALLEST))
    return scale


def _read_centre(said: str) -> tuple[float, float]:
    try:
        longitude, latitude = (float(part) for part in said.split(","))
    except ValueError:
        raise BeffroiError(fault("print-centre-malformed", value=said)) from None
    if not is_drawn(longitude, latitude):
        raise BeffroiError(fault("print-centre-outside", value=said))
    return longitude, latitude


def _read_place(atlas: Atlas, said: str, language: str) -> Place:
    """A territory by its key, its code or its whole name."""
    gazetteer = atlas.gazetteer(atlas.release.reference_vintage, language)
    if said == "perimeter":
        return atlas.perimeter(language, atlas.release.reference_vintage)
    place = gazetteer.find(said)
    if place is None:
        wanted = fold(said)
        place = next((each for words, each in gazetteer.folded if words == wanted), None)
    if place is None:
        raise BeffroiError(fault("unknown-territory", name=said, instead_of=said, available=gazetteer.places))
    return place


def list_atlases(atlas: Atlas, view: MapView) -> tuple[str, ...]:
    """What a sheet each can be made of: levels of territories that lie in the perimeter, then layers of the map."""
    vintage = atlas.release.reference_vintage
    gazetteer, whole = atlas.gazetteer(vintage, "fr"), atlas.perimeter("fr", vintage)
    levels = [
        level
        for level, places in gazetteer.by_level.items()
        if any(place.key != whole.key and place.lies_in({whole.key}) for place in places)
        and atlas.release.contours(level).num_rows
    ]
    return (*levels, *(shown.layer.id for shown in view.layers if shown.layer.raster is None))


def _read_atlas(atlas: Atlas, view: MapView, said: str) -> str:
    known = list_atlases(atlas, view)
    if said not in known:
        raise BeffroiError(fault("print-atlas-unknown", name=said, instead_of=said, available=known))
    return said


def subject_of(atlas: Atlas, order: PrintOrder) -> Subject:
    """What a print of one sheet is of. ``print-place-without-contour``, ``print-centre-outside``."""
    if order.territory is not None:
        subject = outline_place(atlas, order.territory)
    else:
        box = spread(order.view.opens)
        middle = ((box[0] + box[2]) / 2, (box[1] + box[3]) / 2)
        if not is_drawn(*middle):
            raise BeffroiError(fault("print-centre-outside", value=f"{middle[0]:.3f},{middle[1]:.3f}"))
        subject = Subject("", order.view.title, project_box(box))
    if order.centre is None:
        return subject
    x, y = to_metres(*order.centre)
    west, south, east, north = subject.extent
    wide, high = (east - west) / 2, (north - south) / 2
    return replace(subject, extent=(x - wide, y - high, x + wide, y + high))


def outline_place(atlas: Atlas, place: Place) -> Subject:
    """A territory as the subject of a sheet; ``print-place-without-contour`` when it has none to be drawn by."""
    contours = atlas.release.contours(place.level)
    rows = contours.filter(pc.equal(contours["code"], place.code)) if contours.num_rows else contours
    if not rows.num_rows:
        raise BeffroiError(fault("print-place-without-contour", name=place.name))
    shape = shapely.from_wkb(rows["geometry"][0].as_py())
    west, south, east, north = (float(side) for side in shapely.bounds(shape))
    if not (is_drawn(west, south) and is_drawn(east, north)):
        raise BeffroiError(fault("print-centre-outside", value=place.name))
    return Subject(place.key, place.name, project_box((west, south, east, north)), _projected(shape))


def _projected(shape: shapely.Geometry) -> shapely.Geometry:
    return shapely.transform(shape, project_coordinates)


__all__ = [
    "MOST_SHEETS", "ORIENTATIONS", "PrintOrder", "Subject", "list_atlases", "outline_place", "read_order", "subject_of",
]  # fmt: skip
