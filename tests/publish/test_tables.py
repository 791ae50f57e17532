"""Tables of pages: what each column is sorted by, what has no place in an order, and where a long table stops."""

import re

import pytest

from beffroi.observe import Atlas
from beffroi.observe.blocks.grids import Cell, Grid, Row
from beffroi.publish import Site, explorer_pages, tables
from beffroi.publish.observatories import render_page
from beffroi.publish.pages import Visit
from beffroi.publish.portraits import find_place, render_portrait
from beffroi.publish.tables import list_rows
from tests.observe.conftest import Ask
from tests.observe.paged import build_paged_release

PLACE = "commune:99002"


@pytest.fixture(scope="module")
def paged(site: Site) -> Site:
    return Site(Atlas(build_paged_release()), site.assets, "https://observatoire.exemple")


@pytest.fixture(scope="module")
def page(paged: Site) -> str:
    return render_page(paged, Visit("fr", "/x"), "housing/index", PLACE)


def body(page: str, figure: str) -> str:
    start = page.index(f'id="figure-{figure}"')
    return page[start : page.index("</figure>", start)]


def cells(page: str, name: str) -> list[str]:
    """The cells of the line of that name."""
    row = re.search(rf"<tr[^>]*><th[^>]*>(?:<a[^>]*>)?{name}.*?</tr>", page, re.S)
    assert row is not None
    return re.findall(r"<td.*?</td>", row.group(), re.S)


def test_every_table_of_values_sorts_and_has_its_words_for_it(page: str) -> None:
    for table in re.findall(r"<bf-sort[^>]*>\s*<table class=\"(?:values|ranking).*?</table>\s*</bf-sort>", page, re.S):
        assert 'data-by="Trier par"' in table
        assert "<caption" in table
    outside = re.sub(r"<bf-sort.*?</bf-sort>", "", page, flags=re.S)
    assert re.findall(r'<table class="(?:values|ranking)', outside) == []


def test_numbers_are_sorted_by_what_they_are_not_by_what_they_say(page: str) -> None:
    (share, *_) = cells(body(page, "nuage"), "Bellefosse")
    number = re.search(r'data-sort="([\d.]+)">([\d,]+)', share)
    assert number is not None
    assert float(number[1]) == pytest.approx(float(number[2].replace(",", ".")), abs=0.05)


def test_what_is_secret_keeps_its_word_and_has_no_place_in_the_order(paged: Site) -> None:
    page = render_page(paged, Visit("fr", "/x"), "housing/index", "commune:99010")
    secret = re.findall(r'<td class="num"[^>]*>–? ?<span class="mention">secret statistique [^<]*</span></td>', page)
    assert secret
    assert not any("data-sort" in cell for cell in secret)


def test_a_column_of_several_units_has_no_order(page: str) -> None:
    table = body(page, "tableau")
    assert "data-unsorted" in table
    assert "data-sort" not in table


def test_periods_are_in_their_own_order(page: str) -> None:
    table = body(page, "3")
    assert re.findall(r'<th scope="row" data-sort="(\d+)">', table)[:2] == ["1", "2"]


def test_a_ranking_puts_its_ranks_in_order_and_those_without_one_last(page: str) -> None:
    table = body(page, "carte")
    assert '<td class="rank" data-sort="1">1</td>' in table
    assert '<td class="rank">–</td>' in table or "unranked" not in table


def test_lines_of_a_portrait_sort_by_name_alone_and_those_alike_by_value(paged: Site) -> None:
    place = find_place(paged, "commune", "99002", "fr")
    portrait = render_portrait(paged, Visit("fr", "/x"), place)  # type: ignore[arg-type]
    lines = re.search(r'<table class="values sheet-lines">.*?</table>', portrait, re.S)
    assert lines is not None
    assert "data-unsorted" in lines.group()
    assert "<bf-sort" in portrait


def test_a_long_table_stops_but_keeps_the_territory_in_hand() -> None:
    rows = tuple(Row(f"Commune {i}", (Cell(str(i), float(i)),), in_hand=i == 9_000) for i in range(10_000))
    shown = list_rows(Grid("Territoire", ("Valeur",), rows))
    assert len(shown.rows) == tables.MOST_LINES + 1
    assert shown.rows[-1].label == "Commune 9000"
    assert shown.left_out == 10_000 - len(shown.rows)
    short = list_rows(Grid("Territoire", ("Valeur",), rows[: tables.MOST_LINES]))
    assert short.left_out == 0


def test_a_table_that_stops_says_so(paged: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tables, "MOST_LINES", 2)
    cut = body(render_page(paged, Visit("fr", "/x"), "housing/index", PLACE), "nuage")
    assert re.search(r"premières lignes sur \d+\u202f; toutes sont dans le fichier CSV", cut)
    assert cut.count("<tr") < 8


def test_the_table_of_the_explorer_stops_too(site: Site, ask: Ask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(explorer_pages, "MOST_LINES", 2)
    question = ask(indicator="mobility/accidents", view="table", territory="commune:99021")
    fresh = Site(site.atlas, site.assets, "https://observatoire.exemple")
    page = explorer_pages.render_explorer(fresh, Visit("fr", "/explorer"), question).text
    table = page[page.index('<table class="values sortable') : page.index("</table>")]
    assert 'class="role-territory" data-code="99021"' in table, "the territory in hand stays"
    assert "Non localisé" in table, "what could not be located stays"
    assert re.search(r"premières lignes sur \d+\u202f; toutes sont dans le fichier CSV", page)
    assert "/donnees/mobility/accidents.csv?level=commune" in page
