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
    assert "dans la CA du Val d’Orve" in sentence


def test_the_same_in_english(atlas: Atlas, ask: Ask) -> None:
    sentence = observe_figure(atlas, ask("housing/vacancy_rate", "en", territory="commune:99002")).frame.sentence
    assert sentence.startswith("Bellefosse: 5.8%, ranked 12th of 18\u00a0communes, 2.5\u00a0points less than ")


def test_a_count_is_a_share_of_what_holds_it(atlas: Atlas, ask: Ask) -> None:
    sentence = observe_figure(atlas, ask("mobility/accidents", territory="commune:99002")).frame.sentence
    assert f"{THIN}% du total de la CA du Val d’Orve" in sentence
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


@pytest.mark.parametrize(
    ("level", "name", "tncc", "place", "of"),
    [
        ("departement", "Pas-de-Calais", 2, "dans le Pas-de-Calais", "du Pas-de-Calais"),
        ("departement", "Somme", 3, "dans la Somme", "de la Somme"),
        ("departement", "Ardennes", 4, "dans les Ardennes", "des Ardennes"),
        ("departement", "Aisne", 5, "dans l’Aisne", "de l’Aisne"),
        ("departement", "Seine-et-Marne", 0, "en Seine-et-Marne", "de Seine-et-Marne"),
        ("departement", "Ille-et-Vilaine", 1, "en Ille-et-Vilaine", "d’Ille-et-Vilaine"),
        ("departement", "Paris", 0, "à Paris", "de Paris"),
        ("region", "La Réunion", 0, "à La Réunion", "de La Réunion"),
        ("region", "Hauts-de-France", 4, "dans les Hauts-de-France", "des Hauts-de-France"),
        ("region", "Île-de-France", 1, "en Île-de-France", "d’Île-de-France"),
        ("region", "Normandie", 0, "en Normandie", "de Normandie"),
        ("pays", "France", None, "en France", "de la France"),
        ("arrondissement", "arrondissement de Lens", None, "dans l’arrondissement de Lens",
         "de l’arrondissement de Lens"),
        ("departement", "Nulle-Part", None, "dans Nulle-Part", "de Nulle-Part"),
    ],
)  # fmt: skip
def test_articles_are_those_of_the_official_list(level: str, name: str, tncc: int | None, place: str, of: str) -> None:
    territory = Place(level, "1", name, short=name, tncc=tncc)
    assert (in_clause(territory, "fr"), in_clause_of(territory, "fr")) == (place, of)
    assert in_clause(territory, "en") == f"in {name}"


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
