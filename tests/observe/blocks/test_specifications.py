"""Figures of pages as Vega-Lite specifications: each is valid, compiles, and says no more than the page."""

import json
from collections.abc import Mapping
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import vl_convert

from beffroi.observe import Atlas
from beffroi.observe.blocks.kinds import BlockFigure, observe_block
from beffroi.observe.blocks.specifications import is_specifiable, specify_block
from tests.observe.parted import TOWN, VILLAGE, WHOLE, parted_atlas, stand_at

AIM = {
    "homes/vacant_share": [
        {"period": "2028", "value": 5.0, "base": "2018", "territory": TOWN, "act": {"fr": "Plan"}, "why": "Article 2."}
    ]
}
SHAPES = "https://observatoire.exemple/donnees/homes/vacant_share.geojson"

BLOCKS: Mapping[str, tuple[str, Mapping[str, Any]]] = {
    "line": ("line", {"indicator": "homes/vacant_share"}),
    "line of counts": ("line", {"indicator": "ages/people"}),
    "line across a break": ("line", {"breakdown": "roads/by_light"}),
    "bars": ("bar", {"breakdown": "ages/by_stage"}),
    "bars side by side": ("bar", {"breakdown": "ages/by_stage", "arrangement": "grouped"}),
    "bars end to end": ("bar", {"breakdown": "ages/by_stage", "arrangement": "stacked", "share": True}),
    "columns": ("bar", {"breakdown": "roads/by_month"}),
    "area": ("area", {"breakdown": "ages/by_stage"}),
    "area of shares": ("area", {"breakdown": "ages/by_stage", "share": True}),
    "slope": ("slope", {"indicator": "homes/vacant_share", "periods": ["2018", "2022"]}),
    "slope across a break": ("slope", {"indicator": "homes/broken_share", "periods": ["2018", "2022"]}),
    "scatter": ("scatter", {"x": "homes/vacant_share", "y": "homes/broken_share", "size": "ages/people"}),
    "pyramid": ("pyramid", {"left": "people/women_by_age", "right": "people/men_by_age", "compared": []}),
    "pyramid beside another": ("pyramid", {"left": "people/women_by_age", "right": "people/men_by_age"}),
    "multiples": ("multiples", {"indicator": "ages/people", "level": "commune", "territory": "perimeter"}),
    "target": ("target", {"indicator": "homes/vacant_share"}),
    "ranking": ("ranking", {"indicator": "homes/vacant_share"}),
    "distribution": ("distribution", {"indicator": "homes/vacant_share"}),
    "choropleth": ("choropleth", {"indicator": "homes/vacant_share"}),
    "circles": ("circles", {"indicator": "ages/people"}),
}


@pytest.fixture(scope="module")
def atlas() -> Atlas:
    return parted_atlas(AIM)


@cache
def schema() -> Any:
    """The schema of Vega-Lite, which Altair comes with."""
    found = find_spec("altair")
    assert found is not None
    assert found.origin is not None
    read = json.loads((Path(found.origin).parent / "vegalite/v5/schema/vega-lite-schema.json").read_text("utf-8"))
    return jsonschema.Draft7Validator(read)


def observe(atlas: Atlas, name: str) -> BlockFigure:
    kind, keys = BLOCKS[name]
    return observe_block(stand_at(atlas, TOWN, WHOLE), kind, {"name": "essai", **keys})


def specify(atlas: Atlas, name: str) -> dict[str, Any]:
    return specify_block(observe(atlas, name), contours=SHAPES)


def rows(spec: Mapping[str, Any]) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = spec["data"]["values"]
    return found


@pytest.mark.parametrize("name", BLOCKS)
def test_a_specification_is_valid_and_compiles(atlas: Atlas, name: str) -> None:
    spec = json.loads(json.dumps(specify(atlas, name)))
    assert [error.message[:200] for error in schema().iter_errors(spec)] == []
    assert vl_convert.vegalite_to_vega(spec)["marks"]


@pytest.mark.parametrize("name", BLOCKS)
def test_it_keeps_its_words_its_source_and_its_warning(atlas: Atlas, name: str) -> None:
    figure, spec = observe(atlas, name), specify(atlas, name)
    assert spec["title"]["text"] == figure.frame.title
    assert spec["description"] == figure.frame.sentence
    assert spec["usermeta"]["synthetic"] is True


def test_the_title_of_an_author_comes_first(atlas: Atlas) -> None:
    figure = observe(atlas, "line")
    title = specify_block(figure, "La vacance recule")["title"]
    assert title["text"] == "La vacance recule"
    assert title["subtitle"][0] == figure.frame.title


def test_no_line_goes_across_a_break(atlas: Atlas) -> None:
    runs = {(row["series"], row["period"]): row["run"] for row in rows(specify(atlas, "line across a break"))}
    assert runs["De jour", 2019] != runs["De jour", 2020] == runs["De jour", 2021]
    assert specify(atlas, "slope across a break")["mark"]["type"] == "point"


def test_counts_of_unlike_sizes_are_drawn_as_indices(atlas: Atlas) -> None:
    first = [row for row in rows(specify(atlas, "line of counts")) if row["period"] == 2018]
    assert {row["drawn"] for row in first} == {100.0}
    assert len({row["value"] for row in first}) == 2


def test_what_is_secret_is_in_no_specification(atlas: Atlas) -> None:
    figure = observe_block(stand_at(atlas, VILLAGE), "pyramid",
                           {"name": "p", "left": "people/women_by_age", "right": "people/men_by_age"})  # fmt: skip
    hidden = [row for row in rows(specify_block(figure)) if row["state"] == "confidential"]
    assert hidden
    assert all(row["value"] is None and row["signed"] is None for row in hidden)


def test_a_map_of_amounts_has_circles_and_no_filled_area(atlas: Atlas) -> None:
    ground, circles = specify(atlas, "circles")["layer"]
    assert "encoding" not in ground
    assert "size" in circles["encoding"]


@pytest.mark.parametrize("kind", ["comparison", "key_figures"])
def test_a_table_has_none(atlas: Atlas, kind: str) -> None:
    figure = observe_block(stand_at(atlas, TOWN), kind, {"name": "t", "indicators": ["homes/vacant_share"]})
    assert not is_specifiable(figure)
