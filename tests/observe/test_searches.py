"""Finding a commune, an indicator or a source from a few letters."""

import pytest

from beffroi.observe import Atlas
from beffroi.observe.places import fold, shorten
from beffroi.observe.searches import search, search_places


@pytest.mark.parametrize(
    ("words", "first"),
    [
        ("bellefosse", "commune:99002"),
        ("ecaillon", "commune:99005"),
        ("oeuilly", "commune:99015"),
        ("saint orens", "commune:99019"),
        ("vacance", "housing/vacancy_rate"),
        ("accidents", "mobility/accidents"),
        ("revenus inventes", "insee/filosofi"),
    ],
)
def test_what_is_meant_comes_first(atlas: Atlas, words: str, first: str) -> None:
    found = search(atlas, words, "fr")
    assert not found.nearest
    assert found.hits[0].key == first


def test_a_commune_that_is_no_more_is_found_with_where_it_went(atlas: Atlas) -> None:
    hit = search(atlas, "vieux dour", "fr").hits[0]
    assert (hit.kind, hit.key, hit.title) == ("territory", "commune:99900", "Vieux-Dourlac")
    assert hit.detail == "ancienne commune, aujourd’hui dans Dourlac"


def test_the_nearest_names_are_given_and_said_to_be_so(atlas: Atlas) -> None:
    found = search(atlas, "belefose", "fr")
    assert found.nearest
    assert found.hits[0].key == "commune:99002"


def test_nothing_is_nothing(atlas: Atlas) -> None:
    assert search(atlas, "   ", "fr").hits == ()
    assert search(atlas, "zzzzzz", "fr").hits == ()


def test_what_is_for_a_partner_is_not_found_by_the_public(atlas: Atlas) -> None:
    assert search(atlas, "deux ans", "fr").hits == ()


def test_places_complete_themselves(atlas: Atlas) -> None:
    assert [p.key for p in search_places(atlas, "rosem", "fr")][:1] == ["commune:99018"]
    assert search_places(atlas, "Vieux-Dourlac", "fr", vintage=2021)[0].code == "99900"


def test_words_are_compared_without_accent_nor_ligature() -> None:
    assert fold("Œuilly-le-Vieux") == fold("oeuilly le vieux")
    assert fold("L’Écluse") == "l ecluse"


def test_bodies_have_their_usual_initials() -> None:
    assert shorten("Communauté d’agglomération de Lens-Liévin") == "CA de Lens-Liévin"
    assert shorten("Communauté de communes du Ternois") == "CC du Ternois"
    assert shorten("Bellefosse") == "Bellefosse"
