"""A collection of an OGC API Features service: GeoJSON, page after page by its ``next`` links."""

from beffroi.catalog.sources import Location
from beffroi.collect.locations.errands import Errand, Fetched, declared
from beffroi.collect.locations.http import open_downloader, without_secret
from beffroi.collect.locations.pages import follow, with_query, write_items


def address(location: Location) -> str:
    """The collection's items, with what is asked of them."""
    service = declared(location, location.ogc_features)
    return with_query(
        without_secret(f"{service.url.rstrip('/')}/collections/{service.collection}/items"), service.query
    )


def fetch(location: Location, errand: Errand) -> Fetched:
    """Every feature of the collection, as one GeoJSON document."""
    service = declared(location, location.ogc_features)
    url = with_query(address(location), {"limit": service.limit})
    file = errand.incoming / "features.geojson"
    with open_downloader(location, errand) as downloader:
        pages = follow(downloader, url, errand.incoming / "page", "features", "numberMatched")
        write_items(pages, file, url, features=True)
    return Fetched(file)
