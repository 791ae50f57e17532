"""Two sides of the same categories; beside another territory, in shares of its own whole."""

from typing import Any

import pytest

from beffroi.catalog.blocks import Pyramid
from beffroi.observe import Atlas
from beffroi.observe.blocks.pyramids import observe_pyramid, order_rows
from tests.observe.parted import TOWN, VILLAGE, WHOLE, parted_atlas, stand_at

BLOCK = Pyramid(left="people/women_by_age", right="people/men_by_age")


@pytest.fixture(scope="module")
def atlas() -> Atlas:
    return parted_atlas()


def test_alone_it_counts_with_the_oldest_on_top(atlas: Atlas) -> None:
    figure = observe_pyramid(stand_at(atlas, TOWN), BLOCK)
    assert [row.label for row in figure.rows] == ["Aînés", "Adultes", "Jeunes"]
    assert figure.rows[0].left.length == pytest.approx(18 / 24)
    assert (figure.rows[0].left.short, figure.rows[0].left.outline) == ("18", None)
    assert not figure.outline
    assert "Femmes\u00a0: 55,0\u202f% de l’ensemble" in figure.frame.sentence


@pytest.mark.parametrize(
    ("wheres", "top"),
    [
        ([{"age": {"max": 9}}, {"age": {"min": 10, "max": 64}}, {"age": {"min": 65}}], [2, 1, 0]),
        ([{"age": {"min": 65}}, {"age": {"min": 10, "max": 64}}, {"age": {"min": 0, "max": 9}}], [0, 1, 2]),
        ([{"sex": "F", "age_from": 10}, {"sex": "F", "age_from": 80}, {"sex": "F", "age_from": 0}], [1, 0, 2]),
        ([{"band": [3, 4]}, {"band": [1, 2]}, {"band": [5]}], [2, 0, 1]),
        ([{"band": "young"}, {"band": "grown"}, {"band": "old"}], [2, 1, 0]),
        ([{"age": {"min": 0}}, {"age": {"min": 60}}, {"age": "unknown"}], [2, 1, 0]),
    ],
)
def test_the_eldest_are_on_top_however_they_are_declared(wheres: list[dict[str, Any]], top: list[int]) -> None:
    names = [f"c{number}" for number in range(len(wheres))]
    breakdown = {"categories": {name: {"where": where} for name, where in zip(names, wheres, strict=True)}}
    assert order_rows(breakdown, names) == top


def test_beside_a_larger_one_both_are_shares(atlas: Atlas) -> None:
    figure = observe_pyramid(stand_at(atlas, TOWN, WHOLE), BLOCK)
    old = figure.rows[0].left
    assert old.said == "15,0\u202f%"
    assert old.outline is not None
    assert old.length is not None
    assert old.outline / old.length == pytest.approx(20 / 15), "200 of 1 000 against 18 of 120"
    assert "Pays d’Orve" in figure.outline
    assert len(figure.table.columns) == 6


def test_with_a_secret_part_there_is_no_share_and_the_secret_is_said(atlas: Atlas) -> None:
    figure = observe_pyramid(stand_at(atlas, VILLAGE, WHOLE), BLOCK)
    hidden = figure.rows[1].left
    assert (hidden.length, hidden.state) == (None, "confidential")
    assert "secret" in hidden.mention
    assert not figure.outline, "without a total there is nothing to compare"
    assert figure.rows[1].right.said.startswith("4")
    assert "confidential" in {notice.kind for notice in figure.frame.notices}
