"""Quantiles over single records, against numpy."""

import numpy as np
import pandas as pd
import pytest

from beffroi.lake.series import UNLOCATED
from tests.measure.test_additive import COLUMNS, generated_sales
from tests.measure.worlds import COMMUNES_2026, MEMBERS, PASSAGE_2021, World, geography

WHOLE_2021 = {source: target for source, target, low, high, total, *_ in PASSAGE_2021 if high - low == total}
WHOLE_2026 = {code: code for code in COMMUNES_2026}


@pytest.fixture(scope="module")
def sales() -> pd.DataFrame:
    return generated_sales(1_500, seed=3)


@pytest.fixture(scope="module")
def world(sales: pd.DataFrame) -> World:
    made = World(2)
    place = {"column": "code", "level": "commune", "vintage_column": "vintage"}
    made.add_table("sales", sales, COLUMNS, key=["id"], territory=place)
    made.add_indicator("median", kind="quantile", table="sales", column="price")
    made.add_indicator("ninth", kind="quantile", table="sales", column="area", quantile=0.9, where={"kind": "house"})
    return made


def territories_of(code: str, vintage: int) -> set[tuple[str, str]]:
    """Territories where a code lies whole."""
    targets = [row[1] for row in PASSAGE_2021 if row[0] == code] if vintage == 2021 else [code]
    found = [
        {("commune", target), *(place for place, codes in MEMBERS.items() if target in codes)} for target in targets
    ]
    return set.intersection(*found)


@pytest.mark.parametrize(
    ("name", "column", "share", "kind"), [("median", "price", 50, None), ("ninth", "area", 90, "house")]
)
def test_quantiles_are_numpy_s(
    world: World, sales: pd.DataFrame, name: str, column: str, share: int, kind: str | None
) -> None:
    rows = sales[sales["kind"] == kind] if kind else sales
    values: dict[tuple[str, str, str], list[float]] = {}
    for code, vintage, year, value in zip(rows["code"], rows["vintage"], rows["year"], rows[column], strict=True):
        for place in territories_of(code, vintage):
            values.setdefault((*place, str(year)), []).append(value)
    found = world.rows(name)
    for key, row in found.items():
        # At levels where a split commune is cut in two, nobody knows which records lie where.
        unsure = key[2] != "2025" and key[:2] in {
            ("commune", "62004"), ("commune", "62005"), ("commune", "62001"), ("commune", "80810"),
            ("epci", "e1"), ("epci", "e3"), ("grouping", "both"), ("grouping", "across"),
            ("departement", "62"), ("departement", "80"),
        }  # fmt: skip
        if unsure:
            assert (row["value"], row["status"]) == (None, "M"), key
        else:
            assert row["value"] == pytest.approx(np.percentile(values[key], share), rel=1e-12), key
            assert (row["observations"], row["status"]) == (len(values[key]), "A")


def test_a_merger_is_one_set_of_records(world: World, sales: pd.DataFrame) -> None:
    rows = sales[(sales["vintage"] == 2021) & sales["code"].isin(["62002", "62099"]) & (sales["year"] == 2020)]
    assert world.rows("median")["commune", "62002", "2020"]["value"] == pytest.approx(rows["price"].median())


def test_nothing_has_no_quantile_and_the_unknown_have_theirs() -> None:
    rows = pd.DataFrame({"id": [1, 2, 3], "code": ["62003", None, "99999"], "year": [2021] * 3, "price": [1, 5, 7]})
    world = World()
    columns = {"id": "integer", "code": "text", "year": "integer", "price": "integer"}
    world.add_table("sales", rows, columns, key=["id"])
    world.add_indicator("median", kind="quantile", table="sales", column="price")
    found = world.rows("median")
    assert (found["commune", "62002", "2021"]["value"], found["commune", "62002", "2021"]["status"]) == (None, "M")
    assert found["commune", UNLOCATED, "2021"]["value"] == 6.0
    assert found["pays", "FR", "2021"]["value"] == 5.0
    assert world.measure("median").coverage[0].unlocated == 2


def test_records_of_iris_are_placed_in_their_commune() -> None:
    codes = ["620010101", "620010101", "620010102", "620020000", "620990000"]
    rows = pd.DataFrame({"id": range(5), "code": codes, "price": [1.0, 3.0, 10.0, 20.0, 40.0]})
    world = World()
    world.add_table(
        "sales",
        rows,
        {"id": "integer", "code": "text", "price": "number"},
        key=["id"],
        territory={"column": "code", "level": "iris", "vintage": 2021},
        period={"value": "2021"},
    )
    world.add_indicator("median", kind="quantile", table="sales", column="price")
    found = world.rows("median")
    assert found["commune", "62001", "2021"]["value"] == 3.0
    assert found["commune", "62002", "2021"]["value"] == 30.0
    at_home = world.rows("median", geography(2021))
    assert at_home["iris", "620010101", "2021"]["value"] == 2.0
    assert at_home["iris", "620030000", "2021"]["status"] == "M"


def test_records_that_have_their_own_level_stay_there() -> None:
    rows = pd.DataFrame(
        {"id": [1, 2, 3], "code": ["e1", "e1", "62003"], "level": ["epci", "epci", "commune"], "price": [1, 3, 9]}
    )
    world = World()
    world.add_table(
        "sales",
        rows,
        {"id": "integer", "code": "text", "level": "text", "price": "integer"},
        key=["id"],
        territory={"column": "code", "level_column": "level", "vintage": 2026},
        period={"value": "2026"},
    )
    world.add_indicator("median", kind="quantile", table="sales", column="price")
    world.add_indicator("sum", kind="sum", table="sales", column="price")
    found, sums = world.rows("median"), world.rows("sum")
    assert found["epci", "e1", "2026"]["value"] == 2.0
    assert found["commune", "62003", "2026"]["value"] == 9.0
    for rows in (found, sums):
        assert {key[0] for key in rows} == {"commune", "epci"}, "of other levels the table says nothing"
    assert sums["epci", "e1", "2026"]["value"] == 4.0
    assert sums["commune", "62003", "2026"]["value"] == 9.0
