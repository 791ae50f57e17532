"""What machines read of a server: feeds, site map, robots, cards; the same as an export has, with their headers."""

import dataclasses
import xml.etree.ElementTree as ET
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from beffroi.access import PUBLIC, Reader
from beffroi.lake.releases import EditionInfo, Release
from beffroi.serve import create_app
from tests.observe.paged import build_paged_release

BASE = "https://observatoire.exemple"
ATOM, MAP = "{http://www.w3.org/2005/Atom}", "{http://www.sitemaps.org/schemas/sitemap/0.9}"
Serve = Callable[..., TestClient]


def edition_of(number: int, release: Release | None = None) -> Release:
    info = EditionInfo(f"{number:06d}", f"2026-11-{19 + number}T06:00:00+00:00", "1")
    return dataclasses.replace(release or build_paged_release(), edition=info)


def renewed() -> Release:
    """An edition in which the values of one indicator have changed."""
    release = build_paged_release()
    release.catalogue["indicators"]["housing/vacancy_rate"]["object"] = "another"
    return edition_of(2, release)


@pytest.fixture
def serve(assets_folder: Path) -> Iterator[Serve]:
    opened: list[TestClient] = []

    def run(release: Release, *before: Release, base_url: str = BASE) -> TestClient:
        def history(reader: Reader, until: str) -> Iterator[Release]:
            assert (reader, until) == (PUBLIC, release.edition.id)
            yield from (*before, release)

        app = create_app(lambda _: release, base_url=base_url, assets_folder=assets_folder, history=history)
        opened.append(TestClient(app, base_url=BASE).__enter__())
        return opened[-1]

    yield run
    for client in opened:
        client.__exit__(None, None, None)


def test_a_feed_tells_what_editions_changed(serve: Serve) -> None:
    client = serve(renewed(), edition_of(1))
    answer = client.get("/flux.xml")
    assert answer.headers["content-type"] == "application/atom+xml; charset=utf-8"
    feed = ET.fromstring(answer.content)
    updated, _ = feed.findall(f"{ATOM}entry")
    assert "housing/vacancy_rate" in (updated.findtext(f"{ATOM}content") or "")
    assert feed.findtext(f"{ATOM}updated") == "2026-11-21T06:00:00Z"
    assert {link.get("rel"): link.get("href") for link in feed.findall(f"{ATOM}link")}["self"] == f"{BASE}/flux.xml"
    english = ET.fromstring(client.get("/en/observatoires/housing/flux.xml").content)
    assert english.find(f"{ATOM}link").get("href") == f"{BASE}/en/observatoires/housing"  # type: ignore[union-attr]
    assert client.get("/observatoires/none/flux.xml").status_code == 404


def test_the_site_map_has_the_pages_of_the_server_that_may_be_listed(serve: Serve) -> None:
    release = renewed()
    source = release.catalogue["indicators"]["mobility/accidents"]["sources"][0]
    release.catalogue["sources"][source]["legal"] = {"indexing": "refused"}
    client = serve(release, edition_of(1))
    answer = client.get("/sitemap.xml")
    assert answer.headers["content-type"] == "application/xml"
    days = {e.findtext(f"{MAP}loc"): e.findtext(f"{MAP}lastmod") for e in ET.fromstring(answer.content)}
    assert days[f"{BASE}/explorer?indicator=housing/vacancy_rate"] == "2026-11-21"
    assert days[f"{BASE}/sources/dvf/statistics"] == "2026-11-20", "as old as the oldest edition that is kept"
    assert f"{BASE}/en/indicateurs/housing/vacancy_rate" in days
    for path in (
        "/explorer?indicator=mobility/accidents",
        "/observatoires/housing/index",
        "/territoires/commune/99002",
    ):
        assert f"{BASE}{path}" not in days, "it shows what a source keeps out of lists"
    assert not [address for address in days if address and address.endswith("/territoires/territoires")]
    for address in days:
        assert address
        page = client.get(address.removeprefix(BASE))
        assert page.status_code == 200, address
        assert '<meta name="robots" content="noindex">' not in page.text, address


def test_there_is_no_site_map_without_an_address(serve: Serve) -> None:
    client = serve(edition_of(1), base_url="")
    assert client.get("/sitemap.xml").status_code == 404
    assert "Sitemap" not in client.get("/robots.txt").text
    assert "og:image" not in client.get("/").text
    assert client.get("/sitemap-2.xml").status_code == 404


def test_robots_are_kept_out_of_what_has_no_end(serve: Serve) -> None:
    answer = serve(edition_of(1)).get("/robots.txt")
    assert answer.headers["content-type"].startswith("text/plain")
    lines = answer.text.splitlines()
    assert {"Disallow: /figures/", "Disallow: /en/donnees/", f"Sitemap: {BASE}/sitemap.xml"} <= set(lines)


@pytest.mark.parametrize(
    ("path", "card"),
    [("/", "/apercus/accueil.png"), ("/en/catalogue", "/en/apercus/accueil.png"),
     ("/observatoires/housing/index/commune/99002", "/apercus/observatoires/housing/index.png"),
     ("/explorer?indicator=housing/vacancy_rate&view=table", "/apercus/explorer/housing/vacancy_rate.png"),
     ("/indicateurs/housing/vacancy_rate", "/apercus/explorer/housing/vacancy_rate.png"),
     ("/indicateurs/land/median_price", "/apercus/accueil.png")],
)  # fmt: skip
def test_a_page_names_its_card(serve: Serve, path: str, card: str) -> None:
    client = serve(edition_of(1))
    assert f'<meta property="og:image" content="{BASE}{card}">' in client.get(path).text
    answer = client.get(card)
    assert answer.headers["content-type"] == "image/png"
    assert answer.content.startswith(b"\x89PNG")


def test_a_card_of_nothing_is_not_found(serve: Serve) -> None:
    client = serve(edition_of(1))
    assert client.get("/apercus/ailleurs.png").status_code == 404
    assert client.get("/apercus/explorer/land/median_price.png").status_code == 404


def test_what_was_told_of_an_edition_is_not_sent_again(serve: Serve) -> None:
    client = serve(edition_of(1))
    for path in ("/flux.xml", "/sitemap.xml", "/robots.txt", "/apercus/accueil.png"):
        first = client.get(path)
        assert first.headers["cache-control"] == "public, max-age=60, must-revalidate"
        assert client.get(path, headers={"if-none-match": first.headers["etag"]}).status_code == 304


def test_a_page_names_the_feeds(serve: Serve) -> None:
    client = serve(edition_of(1))
    assert 'type="application/atom+xml" title="Flux des mises à jour" href="/flux.xml"' in client.get("/").text
    assert 'href="/en/observatoires/housing/flux.xml"' in client.get("/en/observatoires/housing/index").text


def test_without_a_history_the_edition_that_is_served_is_told(assets_folder: Path) -> None:
    app = create_app(lambda _: edition_of(1), base_url=BASE, assets_folder=assets_folder)
    with TestClient(app, base_url=BASE) as client:
        feed = ET.fromstring(client.get("/flux.xml").content)
    assert len(feed.findall(f"{ATOM}entry")) == 1
