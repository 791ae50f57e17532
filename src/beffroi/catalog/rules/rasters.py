"""What images must be: a file of a source that is one, values that are told apart, a way of putting pixels together
that suits them.

What is in the file itself is found by the build alone.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from beffroi.catalog.layers import Raster
from beffroi.catalog.rasters import RasterCategories, RasterClasses, RasterColours, RasterRamp
from beffroi.catalog.reading.shapes import UNREAD, unread
from beffroi.catalog.rules.drafts import Draft, Drafts, check_reference, check_repeats
from beffroi.catalog.rules.styles import check_limits, check_palette
from beffroi.catalog.rules.tables import known_audience
from beffroi.catalog.rules.vocabularies import check_range
from beffroi.catalog.sources import RASTER_FORMAT, Source
from beffroi.errors import Fault

_SUITED: Mapping[str, tuple[str, ...]] = {
    "categories": ("nearest", "mode"), "classes": ("average", "bilinear", "nearest"),
    "ramp": ("average", "bilinear", "nearest"), "rgb": ("average", "bilinear", "nearest"),
}  # fmt: skip
"""How pixels may be put together, by style, the usual way first: the mean of two categories is none of them, and
amounts have no most frequent one."""


def check_raster(draft: Draft[Any], drafts: Drafts) -> Iterator[Fault]:
    """The faults of an image, by itself and beside its source."""
    layer, style = draft.value, draft.value.style
    yield from check_reference(draft, drafts.sources, layer.source, "unknown-source", "source")
    yield from _check_file(draft, drafts)
    if not unread(layer.zoom) and layer.zoom.max is not None and not unread(layer.zoom.min, layer.zoom.max):
        yield from check_range(draft, layer.zoom, "zoom")
    if unread(style):
        return
    yield from _check_style(draft)
    yield from _check_reading(draft, drafts)


def raster_source(draft: Draft[Any], drafts: Drafts) -> Draft[Source] | None:
    """The source of an image, when it can be known."""
    found = drafts.sources.find(draft.value.source)
    return found if isinstance(found, Draft) else None


def source_audience(source: Draft[Source], drafts: Drafts) -> Any:
    """Who may see the images of a source; UNREAD when it cannot be known."""
    said = source.value.audience
    return UNREAD if unread(said) else known_audience(said, drafts) if said is not None else "public"


def licence_read(draft: Draft[Any], drafts: Drafts) -> Any:
    """The licence of the source of an image; None when it cannot be known."""
    source = raster_source(draft, drafts)
    return None if source is None else source.value.licence


def list_images(source: Source) -> Any:
    """Names of the files of a source that are images; UNREAD when they cannot be known."""
    files = source.files
    if unread(files) or any(unread(spec, spec.read, spec.read.format) for spec in files.values()):
        return UNREAD
    return tuple(name for name, spec in files.items() if spec.read.format == RASTER_FORMAT)


def settle_raster(draft: Draft[Any], drafts: Drafts, audience: str) -> Raster:
    """An image without fault, with everything said that it leaves to others."""
    layer = draft.value
    source = raster_source(draft, drafts)
    assert source is not None  # it has no fault
    file = layer.file or list_images(source.value)[0]
    resampling = layer.resampling or _SUITED[layer.style.kind][0]
    changes = {"file": file, "resampling": resampling, "audience": audience}
    return Raster(draft.id, layer.model_copy(update=changes), audience, layer.source, file)


def _check_file(draft: Draft[Any], drafts: Drafts) -> Iterator[Fault]:
    layer, source = draft.value, raster_source(draft, drafts)
    images = UNREAD if source is None else list_images(source.value)
    if unread(images, layer.file):
        return
    if not images:
        yield draft.fault("source-without-image", "source", name=layer.source)
    elif layer.file is not None and layer.file not in images:
        yield draft.fault("unknown-value", "file", value=layer.file, instead_of=layer.file, available=images)
    elif layer.file is None and len(images) > 1:
        yield draft.fault("several-images", "source", name=layer.source, available=images)


def _check_reading(draft: Draft[Any], drafts: Drafts) -> Iterator[Fault]:
    """What is said of values, where they are amounts, categories or colours."""
    layer = draft.value
    kind = layer.style.kind
    if layer.unit is not None:
        yield from check_reference(draft, drafts.units, layer.unit, "unknown-unit", "unit")
    without = {"categories": ("unit",), "rgb": ("unit", "value", "band")}.get(kind, ())
    for key in without:
        if key in layer.model_fields_set:
            yield draft.fault("key-without-effect", key, name=key, cause=f"style: {kind}")
    asked = layer.resampling
    if asked is not None and not unread(asked) and asked not in _SUITED[kind]:
        yield draft.fault("resampling-unsuited", "resampling", name=asked, style=kind, available=_SUITED[kind])


def _check_style(draft: Draft[Any]) -> Iterator[Fault]:
    style = draft.value.style
    if isinstance(style, RasterCategories):
        yield from _check_categories(draft)
    elif isinstance(style, RasterClasses):
        yield from check_limits(draft)
    elif isinstance(style, RasterRamp) and not unread(style.low, style.high):
        if style.high <= style.low:
            said = {"value": f"{style.high:g}", "before": f"{style.low:g}"}
            yield draft.fault("limits-not-increasing", "style", "high", **said)
        if style.why is None:
            yield draft.fault("missing-why", "style", "low", name="low")
    elif isinstance(style, RasterColours):
        yield from check_repeats(draft, style.bands, "style", "bands")


def _check_categories(draft: Draft[Any]) -> Iterator[Fault]:
    layer, values = draft.value, draft.value.style.values
    if unread(values):
        return
    for value in values:
        path = ("style", "values", value)
        if not re.fullmatch(r"-?(0|[1-9]\d{0,9})", value):
            yield draft.fault("value-not-of-type", *path, value=value, type="integer")
        elif layer.nodata is not None and not unread(layer.nodata) and float(value) == layer.nodata:
            yield draft.fault("exclusive-keys", *path, keys=f"nodata: {layer.nodata:g}, {value}")
    said = {value: one.colour for value, one in values.items() if not unread(one, one.colour)}
    yield from check_palette(draft, said, len(values))


__all__ = [
    "check_raster", "licence_read", "list_images", "raster_source", "settle_raster", "source_audience",
]  # fmt: skip
