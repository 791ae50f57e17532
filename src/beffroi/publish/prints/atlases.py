"""The sheets of an atlas: one for each territory of a level, or for each feature of a layer, in a bounded number."""

import shapely

from beffroi.errors import BeffroiError, fault
from beffroi.lake.releases import FeatureQuery
from beffroi.observe.atlases import Atlas
from beffroi.observe.places import fold
from beffroi.publish.map_pictures import LEGAL
from beffroi.publish.prints.orders import MOST_SHEETS, PrintOrder, Subject, outline_place

_AROUND = 400.0
"""Metres shown around a feature that is a point."""


def list_subjects(atlas: Atlas, order: PrintOrder, language: str) -> list[Subject]:
    """What the sheets of an atlas are of, in the order of the alphabet; within the territory asked, if one is.

    ``print-too-many-sheets``, ``print-atlas-empty``.
    """
    assert order.atlas is not None
    layers = {shown.layer.id: shown.layer for shown in order.view.layers}
    found = (
        _features(atlas, order, layers[order.atlas].name) if order.atlas in layers else _places(atlas, order, language)
    )
    if not found:
        raise BeffroiError(fault("print-atlas-empty", name=order.atlas))
    return sorted(found, key=lambda subject: (fold(subject.name), subject.key))


def _places(atlas: Atlas, order: PrintOrder, language: str) -> list[Subject]:
    vintage = atlas.release.reference_vintage
    whole = order.territory or atlas.perimeter(language, vintage)
    level = order.atlas or ""
    places = [
        place for place in atlas.gazetteer(vintage, language).by_level.get(level, ()) if place.lies_in({whole.key})
    ]
    drawn = set(atlas.release.contours(level)["code"].to_pylist())
    places = [place for place in places if place.code in drawn]
    _bound(len(places))
    return [outline_place(atlas, place) for place in places]


def _features(atlas: Atlas, order: PrintOrder, name: str | None) -> list[Subject]:
    layer = order.atlas or ""
    box = outline_place(atlas, order.territory).extent if order.territory else None
    query = FeatureQuery(bbox=box, bbox_crs=LEGAL, crs=LEGAL, limit=MOST_SHEETS, columns=(name,) if name else ())
    _bound(atlas.release.count_features(layer, query))
    rows = atlas.release.features(layer, query)
    shapes = shapely.from_wkb(rows["geometry"].to_numpy(zero_copy_only=False))
    names = rows[name].to_pylist() if name else rows["fid"].to_pylist()
    found = []
    for fid, said, shape in zip(rows["fid"].to_pylist(), names, shapes, strict=True):
        west, south, east, north = (float(side) for side in shapely.bounds(shape))
        around = 0.0 if max(east - west, north - south) > _AROUND else _AROUND
        extent = (west - around, south - around, east + around, north + around)
        outline = shape if shape.geom_type.endswith("Polygon") else None
        found.append(Subject(f"{layer}:{fid}", str(said) if said is not None else fid, extent, outline))
    return found


def _bound(count: int) -> None:
    if count > MOST_SHEETS:
        raise BeffroiError(fault("print-too-many-sheets", count=count, most=MOST_SHEETS))


__all__ = ["list_subjects"]
