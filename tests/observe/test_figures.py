"""What each figure shows, says and refuses to show."""

import pytest

from beffroi.observe import VIEWS, Atlas, observe_figure
from beffroi.observe.figures import Distribution, Evolution, Map, Ranking, Table
from tests.observe.conftest import Ask

HIDDEN = (
    "secret statistique (trop peu d’unités, contributeur dominant, ou valeur qui en trahirait une autre)"
    "\u202f; à la place, "
    "CC du Pays de Rosembaut\u00a0: 9,4\u202f%"
)
"""Why a value is hidden, and what there is instead."""


def see_map(atlas: Atlas, ask: Ask, *arguments: str, **state: str) -> Map:
    figure = observe_figure(atlas, ask(*arguments, view="map", **state))
    assert isinstance(figure, Map)
    return figure


def test_a_ratio_is_drawn_as_areas_a_count_as_circles(atlas: Atlas, ask: Ask) -> None:
    ratio, count = see_map(atlas, ask, "housing/vacancy_rate"), see_map(atlas, ask, "mobility/accidents")
    assert ratio.legend
    assert not ratio.circles
    assert any(area.shade is not None for area in ratio.areas)
    assert count.circles
    assert not count.legend
    assert all(area.shade is None for area in count.areas), "a count never fills an area"


def test_class_counts_add_up_to_the_territories_that_have_a_value(atlas: Atlas, ask: Ask) -> None:
    figure = see_map(atlas, ask, "housing/vacancy_rate")
    assert sum(each.count for each in figure.legend) == 22
    assert dict(figure.states) == {"weak": 4, "confidential": 1, "missing": 1}


def test_missing_and_secret_are_told_apart_and_never_shaded(atlas: Atlas, ask: Ask) -> None:
    areas = {area.code: area for area in see_map(atlas, ask, "housing/vacancy_rate").areas}
    assert (areas["99005"].state, areas["99005"].said) == ("missing", "non disponible")
    assert (areas["99010"].state, areas["99010"].said) == ("confidential", HIDDEN)
    assert areas["99005"].shade is areas["99010"].shade is None


def test_a_class_means_the_same_from_one_period_to_the_next(atlas: Atlas, ask: Ask) -> None:
    early = see_map(atlas, ask, "housing/vacancy_rate", period="2016")
    late = see_map(atlas, ask, "housing/vacancy_rate", period="2021")
    assert [each.words for each in early.legend] == [each.words for each in late.legend]


def test_a_change_diverges(atlas: Atlas, ask: Ask) -> None:
    figure = see_map(atlas, ask, "population/yearly_change")
    assert figure.diverging
    assert any("+" in area.said for area in figure.areas)
    assert any("\u2212" in area.said for area in figure.areas)


def test_only_the_reference_geography_is_drawn(atlas: Atlas, ask: Ask) -> None:
    figure = see_map(atlas, ask, "housing/vacancy_rate", vintage="2021")
    assert not figure.drawable
    assert figure.frame.geography == "Géographie au 01/01/2021"


def test_weak_values_are_shown_but_not_ranked(atlas: Atlas, ask: Ask) -> None:
    figure = observe_figure(atlas, ask("housing/vacancy_rate", view="ranking"))
    assert isinstance(figure, Ranking)
    assert [line.rank for line in figure.ranked] == list(range(1, 19))
    assert {line.state for line in figure.unranked} == {"weak"}
    assert len(figure.unranked) == 4
    values = [line.value for line in figure.ranked]
    assert values == sorted(values, reverse=True)
    assert any("secret statistique" in words for words in figure.absent)


def test_the_ranking_marks_the_territory_in_hand(atlas: Atlas, ask: Ask) -> None:
    figure = observe_figure(atlas, ask("housing/vacancy_rate", view="ranking", territory="commune:99002"))
    assert isinstance(figure, Ranking)
    assert figure.roles == {"99002": "territory"}
    whole = observe_figure(atlas, ask("housing/vacancy_rate", view="ranking", territory="epci:900000011"))
    assert isinstance(whole, Ranking)
    assert set(whole.roles.values()) == {"member"}


def test_bars_start_at_zero_and_changes_go_both_ways(atlas: Atlas, ask: Ask) -> None:
    plain = observe_figure(atlas, ask("housing/vacancy_rate", view="ranking"))
    change = observe_figure(atlas, ask("population/yearly_change", view="ranking"))
    assert isinstance(plain, Ranking)
    assert isinstance(change, Ranking)
    assert plain.zero == 0
    assert {line.start for line in plain.ranked} == {0}
    assert 0 < change.zero < 1
    assert all(line.end == pytest.approx(change.zero) for line in change.ranked if line.value < 0)


def see_evolution(atlas: Atlas, ask: Ask, indicator: str, **state: str) -> Evolution:
    figure = observe_figure(atlas, ask(indicator, view="evolution", **state))
    assert isinstance(figure, Evolution)
    return figure


def test_no_line_crosses_a_break(atlas: Atlas, ask: Ask) -> None:
    trace = see_evolution(atlas, ask, "mobility/accidents", territory="commune:99002").traces[0]
    drawn = [(trace.points[s.start].period, trace.points[s.end].period) for s in trace.segments]
    assert ("2017", "2018") not in drawn
    assert ("2018", "2019") in drawn
    assert len(drawn) == len(trace.points) - 2


