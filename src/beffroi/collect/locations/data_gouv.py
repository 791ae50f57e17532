"""One resource of a dataset of data.gouv.fr: a pinned one, or the newest whose title fits."""

from collections.abc import Mapping
from fnmatch import fnmatch
from typing import Any

from beffroi.catalog.sources import DataGouv, Location
from beffroi.collect.locations.errands import Errand, Fetched, declared
from beffroi.collect.locations.http import open_downloader
from beffroi.collect.locations.pages import ask_json, unreadable
from beffroi.errors import BeffroiError, fault

API = "https://www.data.gouv.fr/api/1"


def address(location: Location) -> str:
    """``data.gouv.fr:<dataset>/<resource or pattern>``."""
    dataset = declared(location, location.data_gouv)
    return f"data.gouv.fr:{dataset.dataset}/{dataset.resource or dataset.title or 'latest'}"


def fetch(location: Location, errand: Errand) -> Fetched:
    """The bytes of the resource. ``resource-not-found`` lists what the dataset has."""
    dataset = declared(location, location.data_gouv)
    with open_downloader(location, errand) as downloader:
        url = f"{API}/datasets/{dataset.dataset}/"
        resources = ask_json(downloader, url, errand.incoming / "dataset").get("resources")
        if not isinstance(resources, list):
            raise unreadable(url, "resources")
        found = choose_resource(dataset, [one for one in resources if isinstance(one, dict)])
        return downloader.download(str(found["url"]), errand.incoming / "body", known=errand.known)


def choose_resource(dataset: DataGouv, resources: list[Mapping[str, Any]]) -> Mapping[str, Any]:
    """The resource with the pinned id, or the one modified last among those whose title fits the pattern."""
    named = [one for one in resources if one.get("url")]
    if dataset.resource:
        fitting = [one for one in named if one.get("id") == dataset.resource]
    else:
        pattern = (dataset.title or "*").casefold()
        fitting = [one for one in named if fnmatch(str(one.get("title", "")).casefold(), pattern)]
    if not fitting:
        titles = [str(one.get("id" if dataset.resource else "title", "")) for one in named]
        wanted = dataset.resource or dataset.title or "*"
        raise BeffroiError(
            fault("resource-not-found", dataset=dataset.dataset, wanted=wanted, instead_of=wanted, available=titles)
        )
    return max(fitting, key=lambda one: (str(one.get("last_modified") or one.get("created_at") or ""), str(one["id"])))
