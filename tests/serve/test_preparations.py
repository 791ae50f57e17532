"""What is drawn before anybody asks."""

from pathlib import Path

import pytest
from starlette.testclient import TestClient

from beffroi.access import PUBLIC, Reader
from beffroi.errors import BeffroiError, fault
from beffroi.lake.releases import Release
from beffroi.observe import Atlas, resolve_question
from beffroi.publish import Site, load_assets
from beffroi.serve import create_app
from beffroi.serve.preparations import list_steps
from tests.serve.conftest import Shelf


def test_small_views_of_every_period_are_drawn_ahead(shelf: Shelf, assets_folder: Path) -> None:
    site = Site(Atlas(shelf.open(PUBLIC)), load_assets(assets_folder))
    question = resolve_question(site.atlas, {"indicator": ["housing/vacancy_rate"], "period": ["2021"]}, "fr")
    steps = sum(1 for _ in list_steps(site))
    site._small.recall(("small", *question.scene[:4]), lambda: pytest.fail("not drawn ahead"))
    assert steps > len(site.atlas.released)


def test_a_workspace_without_an_edition_starts_all_the_same(shelf: Shelf, assets_folder: Path) -> None:
    def closed(reader: Reader) -> Release:
        raise BeffroiError(fault("nothing-released"))

    with TestClient(create_app(closed, assets_folder=assets_folder)) as client:
        assert client.get("/robots.txt").status_code >= 400
