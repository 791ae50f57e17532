"""What the tests of collecting share: a desk with its store, and errands that never sleep."""

from collections.abc import Callable
from pathlib import Path

import pytest

from beffroi.catalog.sources import Location
from beffroi.collect.locations import Errand, Fetched, Known, Session, kind_of
from tests.collect.invented import Desk


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


@pytest.fixture
def waits() -> list[float]:
    """The seconds that somebody wanted to wait."""
    return []


@pytest.fixture
def session(waits: list[float]) -> Session:
    return Session(environment={"BEFFROI_KEY": "s3same"}, wait=waits.append)


@pytest.fixture
def fetch(tmp_path: Path, session: Session) -> Callable[..., Fetched]:
    """Fetch a location declared as a dictionary; ``known`` is what is kept already."""
    count = 0

    def fetch_one(declared: dict[str, object], known: Known | None = None) -> Fetched:
        nonlocal count
        count += 1
        incoming = tmp_path / f"incoming{count}"
        incoming.mkdir()
        location = Location.model_validate(declared)
        errand = Errand(tmp_path, incoming, tmp_path / "deposits", session, known or Known())
        return kind_of(location).fetch(location, errand)

    return fetch_one
