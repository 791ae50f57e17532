"""Every state is an address, and every address of known things has an answer."""

from urllib.parse import parse_qs

import pytest

from beffroi.access import partner
from beffroi.errors import BeffroiError
from beffroi.observe import Atlas, resolve_question
from beffroi.observe.questions import comparison_choices
from tests.observe.conftest import Ask
from tests.observe.invented import build_release


def codes(error: pytest.ExceptionInfo[BeffroiError]) -> set[str]:
    return {fault.code for fault in error.value.faults}


def test_an_empty_address_is_the_first_featured_indicator_over_the_perimeter(atlas: Atlas) -> None:
    question = resolve_question(atlas, {}, "fr")
    assert question.measure.id == "housing/vacancy_rate"
    assert (question.level, question.period, question.view) == ("commune", "2021", "map")
    assert question.territory.key == "grouping:pays"
    assert question.vintage == 2026


def test_a_question_and_its_address_say_the_same(atlas: Atlas, ask: Ask) -> None:
    question = ask("mobility/accidents", territory="commune:99002", period="2015", view="ranking", vintage="2021")
    again = resolve_question(atlas, parse_qs(question.query()), "fr")
    assert again == question


def test_a_territory_is_found_by_name_accents_aside(ask: Ask) -> None:
    assert ask("housing/vacancy_rate", territory="ecaillon la foret").territory.code == "99005"


def test_a_commune_is_compared_with_its_epci_and_the_perimeter(ask: Ask) -> None:
    question = ask("housing/vacancy_rate", territory="commune:99002")
    assert [place.key for place in question.compared] == ["epci:900000011", "grouping:pays"]


def test_a_comparison_without_value_is_not_offered_by_default(ask: Ask) -> None:
    assert [place.level for place in ask("income/median_income", territory="commune:99002").compared] == ["epci"]


def test_compared_with_nobody_stays_so(ask: Ask) -> None:
    question = ask("housing/vacancy_rate", territory="commune:99002", compare="none")
    assert question.compared == ()
    assert "compare=none" in question.query()


def test_what_holds_the_territory_is_offered_first(atlas: Atlas, ask: Ask) -> None:
    choices = comparison_choices(atlas, ask("housing/vacancy_rate", territory="commune:99002"))
    assert [place.key for place in choices] == ["epci:900000011", "grouping:pays"]


def test_a_period_that_is_not_there_is_replaced_and_said(ask: Ask) -> None:
    question = ask("housing/vacancy_rate", period="2019")
    assert question.period == "2016"
    assert "2019" in question.replaced[0]


def test_a_level_that_is_not_there_is_replaced_and_said(ask: Ask) -> None:
    question = ask("income/median_income", level="grouping")
    assert question.level == "commune"
    assert "Groupements" in question.replaced[0]


@pytest.mark.parametrize(
    ("state", "code"),
    [
        ({"view": "globe"}, "view-unknown"),
        ({"level": "planet"}, "unknown-level"),
        ({"territory": "Atlantide"}, "unknown-territory"),
        ({"territory": "commune:00000"}, "unknown-territory"),
        ({"vintage": "1999"}, "vintage-not-released"),
    ],
)
def test_what_nobody_knows_is_a_fault(ask: Ask, state: dict[str, str], code: str) -> None:
    with pytest.raises(BeffroiError) as error:
        ask("housing/vacancy_rate", **state)
    assert codes(error) == {code}


def test_a_mistyped_territory_is_given_the_nearest_name(ask: Ask) -> None:
    with pytest.raises(BeffroiError) as error:
        ask("housing/vacancy_rate", territory="Belefosse")
    assert error.value.faults[0].nearest == "Bellefosse"


def test_an_unknown_indicator_is_a_fault(ask: Ask) -> None:
    with pytest.raises(BeffroiError) as error:
        ask("housing/vacancy")
    assert codes(error) == {"unknown-indicator"}


def test_an_indicator_that_is_not_released_is_a_fault(ask: Ask) -> None:
    with pytest.raises(BeffroiError) as error:
        ask("land/median_price")
    assert codes(error) == {"indicator-unavailable"}


def test_nothing_released_is_said() -> None:
    release = build_release()
    empty = type(release)(**{**vars(release), "catalogue": {**release.catalogue, "indicators": {}}})
    with pytest.raises(BeffroiError) as error:
        resolve_question(Atlas(empty), {}, "fr")
    assert codes(error) == {"nothing-released"}


def test_a_partner_sees_what_is_meant_for_them() -> None:
    assert "land/private_vacancy" not in Atlas(build_release()).measures
    assert "land/private_vacancy" in Atlas(build_release(partner("ddtm"))).measures
