"""Every kind of page, figure and state, in both languages, as programs and people without eyes or a mouse meet it.

The pages of ``exemple`` hold every block; the invented release every state of a value. What a program finds is not an
audit: the accessibility statement says so.
"""

import itertools
import json
import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.request import urlopen

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import AXE, Open
from tests.browser.looks import TURNS, WHOLE, Look, Way, examine_all

pytestmark = pytest.mark.browser

SEED, SEEDED = 20261123, 20
INVENTED = (
    "/", "/catalogue", "/catalogue?q=rien-de-tel", "/sources/insee/census", "/sources/dvf/statistics",
    "/tables/insee/census", "/indicateurs/housing/vacancy_rate", "/indicateurs/land/median_price",
    "/recherche?q=ecaillon", "/recherche?q=zzzz", "/api", "/nulle-part", "/integrer?view=map", "/explorer?vintage=2021",
    "/territoires", "/territoires?nom=zzzz", "/territoires/commune/99004?depuis=99900", "/territoires/commune/99005",
    "/observatoires", "/accessibilite", "/observatoires/housing/method", "/corrections", "/verifier",
    # The figures of a page of which some are absent: for comment; its territory missing, secret, weak or estimated.
    *(f"/observatoires/housing/index/commune/{code}" for code in ("99004", "99005", "99010", "99024")),
    *(f"/explorer?view={view}&indicator=mobility/accidents" for view in ("map", "evolution", "table")),
    *(f"/explorer?view={view}&indicator=housing/vacancy_rate" for view in ("map", "ranking", "distribution", "table")),
    "/explorer?indicator=population/yearly_change", "/explorer?view=evolution&indicator=income/median_income",
)  # fmt: skip
PORTRAITS = ("commune/20001", "qpv_2024/QN02001M",
             "iris/200010101", "epci/990000011", "grouping/pays_de_valombre", "arrondissement/201",
             "departement/20", "region/07")  # fmt: skip
PAGES = ("housing/index", "housing/liens", "mobility/index", "mobility/residents", "quarters/index")
MAPPED = (
    "/cartes", "/cartes/zonage", "/cartes/transports", "/cartes/zonage/imprimer",
    "/cartes/zonage/imprimer?territoire=nulle-part",
    "/cartes/activites#carte=15.5/46.70840/-7.72860&objet=activity/brownfields|20006F003",
    "/couches/land/sales", "/couches/transport/lines", "/ogc", "/ogc/collections/land.sales/items",
)  # fmt: skip
"""Maps as one acts on them, one with the sheet of a feature; sheets of paper; layers, for people and for programs."""
HELD = ("commune/20001", "commune/20015", "grouping/pays_de_valombre")
"""In whose hands the first, the second… page is looked at again; all are in those of the first territory."""


def states(exemple: str) -> Iterator[tuple[str, str]]:
    """Server and path of every template, block and state; the empty server is the invented one."""
    yield from (("", path) for path in INVENTED)
    yield from ((exemple, f"/territoires/{place}") for place in PORTRAITS)
    for number, page in enumerate(PAGES):
        yield from ((exemple, f"/observatoires/{page}/{place}") for place in (HELD[0], HELD[1 + number % 2]))
    yield from ((exemple, path) for path in ("/", *MAPPED))
    yield from ((exemple, path) for path in ("/observatoires", "/catalogue", "/recherche?q=au"))


def embedded(page: Page) -> dict[str, str]:
    """The path of a figure alone, for each kind of block of a page."""
    found = page.locator(".block").evaluate_all(
        "all => all.map((e) => [e.className, e.querySelector('a[href$=\".csv\"]')?.pathname])"
    )
    return {kind: path.removesuffix(".csv") for kind, path in found if path}


def seeded(exemple: str) -> list[str]:
    """Twenty pages out of all: page, territory and language."""
    places = []
    for level in ("commune", "epci", "grouping"):
        with urlopen(f"{exemple}/api/territories?level={level}") as answer:
            places += [f"{level}/{each['code']}" for each in json.load(answer)["territories"]
                       if level == "grouping" or "grouping:pays_de_valombre" in each["parents"]]  # fmt: skip
    every = [
        f"{language}/observatoires/{page}/{place}" for page in PAGES for place in sorted(places)
        for language in ("", "/en")
    ]  # fmt: skip
    return random.Random(SEED).sample(every, SEEDED)


def gather(visit: Open, address: str, exemple: str, ways: Mapping[str, Sequence[Way]]) -> list[Look]:
    """Every template, block and state in both languages, each block alone as well, and twenty pages drawn by lot."""
    places = [f"{server or address}{{language}}{path}" for server, path in states(exemple)]
    figures: dict[str, str] = {}
    page = visit("/", at=exemple)
    for path in (path for server, path in states(exemple) if server and path.endswith(HELD[0])):
        if "/observatoires/" in path:
            page.goto(exemple + path)
            figures |= embedded(page)
    assert len(figures) >= 12, "each block is looked at alone as well"
    places += [f"{exemple}{{language}}{path}" for path in figures.values()]
    looks = [
        Look(place.format(language="/en" if language == "en" else ""), ways[language])
        for place in places for language in ("fr", "en")
    ]  # fmt: skip
    return looks + [Look(exemple + path, ways["en" if path.startswith("/en") else "fr"]) for path in seeded(exemple)]


