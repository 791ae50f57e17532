"""Words of a page become territories: what holds the one in hand, those to compare with, the period that is shown."""

import pytest

from beffroi.errors import BeffroiError, Place
from tests.observe.conftest import Stand


def test_words_of_a_page_become_territories(stand: Stand) -> None:
    held = stand("commune:99002")
    assert held.find("here") == held.place
    assert (epci := held.find("epci")) is not None
    assert epci.key in held.place.parents
    assert (perimeter := held.find("perimeter")) is not None
    assert perimeter.key == "grouping:pays"
    assert (named := held.find("commune:99003")) is not None
    assert named.name == "Cantelande"
    assert held.find("departement") is None, "nothing of that kind holds it"


def test_an_epci_is_its_own_epci_and_is_not_compared_with_itself(stand: Stand) -> None:
    held = stand("epci:900000011", compared=("epci", "perimeter", "region"))
    assert held.find("epci") == held.place
    assert [place.key for place in held.others(None)] == ["grouping:pays"], "neither itself nor what does not exist"
    assert held.others([]) == (), "a block that names none compares with none"


def test_taking_what_does_not_exist_leaves_the_one_in_hand(stand: Stand) -> None:
    held = stand("commune:99002")
    assert held.take("epci").place.level == "epci"
    assert held.take("region").place == held.place


def test_the_period_is_that_of_the_block_then_of_the_page_then_the_last(stand: Stand) -> None:
    held = stand("commune:99002")
    rate = held.measure("housing/vacancy_rate")
    assert held.settle(rate, None) == "2021"
    assert stand("commune:99002", period="2016").settle(rate, None) == "2016"
    assert stand("commune:99002", period="2016").settle(rate, "2021") == "2021"


def test_an_absent_period_is_told_with_those_that_there_are_and_its_line(stand: Stand) -> None:
    held = stand("commune:99002").at(Place("observatories/housing/index.md", 12))
    with pytest.raises(BeffroiError) as caught:
        held.settle(held.measure("housing/vacancy_rate"), "1999")
    (fault,) = caught.value.faults
    assert fault.code == "figure-period-absent"
    assert fault.available == ("2016", "2021")
    assert (fault.place.file, fault.place.line) == ("observatories/housing/index.md", 12)


def test_a_history_keeps_to_the_periods_asked_and_to_the_levels_released(stand: Stand) -> None:
    held = stand("commune:99002")
    accidents = held.measure("mobility/accidents")
    assert [r.value.period for r in held.history(accidents, held.place, "2018", "2020")] == ["2018", "2019", "2020"]
    perimeter = held.find("perimeter")
    assert perimeter is not None
    assert held.history(held.measure("income/median_income"), perimeter, None, None) == ()


def test_members_are_those_of_the_territory_in_hand(stand: Stand) -> None:
    members = stand("epci:900000011").members("commune")
    assert members
    assert all("epci:900000011" in place.parents for place in members)
    assert stand("commune:99002").members("commune") == ()
