"""A site of the invented release, drawn with assets that need no front-end to be built."""

from pathlib import Path

import pytest

from beffroi.observe import Atlas
from beffroi.publish import Assets, Site
from tests.observe.conftest import Ask, ask
from tests.observe.invented import build_release

__all__ = ["Ask", "ask"]


@pytest.fixture(scope="session")
def site() -> Site:
    assets = Assets("main.js", "main.css", "face.woff2", {}, "test", Path("fonts"))
    return Site(Atlas(build_release()), assets, "https://observatoire.exemple")


@pytest.fixture(scope="session")
def atlas(site: Site) -> Atlas:
    return site.atlas
