"""Pages of observatories as HTML: whole without a script, one address for each figure, each drawing well formed."""

import itertools
import re
from html.parser import HTMLParser
from pathlib import Path
from xml.etree import ElementTree

import pytest

from beffroi.access import partner
from beffroi.errors import BeffroiError
from beffroi.observe import Atlas
from beffroi.publish import Assets, Site
from beffroi.publish.observatories import (
    anchor_of,
    find_figure,
    list_pages,
    look_at,
    refer,
    render_embedded,
    render_observatories,
    render_page,
)
from beffroi.publish.pages import Export, Visit
from tests.observe.paged import HELD, build_paged_release, make_page

PLACE = "commune:99002"
FIGURES = ("carte", "cles", "3", "lumiere", "tableau", "nuage", "croisee", "flux")


@pytest.fixture(scope="module")
def paged() -> Site:
    assets = Assets("main.js", "main.css", "face.woff2", {}, "test", Path("fonts"))
    return Site(Atlas(build_paged_release()), assets, "https://observatoire.exemple")


@pytest.fixture(scope="module")
def page(paged: Site) -> str:
    return render_page(paged, Visit("fr", f"/observatoires/housing/index/{PLACE}"), "housing/index", PLACE)


class Reader(HTMLParser):
    """Ids, and what labels and describes by id."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.ids: list[str] = []
        self.named: set[str] = set()
        self.styled: list[str] = []
        self.headings: list[int] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = dict(attrs)
        if name := found.get("id"):
            self.ids.append(name)
        for key in ("aria-labelledby", "aria-describedby", "for"):
            self.named.update((found.get(key) or "").split())
        if "style" in found or any(key.startswith("on") for key in found):
            self.styled.append(tag)
        if re.fullmatch(r"h[1-6]", tag):
            self.headings.append(int(tag[1]))


def test_a_page_has_one_title_and_headings_without_a_gap(page: str) -> None:
    headings = Reader(page).headings
    assert headings.count(1) == 1
    assert all(after - before <= 1 for before, after in itertools.pairwise(headings))


def test_ids_are_unique_and_what_they_name_is_there(page: str) -> None:
    read = Reader(page)
    assert len(set(read.ids)) == len(read.ids), [name for name in read.ids if read.ids.count(name) > 1]
    assert read.named <= set(read.ids)
    assert read.styled == [], "neither style nor handler in the page"


@pytest.mark.parametrize("name", FIGURES)
def test_each_figure_has_its_words_its_source_and_its_reference(paged: Site, page: str, name: str) -> None:
    figure = find_figure(look_at(paged, "housing/index", "fr", PLACE), name).figure
    assert figure is not None
    start = page.index(f'id="{anchor_of(name)}"')
    body = page[start : page.index("</figure>", start)]
    assert "Source" in body
    assert "Géographie au 01/01/2026" in body
    assert "Données fictives" in body
    assert f"housing/index#{name}@{PLACE}" in body
    assert f"/figures/{name}.csv" in body
    assert "&lt;iframe" in body
    assert "mailto:contact@exemple.fr" in body


@pytest.mark.parametrize("name", FIGURES)
def test_drawings_are_well_formed(page: str, name: str) -> None:
    start = page.index(f'id="{anchor_of(name)}"')
    body = page[start : page.index("</figure>", start)]
    for drawing in re.findall(r"<svg.*?</svg>(?:</svg>)?", body, re.DOTALL):
        inner = drawing if drawing.count("<svg") == drawing.count("</svg>") else drawing.removesuffix("</svg>")
        if inner.count("<svg") == inner.count("</svg>"):
            ElementTree.fromstring(inner)
        assert "nan" not in re.sub(r"<title>.*?</title>", "", inner)


def test_a_figure_that_waits_for_its_data_says_so_and_has_no_file(paged: Site, page: str) -> None:
    assert "attend des données qui ne sont pas publiées" in page
    assert "/figures/prix.csv" not in page
    with pytest.raises(BeffroiError) as caught:
        find_figure(look_at(paged, "housing/index", "fr", PLACE), "prix")
    assert caught.value.faults[0].code == "unknown-figure"


def test_the_reference_names_the_page_the_figure_and_the_territory(paged: Site) -> None:
    assert refer(look_at(paged, "housing/index", "fr", PLACE), "flux") == f"housing/index#flux@{PLACE}"


def test_what_is_not_adopted_is_watermarked(page: str) -> None:
    assert "watermark" in page
    assert "Pour avis" in page


def test_a_page_in_french_only_says_so_in_english(paged: Site) -> None:
    words = "The text of this page exists in French only"
    assert words in render_page(paged, Visit("en", "/en/observatoires/housing/method"), "housing/method")
    english = render_page(paged, Visit("en", "/en/observatoires/housing/index"), "housing/index", PLACE)
    assert words not in english
    assert "Housing in Bellefosse" in english


def test_neighbours_are_titled_for_the_territory_when_they_are_made_for_it(paged: Site) -> None:
    place = look_at(paged, "housing/index", "fr", PLACE).place
    titles = [each.title for each in list_pages(paged, "housing", "fr", place)]
    assert titles == ["Se loger à Bellefosse", "Méthode"]


def test_the_list_names_the_public_observatories_alone(paged: Site) -> None:
    listed = render_observatories(paged, Visit("fr", "/observatoires"))
    assert "Se loger" in listed
    assert "réservé" not in listed
    theirs = Site(Atlas(build_paged_release(partner("ddtm"))), paged.assets, "https://observatoire.exemple")
    assert "Observatoire réservé" in render_observatories(theirs, Visit("fr", "/observatoires", partner=True))


def test_an_embedded_figure_leads_back_to_its_page(paged: Site) -> None:
    embedded = render_embedded(paged, Visit("fr", "/x"), "housing/index", PLACE, "nuage")
    assert f"https://observatoire.exemple/observatoires/housing/index/commune/99002#{anchor_of('nuage')}" in embedded
    assert embedded.count("<figure") == 1


def test_a_territory_whose_values_are_secret_still_has_its_page(paged: Site) -> None:
    page = render_page(paged, Visit("fr", "/x"), "housing/index", "commune:99010")
    assert "valeur non diffusée" in page
    assert "secret statistique" in page


def test_each_figure_has_its_table(page: str) -> None:
    """A map has the ranking of its areas, its first and last ones at least; key figures are a list of numbers."""
    figures = re.findall(r'<figure class="figure block block-(\w+)".*?</figure>', page, re.S)
    bodies = re.findall(r'<figure class="figure block.*?</figure>', page, re.S)
    assert len(figures) == len(bodies) >= 7
    for kind, body in zip(figures, bodies, strict=True):
        assert "<table" in body or kind == "key_figures", kind
        assert "<caption" in body or kind == "key_figures", kind


def test_an_observatory_says_what_it_watches_over(paged: Site) -> None:
    page = make_page("housing/index", {"fr": HELD}) | {"perimeter": ["epci:900000011"]}
    watching = Site(Atlas(build_paged_release(more={"housing/index": page})), paged.assets)
    visit = Visit(path="/observatoires/housing/index")
    said = "Périmètre : Communauté d’agglomération du Val d’Orve"
    assert said in " ".join(render_page(watching, visit, "housing/index").split())
    assert said in " ".join(render_observatories(watching, visit).split())
    assert "Périmètre" not in render_page(paged, visit, "housing/index")
    whole, part = (render_page(site, visit, "housing/index", PLACE) for site in (paged, watching))
    assert "Yvrecelles" in whole, "a commune of another EPCI, in the table of the map"
    assert "Yvrecelles" not in part


def test_a_page_that_is_a_file_names_the_other_periods_and_offers_no_form(paged: Site) -> None:
    visit = Visit("fr", "/x", export=Export(server="https://vivant.exemple"))
    page = render_page(paged, visit, "housing/index", PLACE)
    start = page.index('id="figure-carte"')
    figure = page[start : page.index("</figure>", start)]
    assert "Autres périodes\u00a0: 2016. Passer de l’une à l’autre demande un serveur" in figure
    assert f"https://vivant.exemple/observatoires/housing/index/{PLACE.replace(':', '/')}#figure-carte" in figure
    assert "<form" not in figure