def examine(visit: Open, address: str, exemple: str, ways: Mapping[str, Sequence[Way]]) -> list[str]:
    if not AXE.is_file():
        pytest.skip("axe-core is not there: npm ci in web/ brings it")
    pages = [visit("/", at=exemple, trusted=True) for _ in range(2)]
    for page in pages:
        page.context.add_init_script(path=AXE)
    return examine_all(pages, gather(visit, address, exemple, ways))


def test_no_page_has_a_fault_that_a_program_finds(visit: Open, address: str, exemple: str) -> None:
    """Each page in each language, wide or narrow, light or dark: the other language sees the other ways."""
    found = examine(visit, address, exemple, TURNS)
    assert not found, "\n".join(found)


@pytest.mark.crossing
@pytest.mark.timeout(3600)
def test_no_page_has_one_in_any_width_and_light(visit: Open, address: str, exemple: str) -> None:
    """Every page in every language, width and light: some minutes."""
    found = examine(visit, address, exemple, {"fr": WHOLE, "en": WHOLE})
    assert not found, "\n".join(found)


@dataclass(frozen=True)
class Heard:
    """What a screen reader meets: role, name, description, level of a heading."""

    role: str
    name: str
    description: str
    level: int


def listen(page: Page) -> list[Heard]:
    """The accessibility tree in the order in which it is read."""
    nodes = page.context.new_cdp_session(page).send("Accessibility.getFullAXTree")["nodes"]
    by_id = {node["nodeId"]: node for node in nodes}

    def walk(node: dict[str, Any]) -> Iterator[Heard]:
        said = {key: str(node.get(key, {}).get("value", "")) for key in ("role", "name", "description")}
        level = next((each["value"]["value"] for each in node.get("properties", ()) if each["name"] == "level"), 0)
        if not node.get("ignored"):
            yield Heard(said["role"], said["name"].strip(), said["description"].strip(), int(level))
        for child in node.get("childIds", ()):
            if child in by_id:
                yield from walk(by_id[child])

    return list(walk(nodes[0]))


def focus_on(page: Page, selector: str, most: int = 90) -> None:
    """Press Tab until what the selector names has the focus; what has it is always seen."""
    for _ in range(most):
        page.keyboard.press("Tab")
        hidden = page.evaluate("""() => {
          const e = document.activeElement, box = e.getBoundingClientRect();
          const at = document.elementFromPoint(box.left + Math.min(box.width / 2, 20), box.top + box.height / 2);
          return e === document.body || !at || e.contains(at) || at.contains(e) || e.closest("svg") ? "" : e.outerHTML;
        }""")
        assert not hidden, f"something lies over what has the focus: {hidden}"
        if page.evaluate("selector => document.activeElement.matches(selector)", selector):
            return
    raise AssertionError(f"Tab never reaches {selector}")


def test_a_page_of_an_observatory_by_ear_and_by_keyboard(visit: Open, exemple: str) -> None:
    page = visit("/observatoires/housing/index/commune/20001", at=exemple)
    heard = listen(page)
    for landmark in ("banner", "main", "contentinfo"):
        assert sum(each.role == landmark for each in heard) == 1, landmark
    named = {"navigation", "search", "form", "combobox", "textbox", "button", "link", "heading", "image", "figure"}
    assert all(each.name for each in heard if each.role in named)
    levels = [each.level for each in heard if each.role == "heading"]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after <= before + 1 for before, after in itertools.pairwise(levels)), levels
    drawn = [each for each in heard if each.role in {"image", "group", "figure"} and each.description]
    sentences = page.locator(".sentence").all_inner_texts()
    assert {each.description for each in drawn} <= set(sentences)
    assert len(drawn) == page.locator("figure, svg.map, svg.chart[role=img]").count(), "all say what they show"
    tables = [each for each in heard if each.role == "table"]
    assert tables
    assert all(each.name for each in tables)
    assert sum(each.role == "columnheader" for each in heard) > len(tables)
    assert any(each.role == "rowheader" for each in heard)
    said = [each.name for each in heard if each.role == "StaticText"]
    assert any(words.startswith("Données fictives") for words in said)
    assert any("peu fiable" in words for words in said), "the doubt about a value is heard"

    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Aller au contenu"
    page.keyboard.press("Enter")
    focus_on(page, "#territory")
    page.keyboard.type("bas-comb")
    expect(page.get_by_role("option").first).to_contain_text("Bas-Combrin")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_contain_text("Bas-Combrin")
    assert page.url.endswith("/observatoires/housing/index/commune/20018")
    expect(page.get_by_role("status")).to_contain_text("Bas-Combrin")
    assert page.evaluate("document.activeElement.id") == "territory", "the focus stays where the reader put it"
    focus_on(page, ".headings a")
    page.keyboard.press("Enter")
    assert "#" in page.url
    focus_on(page, ".more summary")
    page.keyboard.press("Enter")
    expect(page.locator("details.more[open]")).to_have_count(1)
    focus_on(page, "details.more[open] a[href$='.csv']")
    with page.expect_download() as download:
        page.keyboard.press("Enter")
    assert download.value.suggested_filename.endswith(".csv")
    page.go_back()
    page.go_back()
    expect(page.locator("h1")).to_contain_text("Aubrelle")
