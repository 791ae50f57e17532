"""Layers that are images as files: the image itself, and the table of what it covers."""

import csv
import io

from beffroi.errors import BeffroiError, fault
from beffroi.language import text
from beffroi.observe.layers import LayerView
from beffroi.publish.geodata import FICTITIOUS, check_download

IMAGE_TYPE = "image/tiff; application=geotiff; profile=cloud-optimized"
"""Media type of a Cloud Optimized GeoTIFF."""


def check_image(view: LayerView) -> None:
    """``layer-without-image`` for a layer of features; ``download-refused`` for an image that is only looked at."""
    if view.raster is None:
        raise BeffroiError(fault("layer-without-image", name=view.id))
    check_download(view)


def name_image(view: LayerView, extension: str = "tif") -> str:
    """The name of a file: layer, and « donnees-fictives » where they are."""
    parts = [view.id.replace("/", "-"), *([FICTITIOUS] if view.synthetic else [])]
    return f"{'_'.join(parts)}.{extension}"


def write_areas(view: LayerView, language: str) -> bytes:
    """The table of areas as CSV: UTF-8, comma, point as the decimal mark."""
    assert view.raster is not None
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow([text(f"raster.{key}", language) for key in ("line", "hectares", "share")])
    for line in view.raster.areas:
        writer.writerow([line.words, f"{line.hectares:.4f}", f"{line.share:.6f}"])
    return out.getvalue().encode()


__all__ = ["IMAGE_TYPE", "check_image", "name_image", "write_areas"]
