"""How far a target is, on the straight way to it; and when that cannot be said."""

from typing import Any

import pytest

from beffroi.catalog.blocks import Target
from beffroi.observe.blocks.targets import TargetFigure, observe_target
from tests.observe.parted import TOWN, WHOLE, parted_atlas, stand_at


def look(indicator: str, *targets: dict[str, Any], territory: str = TOWN, language: str = "fr") -> TargetFigure:
    said = [{"act": {"fr": "Plan n° 7", "en": "Plan no. 7"}, "why": "Article 2.", **target} for target in targets]
    atlas = parted_atlas({indicator: said})
    return observe_target(stand_at(atlas, territory, language=language), Target(indicator=indicator))


def test_the_path_goes_straight_from_the_base_to_the_goal() -> None:
    figure = look("homes/vacant_share", {"period": "2028", "value": 5.0, "base": "2018", "territory": TOWN})
    assert figure.path is not None
    assert [point.period for point in figure.path.points] == ["2018", "2028"]
    assert len(figure.path.segments) == 1
    assert figure.chart.traces[0].points[0].y == pytest.approx(figure.path.points[0].y), "on the same axes"
    assert {words for _, words in figure.chart.times} == {"2018", "2022", "2028"}
    assert figure.goals[0].words == (
        "Cible\u00a0: 5,0\u202f% en 2028. En 2022, 8,0\u202f%\u00a0: c’est ce que le chemin prévoyait\u202f; "
        "reste un écart de 3,0\u00a0points."
    )
    assert (figure.goals[0].act, figure.goals[0].why) == ("Plan n°\u00a07", "Article 2.")
    assert "droite" in figure.straight


@pytest.mark.parametrize(
    ("value", "words"),
    [(2.0, "1,2\u00a0point de retard sur le chemin, qui passait par 6,8\u202f%"),
     (9.0, "1,6\u00a0point d’avance sur le chemin")],
)  # fmt: skip
def test_behind_and_ahead(value: float, words: str) -> None:
    figure = look("homes/vacant_share", {"period": "2028", "value": value, "base": "2018", "territory": TOWN})
    assert words in figure.frame.sentence


def test_a_target_upwards_is_ahead_when_above() -> None:
    figure = look("ages/people", {"period": "2026", "value": 120, "base": "2018", "territory": TOWN})
    assert "10\u00a0habitants d’avance" in figure.frame.sentence


@pytest.mark.parametrize(("value", "words"), [(8.5, "est atteinte"), (7.0, "n’est pas atteinte")])
def test_a_target_whose_day_has_come(value: float, words: str) -> None:
    figure = look("homes/vacant_share", {"period": "2022", "value": value, "base": "2018", "territory": TOWN})
    assert words in figure.frame.sentence


def test_no_gap_is_given_across_a_break() -> None:
    figure = look("homes/broken_share", {"period": "2028", "value": 5.0, "base": "2018", "territory": TOWN})
    assert "la mesure a changé en 2020" in figure.frame.sentence
    assert "avance" not in figure.frame.sentence
    assert (1, 2) not in {(each.start, each.end) for each in figure.chart.traces[0].segments}


def test_an_unknown_base_has_no_path() -> None:
    figure = look("homes/vacant_share", {"period": "2028", "value": 5.0, "base": "2012", "territory": TOWN})
    assert figure.path is not None
    assert not figure.path.segments
    assert "point de départ n’est pas connu" in figure.frame.sentence
    assert not figure.straight


def test_the_target_of_another_territory_is_not_lent() -> None:
    figure = look("ages/people", {"period": "2028", "value": 900, "base": None})
    assert (figure.path, figure.goals) == (None, ())
    assert "Aucune cible n’est fixée pour Aubremont" in figure.elsewhere
    own = look("ages/people", {"period": "2028", "value": 900, "base": None}, territory=WHOLE)
    assert own.goals, "without a territory a target is the perimeter's"


def test_the_path_goes_through_each_goal_and_the_table_gives_it() -> None:
    figure = look(
        "homes/vacant_share",
        {"period": "2030", "value": 4.0, "base": "2018", "territory": TOWN},
        {"period": "2024", "value": 7.0, "base": "2018", "territory": TOWN},
    )
    assert figure.path is not None
    assert [point.period for point in figure.path.points] == ["2018", "2024", "2030"]
    assert [goal.period for goal in figure.goals] == ["2024", "2030"]
    path = {row.label: row.cells[1].said for row in figure.table.rows}
    assert (path["2018"], path["2021"], path["2024"]) == ("10,0\u202f%", "8,5\u202f%", "7,0\u202f%")


def test_in_english() -> None:
    target = {"period": "2028", "value": 2.0, "base": "2018", "territory": TOWN}
    assert "behind the path" in look("homes/vacant_share", target, language="en").frame.sentence
