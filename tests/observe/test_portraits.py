"""What a portrait says of a territory: its figures among its peers, in words, and what is not there."""

import dataclasses
from collections.abc import Mapping
from typing import Any

import pytest

from beffroi.access import PUBLIC, Audience, Reader
from beffroi.observe import Atlas
from beffroi.observe.biographies import find_former, list_former
from beffroi.observe.likeness import find_alike
from beffroi.observe.places import Place
from beffroi.observe.portraits import Fact, Portrait, choose_facts, observe_portrait
from beffroi.observe.standings import Standing
from tests.observe.invented import SIMILAR, build_release

SECRET = "land/private_vacancy"
PARTNER = Reader(frozenset({Audience("public"), Audience("partner:ddtm")}))


def place(atlas: Atlas, key: str, language: str = "fr") -> Place:
    return atlas.gazetteer(atlas.release.reference_vintage, language).places[key]


def portray(atlas: Atlas, key: str, language: str = "fr") -> Portrait:
    return observe_portrait(atlas, place(atlas, key, language), language)


def fact(portrait: Portrait, indicator: str) -> Fact:
    return next(each for each in portrait.facts if each.measure.id == indicator)


def declare(reader: Reader = PUBLIC, **workspace: Any) -> Atlas:
    """The invented release with other words in its workspace."""
    release = build_release(reader)
    catalogue: Mapping[str, Any] = release.catalogue
    said = {**catalogue, "workspace": {**catalogue["workspace"], **workspace}}
    return Atlas(dataclasses.replace(release, catalogue=said))


def test_a_fact_says_its_rank_its_gap_and_what_it_was(atlas: Atlas) -> None:
    portrait = portray(atlas, "commune:99002")
    accidents = fact(portrait, "mobility/accidents")
    ranks = atlas.slice(accidents.measure, "commune", 2026).moment("2020").ranks
    assert accidents.words.startswith(f"{ranks['99002']}e sur 24\u00a0communes")
    assert "% du total de la CA du Val d’Orve" in accidents.words
    assert "contre" in accidents.words
    assert "en 2018" in accidents.words, "2010 does not compare: the series is broken in 2018"
    assert accidents.unit.startswith("accident")
    assert accidents.peers
    assert accidents.own is not None


def test_an_amount_of_none_has_no_rank_and_is_no_share(atlas: Atlas) -> None:
    measure = atlas.measure("mobility/accidents")
    values = atlas.slice(measure, "commune", 2026).moment("2020").values
    none = [code for code, value in values.items() if value.value == 0]
    assert none
    words = fact(portray(atlas, f"commune:{none[0]}"), measure.id).words
    assert words.startswith(f"Comme {len(none)} des 24\u00a0communes")
    assert "%" not in words


@pytest.mark.parametrize(
    ("code", "state", "number", "words"),
    [
        ("99005", "missing", "–", "Aucune valeur n’est publiée pour ce territoire."),
        ("99010", "confidential", "–", ""),
    ],
)
def test_a_value_that_is_not_there_is_said_in_words(
    atlas: Atlas, code: str, state: str, number: str, words: str
) -> None:
    found = fact(portray(atlas, f"commune:{code}"), "housing/vacancy_rate")
    assert (found.state, found.number) == (state, number)
    assert found.words == words
    assert found.own is None
    assert [each.place.level for each in found.instead] == (["epci"] if state == "confidential" else [])


def test_a_weakly_reliable_value_is_neither_ranked_nor_compared(atlas: Atlas) -> None:
    values = atlas.slice(atlas.measure("housing/vacancy_rate"), "commune", 2026).at("2021")
    weak = next(code for code, value in values.items() if value.state == "weak")
    found = fact(portray(atlas, f"commune:{weak}"), "housing/vacancy_rate")
    assert found.reason == "peu fiable"
    assert found.words == "Trop peu d’observations pour un rang."


def test_the_facts_are_those_named_then_featured_then_one_for_each_theme(atlas: Atlas) -> None:
    def chosen(one: Atlas) -> list[str]:
        return [m.id for m in choose_facts(Standing(one, "fr", place(one, "commune:99002"), 2026))]

    assert chosen(atlas) == [
        "housing/vacancy_rate", "mobility/accidents", "population/yearly_change", "income/median_income",
    ]  # fmt: skip
    named = ["income/median_income", "land/median_price", "nothing/of_the_kind"]
    assert chosen(declare(portrait=named))[0] == "income/median_income"
    assert "land/median_price" not in chosen(declare(portrait=named)), "it is not released"


def test_tables_say_the_territory_and_what_holds_it(atlas: Atlas) -> None:
    portrait = portray(atlas, "commune:99005")
    assert [column.key for column in portrait.columns] == ["commune:99005", "epci:900000033", "grouping:pays"]
    housing = next(sheet for sheet in portrait.sheets if sheet.id == "housing")
    line = housing.lines[0]
    assert line.cells[0].said == "n.d."
    assert line.cells[0].mention == "non disponible"
    assert line.cells[1].said.endswith("%")
    assert [measure.id for measure in housing.awaited] == ["land/median_price"]


