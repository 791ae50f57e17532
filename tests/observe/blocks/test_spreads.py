"""Rankings of pieces: those of the territory in hand, when it holds several."""

import dataclasses
from typing import Any

import pyarrow as pa
import pytest

from beffroi.catalog.blocks import Distribution, Ranking
from beffroi.lake.releases import Release
from beffroi.observe import Atlas, figures
from beffroi.observe.blocks.spreads import SpreadFigure, observe_spread
from beffroi.observe.standings import Standing
from beffroi.publish.observatories import is_shared
from tests.observe.invented import REFERENCE, build_release

TOWN, VILLAGE, BODY = "commune:99001", "commune:99002", "epci:900000011"
RATE = "housing/vacancy_rate"
PIECES = {"990010101": 4.0, "990010102": 9.0, "990010103": None, "990020000": 6.0}
"""IRIS by code: the first five digits are those of their commune."""


def with_iris(release: Release) -> Release:
    """The invented release with a few IRIS: three in a town, one in a village."""
    territories = release.load_territories()
    parents = dict(zip(territories["code"].to_pylist(), territories["parents"].to_pylist(), strict=True))
    iris: list[dict[str, Any]] = [
        {"vintage": REFERENCE, "level": "iris", "code": code, "name": f"IRIS {code}",
         "parents": [f"commune:{code[:5]}", *parents[code[:5]]], "population": None, "area_m2": None}
        for code in PIECES
    ]  # fmt: skip
    places = pa.concat_tables([territories, pa.Table.from_pylist(iris, schema=territories.schema)])

    def load(name: str) -> pa.Table:
        series = release.load_series(name)
        if name != RATE:
            return series
        row = {"indicator": RATE, "level": "iris", "period": "2021", "vintage": REFERENCE, "numerator": None,
               "denominator": None, "observations": 90, "status": "A", "confidentiality": "F",
               "reliability": "good"}  # fmt: skip
        rows = [
            row | {"territory": code, "label": f"IRIS {code}", "value": value, "status": "A" if value else "O"}
            for code, value in PIECES.items()
        ]
        return pa.concat_tables([series, pa.Table.from_pylist(rows, schema=series.schema)])

    indicators = {**release.catalogue["indicators"]}
    indicators[RATE] = {**indicators[RATE], "levels": ["iris", *indicators[RATE]["levels"]]}
    catalogue = {**release.catalogue, "indicators": indicators}
    return dataclasses.replace(release, catalogue=catalogue, load_territories=lambda: places, load_series=load)


@pytest.fixture(scope="module")
def atlas() -> Atlas:
    return Atlas(with_iris(build_release()))


def look(atlas: Atlas, territory: str, block: Ranking | Distribution | None = None) -> SpreadFigure:
    place = atlas.gazetteer(REFERENCE, "fr").places[territory]
    return observe_spread(Standing(atlas, "fr", place, REFERENCE), block or Ranking(indicator=RATE, level="iris"))


def test_a_commune_ranks_its_own_iris(atlas: Atlas) -> None:
    spread = look(atlas, TOWN)
    assert isinstance(spread.figure, figures.Ranking)
    assert [(line.code, line.rank) for line in spread.figure.ranked] == [("990010102", 1), ("990010101", 2)]
    assert spread.figure.roles == {}, "to mark them all would tell none apart"
    assert {reading.place.code for reading in spread.readings} == {"990010101", "990010102", "990010103"}
    assert ", IRIS d’Aubremont, 2021" in spread.frame.title
    assert "2\u00a0IRIS" in spread.frame.sentence
    assert spread.own
    assert not is_shared(spread), "its files are those of the commune"


@pytest.mark.parametrize("territory", [VILLAGE, "grouping:pays", "iris:990010101"])
def test_one_that_holds_fewer_than_two_looks_at_all(atlas: Atlas, territory: str) -> None:
    spread = look(atlas, territory)
    assert isinstance(spread.figure, figures.Ranking)
    assert len(spread.figure.ranked) == 3
    assert is_shared(spread)


def test_a_body_ranks_those_of_its_communes(atlas: Atlas) -> None:
    assert look(atlas, BODY).own


def test_other_figures_are_of_all(atlas: Atlas) -> None:
    assert not look(atlas, TOWN, Ranking(indicator=RATE, level="commune")).own
    assert not look(atlas, TOWN, Distribution(indicator=RATE, level="iris")).own
    assert len(look(atlas, TOWN, Distribution(indicator=RATE, level="iris")).readings) == len(PIECES)
