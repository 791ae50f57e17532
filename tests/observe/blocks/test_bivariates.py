"""Maps of two indicators: thirds of those that have both, classes that hold them all, the others marked and counted."""

import pytest

from beffroi.catalog.blocks import BivariateMap
from beffroi.observe.blocks.bivariates import FEWEST, BivariateFigure, Thirds, observe_bivariate
from tests.observe.conftest import Stand

RATE, INCOME = "housing/vacancy_rate", "income/median_income"


@pytest.fixture
def figure(stand: Stand) -> BivariateFigure:
    return observe_bivariate(stand("commune:99002"), BivariateMap(x=RATE, y=INCOME))


def test_every_territory_with_both_values_is_in_one_of_nine_classes(figure: BivariateFigure) -> None:
    classed = [area for area in figure.areas if area.cell is not None]
    assert sum(map(sum, figure.counts)) == len(classed)
    assert len(classed) + sum(count for state, count in figure.states if state != "weak") == len(figure.areas) == 24


def test_thirds_are_of_like_sizes(figure: BivariateFigure) -> None:
    rows = [sum(row) for row in figure.counts]
    columns = [sum(row[column] for row in figure.counts) for column in range(3)]
    assert max(rows) - min(rows) <= 1
    assert max(columns) - min(columns) <= 1


def test_those_that_lack_one_value_have_their_own_mark(figure: BivariateFigure) -> None:
    states = {area.code: (area.state, area.cell) for area in figure.areas}
    assert states["99005"] == ("missing", None)
    assert states["99010"] == ("confidential", None)
    assert "secret statistique" in next(area.said for area in figure.areas if area.code == "99010")


def test_a_value_is_classed_as_it_is_printed() -> None:
    thirds = Thirds("", "", (7.2, 9.0), ("", "", ""))
    assert [thirds.third(number, 1) for number in (7.14, 7.16, 8.96, 8.94)] == [0, 1, 2, 1], "7,2 is not below 7,2"


def test_the_sentence_says_the_thirds_of_the_one_in_hand(figure: BivariateFigure, stand: Stand) -> None:
    assert "C’est le tiers" in figure.frame.sentence
    larger = observe_bivariate(stand("epci:900000011"), BivariateMap(x=RATE, y=INCOME))
    assert "C’est le tiers" not in larger.frame.sentence, "an EPCI is in no third of the communes"


def test_too_few_territories_are_not_parted(stand: Stand) -> None:
    few = observe_bivariate(stand("epci:900000011"), BivariateMap(x=RATE, y=INCOME, level="epci"))
    assert str(FEWEST) in few.refused
    assert (few.x, few.y, few.grid.rows) == (None, None, ())
    assert len(few.listing.rows) == 3, "the table still gives the values"
    assert all(area.cell is None for area in few.areas)


def test_the_scene_is_the_same_for_all_who_look(figure: BivariateFigure, stand: Stand) -> None:
    other = observe_bivariate(stand("commune:99003"), BivariateMap(x=RATE, y=INCOME))
    assert (other.scene, other.areas) == (figure.scene, figure.areas)
    assert other.place != figure.place
