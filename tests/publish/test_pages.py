"""Pages whole without a script, in both languages, with every state said."""

from html.parser import HTMLParser

import pytest

from beffroi.observe import VIEWS, Atlas, resolve_question
from beffroi.publish import Site
from beffroi.publish.explorer_pages import render_explorer
from beffroi.publish.pages import Visit, render_catalogue, render_entry, render_home, render_search, write_to
from tests.observe.conftest import Ask
from tests.observe.invented import build_release


class Reader(HTMLParser):
    """Collects what a page holds: its elements with their attributes, and its words."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.words = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.words += data

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.elements if name == tag]


def pages_of(site: Site, ask: Ask, language: str) -> dict[str, str]:
    visit = Visit(language)
    found = {
        f"explorer {v}": render_explorer(site, visit, ask("housing/vacancy_rate", language, view=v)).text for v in VIEWS
    }
    found["home"] = render_home(site, visit)
    found["catalogue"] = render_catalogue(site, visit, {})
    found["search"] = render_search(site, visit, "bellefosse")
    for kind, name in (("source", "insee/census"), ("table", "insee/census"), ("indicator", "mobility/accidents"),
                       ("indicator", "land/median_price"), ("source", "dvf/statistics")):  # fmt: skip
        found[f"{kind} {name}"] = render_entry(site, visit, kind, name)
    return found


def test_one_writes_to_an_address_or_on_a_page() -> None:
    assert write_to("equipe@exemple.test") == "mailto:equipe@exemple.test"
    assert write_to("equipe@exemple.test", "Une erreur ?") == "mailto:equipe@exemple.test?subject=Une%20erreur%20%3F"
    assert write_to("https://exemple.test/ecrire", "Une erreur ?") == "https://exemple.test/ecrire"


@pytest.mark.parametrize("language", ["fr", "en"])
def test_every_page_has_its_landmarks_and_one_first_heading(site: Site, ask: Ask, language: str) -> None:
    for name, page in pages_of(site, ask, language).items():
        read = Reader(page)
        assert len(read.all("h1")) == 1, name
        assert len(read.all("main")) == 1, name
        assert read.all("html")[0]["lang"] == language, name
        assert read.all("a")[0]["href"] == "#main", f"{name}: the first link skips to the content"
        ids = [attributes["id"] for _, attributes in read.elements if "id" in attributes]
        assert len(ids) == len(set(ids)), f"{name}: an id stands once"


@pytest.mark.parametrize("language", ["fr", "en"])
def test_nothing_in_a_page_needs_a_looser_policy(site: Site, ask: Ask, language: str) -> None:
    for name, page in pages_of(site, ask, language).items():
        for tag, attributes in Reader(page).elements:
            assert "style" not in attributes, (name, tag)
            assert not any(key.startswith("on") for key in attributes), (name, tag)
            assert tag != "style", name
            # What tells search engines what a page holds is data: no browser runs it.
            told = attributes.get("type") == "application/ld+json"
            assert tag != "script" or told or (attributes.get("src") or "").startswith("/"), name
            for key in ("src", "href", "action"):
                address = attributes.get(key) or ""
                outside = address.startswith(("http:", "https:", "//"))
                assert not outside or tag == "link" or attributes.get("rel") == "external", (name, address)


@pytest.mark.parametrize("language", ["fr", "en"])
def test_every_field_has_its_label_and_every_table_its_caption(site: Site, ask: Ask, language: str) -> None:
    for name, page in pages_of(site, ask, language).items():
        read = Reader(page)
        labels = {attributes.get("for") for attributes in read.all("label")}
        for tag in ("input", "select"):
            for attributes in read.all(tag):
                if attributes.get("type") not in {"hidden", "checkbox"}:
                    assert attributes.get("id") in labels, (name, attributes)
        assert len(read.all("caption")) == len(read.all("table")), name


def test_a_page_of_made_up_data_says_so_at_its_head_and_on_its_figure(site: Site, ask: Ask) -> None:
    for name, page in pages_of(site, ask, "fr").items():
        assert "Données fictives" in page, name
    page = render_explorer(site, Visit(), ask("housing/vacancy_rate")).text
    assert page.count("Données fictives") >= 2


def test_what_is_not_released_is_shown_with_its_reason(site: Site) -> None:
    page = render_entry(site, Visit(), "indicator", "land/median_price")
    assert "n’a répondu" in page
    assert "réessayer plus tard" in page
    assert "Pas encore diffusés" in render_home(site, Visit())


def test_the_explorer_shows_where_a_figure_comes_from(site: Site, ask: Ask) -> None:
    words = Reader(render_explorer(site, Visit(), ask("housing/vacancy_rate", territory="commune:99002")).text).words
    assert "Géographie au 01/01/2026" in words
    assert "Recensement inventé" in words
    assert "Part des logements vacants parmi tous les logements" in words
    assert "https://observatoire.exemple/explorer?indicator=housing/vacancy_rate" in words


def test_each_view_is_a_link_with_a_living_thumbnail(site: Site, ask: Ask) -> None:
    read = Reader(render_explorer(site, Visit(), ask("housing/vacancy_rate")).text)
    views = [attributes["data-view"] for attributes in read.all("a") if "data-view" in attributes]
    assert views == list(VIEWS)


def test_a_state_is_kept_when_the_language_changes(site: Site, ask: Ask) -> None:
    visit = Visit("fr", "/explorer", "indicator=mobility/accidents&view=table")
    page = render_explorer(site, visit, ask("mobility/accidents", view="table")).text
    assert 'href="/en/explorer?indicator=mobility/accidents&amp;view=table"' in page


def test_a_long_ranking_shows_its_ends_and_the_territory_in_hand(site: Site) -> None:
    large = Site(Atlas(build_release(columns=12, rows=10)), site.assets)
    state = {"indicator": ["mobility/accidents"], "view": ["ranking"], "territory": ["commune:99060"]}
    page = render_explorer(large, Visit(), resolve_question(large.atlas, state, "fr")).text
    assert 'class="role-territory" data-code="99060"' in page
    assert page.count("<tr") < 50
    assert "communes …" in page.replace("\u00a0", " ")
