"""A server over the invented release, without a socket."""

import dataclasses
import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from beffroi.access import Reader
from beffroi.lake.releases import Release
from beffroi.run import Workplace
from beffroi.serve import create_app
from tests.observe.invented import build_release
from tests.run.sittings import build_sitting, copy_sitting
from tests.serve.authors import Author

TOKEN = "un-jeton-pour-essayer"


class Shelf:
    """Gives releases as a lake does, and can publish another edition."""

    def __init__(self) -> None:
        self.edition = "000001"
        self._made: dict[tuple[str, Reader], Release] = {}

    def open(self, reader: Reader) -> Release:
        key = (self.edition, reader)
        if key not in self._made:
            self._made[key] = build_release(reader, edition=self.edition)
        return self._made[key]


@pytest.fixture
def shelf() -> Shelf:
    return Shelf()


@pytest.fixture(scope="session")
def assets_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What a build of the front-end leaves, as small as can be."""
    folder = tmp_path_factory.mktemp("assets")
    for name, words in (("main-1.js", "export {}"), ("main-1.css", "p{}"), ("face-1.woff2", "wOF2")):
        (folder / name).write_text(words)
    manifest = {"src/main.ts": {"file": "main-1.js", "css": ["main-1.css"]}}
    (folder / "manifest.json").write_text(json.dumps(manifest))
    (folder / "build.json").write_text(json.dumps({"sources": "0" * 64}))
    (folder / "fonts").mkdir()
    return folder


@pytest.fixture
def client(shelf: Shelf, assets_folder: Path) -> Iterator[TestClient]:
    app = create_app(
        shelf.open, tokens={"ddtm": TOKEN}, base_url="https://observatoire.exemple", assets_folder=assets_folder
    )
    with TestClient(app, base_url="https://observatoire.exemple", follow_redirects=False) as client:
        yield client


def without_indicators(release: Release) -> Release:
    """An edition that released nothing yet."""
    return dataclasses.replace(release, catalogue={**release.catalogue, "indicators": {}})


@pytest.fixture(scope="session")
def sitting(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workspace with an observatory, built once."""
    return build_sitting(tmp_path_factory.mktemp("writing"))


@pytest.fixture
def workplace(sitting: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Workplace:
    """A copy of it to write in."""
    monkeypatch.setattr("beffroi.run.live_pages._STILL", 0.0)
    return copy_sitting(sitting, tmp_path)


@pytest.fixture
def author(workplace: Workplace, assets_folder: Path) -> Author:
    """Who writes it, before coming in."""
    return Author(workplace, assets_folder)


@pytest.fixture
def inside(author: Author) -> Author:
    """Who writes it, let in."""
    return author.come_in()
