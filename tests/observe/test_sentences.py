"""Sentences in good French and English, with the digits that the data bear."""

import pytest

from beffroi.observe import Atlas, observe_figure
from beffroi.observe.atlases import Slice
from beffroi.observe.places import Place
from beffroi.observe.sentences import in_clause, in_clause_of, ordinal, say_rank
from beffroi.observe.values import Measure, Value
from beffroi.units import Unit
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


def test_nothing_is_no_share_and_the_ends_of_a_spread_may_be_many(atlas: Atlas, ask: Ask) -> None:
    measure = atlas.measure("mobility/accidents")
    values = atlas.slice(measure, "commune", 2026).at("2020")
    none = [code for code, value in values.items() if value.value == 0]
    sentence = observe_figure(atlas, ask("mobility/accidents", territory=f"commune:{none[0]}")).frame.sentence
    assert f", comme {len(none)} des " in sentence
    assert "du total" not in sentence
    assert f"De 0\u00a0accident ({len(none)}\u00a0communes) à " in sentence


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


def slice_of(*numbers: float, weak: int = 0, change: bool = False) -> Slice:
    """Communes « 0 », « 1 »… with these values; the first ``weak`` of them are weakly reliable."""
    unit = Unit("n", {}, {}, 0, 1, True)
    measure = Measure("a/b", {"kind": "change" if change else "sum", "title": {"fr": "B"}}, unit)
    values = {
        str(rank): Value(str(rank), str(rank), "2021", number, None, None, None, "A", "F", "good",
                         "weak" if rank < weak else "sure")
        for rank, number in enumerate(numbers)
    }  # fmt: skip
    return Slice(measure, "commune", 2026, {"2021": values}, {}, None)


@pytest.mark.parametrize(
    ("values", "said", "english"),
    [
        (slice_of(5, 4, 3), "1er sur 3\u00a0communes", "1st of 3\u00a0communes"),
        (slice_of(0, 0, 3, 4), "comme 2 des 4\u00a0communes", "as 2 of the 4\u00a0communes"),
        (slice_of(0, 1, 2), "3e sur 3\u00a0communes", "3rd of 3\u00a0communes"),
        (slice_of(1, 1, 1, 1, 9), "à égalité avec 3 autres, sur 5\u00a0communes",
         "level with 3 others, of 5\u00a0communes"),
        (slice_of(1, 1, 9, 8), "3e sur 4\u00a0communes", "3rd of 4\u00a0communes"),
        (slice_of(*[7] * 3, *range(40, 80)), "41e sur 43\u00a0communes", "41st of 43\u00a0communes"),
        (slice_of(0, 0, 5, -5, -6, change=True), "2e sur 5\u00a0communes", "2nd of 5\u00a0communes"),
        (slice_of(5, 4, 3, weak=1), None, None),
        (slice_of(5), None, None),
    ],
)  # fmt: skip
def test_a_rank_is_said_where_it_means_something(values: Slice, said: str | None, english: str | None) -> None:
    place, value = Place("commune", "0", "Lens"), values.at("2021")["0"]
    assert say_rank(values, place, value, "fr") == said
    assert say_rank(values, place, value, "en") == english
    assert say_rank(values, Place("grouping", "0", "Pays"), value, "fr") is None


def test_an_acronym_takes_the_article_of_its_whole_name() -> None:
    pole = Place("grouping", "pma", "Pôle métropolitain de l'Artois", short="PMA")
    assert (in_clause(pole, "fr"), in_clause_of(pole, "fr")) == ("dans le PMA", "du PMA")
    agency = Place("grouping", "agency", "Territoire de l'Agence", short="Agence")
    assert (in_clause(agency, "fr"), in_clause_of(agency, "fr")) == ("dans l’agence", "de l’agence")
