"""The words of other vocabularies for those of a workspace: licences, frequencies, forms of files, periods."""

import calendar
from collections.abc import Iterable, Mapping
from typing import Any

_EU_LICENCE = "http://publications.europa.eu/resource/authority/licence"

LICENCES: Mapping[str, str] = {
    "lov2": "https://www.etalab.gouv.fr/licence-ouverte-open-licence",
    "odbl": f"{_EU_LICENCE}/ODC_BL",
    "mit": f"{_EU_LICENCE}/MIT",
    "cc-by-4.0": f"{_EU_LICENCE}/CC_BY_4_0",
    "cc0": f"{_EU_LICENCE}/CC0",
}
"""Addresses of licences. The Publications Office has none for the Licence Ouverte: its author's is taken."""

DCAT_FORMS: Mapping[str, str] = {
    "jsonld": "application/ld+json", "rdf": "application/rdf+xml", "ttl": "text/turtle",
}  # fmt: skip
"""Media type of each form, by its extension."""

DCAT_NAMES: Mapping[str, str] = {"jsonld": "JSON-LD", "rdf": "RDF/XML", "ttl": "Turtle"}
"""What these forms are called."""

_STRICTEST = ("odbl", "cc-by-4.0", "lov2", "mit", "cc0")
"""From the one that asks most of who reuses: share alike, then attribution, then nothing."""

FREQUENCIES: Mapping[str, str] = {
    "once": "NEVER", "yearly": "ANNUAL", "quarterly": "QUARTERLY", "monthly": "MONTHLY", "continuous": "CONT",
}  # fmt: skip

LANGUAGE_CODES: Mapping[str, str] = {"fr": "FRA", "en": "ENG"}

FILE_TYPES: Mapping[str, str] = {
    "csv": "CSV", "xlsx": "XLSX", "parquet": "PARQUET", "geojson": "GEOJSON", "gpkg": "GPKG", "shp.zip": "SHP",
    "tif": "TIFF",
}  # fmt: skip
"""Forms that the vocabulary of file types knows; the others are left out."""

MEDIA_TYPES: Mapping[str, str] = {
    "csv": "text/csv",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "parquet": "application/vnd.apache.parquet",
    "geojson": "application/geo+json",
    "gpkg": "application/geopackage+sqlite3",
    "shp.zip": "application/zip",
    "tif": "image/tiff",
}
"""Media types that are registered, by the form of a file."""


def choose_licence(names: Iterable[str]) -> str | None:
    """The licence of what is made from sources with these: the one that asks most; None when one of them is no open
    licence."""
    found = set(names)
    if not found or not found <= set(_STRICTEST):
        return None
    return next(name for name in _STRICTEST if name in found)


def span_of(period: str, window: Mapping[str, Any] | None) -> tuple[str, str] | None:
    """First and last day that a value of a period stands for; None for a period that is not understood."""
    year, _, rest = period.partition("-")
    if not year.isdecimal() or len(year) != 4:
        return None
    first, last = int(year), int(year)
    if window:
        first, last = first - int(window["before"]), last + int(window["after"])
    start, end = 1, 12
    if rest[:1] == "Q" and rest[1:] in ("1", "2", "3", "4"):
        end = 3 * int(rest[1:])
        start = end - 2
    elif rest.isdecimal() and 1 <= int(rest) <= 12:
        start = end = int(rest)
    elif rest:
        return None
    return f"{first:04d}-{start:02d}-01", f"{last:04d}-{end:02d}-{calendar.monthrange(last, end)[1]:02d}"


def span_all(stays: Iterable[tuple[str | None, Mapping[str, Any] | None]]) -> tuple[str, str] | None:
    """First and last day of several periods, each with its window; None when none of them is understood."""
    spans = [span for period, window in stays if period and (span := span_of(str(period), window))]
    return (min(first for first, _ in spans), max(last for _, last in spans)) if spans else None


def layer_stays(entry: Mapping[str, Any]) -> list[tuple[str | None, Mapping[str, Any] | None]]:
    """The periods, with their windows, of the indicators that a layer joins to its contours."""
    return [(one.get("period"), one.get("window")) for one in entry.get("indicators", {}).values()]


PROFILES: Mapping[str, str] = {"tif": "http://www.opengis.net/def/standard/ogc/1.0/cog"}
"""Standards that files of a form follow: the OGC's, of Cloud Optimized GeoTIFF."""

__all__ = [
    "DCAT_FORMS", "DCAT_NAMES", "FILE_TYPES", "FREQUENCIES", "LANGUAGE_CODES", "LICENCES", "MEDIA_TYPES",
    "PROFILES", "choose_licence", "layer_stays", "span_all", "span_of",
]  # fmt: skip
