"""Flow graphs: depth of nodes, what balances and what does not, amounts that are not known, circles."""

from typing import Any

import pytest

from beffroi.catalog.blocks import Flow
from beffroi.errors import BeffroiError
from beffroi.observe.blocks.flows import FlowFigure, observe_flow, place_nodes
from tests.observe.conftest import Stand

ALL, DAY, NIGHT = "mobility/accidents", "mobility/by_light/day", "mobility/by_light/night"


def flow(*links: tuple[str, str, str]) -> Flow:
    said: list[dict[str, Any]] = [{"source": a, "target": b, "indicator": name} for a, b, name in links]
    return Flow.model_validate({"links": said})


@pytest.fixture
def lost(stand: Stand) -> FlowFigure:
    """All comes into a node, of which a part leaves."""
    return observe_flow(
        stand("epci:900000011"), flow(("Tous", "Lumière", ALL), ("Lumière", "Jour", DAY), ("Lumière", "Nuit", NIGHT))
    )


def test_a_node_stands_after_the_deepest_of_those_that_lead_to_it() -> None:
    assert place_nodes([("a", "d"), ("a", "b"), ("b", "c"), ("c", "d")]) == {"a": 0, "b": 1, "c": 2, "d": 3}
    assert place_nodes([("c", "d"), ("b", "c"), ("a", "b")]) == {"a": 0, "b": 1, "c": 2, "d": 3}, "in any order"


@pytest.mark.parametrize(
    "links", [[("a", "a"), ("a", "b")], [("a", "b"), ("b", "a")], [("a", "b"), ("b", "c"), ("c", "b")]]
)
def test_links_that_go_round_have_no_place(links: list[tuple[str, str]]) -> None:
    assert place_nodes(links) is None


def test_a_circle_is_refused_in_words(stand: Stand) -> None:
    with pytest.raises(BeffroiError) as caught:
        observe_flow(stand("commune:99002"), flow(("a", "b", ALL), ("b", "a", ALL)))
    assert caught.value.faults[0].code == "circular-reference"


def test_bands_are_the_amounts_and_a_node_the_larger_of_both_sides(lost: FlowFigure) -> None:
    amounts = {node.name: node.amount for node in lost.nodes}
    assert amounts["Lumière"] == amounts["Tous"] > amounts["Jour"] + amounts["Nuit"]
    assert [node.depth for node in lost.nodes] == [0, 1, 2, 2]
    assert [tuple(lost.nodes[i].name for i in column) for column in lost.columns] == [
        ("Tous",), ("Lumière",), ("Jour", "Nuit"),
    ]  # fmt: skip


def test_what_comes_in_and_does_not_leave_is_said(lost: FlowFigure) -> None:
    (words,) = lost.gaps
    assert words.startswith("«\u202fLumière\u202f» ne s’équilibre pas")
    assert "il en reste" in words


def test_what_leaves_without_having_come_in_is_said(stand: Stand) -> None:
    figure = observe_flow(stand("epci:900000011"), flow(("Jour", "Tous", DAY), ("Tous", "Fin", ALL)))
    assert "de plus" in figure.gaps[0]


def test_what_balances_says_nothing(stand: Stand) -> None:
    figure = observe_flow(stand("epci:900000011"), flow(("Tous", "Milieu", ALL), ("Milieu", "Fin", ALL)))
    assert figure.gaps == ()


def test_an_amount_that_is_not_known_is_not_drawn_and_is_said(stand: Stand) -> None:
    held = stand("epci:900000011")
    figure = observe_flow(held, Flow.model_validate({
        "territory": "commune:99002", "links": [
            {"source": "Tous", "target": "Milieu", "indicator": ALL},
            {"source": "Milieu", "target": "Fin", "indicator": "mobility/by_light/day"},
        ]}))  # fmt: skip
    assert len(figure.bands) == 2
    gone = observe_flow(
        stand("commune:99002"), flow(("Tous", "Milieu", ALL), ("Milieu", "Revenu", "income/median_income"))
    )
    assert len(gone.bands) == 2
    absent = observe_flow(
        stand("commune:99010"), flow(("Tous", "Milieu", ALL), ("Milieu", "Part", "housing/vacancy_rate"))
    )
    assert len(absent.bands) == 1
    assert any("ne peut pas être vérifié" in words for words in absent.gaps)
    assert any("faute de valeur" in words and "Milieu → Part" in words for words in absent.gaps)
    assert absent.grid.rows[1].cells[0].mention.startswith("secret statistique (trop peu d’unités")


def test_the_table_gives_each_band_and_its_share_of_what_leaves(lost: FlowFigure) -> None:
    assert [row.label for row in lost.grid.rows] == ["Tous → Lumière", "Lumière → Jour", "Lumière → Nuit"]
    assert lost.grid.rows[0].cells[1].said == "100,0\u202f%"
    assert "du «" not in lost.frame.sentence
    assert "«\u202fTous\u202f»" in lost.frame.sentence
