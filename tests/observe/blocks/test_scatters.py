"""Scatters: who is drawn, who is named, where the medians are, and who is left out and why."""

import pytest

from beffroi.catalog.blocks import Scatter
from beffroi.errors import BeffroiError
from beffroi.observe.blocks.scatters import observe_scatter
from tests.observe.conftest import Stand

RATE, INCOME, ACCIDENTS = "housing/vacancy_rate", "income/median_income", "mobility/accidents"


def test_territories_with_both_values_are_drawn_and_the_others_counted(stand: Stand) -> None:
    figure = observe_scatter(stand("commune:99002"), Scatter(x=RATE, y=INCOME))
    assert len(figure.spots) + sum(count for _, count in figure.lacking) == 24
    assert dict(figure.lacking)["missing"] == 1, "one that is not there"
    assert dict(figure.lacking)["confidential"] == 4, "one secret value of the two is enough"
    assert "commune:99010" not in {spot.key for spot in figure.spots}
    assert len(figure.grid.rows) == 24, "they are all in the table"
    assert all(0 <= share <= 1 for spot in figure.spots for share in (spot.x, spot.y))


def test_the_one_in_hand_and_the_compared_are_named(stand: Stand) -> None:
    held = stand("commune:99002", compared=("commune:99003", "epci"))
    figure = observe_scatter(held, Scatter(x=RATE, y=INCOME))
    roles = {spot.key: spot.role for spot in figure.spots if spot.role}
    assert roles == {"commune:99002": "territory", "commune:99003": "compared", "epci:900000011": "compared"}
    assert [row.label for row in figure.grid.rows[:2]] == ["Bellefosse", "Cantelande"]
    assert figure.grid.rows[0].in_hand


def test_a_total_of_a_larger_body_has_no_place_among_the_small(stand: Stand) -> None:
    figure = observe_scatter(stand("commune:99002", compared=("epci",)), Scatter(x=ACCIDENTS, y=RATE))
    assert {spot.key.partition(":")[0] for spot in figure.spots} == {"commune"}
    sized = observe_scatter(stand("commune:99002", compared=("epci",)), Scatter(x=RATE, y=INCOME, size=ACCIDENTS))
    assert {spot.size for spot in sized.spots if spot.key.startswith("epci")} == {None}, "nor has its amount an area"


def test_the_communes_of_the_epci_in_hand_are_told_from_the_others(stand: Stand) -> None:
    figure = observe_scatter(stand("epci:900000011"), Scatter(x=RATE, y=INCOME))
    inside = {spot.key for spot in figure.spots if spot.role == "inside"}
    assert inside
    assert inside < {place.key for place in stand("epci:900000011").members("commune")}
    assert any("Val d’Orve" in words for words in figure.notes)


def test_areas_are_in_proportion_to_the_amount(stand: Stand) -> None:
    held = stand("commune:99002")
    figure = observe_scatter(held, Scatter(x=RATE, y=INCOME, size=ACCIDENTS))
    sizes = [spot.size or 0 for spot in figure.spots]
    assert sizes == sorted(sizes, reverse=True), "the small ones are drawn over the large"
    amounts = held.slice(held.measure(ACCIDENTS), "commune").at("2020")
    shown = {spot.key.partition(":")[2]: spot.size for spot in figure.spots}
    (one, other) = sorted(shown, key=lambda code: -(shown[code] or 0))[:2]
    assert (shown[one] or 0) / (shown[other] or 1) == pytest.approx(
        (amounts[one].value or 0) / (amounts[other].value or 1)
    )
    assert figure.sizes


def test_medians_are_those_of_reliable_territories_and_part_them_in_four(stand: Stand) -> None:
    figure = observe_scatter(stand("commune:99002"), Scatter(x=RATE, y=INCOME))
    assert figure.x.middle is not None
    sure = sorted(spot.x for spot in figure.spots if spot.state != "weak")
    below = sum(x < figure.x.middle[0] for x in sure)
    above = sum(x > figure.x.middle[0] for x in sure)
    assert abs(below - above) <= 1
    counts = [
        int(words) for words in figure.frame.sentence.replace(".", " ").replace(" ;", "").split() if words.isdigit()
    ]
    assert sum(counts[-4:]) == len(figure.spots)


def test_under_three_territories_there_is_no_median(stand: Stand) -> None:
    figure = observe_scatter(stand("epci:900000011"), Scatter(x=RATE, y=INCOME, level="epci"))
    assert len(figure.spots) == 2
    assert figure.x.middle is None
    assert figure.frame.sentence.endswith("trop peu de territoires pour en tirer des médianes.")


def test_each_axis_says_its_unit_and_its_period(stand: Stand) -> None:
    figure = observe_scatter(stand("commune:99002"), Scatter(x=RATE, y=INCOME))
    assert figure.x.title == "Taux de vacance des logements (%), 2021 (moyenne 2019–2023)"
    assert figure.y.title.endswith("(€), 2021")


def test_doubts_are_counted_rather_than_named(stand: Stand) -> None:
    figure = observe_scatter(stand("commune:99002"), Scatter(x=RATE, y=INCOME))
    words = [notice.words for notice in figure.frame.notices if notice.kind == "confidential"]
    assert any(said.startswith("1\u00a0commune") and "Taux de vacance" in said for said in words)


def test_an_absent_period_is_refused(stand: Stand) -> None:
    with pytest.raises(BeffroiError) as caught:
        observe_scatter(stand("commune:99002"), Scatter(x=RATE, y=INCOME, period="2016"))
    assert caught.value.faults[0].code == "figure-period-absent"
