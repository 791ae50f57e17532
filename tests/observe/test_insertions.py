"""A state of the explorer becomes the block that shows the same."""

import pytest

from beffroi.catalog.blocks import BLOCK_KINDS
from beffroi.observe import Atlas, resolve_question
from beffroi.observe.insertions import block_of
from tests.observe.invented import build_release


@pytest.fixture(scope="module")
def atlas() -> Atlas:
    return Atlas(build_release())


def made(atlas: Atlas, *, held: bool = True, dated: bool = False, **asked: str):
    question = resolve_question(atlas, {key: [value] for key, value in asked.items()}, "fr")
    kind, keys = block_of(question, atlas.perimeter("fr"), held=held, dated=dated)
    BLOCK_KINDS[kind].model_validate(keys)
    return kind, keys, question


@pytest.mark.parametrize(
    ("view", "indicator", "kind"),
    [
        ("map", "housing/vacancy_rate", "choropleth"),
        ("map", "mobility/accidents", "circles"),
        ("ranking", "housing/vacancy_rate", "ranking"),
        ("evolution", "housing/vacancy_rate", "line"),
        ("distribution", "housing/vacancy_rate", "distribution"),
        ("table", "housing/vacancy_rate", "comparison"),
    ],
)
def test_each_view_has_its_block(atlas: Atlas, view: str, indicator: str, kind: str) -> None:
    found, keys, _ = made(atlas, view=view, indicator=indicator)
    assert found == kind
    assert indicator in (keys.get("indicator"), *keys.get("indicators", ()))
    assert "period" not in keys
    assert "territory" not in keys


def test_what_is_to_stay_is_written(atlas: Atlas) -> None:
    asked = {"view": "ranking", "indicator": "mobility/accidents", "level": "epci"}
    _, keys, question = made(atlas, held=False, dated=True, territory="commune:99002", **asked)
    assert keys["level"] == "epci"
    assert keys["period"] == question.period
    assert keys["territory"] == "commune:99002"


def test_those_that_one_compares_with_are_named_by_what_they_are(atlas: Atlas) -> None:
    epci = resolve_question(atlas, {"territory": ["commune:99002"]}, "fr").territory.parents[0]
    asked = {"view": "evolution", "indicator": "housing/vacancy_rate", "territory": "commune:99002", "compare": epci}
    assert made(atlas, held=True, **asked)[1]["compared"] == ["epci"]
    assert made(atlas, held=False, **asked)[1]["compared"] == [epci]
