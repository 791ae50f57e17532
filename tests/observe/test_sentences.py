"""Sentences in good French and English, with the digits that the data bear."""

import pytest

from beffroi.observe import Atlas, observe_figure
from beffroi.observe.places import Place
from beffroi.observe.sentences import in_clause, in_clause_of, ordinal
from tests.observe.conftest import Ask

THIN = "\u202f"


def test_a_territory_is_said_with_its_rank_and_its_gap(atlas: Atlas, ask: Ask) -> None:
    sentence = observe_figure(atlas, ask("housing/vacancy_rate", territory="commune:99002")).frame.sentence
    assert sentence.startswith(
        f"Bellefosse\u00a0: 5,8{THIN}%, 12e rang sur 18\u00a0communes, 2,5\u00a0points de moins que "
    )
    assert "dans la CA du Val d'Orve" in sentence


def test_the_same_in_english(atlas: Atlas, ask: Ask) -> None:
    sentence = observe_figure(atlas, ask("housing/vacancy_rate", "en", territory="commune:99002")).frame.sentence
    assert sentence.startswith("Bellefosse: 5.8%, ranked 12th of 18\u00a0communes, 2.5\u00a0points less than ")


def test_a_count_is_a_share_of_what_holds_it(atlas: Atlas, ask: Ask) -> None:
    sentence = observe_figure(atlas, ask("mobility/accidents", territory="commune:99002")).frame.sentence
    assert f"{THIN}% du total de la CA du Val d'Orve" in sentence
    assert "(provisoire)" in sentence


def test_a_secret_is_said_by_name_without_a_figure(atlas: Atlas, ask: Ask) -> None:
    sentence = observe_figure(atlas, ask("housing/vacancy_rate", territory="commune:99010")).frame.sentence
    assert "pas de valeur, secret statistique" in sentence


def test_a_level_where_it_is_not_released_is_said(atlas: Atlas, ask: Ask) -> None:
    sentence = observe_figure(atlas, ask("income/median_income", territory="grouping:pays")).frame.sentence
    assert "n’est pas publié à ce niveau" in sentence


@pytest.mark.parametrize(
    ("name", "place", "of"),
    [
        ("Lens", "à Lens", "de Lens"),
        ("Le Touquet", "au Touquet", "du Touquet"),
        ("Les Attaques", "aux Attaques", "des Attaques"),
        ("Écoivres", "à Écoivres", "d’Écoivres"),
        ("La Marlière", "à La Marlière", "de La Marlière"),
    ],
)
def test_prepositions_of_communes(name: str, place: str, of: str) -> None:
    commune = Place("commune", "1", name, short=name)
    assert in_clause(commune, "fr") == place
    assert in_clause_of(commune, "fr") == of


def test_ordinals() -> None:
    assert [ordinal(n, "fr") for n in (1, 2, 21)] == ["1er", "2e", "21e"]
    assert [ordinal(n, "en") for n in (1, 2, 3, 11, 12, 23, 111)] == [
        "1st",
        "2nd",
        "3rd",
        "11th",
        "12th",
        "23rd",
        "111th",
    ]


def test_an_acronym_takes_the_article_of_its_whole_name() -> None:
    pole = Place("grouping", "pma", "Pôle métropolitain de l'Artois", short="PMA")
    assert (in_clause(pole, "fr"), in_clause_of(pole, "fr")) == ("dans le PMA", "du PMA")
    agency = Place("grouping", "agency", "Territoire de l'Agence", short="Agence")
    assert (in_clause(agency, "fr"), in_clause_of(agency, "fr")) == ("dans l’agence", "de l’agence")