def test_larger_territories_are_not_ranked_among_those_that_hold_them(atlas: Atlas) -> None:
    portrait = portray(atlas, "grouping:pays")
    assert all("sur" not in each.words for each in portrait.facts)
    assert {member.level for member in portrait.members} == {"epci"}
    assert not portrait.likeness


def test_neighbours_share_a_border_and_know_each_other(atlas: Atlas) -> None:
    near = portray(atlas, "commune:99001").neighbours
    assert {each.code for each in near} == {"99002", "99007"}
    assert "99001" in {each.code for each in portray(atlas, "commune:99002").neighbours}


def test_what_is_for_a_partner_is_in_no_portrait_of_the_public() -> None:
    release = build_release(PARTNER)
    partner = Atlas(release)
    assert SECRET in {line.measure.id for sheet in portray(partner, "commune:99002").sheets for line in sheet.lines}
    public = declare(portrait=[SECRET])
    portrait = portray(public, "commune:99002")
    shown = [each.measure.id for each in portrait.facts]
    shown += [line.measure.id for sheet in portrait.sheets for line in sheet.lines]
    shown += [measure.id for sheet in portrait.sheets for measure in sheet.awaited]
    assert SECRET not in shown


def test_alike_are_the_nearest_by_the_declared_criteria(atlas: Atlas) -> None:
    found = find_alike(atlas, place(atlas, "commune:99002"), "fr")
    assert found is not None
    assert [each.measure.id for each in found.criteria] == ["mobility/accidents", "housing/vacancy_rate"]
    assert [each.distance for each in found.nearest] == sorted(each.distance for each in found.nearest)
    assert len(found.nearest) == 3
    assert found.compared == 21, "two communes have no vacancy rate, and one is itself"
    back = find_alike(atlas, found.nearest[0].place, "fr")
    assert back is not None
    distances = {each.place.code: each.distance for each in back.nearest}
    assert distances.get("99002", found.nearest[0].distance) == pytest.approx(found.nearest[0].distance)


def test_a_distance_is_worked_out_by_hand(atlas: Atlas) -> None:
    one = declare(similar={**SIMILAR, "indicators": {"mobility/accidents": {"scale": "linear", "weight": 4}}})
    found = find_alike(one, place(one, "commune:99002"), "fr")
    assert found is not None
    numbers = one.slice(one.measure("mobility/accidents"), "commune", 2026).moment("2020").numbers
    mean = sum(numbers) / len(numbers)
    deviation = (sum((number - mean) ** 2 for number in numbers) / len(numbers)) ** 0.5
    nearest = found.nearest[0]
    own = found.own[0]
    assert own is not None
    assert own.value is not None
    assert nearest.values[0].value is not None
    assert nearest.distance == pytest.approx(2 * abs(own.value - nearest.values[0].value) / deviation)


def test_a_commune_without_one_of_the_values_is_like_none(atlas: Atlas) -> None:
    found = find_alike(atlas, place(atlas, "commune:99005"), "fr")
    assert found is not None
    assert found.nearest == ()
    assert find_alike(declare(similar=None), place(atlas, "commune:99002"), "fr") is None


def test_the_word_similar_of_pages_means_them(atlas: Atlas) -> None:
    held = place(atlas, "commune:99002")
    found = find_alike(atlas, held, "fr")
    assert found is not None
    others = Standing(atlas, "fr", held, 2026).others(["epci", "similar"])
    assert [each.key for each in others] == ["epci:900000011", *(each.place.key for each in found.nearest)]


def test_a_merger_is_told_by_the_one_that_absorbed(atlas: Atlas) -> None:
    events = portray(atlas, "commune:99004").events
    assert [event.words for event in events] == ["1er janvier 2024\u00a0: Vieux-Dourlac (99900) rejoint Dourlac."]
    assert (
        portray(atlas, "commune:99016", "en").events[0].words == "1 January 2025: Pont-Armé took the name of Pontarmé."
    )
    assert portray(atlas, "commune:99002").events == ()
    assert [event.by_lists for code in ("99004", "99016") for event in portray(atlas, f"commune:{code}").events] == [
        False,
        True,
    ]


@pytest.mark.parametrize("named", ["99900", "Vieux-Dourlac", "vieux dourlac"])
def test_a_commune_that_is_no_more_leads_to_its_heir(atlas: Atlas, named: str) -> None:
    found = find_former(atlas, named, "fr")
    assert found is not None
    assert [heir.name for heir in found.heirs] == ["Dourlac"]
    assert found.date == "2024-01-01"
    assert find_former(atlas, "99016", "fr") is None, "it only changed its name"
    assert [each.code for each in list_former(atlas, "fr")] == ["99900"]
