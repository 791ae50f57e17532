"""Bands pile up to their whole, and the pile stops where something is unknown or broken."""

from collections.abc import Callable
from itertools import pairwise
from typing import Any

import pytest

from beffroi.catalog.blocks import Area
from beffroi.observe.blocks.areas import AreaFigure, observe_area
from tests.observe.parted import HAMLET, TOWN, VILLAGE, parted_atlas, stand_at

Look = Callable[..., AreaFigure]


@pytest.fixture(scope="module")
def look() -> Look:
    atlas = parted_atlas()

    def at(breakdown: str, territory: str = TOWN, **more: Any) -> AreaFigure:
        return observe_area(stand_at(atlas, territory), Area(breakdown=breakdown, **more))

    return at


def test_bands_stand_on_one_another_in_the_order_of_the_declaration(look: Look) -> None:
    figure = look("ages/by_stage")
    assert [band.label for band in figure.bands] == ["Jeunes", "Adultes", "Aînés"]
    for lower, upper in pairwise(figure.bands):
        assert [each.high for each in lower.runs[0]] == pytest.approx([each.low for each in upper.runs[0]])
    assert not figure.gap
    assert "Jeunes\u00a0: 48\u00a0habitants en 2022 contre 50\u00a0habitants en 2018" in figure.frame.sentence


def test_shares_are_brought_to_the_whole_of_each_period(look: Look) -> None:
    figure = look("ages/by_stage", share=True)
    assert {round(each.high, 9) for each in figure.bands[-1].runs[0]} == {1.0}
    assert figure.bands[0].runs[0][0].said == "50,0\u202f%"
    assert figure.frame.subtitle == "En\u00a0% du total."


def test_no_band_goes_across_a_break(look: Look) -> None:
    figure = look("roads/by_light")
    assert [[each.period for each in run] for run in figure.bands[0].runs] == [
        ["2018", "2019"],
        ["2020", "2021", "2022"],
    ]
    assert len(figure.breaks) == 1
    assert [notice.kind for notice in figure.frame.notices].count("break") == 1
    assert "contre 14\u00a0accidents en 2020" in figure.frame.sentence, "what was before the break is not compared"


def test_a_period_with_an_unknown_part_has_no_pile_and_says_so(look: Look) -> None:
    figure = look("ages/by_stage", VILLAGE)
    assert [[each.period for each in run] for run in figure.bands[0].runs] == [["2018"], ["2020"], ["2022"]]
    assert len(figure.holes) == 2
    row = {each.label: each.cells for each in figure.table.rows}
    assert (row["2019"][2].said, row["2021"][0].said) == ("–", "–")
    assert row["2019"][2].mention != row["2021"][0].mention, "what is missing and what is secret are two things"
    assert {notice.kind for notice in figure.frame.notices} >= {"missing", "confidential"}


def test_what_no_category_holds_is_a_band_when_it_has_a_name_and_is_said_otherwise(look: Look) -> None:
    told, untold = look("roads/by_light_told"), look("roads/by_light")
    assert [band.label for band in told.bands][-1] == "Inconnue"
    assert not told.gap
    assert "2\u00a0accidents" in untold.gap
    assert any(each.measure.id == "roads/hurt" for each in told.readings), "the rest can be found again in the files"


def test_only_the_periods_asked_are_shown(look: Look) -> None:
    figure = look("ages/by_stage", since="2020", until="2021")
    assert [words for _, words in figure.times] == ["2020", "2021"]


def test_nothing_has_no_shares(look: Look) -> None:
    figure = look("ages/by_stage", HAMLET, share=True)
    assert [words for _, words in figure.holes] == ["total nul"]
    assert [each.period for each in figure.bands[0].runs[0]] == ["2019", "2020", "2021", "2022"]
    assert figure.table.rows[0].cells[0].said == "0\u00a0habitant", "amounts are told where there are no shares"
