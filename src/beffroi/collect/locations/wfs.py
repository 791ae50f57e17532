"""A feature type of a WFS 2.0 service, asked in GeoJSON, page after page by ``startIndex``."""

from collections.abc import Iterator
from pathlib import Path

from beffroi.catalog.sources import Location
from beffroi.collect.locations.downloads import Downloader
from beffroi.collect.locations.errands import Errand, Fetched, declared
from beffroi.collect.locations.http import open_downloader, without_secret
from beffroi.collect.locations.pages import Page, ask_json, read_page, with_query, write_items


def address(location: Location) -> str:
    """The feature type, with what is asked of it (a ``sortBy`` keeps pages from overlapping)."""
    service = declared(location, location.wfs)
    asked = {
        "service": "WFS",
        "version": "2.0.0",
        "request": "GetFeature",
        "typeNames": service.type_name,
        "outputFormat": "application/json",
    }
    return with_query(without_secret(service.url), asked | service.query)


def fetch(location: Location, errand: Errand) -> Fetched:
    """Every feature of the type, as one GeoJSON document in the CRS that the service states."""
    service = declared(location, location.wfs)
    url = address(location)
    file = errand.incoming / "features.geojson"
    with open_downloader(location, errand) as downloader:
        write_items(_pages(downloader, url, service.limit, errand.incoming / "page"), file, url, features=True)
    return Fetched(file)


def _pages(downloader: Downloader, url: str, limit: int, file: Path) -> Iterator[Page]:
    """Pages until all that was announced has come; without an announcement, until a page is empty (a service may
    give fewer features by page than it is asked)."""
    start = 0
    while True:
        asked = with_query(url, {"count": limit, "startIndex": start})
        page = read_page(ask_json(downloader, asked, file), asked, "features", "numberMatched")
        yield page
        start += len(page.items)
        if not page.items or (page.matched is not None and start >= page.matched):
            return
