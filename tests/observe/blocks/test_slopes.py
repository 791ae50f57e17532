"""A slope joins two values that compare, and territories of unlike sizes only as indices."""

from collections.abc import Callable
from typing import Any

import pytest

from beffroi.catalog.blocks import Slope
from beffroi.observe.blocks.slopes import SlopeFigure, observe_slope
from tests.observe.parted import HAMLET, TOWN, VILLAGE, WHOLE, parted_atlas, stand_at

Look = Callable[..., SlopeFigure]


@pytest.fixture(scope="module")
def look() -> Look:
    atlas = parted_atlas()

    def at(indicator: str, *compared: str, periods: tuple[str, str] = ("2018", "2022"), **more: Any) -> SlopeFigure:
        block = Slope(indicator=indicator, periods=list(periods), **more)
        return observe_slope(stand_at(atlas, TOWN, *compared), block)

    return at


def test_shares_are_set_on_one_scale(look: Look) -> None:
    figure = look("homes/vacant_share", VILLAGE)
    assert figure.lines[0].label == "Aubremont"
    town, village = figure.lines
    assert (town.start, village.start) == (1.0, 0.0)
    assert town.end == pytest.approx(0.6)
    assert not figure.indexed
    assert "de 10,0\u202f% en 2018 à 8,0\u202f% en 2022" in figure.frame.sentence


def test_counts_of_unlike_territories_begin_at_a_hundred(look: Look) -> None:
    figure = look("ages/people", WHOLE)
    assert len({line.start for line in figure.lines}) == 1
    town = next(line for line in figure.lines if line.in_hand)
    assert town.change == "+20\u202f%"
    assert figure.indexed
    assert figure.table.rows[0].cells[0].said == "100\u00a0habitants"


def test_a_count_that_began_at_nothing_has_no_index_and_is_named(look: Look) -> None:
    figure = look("ages/people", HAMLET)
    assert [line.label for line in figure.lines] == ["Aubremont"]
    assert "Cantelande" in figure.left_out


def test_a_missing_end_is_named_and_told_in_the_table(look: Look) -> None:
    figure = look("homes/vacant_share", HAMLET)
    assert "Cantelande" in figure.left_out
    assert figure.table.rows[1].cells[1].mention
    assert figure.table.rows[1].cells[2].said == "–"


def test_nothing_joins_the_two_sides_of_a_break(look: Look) -> None:
    shares, counts = look("homes/broken_share", VILLAGE), look("roads/hurt", WHOLE)
    assert not shares.joined
    assert {line.change for line in shares.lines} == {""}
    assert not counts.lines, "raw counts of unlike territories are not set side by side either"
    assert "ne se comparent pas" in counts.frame.sentence
    assert not counts.left_out


def test_two_periods_after_the_break_are_joined(look: Look) -> None:
    assert look("homes/broken_share", VILLAGE, periods=("2020", "2022")).joined


def test_the_territory_of_the_page_is_marked_among_those_of_its_level() -> None:
    atlas = parted_atlas()
    block = Slope(indicator="homes/vacant_share", periods=["2018", "2021"], level="commune", territory="perimeter")
    figure = observe_slope(stand_at(atlas, VILLAGE), block)
    assert [line.label for line in figure.lines if line.in_hand] == ["Bellefosse"]
    assert figure.lines[0].in_hand
    assert len(figure.lines) == 3
