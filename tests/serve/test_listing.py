"""What comes from a source that refuses search engines says so, as a page and as a file; the rest does not."""

import dataclasses
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from beffroi.serve import create_app
from tests.observe.paged import build_paged_release

MARK = '<meta name="robots" content="noindex">'


@pytest.fixture
def client(assets_folder: Path) -> Iterator[TestClient]:
    release = build_paged_release()
    shown = release.catalogue["indicators"]["housing/vacancy_rate"]["sources"][0]
    sources = {**release.catalogue["sources"]}
    sources[shown] = {**sources[shown], "legal": {"indexing": "refused"}}
    refusing = dataclasses.replace(release, catalogue={**release.catalogue, "sources": sources})
    with TestClient(create_app(lambda reader: refusing, assets_folder=assets_folder)) as client:
        yield client


@pytest.mark.parametrize(
    "path",
    ["/indicateurs/housing/vacancy_rate", "/explorer?indicator=housing/vacancy_rate", "/territoires/commune/99002",
     "/observatoires/housing/index", "/en/observatoires/housing/index/commune/99002"],
)  # fmt: skip
def test_a_page_that_shows_it_is_not_to_be_listed(client: TestClient, path: str) -> None:
    assert MARK in client.get(path).text


@pytest.mark.parametrize(
    "path", ["/", "/catalogue", "/sources/dvf/statistics", "/explorer?indicator=mobility/accidents"]
)
def test_the_others_are(client: TestClient, path: str) -> None:
    assert MARK not in client.get(path).text


def find_name(page: str) -> str:
    """The name of the first figure of a page that has files."""
    found = re.search(r"/figures/([\w-]+)\.csv", page)
    assert found
    return found[1]


def test_files_say_it_in_their_headers(client: TestClient) -> None:
    query = "indicator=housing/vacancy_rate"
    held = "/observatoires/housing/index/commune/99002/figures"
    name = find_name(client.get("/observatoires/housing/index/commune/99002").text)
    assert client.get(f"{held}/{name}.csv").headers["x-robots-tag"] == "noindex"
    for path in ("/donnees/housing/vacancy_rate.csv", f"/figures/map.svg?{query}", f"/figures/map.vl.json?{query}"):
        assert client.get(path).headers["x-robots-tag"] == "noindex"
    assert "x-robots-tag" not in client.get("/donnees/mobility/accidents.csv").headers
