"""An observatory that watches over a part of the workspace: its pages, maps and rankings are of that part alone."""

import re
from typing import Any

import pytest

from beffroi.errors import BeffroiError
from beffroi.observe import Atlas
from beffroi.observe.homes import observe_observatories
from beffroi.observe.pages import FigureView, head_page, observe_page, perimeter_of, places_of
from tests.observe.conftest import Stand
from tests.observe.paged import HELD, build_paged_release, make_page

VAL = "epci:900000011"
INSIDE, OUTSIDE = "commune:99001", "commune:99024"


def watching(*perimeter: str, text: str = HELD) -> Atlas:
    """The invented release, whose page of housing watches over some territories."""
    page = make_page("housing/index", {"fr": text}) | {"perimeter": list(perimeter)}
    return Atlas(build_paged_release(more={"housing/index": page}))


@pytest.fixture(scope="module")
def val() -> Atlas:
    return watching(VAL)


def figure(atlas: Atlas, name: str, territory: str | None = None) -> Any:
    view = observe_page(atlas, "housing/index", "fr", territory)
    return next(part.figure for part in view.parts if isinstance(part, FigureView) and part.name == name)


def inside(atlas: Atlas, level: str = "commune") -> set[str]:
    places = atlas.gazetteer(2026, "fr").by_level[level]
    return {place.code for place in places if place.lies_in([VAL])}


def test_its_pages_are_those_of_the_territories_that_lie_there(val: Atlas, paged: Atlas) -> None:
    here = places_of(val, "housing/index", "fr")
    assert {place.code for place in here if place.level == "commune"} == inside(val)
    assert [place.key for place in here if place.level != "commune"] == [VAL]
    assert len(here) < len(places_of(paged, "housing/index", "fr"))
    assert head_page(val, "housing/index", "fr", val.gazetteer(2026, "fr").places[OUTSIDE]) is None


def test_it_opens_on_what_it_watches_over_which_its_words_mean(val: Atlas) -> None:
    view = observe_page(val, "housing/index", "fr")
    assert (view.place.key, [place.key for place in view.perimeter]) == (VAL, [VAL])
    held = observe_page(val, "housing/index", "fr", INSIDE)
    assert "CA du Val d’Orve" in held.said["perimeter.in"].words
    assert [place.key for place in held.compared] == [VAL], "its EPCI, which is its perimeter too"


def test_maps_and_rankings_hold_no_other_territory(val: Atlas, paged: Atlas) -> None:
    drawn = figure(val, "carte", INSIDE).figure
    assert {area.code for area in drawn.areas} == inside(val)
    assert len(figure(paged, "carte", INSIDE).figure.areas) == 24
    assert {area.code for area in figure(val, "croisee", INSIDE).areas} == inside(val)
    spots = {spot.key for spot in figure(val, "nuage", INSIDE).spots if spot.key.startswith("commune:")}
    assert spots <= {f"commune:{code}" for code in inside(val)}


def test_ranks_and_classes_are_those_of_the_part(val: Atlas, paged: Atlas) -> None:
    def told(atlas: Atlas) -> str:
        found = re.search(r"rang sur (\d+)\s+communes", figure(atlas, "carte", "commune:99002").frame.sentence)
        assert found
        return found.group(1)

    assert int(told(val)) <= len(inside(val)) < int(told(paged))
    assert figure(val, "carte").question.scene != figure(paged, "carte").question.scene, "drawn and kept apart"


def test_each_figure_says_its_perimeter(val: Atlas, paged: Atlas) -> None:
    assert figure(val, "carte").frame.geography == "Géographie au 01/01/2026 · Périmètre\u00a0: CA du Val d’Orve"
    assert figure(val, "cles").frame.geography.endswith("Périmètre\u00a0: CA du Val d’Orve")
    assert "Périmètre" not in figure(paged, "carte").frame.geography


def test_values_of_what_holds_or_is_named_are_those_of_everybody(val: Atlas, paged: Atlas) -> None:
    one, other = (figure(atlas, "tableau", INSIDE).readings for atlas in (val, paged))
    assert {r.place.key: r.value.value for r in one}.items() <= {r.place.key: r.value.value for r in other}.items()


def test_a_territory_outside_is_told_where_to_look(val: Atlas) -> None:
    with pytest.raises(BeffroiError) as caught:
        observe_page(val, "housing/index", "fr", OUTSIDE)
    (fault,) = caught.value.faults
    assert (fault.code, fault.fault_class.http_status) == ("territory-outside-perimeter", 404)
    assert "hors du périmètre de l'observatoire : Communauté d’agglomération du Val d’Orve" in fault.message("fr")
    assert "/observatoires/housing/index" in fault.remedy("fr")
    assert "/territoires/commune/99024" in fault.remedy("fr")


def test_several_territories_have_no_figures_together() -> None:
    atlas = watching(INSIDE, "commune:99024", "grouping:pays")
    view = observe_page(atlas, "housing/index", "fr")
    assert view.place.key == INSIDE, "the page opens on the first"
    assert [place.key for place in view.perimeter] == [INSIDE, OUTSIDE, "grouping:pays"]
    two = watching(INSIDE, OUTSIDE)
    assert {place.key for place in places_of(two, "housing/index", "fr")} == {INSIDE, OUTSIDE}
    standing = observe_page(two, "housing/index", "fr", OUTSIDE)
    assert "perimeter.in" in standing.said
    assert standing.said["perimeter.in"].territory == two.perimeter("fr").key, "then the word means the workspace's"


@pytest.mark.parametrize("named", ["epci:900000012", "payz"])
def test_a_territory_that_the_workspace_has_not_is_told_with_the_nearest(named: str) -> None:
    with pytest.raises(BeffroiError) as caught:
        observe_page(watching(named), "housing/index", "fr")
    (fault,) = caught.value.faults
    assert fault.code == "watched-territory-unknown"
    assert fault.place is not None
    assert (fault.place.file, fault.place.key) == ("observatories/housing/observatory.yaml", "perimeter")
    assert fault.nearest in {VAL, "epci:900000022", "grouping:pays"}


def test_a_bare_name_is_a_grouping() -> None:
    (grouping,) = perimeter_of(watching("pays"), "housing/index", "fr")
    assert grouping.key == "grouping:pays"


def test_the_card_of_an_observatory_quotes_what_it_watches_over(val: Atlas) -> None:
    (shelf,) = observe_observatories(val, "fr")
    assert shelf.figure is not None
    assert "Val d’Orve" in shelf.figure.words


def test_a_page_is_in_hand_of_the_whole_workspace_otherwise(stand: Stand) -> None:
    assert stand(INSIDE).perimeter.level == "grouping"
    assert stand(INSIDE, within=(VAL,)).perimeter.key == VAL
