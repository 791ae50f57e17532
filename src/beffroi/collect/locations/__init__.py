"""Kinds of location, one module each, and the one protocol that they share.

A kind has a module with two functions: ``address(location)`` says in words, from the declaration alone, where the
bytes come from (no secret, no registry host), and ``fetch(location, errand) -> Fetched`` writes them into the errand's
folder or raises ``BeffroiError`` with the reason. No kind knows of locks, parts or snapshots.
"""

from collections.abc import Callable
from dataclasses import dataclass
from types import ModuleType

from beffroi.catalog.sources import Location
from beffroi.collect.locations import (
    data_fair,
    data_gouv,
    deposits,
    files,
    http,
    object_stores,
    ogc_features,
    opendatasoft,
    packages,
    postgres,
    wfs,
)
from beffroi.collect.locations.errands import Errand, Fetched, Known
from beffroi.collect.locations.sessions import Session

OFFLINE_KINDS = frozenset({"file", "deposit"})
"""Kinds that need no network."""


@dataclass(frozen=True)
class Kind:
    """What a kind of location can do."""

    address: Callable[[Location], str]
    fetch: Callable[[Location, Errand], Fetched]


def kind_of(location: Location) -> Kind:
    """The kind of ``location``, by the name that declares it."""
    module = _MODULES[location.kind]
    return Kind(module.address, module.fetch)


_MODULES: dict[str, ModuleType] = {
    "http": http,
    "data_gouv": data_gouv,
    "ogc_features": ogc_features,
    "wfs": wfs,
    "data_fair": data_fair,
    "opendatasoft": opendatasoft,
    "file": files,
    "object_store": object_stores,
    "package": packages,
    "deposit": deposits,
    "postgres": postgres,
}

__all__ = ["OFFLINE_KINDS", "Errand", "Fetched", "Kind", "Known", "Session", "kind_of"]
