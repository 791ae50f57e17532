"""A dataset of an Opendatasoft explore v2.1 service.

Its pages (``records``) stop at the ten-thousandth row whatever one asks, so the export is taken, which has no such
limit, and its length is checked against the count that the pages announce.
"""

import json
from pathlib import Path

from beffroi.catalog.sources import Location
from beffroi.collect.locations.errands import Errand, Fetched, declared
from beffroi.collect.locations.http import open_downloader, without_secret
from beffroi.collect.locations.pages import ask_json, unreadable, with_query
from beffroi.errors import BeffroiError, fault

_API = "/api/explore/v2.1"


def address(location: Location) -> str:
    """The dataset's export; ``query: {format: geojson}`` asks for another form than JSON."""
    service = declared(location, location.opendatasoft)
    query = dict(service.query)
    form = query.pop("format", "json")
    return with_query(f"{_dataset(location)}/exports/{form}", query)


def fetch(location: Location, errand: Errand) -> Fetched:
    """The whole dataset in the form that was asked for: a JSON list of objects, GeoJSON, CSV, Parquet..."""
    service = declared(location, location.opendatasoft)
    form = service.query.get("format", "json")
    asked = {key: value for key, value in service.query.items() if key in ("where", "refine", "exclude")}
    url, file = address(location), errand.incoming / "export"
    with open_downloader(location, errand) as downloader:
        counted = ask_json(
            downloader, with_query(f"{_dataset(location)}/records", asked | {"limit": "1"}), errand.incoming / "count"
        )
        downloader.download(url, file)
    expected = counted.get("total_count")
    if form in ("json", "geojson") and isinstance(expected, int) and "limit" not in service.query:
        got = _count(file, url, form)
        if got != expected:
            raise BeffroiError(fault("pages-incomplete", address=url, got=got, expected=expected))
    return Fetched(file)


def _dataset(location: Location) -> str:
    service = declared(location, location.opendatasoft)
    portal = without_secret(service.url).rstrip("/").removesuffix(_API)
    return f"{portal}{_API}/catalog/datasets/{service.dataset}"


def _count(file: Path, url: str, form: str) -> int:
    try:
        document = json.loads(file.read_bytes())
    except ValueError as error:
        raise unreadable(url, file.read_bytes()[:200].decode("utf-8", "replace")) from error
    items = document.get("features") if form == "geojson" and isinstance(document, dict) else document
    if not isinstance(items, list):
        raise unreadable(url, type(document).__name__)
    return len(items)
