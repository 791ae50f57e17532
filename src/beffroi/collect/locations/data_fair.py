"""A dataset of an ADEME data-fair service: its lines, page after page."""

from beffroi.catalog.sources import Location
from beffroi.collect.locations.errands import Errand, Fetched, declared
from beffroi.collect.locations.http import open_downloader, without_secret
from beffroi.collect.locations.pages import follow, with_query, write_items


def address(location: Location) -> str:
    """The dataset's lines; ``url`` is the service's (``https://data.ademe.fr/data-fair/api/v1``)."""
    service = declared(location, location.data_fair)
    return with_query(without_secret(f"{service.url.rstrip('/')}/datasets/{service.dataset}/lines"), service.query)


def fetch(location: Location, errand: Errand) -> Fetched:
    """Every line of the dataset, as one JSON list of objects."""
    service = declared(location, location.data_fair)
    url = with_query(address(location), {"size": service.limit})
    file = errand.incoming / "lines.json"
    with open_downloader(location, errand) as downloader:
        write_items(follow(downloader, url, errand.incoming / "page", "results", "total"), file, url, features=False)
    return Fetched(file)
