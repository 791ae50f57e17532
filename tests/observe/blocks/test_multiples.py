"""Small lines share one scale; what has no line says why."""

import pytest

from beffroi.catalog.blocks import Multiples
from beffroi.observe import Atlas
from beffroi.observe.blocks import multiples
from beffroi.observe.blocks.multiples import observe_multiples
from tests.observe.parted import TOWN, VILLAGE, parted_atlas, stand_at


@pytest.fixture(scope="module")
def atlas() -> Atlas:
    return parted_atlas()


def test_counts_of_communes_are_indices_and_the_page_s_comes_first(atlas: Atlas) -> None:
    block = Multiples(indicator="ages/people", level="commune", territory="perimeter")
    figure = observe_multiples(stand_at(atlas, VILLAGE), block)
    assert figure.panels[0].label == "Bellefosse"
    assert figure.panels[0].in_hand
    assert figure.chart.indexed
    assert figure.beside is not None
    drawn = [panel for panel in figure.panels if panel.trace]
    assert len(drawn) == 3
    assert all(panel.words for panel in figure.panels if not panel.trace), "what has no line says why"


def test_categories_keep_their_unit_on_one_scale(atlas: Atlas) -> None:
    figure = observe_multiples(stand_at(atlas, TOWN), Multiples(breakdown="ages/by_stage"))
    assert figure.alike
    assert figure.chart.indexed is None
    assert [panel.label for panel in figure.panels] == ["Jeunes", "Adultes", "Aînés"]
    assert (figure.panels[2].last, figure.panels[2].change) == ("32\u00a0habitants", "+60\u202f%")
    assert "de −4,0" in figure.frame.sentence
    assert "Aînés" in figure.frame.sentence


def test_no_line_and_no_change_go_across_a_break(atlas: Atlas) -> None:
    figure = observe_multiples(stand_at(atlas, TOWN), Multiples(breakdown="roads/by_light"))
    trace = figure.panels[0].trace
    assert trace is not None
    assert (1, 2) not in {(segment.start, segment.end) for segment in trace.segments}
    assert figure.panels[0].change.startswith("−29"), "from 14 in 2020 to 10, not from 30 in 2018"
    assert "2020" in figure.scale


def test_too_many_are_cut_and_the_files_have_them_all(atlas: Atlas, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(multiples, "MOST", 2)
    block = Multiples(indicator="homes/vacant_share", level="commune", territory="perimeter")
    figure = observe_multiples(stand_at(atlas, TOWN), block)
    assert len(figure.panels) == 2
    assert "2 territoires" in figure.cut
    assert len({each.place.code for each in figure.readings}) == 3
