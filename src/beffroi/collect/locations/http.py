"""One address of the web."""

from beffroi.catalog.sources import Location
from beffroi.collect.locations.downloads import Downloader
from beffroi.collect.locations.errands import Errand, Fetched, declared
from beffroi.errors import BeffroiError, fault


def address(location: Location) -> str:
    """The address as declared, its secrets unnamed. ``secret-in-address`` when one is written in it."""
    return without_secret(declared(location, location.http).url)


def fetch(location: Location, errand: Errand) -> Fetched:
    """The bytes of the address."""
    url = address(location)
    with open_downloader(location, errand) as downloader:
        return downloader.download(url, errand.incoming / "body", known=errand.known)


def open_downloader(location: Location, errand: Errand) -> Downloader:
    """A downloader within the location's limits."""
    return Downloader(
        errand,
        max_bytes=location.max_bytes,
        seconds=location.timeout_seconds,
        allow_private=location.allow_private,
    )


def without_secret(url: str) -> str:
    """``url``, once it is sure that nobody typed a user or a password in it."""
    authority = url.partition("://")[2].partition("/")[0]
    if "@" in authority and "${" not in authority.partition("@")[0]:
        raise BeffroiError(fault("secret-in-address", host=authority.rpartition("@")[2]))
    return url
