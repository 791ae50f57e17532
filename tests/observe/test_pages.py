"""A page in the hands of a territory: its prose, its figures, what is said in the place of one that is not there."""

import pytest

from beffroi.access import partner
from beffroi.errors import BeffroiError
from beffroi.observe import Atlas
from beffroi.observe.pages import (
    DownloadsView,
    FigureView,
    ImageView,
    NoteView,
    PageView,
    Prose,
    find_page,
    indicators_of,
    observe_page,
    places_of,
)
from tests.observe.paged import build_paged_release, make_page

LENS = "commune:99002"


def code_of(atlas: Atlas, *asked: str) -> str:
    with pytest.raises(BeffroiError) as caught:
        observe_page(atlas, *asked)
    return caught.value.faults[0].code


def figures(view: PageView) -> dict[str, FigureView]:
    return {part.name: part for part in view.parts if isinstance(part, FigureView)}


def test_title_prose_and_figures_are_of_the_territory_in_hand(paged: Atlas) -> None:
    view = observe_page(paged, "housing/index", "fr", LENS)
    assert (view.title, view.summary) == ("Se loger à Bellefosse", "Le parc de Bellefosse.")
    assert view.place.key == LENS
    assert [place.level for place in view.compared] == ["epci", "grouping"]
    assert view.synthetic
    assert {"here", "housing/vacancy_rate"} <= set(view.said)
    other = observe_page(paged, "housing/index", "fr", "commune:99003")
    for name in ("cles", "tableau", "carte", "nuage"):
        one, two = figures(view)[name].figure, figures(other)[name].figure
        assert one is not None
        assert two is not None
        assert one.frame.sentence != two.frame.sentence, name


def test_a_figure_without_a_name_has_its_position(paged: Atlas) -> None:
    names = list(figures(observe_page(paged, "housing/index", "fr")))
    assert names == ["carte", "cles", "3", "lumiere", "tableau", "prix", "nuage", "croisee", "flux"]


def test_a_figure_whose_series_is_not_released_says_so_in_its_place(paged: Atlas) -> None:
    absent = figures(observe_page(paged, "housing/index", "fr", LENS))["prix"]
    assert absent.figure is None
    assert "Prix médian des maisons" in absent.absent
    assert absent.definitions, "it may still be understood"


def test_a_table_goes_on_without_the_indicator_that_is_not_released(paged: Atlas) -> None:
    keys = figures(observe_page(paged, "housing/index", "fr", LENS))["cles"].figure
    assert [entry.number for entry in keys.entries][-1] == "–"  # type: ignore[union-attr]


def test_blocks_are_for_the_levels_that_they_name(paged: Atlas) -> None:
    def said(territory: str) -> str:
        view = observe_page(paged, "housing/index", "fr", territory)
        return " ".join(part.markdown for part in view.parts if isinstance(part, Prose))

    assert "Réservé aux" not in said(LENS)
    assert "Réservé aux" in said("epci:900000011")


def test_notes_images_and_downloads_are_read(paged: Atlas) -> None:
    parts = {type(part): part for part in observe_page(paged, "housing/index", "fr", LENS).parts}
    note, image, downloads = parts[NoteView], parts[ImageView], parts[DownloadsView]
    assert isinstance(note, NoteView)
    assert note.title == "Vacance de Bellefosse"
    assert isinstance(image, ImageView)
    assert image.file == "plan.png"
    assert isinstance(downloads, DownloadsView)
    assert [name for name, _ in downloads.series] == ["housing/vacancy_rate"], "what is not released has no file"


def test_a_page_without_text_in_the_language_is_in_french_and_says_so(paged: Atlas) -> None:
    assert observe_page(paged, "housing/index", "en", LENS).translated
    assert observe_page(paged, "housing/index", "en", LENS).title == "Housing in Bellefosse"
    french = observe_page(paged, "housing/method", "en")
    assert (french.translated, french.title) == (False, "Méthode")


def test_a_page_opens_on_its_own_territory(paged: Atlas) -> None:
    assert observe_page(paged, "housing/index", "fr").place.key == "grouping:pays"
    assert observe_page(paged, "housing/method", "fr", "grouping:pays").place.key == "grouping:pays"


def test_what_is_asked_and_is_not_there_is_told(paged: Atlas) -> None:
    assert code_of(paged, "housing/nothing", "fr") == "unknown-page-asked"
    assert code_of(paged, "housing/index", "fr", "commune:00000") == "unknown-territory"
    assert code_of(paged, "housing/method", "fr", LENS) == "territory-without-page"


def test_a_partners_page_is_unknown_to_the_public(paged: Atlas) -> None:
    assert code_of(paged, "reserved/index", "fr") == "unknown-page-asked"
    with pytest.raises(BeffroiError) as caught:
        find_page(paged, "reserved/inde")
    assert "reserved/index" not in str(caught.value.faults[0].to_json()), "nor is it named among those that there are"
    theirs = Atlas(build_paged_release(partner("ddtm")))
    assert observe_page(theirs, "reserved/index", "fr", LENS).title == "Page du partenaire"


def test_the_territories_of_a_page_are_those_of_its_levels(paged: Atlas) -> None:
    places = places_of(paged, "housing/index", "fr")
    assert len(places) == 24 + 3 + 1
    assert [place.key for place in places_of(paged, "housing/method", "fr")] == ["grouping:pays"]


def test_the_indicators_of_a_block_hold_the_members_of_its_breakdown(paged: Atlas) -> None:
    part = next(p for p in find_page(paged, "housing/index")["texts"]["fr"]["parts"] if p.get("name") == "lumiere")
    assert indicators_of(paged, part) == ["mobility/accidents", "mobility/by_light/day", "mobility/by_light/night"]


def test_a_period_that_a_figure_does_not_have_is_raised_on_its_line() -> None:
    text = "---\ntitle: Une page\n---\n\n```choropleth\nindicator: housing/vacancy_rate\nperiod: '1999'\n```\n"
    atlas = Atlas(build_paged_release(more={"housing/late": make_page("housing/late", {"fr": text})}))
    with pytest.raises(BeffroiError) as caught:
        observe_page(atlas, "housing/late", "fr")
    (fault,) = caught.value.faults
    assert fault.code == "figure-period-absent"
    assert (fault.place.file, fault.place.line) == ("observatories/housing/late.md", 5)
