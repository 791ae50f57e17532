"""Lines and bars: one scale, zero on it, breaks kept, parts that do not add up told."""

from typing import Literal

import pytest

from beffroi.catalog.blocks import Bar, Line
from beffroi.observe.blocks.bars import observe_bars
from beffroi.observe.blocks.lines import observe_line
from tests.observe.conftest import Stand
from tests.observe.parted import HAMLET, parted_atlas, stand_at

ACCIDENTS, LIGHT = "mobility/accidents", "mobility/by_light"


def test_lines_of_territories_mark_the_one_in_hand(stand: Stand) -> None:
    figure = observe_line(stand("commune:99002", compared=("epci",)), Line(indicator="housing/vacancy_rate"))
    assert [(trace.label, trace.in_hand) for trace in figure.chart.traces] == [
        ("Bellefosse", True), ("CA du Val d’Orve", False),
    ]  # fmt: skip
    assert not figure.alike


def test_lines_of_a_breakdown_are_alike_and_stop_at_a_break(stand: Stand) -> None:
    figure = observe_line(stand("commune:99002"), Line(breakdown=LIGHT))
    assert figure.alike
    assert [trace.label for trace in figure.chart.traces] == ["De jour", "De nuit"]
    assert all(len(trace.segments) == len(trace.points) - 2 for trace in figure.chart.traces), "none across 2018"
    assert "break" in {notice.kind for notice in figure.frame.notices}
    assert not figure.chart.indexed, "parts of one whole are compared as they are"


def test_lines_keep_to_the_periods_asked(stand: Stand) -> None:
    figure = observe_line(stand("commune:99002"), Line(indicator=ACCIDENTS, since="2018", until="2019"))
    assert [words for _, words in figure.chart.times] == ["2018", "2019"]
    assert {reading.value.period for reading in figure.readings} == {"2018", "2019"}


def test_a_bar_begins_at_zero_and_its_length_is_its_amount(stand: Stand) -> None:
    figure = observe_bars(stand("commune:99002"), Bar(breakdown=LIGHT))
    (day,), (night,) = (group.bars for group in figure.groups)
    assert day.start == night.start == 0
    assert day.number is not None
    assert night.number is not None
    assert day.end / night.end == pytest.approx(day.number / night.number)


def test_parts_that_do_not_add_up_are_told_or_completed(stand: Stand) -> None:
    held = stand("epci:900000011")
    gap = observe_bars(held, Bar(breakdown=LIGHT))
    assert "qu’aucune ne contient" in gap.gap
    whole = observe_bars(held, Bar(breakdown="mobility/by_light_whole", arrangement="stacked"))
    assert whole.series == ("De jour", "De nuit", "Non renseigné")
    assert whole.gap == ""
    total = held.read(held.measure(ACCIDENTS), held.place, "2020")
    assert total is not None
    assert sum(bar.number or 0 for bar in whole.groups[0].bars) == total.value.value


def test_piles_in_percent_fill_their_width(stand: Stand) -> None:
    figure = observe_bars(
        stand("commune:99002", compared=("epci",)),
        Bar(breakdown="mobility/by_light_whole", arrangement="stacked", share=True),
    )
    assert [group.bars[-1].end for group in figure.groups] == pytest.approx([1, 1])
    assert figure.unit == "%"


def test_negative_bars_lie_on_the_other_side_of_zero(stand: Stand) -> None:
    held = stand("epci:900000011", compared=("epci:900000033",))
    figure = observe_bars(held, Bar(indicators=["population/yearly_change"], arrangement="grouped"))
    down, up = (group.bars[0] for group in figure.groups)
    assert 0 < figure.zero < 1
    assert down.end == pytest.approx(figure.zero)
    assert up.start == pytest.approx(figure.zero)


def test_a_bar_without_a_value_says_why(stand: Stand) -> None:
    figure = observe_bars(stand("commune:99010"), Bar(indicators=["housing/vacancy_rate"]))
    (bar,) = figure.groups[0].bars
    assert (bar.said, bar.end - bar.start) == ("–", 0)
    assert bar.mention.startswith("secret statistique (trop peu d’unités")


@pytest.mark.parametrize("arrangement", ["single", "stacked", "grouped"])
def test_there_is_no_share_of_nothing(arrangement: Literal["single", "stacked", "grouped"]) -> None:
    block = Bar(breakdown="ages/by_stage", share=True, period="2018", arrangement=arrangement)
    figure = observe_bars(stand_at(parted_atlas(), HAMLET), block)
    bars = [bar for group in figure.groups for bar in group.bars]
    assert {(bar.said, bar.mention, bar.number, bar.end - bar.start) for bar in bars} == {
        ("–", "sans objet", None, 0.0)
    }
    assert "0,0" not in figure.frame.sentence


def test_several_indicators_are_named_rather_than_counted(stand: Stand) -> None:
    held = stand("commune:99002")
    rates = ["housing/vacancy_rate", "population/yearly_change"]
    line = observe_line(held, Line(indicators=rates))
    assert line.frame.title.startswith("Taux de vacance des logements et évolution annuelle de la population, ")
    many = observe_bars(held, Bar(indicators=[*rates, *rates]))
    assert "évolution annuelle de la population et 2 autres indicateurs, " in many.frame.title
