"""An object of a store that fsspec knows (``s3://``, ``gs://``, ``file://``); credentials from the environment."""

import re
from typing import Any
from urllib.parse import urlsplit

import fsspec

from beffroi.catalog.sources import Location
from beffroi.collect.locations.errands import Errand, Fetched, declared
from beffroi.collect.locations.hosts import resolve
from beffroi.collect.locations.http import without_secret
from beffroi.errors import BeffroiError, fault

_SECRET_OPTION = re.compile(r"secret|token|password|passwd|credential|^key$|access_?key|sas|auth", re.IGNORECASE)
_WEB = frozenset({"http", "https", "ftp", "sftp", "ssh", "smb", "webhdfs", "github", "git", "jupyter", "reference"})
"""Protocols that are no object store, and would go out without the checks that ``http`` makes."""


def address(location: Location) -> str:
    """The object's address. ``secret-in-address`` when a credential is typed in the options."""
    store = declared(location, location.object_store)
    for name, value in store.options.items():
        if _SECRET_OPTION.search(name) and not re.fullmatch(r"\$\{\w+\}", value):
            raise BeffroiError(fault("secret-in-address", host=name))
    return without_secret(store.url)


def fetch(location: Location, errand: Errand) -> Fetched:
    """The object's bytes; none when its ETag has not changed."""
    url, target = address(location), errand.incoming / "body"
    filesystem, path = _open(location, errand)
    try:
        info = filesystem.info(path)
        etag, size = info.get("ETag") or info.get("etag"), info.get("size")
        if etag and etag == errand.known.etag:
            return Fetched(None, etag, errand.known.last_modified)
        with filesystem.open(path, "rb") as stream, target.open("wb") as out:
            done = 0
            while chunk := stream.read(1 << 20):
                done += len(chunk)
                if done > location.max_bytes:
                    raise BeffroiError(fault("download-too-large", address=url, limit=location.max_bytes))
                out.write(chunk)
                errand.advance(done, size)
    except (OSError, ValueError) as error:
        reason = errand.session.hide(str(error) or type(error).__name__)
        raise BeffroiError(fault("object-unreadable", address=url, reason=reason)) from error
    return Fetched(target, str(etag) if etag else None)


def _open(location: Location, errand: Errand) -> tuple[Any, str]:
    store = declared(location, location.object_store)
    protocol = store.url.partition("://")[0]
    if protocol in _WEB or "::" in store.url:
        raise BeffroiError(fault("address-invalid", address=store.url))
    options = {name: errand.session.reveal(value) for name, value in store.options.items()}
    endpoint = urlsplit(options.get("endpoint_url", ""))
    if endpoint.hostname:
        port = endpoint.port or (443 if endpoint.scheme == "https" else 80)
        resolve(endpoint.hostname, port, errand.session, allow_private=location.allow_private)
    try:
        filesystem, path = fsspec.core.url_to_fs(errand.session.reveal(store.url), **options)
    except ImportError as error:
        raise BeffroiError(fault("object-store-client-missing", protocol=protocol)) from error
    except ValueError as error:
        raise BeffroiError(fault("object-unreadable", address=store.url, reason=str(error))) from error
    return filesystem, path
