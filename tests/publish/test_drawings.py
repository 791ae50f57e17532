"""Drawings: well formed, without a style of their own, the same for every eye and every machine."""

import re
from xml.etree import ElementTree

import pytest

from beffroi.observe import VIEWS
from beffroi.publish import Site
from beffroi.publish.assets import FOLDER
from beffroi.publish.drawings import draw_plate
from beffroi.publish.explorer_pages import draw, render_explorer
from beffroi.publish.files import rasterise, register_fonts
from beffroi.publish.pages import Visit
from tests.observe.conftest import Ask

INDICATORS = ("housing/vacancy_rate", "mobility/accidents", "income/median_income", "population/yearly_change")
SVG = "{http://www.w3.org/2000/svg}"
KEY = "map-housing-vacancy_rate-commune-2021"


def say(part: str | bytes) -> str:
    return part.decode() if isinstance(part, bytes) else part


def parse(body: str | bytes) -> ElementTree.Element:
    body = say(body)
    return ElementTree.fromstring(f'<svg xmlns="http://www.w3.org/2000/svg">{body}</svg>')


@pytest.mark.parametrize("view", VIEWS)
@pytest.mark.parametrize("indicator", INDICATORS)
def test_a_drawing_is_well_formed_and_without_style(site: Site, ask: Ask, indicator: str, view: str) -> None:
    question = ask(indicator, view=view, territory="commune:99002")
    drawn = draw(site, question)
    parts = [drawn["body"], drawn.get("overlay", ""), drawn.get("labels", ""), *drawn.get("rows", ())]
    marks = "".join(map(say, (*parts, *site.thumbnail(question, view))))
    parse(marks)
    assert "style=" not in marks
    assert not re.search(r"\bnan\b", marks)
    assert "inf" not in re.sub(r"<title>.*?</title>", "", marks)


def test_each_area_of_a_map_is_a_link_with_its_words(site: Site, ask: Ask) -> None:
    links = parse(draw(site, ask("housing/vacancy_rate"))["body"]).findall(f"{SVG}a")
    assert len(links) == 24
    words = {link.get("data-code"): link.findtext(f"{SVG}title") for link in links}
    assert words["99010"] == (
        "Jonquemare : "
        "secret statistique (trop peu d’unités, contributeur dominant, ou valeur qui en trahirait une autre)"
        "\u202f; à la place, "
        "CC du Pays de Rosembaut\u00a0: 9,4\u202f%"
    )
    assert "rang" in (words["99002"] or "")
    assert "territory=commune:99002" in (links[1].get("href") or "")


def test_missing_secret_and_weak_have_each_their_own_mark(site: Site, ask: Ask) -> None:
    body = parse(draw(site, ask("housing/vacancy_rate"))["body"])
    assert {p.get("id") for p in body.iter(f"{SVG}pattern")} == {f"{KEY}-missing", f"{KEY}-secret", f"{KEY}-weak"}
    fills = {a.get("data-code"): [p.get("fill") for p in a.findall(f"{SVG}path")] for a in body.findall(f"{SVG}a")}
    assert fills["99005"] == [f"url(#{KEY}-missing)"]
    assert fills["99010"] == [f"url(#{KEY}-secret)"]


def test_circles_have_areas_in_proportion(site: Site, ask: Ask) -> None:
    question = ask("mobility/accidents")
    figure = site.figure(question)
    amounts = sorted((area.amount for area in figure.areas if area.amount), reverse=True)  # type: ignore[union-attr]
    circles = [float(c.get("r") or 0) for c in parse(draw(site, question)["body"]).iter(f"{SVG}circle")]
    assert (circles[0] / circles[-1]) ** 2 == pytest.approx(amounts[0] / amounts[-1], rel=0.05)


def test_the_territory_in_hand_is_marked_over_the_shared_map(site: Site, ask: Ask) -> None:
    one = draw(site, ask("housing/vacancy_rate", territory="commune:99002"))
    other = draw(site, ask("housing/vacancy_rate", territory="commune:99003"))
    assert one["body"] is other["body"] or one["body"] == other["body"]
    assert one["overlay"] != other["overlay"]


def test_another_geography_has_no_map_and_says_so(site: Site, ask: Ask) -> None:
    question = ask("housing/vacancy_rate", vintage="2021")
    page = render_explorer(site, Visit("fr", "/explorer"), question).text
    assert not draw(site, question)["body"]
    assert "Les contours ne sont tracés qu’à la géographie de référence, au 01/01/2026" in page


@pytest.mark.parametrize("language", ["fr", "en"])
@pytest.mark.parametrize("view", VIEWS)
def test_a_plate_stands_alone(site: Site, ask: Ask, view: str, language: str) -> None:
    question = ask("housing/vacancy_rate", language, view=view, territory="commune:99002")
    sheet = site.sheet("commune", language)
    hand = (question.territory.key, question.territory.name)
    plate = draw_plate(site.figure(question), sheet, hand, language, "#9a3412", "https://exemple/x?a=1&b=2")
    words = " ".join(text.strip() for text in ElementTree.fromstring(plate).itertext())
    assert "var(" not in plate
    assert "href=" not in plate
    assert ("Données fictives" if language == "fr" else "Fictitious data") in words
    assert "01/01/2026" in words or "1 January 2026" in words
    assert "Licence Ouverte 2.0" in words


def test_a_picture_is_drawn_with_the_typeface_of_the_pages(site: Site, ask: Ask) -> None:
    if not FOLDER.joinpath("fonts").is_dir():
        pytest.skip("the front-end is not built")
    register_fonts(str(FOLDER / "fonts"))
    words = (
        '<svg xmlns="http://www.w3.org/2000/svg" width="300" height="40"><text x="5" y="30" {}>Lens 11,2</text></svg>'
    )
    ours = rasterise(words.format("font-family='\"Source Sans 3\"'"), 1)
    nobody = rasterise(words.format("font-family='\"No Such Face\"'"), 1)
    assert ours != nobody


def test_a_picture_is_a_picture(site: Site, ask: Ask) -> None:
    question = ask("mobility/accidents", view="evolution", territory="commune:99002")
    plate = draw_plate(site.figure(question), None, ("", ""), "fr", "#9a3412", "")
    assert rasterise(plate, 1).startswith(b"\x89PNG")
