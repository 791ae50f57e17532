"""The picture that stands for a page where its address is shared."""

import xml.etree.ElementTree as ET
from pathlib import Path

import pytest

from beffroi.errors import BeffroiError
from beffroi.observe import Atlas
from beffroi.publish import Assets, Site
from beffroi.publish.cards import Card, draw_card, say_card
from tests.observe.paged import build_paged_release


@pytest.fixture(scope="module")
def site() -> Site:
    assets = Assets("main.js", "main.css", "face.woff2", {}, "test", Path("fonts"))
    return Site(Atlas(build_paged_release()), assets)


def test_the_card_of_a_page_says_its_words(site: Site) -> None:
    svg = draw_card(site, Card("Se loger", "Une phrase & demie", "Personne"), "fr")
    root = ET.fromstring(svg)
    assert (root.get("width"), root.get("height")) == ("1200", "630")
    said = " ".join(text.text or "" for text in root.iter("{http://www.w3.org/2000/svg}text"))
    assert "Se loger" in said
    assert "Une phrase & demie" in said
    assert "Données fictives" in said


def test_a_card_is_that_of_the_site_of_a_page_or_of_an_indicator(site: Site) -> None:
    assert say_card(site, "accueil", "en").title == site.atlas.workspace["title"]["en"]
    page = say_card(site, "observatoires/housing/index", "fr")
    assert page.title
    assert page.plate.startswith("<svg"), "the first figure that is drawn"
    indicator = say_card(site, "explorer/housing/vacancy_rate", "fr")
    assert (indicator.title, indicator.plate[:4]) == (site.atlas.measure("housing/vacancy_rate").title("fr"), "<svg")


@pytest.mark.parametrize(
    ("name", "code"),
    [("ailleurs", "page-not-found"), ("explorer", "page-not-found"),
     ("observatoires/housing/none", "unknown-page-asked"),
     ("explorer/none", "unknown-indicator"), ("explorer/land/median_price", "indicator-unavailable")],
)  # fmt: skip
def test_there_is_none_of_what_is_not_shown(site: Site, name: str, code: str) -> None:
    with pytest.raises(BeffroiError) as caught:
        say_card(site, name, "fr")
    assert caught.value.faults[0].code == code
