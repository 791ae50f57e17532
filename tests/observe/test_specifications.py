"""Specifications that another tool can draw."""

import json

import pytest
import vl_convert

from beffroi.observe import VIEWS, Atlas, observe_figure
from beffroi.observe.specifications import specify_figure
from tests.observe.conftest import Ask


@pytest.mark.parametrize("view", [view for view in VIEWS if view != "map"])
def test_a_specification_compiles(atlas: Atlas, ask: Ask, view: str) -> None:
    figure = observe_figure(atlas, ask("mobility/accidents", view=view, territory="commune:99002"))
    spec = specify_figure(figure)
    assert vl_convert.vegalite_to_vega(json.dumps(spec))["marks"]


def test_it_keeps_its_source_and_its_warning(atlas: Atlas, ask: Ask) -> None:
    spec = specify_figure(observe_figure(atlas, ask("housing/vacancy_rate", view="ranking")))
    assert spec["usermeta"]["synthetic"] is True
    assert spec["usermeta"]["geography"] == "Géographie au 01/01/2026"


def test_a_line_is_cut_at_a_break(atlas: Atlas, ask: Ask) -> None:
    spec = specify_figure(observe_figure(atlas, ask("mobility/accidents", view="evolution", compare="none")))
    runs = {row["period"]: row["run"] for row in spec["data"]["values"]}
    assert runs["2017"] != runs["2018"] == runs["2019"]