def test_what_is_provisional_is_dashed(atlas: Atlas, ask: Ask) -> None:
    trace = see_evolution(atlas, ask, "mobility/accidents", territory="commune:99002").traces[0]
    dashed = [trace.points[s.end].period for s in trace.segments if s.dashed]
    assert dashed == ["2020"]


def test_counts_of_other_sizes_are_compared_as_indices_after_the_break(atlas: Atlas, ask: Ask) -> None:
    figure = see_evolution(atlas, ask, "mobility/accidents", territory="commune:99002")
    assert figure.indexed is not None
    assert "2018" in figure.indexed
    base = [next(p.y for p in trace.points if p.period == "2018") for trace in figure.traces]
    assert base == pytest.approx([base[0]] * len(base))
    alone = see_evolution(atlas, ask, "mobility/accidents", territory="commune:99002", compare="none")
    assert alone.indexed is None
    assert alone.ticks[0] == (0.0, "0"), "a count is measured from zero"


def test_the_territory_in_hand_comes_first(atlas: Atlas, ask: Ask) -> None:
    figure = see_evolution(atlas, ask, "housing/vacancy_rate", territory="commune:99002")
    assert [trace.in_hand for trace in figure.traces] == [True, False, False]


def test_an_evolution_speaks_only_of_what_can_be_compared(atlas: Atlas, ask: Ask) -> None:
    sentence = see_evolution(atlas, ask, "mobility/accidents", territory="commune:99002").frame.sentence
    assert "en 2018" in sentence
    assert "2010" not in sentence
    assert "ne se comparent pas" in sentence


def test_a_single_period_is_said_to_be_the_only_one(atlas: Atlas, ask: Ask) -> None:
    figure = see_evolution(atlas, ask, "income/median_income", territory="commune:99002")
    assert "seule période publiée" in figure.frame.sentence


def test_a_territory_without_value_has_no_trace(atlas: Atlas, ask: Ask) -> None:
    figure = see_evolution(atlas, ask, "income/median_income", territory="epci:900000033", compare="none")
    assert figure.traces == ()
    assert "aucune valeur" in figure.frame.sentence


def test_the_distribution_counts_every_territory_that_has_a_value_once(atlas: Atlas, ask: Ask) -> None:
    for indicator, count in (("housing/vacancy_rate", 22), ("mobility/accidents", 24), ("income/median_income", 21)):
        figure = observe_figure(atlas, ask(indicator, view="distribution"))
        assert isinstance(figure, Distribution)
        assert sum(each.count for each in figure.bins) == count


def test_whole_numbers_have_intervals_of_whole_numbers(atlas: Atlas, ask: Ask) -> None:
    figure = observe_figure(atlas, ask("mobility/accidents", view="distribution"))
    assert isinstance(figure, Distribution)
    assert all("," not in each.words for each in figure.bins)
    assert figure.spread.whole


def test_a_count_of_a_larger_territory_is_not_put_among_communes(atlas: Atlas, ask: Ask) -> None:
    figure = observe_figure(atlas, ask("mobility/accidents", view="distribution", territory="commune:99002"))
    assert isinstance(figure, Distribution)
    assert [mark.role for mark in figure.marks] == ["middle", "territory"]


def test_what_could_not_be_located_is_in_the_table_only(atlas: Atlas, ask: Ask) -> None:
    table = observe_figure(atlas, ask("mobility/accidents", view="table"))
    assert isinstance(table, Table)
    assert [line.label for line in table.lines if line.unlocated] == ["Non localisé"]
    assert table.lines[-1].unlocated
    ranking = observe_figure(atlas, ask("mobility/accidents", view="ranking"))
    assert isinstance(ranking, Ranking)
    assert "unlocated" not in {line.code for line in ranking.ranked}
    assert any(notice.kind == "unlocated" for notice in ranking.frame.notices)


def test_the_table_says_why_a_value_is_not_there(atlas: Atlas, ask: Ask) -> None:
    table = observe_figure(atlas, ask("housing/vacancy_rate", view="table"))
    assert isinstance(table, Table)
    mentions = {line.code: line.mention for line in table.lines}
    assert mentions["99005"] == "non disponible"
    assert mentions["99010"] == HIDDEN
    assert len(table.columns) == 4, "a ratio shows its two parts and its observations"


@pytest.mark.parametrize("view", VIEWS)
@pytest.mark.parametrize(("language", "geography"), [("fr", "Géographie au 01/01/2026"), ("en", "Geography of 1 Jan")])
def test_every_figure_says_its_geography_its_source_and_that_it_is_fictitious(
    atlas: Atlas, ask: Ask, view: str, language: str, geography: str
) -> None:
    frame = observe_figure(atlas, ask("housing/vacancy_rate", language, view=view)).frame
    assert geography in frame.geography
    assert "Institut inventé" in frame.source_line(language)
    assert "Licence Ouverte 2.0" in frame.source_line(language)
    assert frame.synthetic
    assert any(notice.kind == "synthetic" for notice in frame.notices)
    told = [frame.title, *(notice.words for notice in frame.notices if notice.kind == "window")]
    assert any("2019" in words for words in told)


def test_a_figure_published_by_its_producer_is_not_said_to_be_computed(atlas: Atlas, ask: Ask) -> None:
    published = observe_figure(atlas, ask("income/median_income")).frame.source_line("fr")
    computed = observe_figure(atlas, ask("housing/vacancy_rate")).frame.source_line("fr")
    assert "calcul" not in published
    assert "calcul Agence" in computed
