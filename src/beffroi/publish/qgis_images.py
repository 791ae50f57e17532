"""Images of a map as layers of QGIS: where they are read, and their renderer with the stored limits and colours."""

import math
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote
from xml.etree.ElementTree import Element, SubElement

from beffroi.observe.layers import LayerView
from beffroi.observe.rasters import RasterView

_METHODS = {"bilinear": "bilinear", "average": "nearestNeighbour", "nearest": "nearestNeighbour",
            "mode": "nearestNeighbour"}  # fmt: skip


def point_at_tiles(address: str, view: LayerView) -> tuple[str, str]:
    """An image that is not given as a file, read by its tiles: a provider of QGIS and where it reads."""
    zoom = view.entry["zoom"]
    assert view.raster is not None
    tiles = f"{address}/{{z}}/{{x}}/{{y}}.{view.raster.look.form}"
    return "wms", f"type=xyz&url={quote(tiles, safe=':/')}&zmin={zoom['min']}&zmax={zoom['max']}&http-header:referer="


def write_image_pipe(into: Element, view: LayerView, opacity: float, provider: str) -> None:
    """How an image is drawn: by its values, or as it comes where it is read by tiles."""
    raster = view.raster
    assert raster is not None
    pipe = SubElement(into, "pipe")
    method = _METHODS[raster.look.resampling]
    SubElement(
        SubElement(pipe, "provider"), "resampling",
        {"enabled": "true" if method == "bilinear" else "false", "maxOversampling": "2",
         "zoomedInResamplingMethod": method, "zoomedOutResamplingMethod": "nearestNeighbour"},
    )  # fmt: skip
    common = {"opacity": f"{opacity:g}", "alphaBand": "-1", "nodataColor": ""}
    if provider != "gdal":
        SubElement(pipe, "rasterrenderer", {"type": "singlebandcolordata", "band": "1", **common})
    elif raster.look.kind == "rgb":
        _write_colours(pipe, view.entry, common)
    elif raster.look.kind == "categories":
        _write_palette(pipe, view, raster, common)
    else:
        _write_shades(pipe, view, raster, common)
    SubElement(pipe, "brightnesscontrast", {"brightness": "0", "contrast": "0", "gamma": "1"})
    SubElement(pipe, "huesaturation", {"colorizeOn": "0", "grayscaleMode": "0", "saturation": "0", "invertColors": "0"})
    SubElement(pipe, "rasterresampler", {"maxOversampling": "2"})


def _write_colours(pipe: Element, entry: Mapping[str, Any], common: Mapping[str, str]) -> None:
    bands = {"redBand": "1", "greenBand": "2", "blueBand": "3"}
    SubElement(pipe, "rasterrenderer", {"type": "multibandcolor", **common, **bands})


def _write_palette(pipe: Element, view: LayerView, raster: RasterView, common: Mapping[str, str]) -> None:
    renderer = SubElement(pipe, "rasterrenderer", {"type": "paletted", "band": "1", **common})
    SubElement(renderer, "rasterTransparency")
    palette = SubElement(renderer, "colorPalette")
    for value, colour in zip(raster.look.values, raster.look.colours, strict=False):
        said = {"value": str(value), "color": colour, "label": raster.categories[value], "alpha": "255"}
        SubElement(palette, "paletteEntry", said)


def _write_shades(pipe: Element, view: LayerView, raster: RasterView, common: Mapping[str, str]) -> None:
    look, words = raster.look, [entry.words for entry in view.legend]
    ramp = look.kind == "ramp"
    if ramp:
        low, high = look.ends
        steps = len(look.colours) - 1
        items = [(low + (high - low) * rank / steps, colour) for rank, colour in enumerate(look.colours)]
        labels = [f"{value:g}" for value, _ in items]
    else:
        # QGIS takes the first whose number is not below a value; a limit is of the class above it.
        ends = [math.nextafter(limit, -math.inf) for limit in look.limits]
        items = list(zip([*ends, math.inf], look.colours, strict=True))
        labels = words
    values = view.entry["values"]
    sides = {"classificationMin": f"{values['min']!r}", "classificationMax": f"{values['max']!r}"}
    renderer = SubElement(pipe, "rasterrenderer", {"type": "singlebandpseudocolor", "band": "1", **sides, **common})
    SubElement(renderer, "rasterTransparency")
    shader = SubElement(
        SubElement(renderer, "rastershader"), "colorrampshader",
        {"colorRampType": "INTERPOLATED" if ramp else "DISCRETE", "classificationMode": "1", "clip": "0",
         "minimumValue": f"{items[0][0]!r}", "maximumValue": repr(items[-1][0] if ramp else values["max"])},
    )  # fmt: skip
    for (value, colour), label in zip(items, labels, strict=True):
        number = "inf" if value == math.inf else repr(value)
        SubElement(shader, "item", {"value": number, "color": colour, "label": label, "alpha": "255"})


__all__ = ["point_at_tiles", "write_image_pipe"]
