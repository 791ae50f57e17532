"""What is drawn before anybody asks."""

import asyncio
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from beffroi.access import PUBLIC, Reader
from beffroi.errors import BeffroiError, fault
from beffroi.lake.releases import Release
from beffroi.observe import Atlas, resolve_question
from beffroi.publish import Site, load_assets
from beffroi.serve import create_app
from beffroi.serve.editions import Editions
from beffroi.serve.preparations import keep_ready, list_steps
from tests.serve.conftest import Shelf


def test_small_views_of_every_period_are_drawn_ahead(shelf: Shelf, assets_folder: Path) -> None:
    site = Site(Atlas(shelf.open(PUBLIC)), load_assets(assets_folder))
    question = resolve_question(site.atlas, {"indicator": ["housing/vacancy_rate"], "period": ["2021"]}, "fr")
    steps = sum(1 for _ in list_steps(site))
    site._small.recall(("small", *question.scene[:4]), lambda: pytest.fail("not drawn ahead"))
    assert steps > len(site.atlas.released)


def test_pages_of_every_language_are_drawn_ahead(shelf: Shelf, assets_folder: Path) -> None:
    site = Site(Atlas(shelf.open(PUBLIC)), load_assets(assets_folder))
    for _ in list_steps(site):
        pass
    assert site.atlas.workspace["languages"] == ["fr", "en"]
    for language in ("fr", "en"):
        question = resolve_question(site.atlas, {"indicator": ["housing/vacancy_rate"]}, language)
        site._bodies.recall(("map", *question.scene), lambda: pytest.fail("not drawn ahead"))


def test_an_edition_that_is_published_later_is_drawn_ahead_too(shelf: Shelf, assets_folder: Path) -> None:
    editions, looked = Editions(shelf.open, load_assets(assets_folder), ""), 0

    async def pause(seconds: float) -> None:
        nonlocal looked
        if seconds:
            looked += 1
            shelf.edition = f"{looked + 1:06d}"
            if looked == 3:
                raise asyncio.CancelledError

    async def run() -> None:
        ready = asyncio.Event()
        with pytest.raises(asyncio.CancelledError):
            await keep_ready(editions, 0.0, ready, pause)
        assert ready.is_set()

    asyncio.run(run())
    for (edition, _), site in editions._sites.items():
        question = resolve_question(site.atlas, {"indicator": ["housing/vacancy_rate"]}, "en")
        site._bodies.recall(("map", *question.scene), lambda edition=edition: pytest.fail(f"{edition} not drawn ahead"))
    assert [edition for edition, _ in editions._sites] == ["000001", "000002", "000003"]


def test_a_workspace_without_an_edition_starts_all_the_same(shelf: Shelf, assets_folder: Path) -> None:
    def closed(reader: Reader) -> Release:
        raise BeffroiError(fault("nothing-released"))

    with TestClient(create_app(closed, assets_folder=assets_folder)) as client:
        assert client.get("/robots.txt").status_code >= 400
