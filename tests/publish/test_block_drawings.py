"""Figures of pages as marks: in shares of the width on a page, in units on a plate, nothing across a break."""

import re
from itertools import pairwise
from xml.etree import ElementTree

import pytest

from beffroi.catalog.blocks import Area, Bar, Multiples, Pyramid, Slope, Target
from beffroi.observe.blocks.areas import observe_area
from beffroi.observe.blocks.bars import BarsFigure, observe_bars
from beffroi.observe.blocks.kinds import BlockFigure
from beffroi.observe.blocks.multiples import observe_multiples
from beffroi.observe.blocks.pyramids import observe_pyramid
from beffroi.observe.blocks.slopes import observe_slope
from beffroi.observe.blocks.targets import observe_target
from beffroi.observe.pages import FigureView
from beffroi.publish.drawings.blocks import draw_block, draw_block_plate
from beffroi.publish.drawings.words import choose_every, spread_words
from tests.observe.parted import TOWN, VILLAGE, WHOLE, parted_atlas, stand_at

TARGET = {"period": "2028", "value": 5.0, "base": "2018", "territory": TOWN, "act": {"fr": "Plan"}, "why": "Art. 2."}
ACROSS = re.compile(r' (?:x|x1|x2|cx|width)="([^"]+)"')


@pytest.fixture(scope="module")
def figures() -> dict[str, BlockFigure]:
    atlas = parted_atlas({"homes/vacant_share": [TARGET]})
    town = stand_at(atlas, TOWN, WHOLE)
    return {
        "area": observe_area(town, Area(breakdown="roads/by_light_told")),
        "holes": observe_area(stand_at(atlas, VILLAGE), Area(breakdown="ages/by_stage", share=True)),
        "slope": observe_slope(town, Slope(indicator="homes/vacant_share", periods=["2018", "2022"])),
        "broken": observe_slope(town, Slope(indicator="roads/hurt", periods=["2018", "2022"])),
        "pyramid": observe_pyramid(town, Pyramid(left="people/women_by_age", right="people/men_by_age")),
        "multiples": observe_multiples(town, Multiples(breakdown="roads/by_light")),
        "target": observe_target(town, Target(indicator="homes/vacant_share")),
        "columns": observe_bars(town, Bar(breakdown="roads/by_month", period="2022")),
    }


@pytest.mark.parametrize("name", ["area", "holes", "slope", "multiples", "target", "columns"])
def test_on_a_page_everything_across_is_a_share_of_the_width(
    figures: dict[str, BlockFigure], name: str
) -> None:  # fmt: skip
    _, drawn = draw_block(figures[name])
    body = "".join(drawn["panels"]) if name == "multiples" else drawn["body"]
    found = ACROSS.findall(body)
    assert found
    assert all(each.endswith("%") for each in found)
    assert " style=" not in body


def test_each_run_of_a_band_is_a_shape_of_its_own(figures: dict[str, BlockFigure]) -> None:
    _, drawn = draw_block(figures["area"])
    assert drawn["body"].count("<polygon") == 3 * 2, "three bands, before and after the break"
    assert drawn["body"].count('class="break"') == 1
    _, drawn = draw_block(figures["holes"])
    assert drawn["body"].count("<polygon") == 3 * 3, "each period that stands alone is seen"
    assert drawn["body"].count('class="hole"') == 2


def test_a_slope_across_a_break_draws_nothing(figures: dict[str, BlockFigure]) -> None:
    _, drawn = draw_block(figures["broken"])
    assert "trace" not in drawn["body"]
    _, drawn = draw_block(figures["slope"])
    assert drawn["body"].count("trace-hand") == 1


def test_a_pyramid_has_two_wings_and_one_outline_on_each(figures: dict[str, BlockFigure]) -> None:
    _, drawn = draw_block(figures["pyramid"])
    assert drawn["left"].count("<rect") == drawn["right"].count("<rect") == 3
    assert drawn["left"].count('class="steps"') == 3 + 2
    assert "Aînés" in drawn["words"]


def test_the_path_is_dashed_and_the_goal_is_named(figures: dict[str, BlockFigure]) -> None:
    _, drawn = draw_block(figures["target"])
    assert drawn["body"].count('class="path"') == 1
    assert "cible\u00a0: 5,0" in drawn["body"]


def test_columns_keep_readable_words_on_a_phone(figures: dict[str, BlockFigure]) -> None:
    figure = figures["columns"]
    assert isinstance(figure, BarsFigure)
    _, drawn = draw_block(figure)
    wide, narrow = drawn["body"].split('<g class="when-narrow">')
    assert wide.count("Mois ") > narrow.count("Mois ") >= 4
    assert drawn["body"].count("<rect") == 12
    assert "Mois 5 : – (" in drawn["body"], "a secret month is no zero"
    assert figure.groups[4].bars[0].state == "confidential"


@pytest.mark.parametrize("name", ["area", "holes", "slope", "pyramid", "multiples", "target", "columns", "broken"])
def test_every_kind_leaves_the_site_as_a_whole_drawing(figures: dict[str, BlockFigure], name: str) -> None:
    part = FigureView("f", name, figures[name], "", "", "", ())
    drawing = draw_block_plate(part, "fr", "#1f5f8b", "https://observatoire.exemple/f")
    root = ElementTree.fromstring(drawing)
    words = " ".join(root.itertext())
    assert "Données fictives" in words
    assert "https://observatoire.exemple/f" in words
    assert all("%" not in node.get("x", "") for node in root.iter()), "a plate has a width of its own"


def test_words_never_cover_one_another_and_stay_inside() -> None:
    placed = spread_words([10, 12, 300, 14], 30, 0, 310)
    ordered = sorted(placed)
    assert all(b - a >= 30 for a, b in pairwise(ordered))
    assert max(placed) <= 310
    assert placed.index(min(placed)) == 0


def test_as_many_words_as_can_be_read() -> None:
    months = ["Janvier", "Février", "Mars", "Avril", "Mai", "Juin", "Juillet", "Août", "Septembre", "Octobre",
              "Novembre", "Décembre"]  # fmt: skip
    assert choose_every(months, 860) == 1
    assert choose_every(months, 328) > 1
