"""What is asked of a location, and what it brings back."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from beffroi.catalog.sources import Location
from beffroi.collect.locations.sessions import Session

_Declared = TypeVar("_Declared")


@dataclass(frozen=True)
class Known:
    """What is known of the bytes that we already keep, for a request that says « only if it changed »."""

    etag: str | None = None
    last_modified: str | None = None


@dataclass(frozen=True)
class Fetched:
    """What came: a file in the errand's folder, or None when what is kept is still good (``Known``)."""

    file: Path | None
    etag: str | None = None
    last_modified: str | None = None


@dataclass(frozen=True)
class Errand:
    """One fetch. ``folder`` is that of the source, for relative paths; ``incoming`` an empty folder to write into;
    ``deposits`` where people put files by hand; ``advance(bytes done, bytes expected or None)`` tells progress."""

    folder: Path
    incoming: Path
    deposits: Path
    session: Session
    known: Known = Known()
    advance: Callable[[int, int | None], None] = lambda done, total: None


def declared(location: Location, thing: _Declared | None) -> _Declared:
    """``thing``, the kind's own declaration, which ``location.kind`` says is there."""
    if thing is None:
        raise TypeError(f"a location of kind {location.kind} was given to another kind")
    return thing
