"""Counts, sums, ratios and weighted means, against an independent computation in exact Python numbers."""

from decimal import Decimal
from fractions import Fraction
from typing import Any

import numpy as np
import pandas as pd
import pytest

from beffroi.errors import BeffroiError
from beffroi.measure import Campaign
from tests.measure.worlds import (
    COMMUNES_2021,
    COMMUNES_2026,
    MEMBERS,
    PASSAGE_2021,
    PASSAGE_2026,
    World,
    geography,
)

MILLION = 1_000_000
COLUMNS = {
    "id": "integer",
    "code": "text",
    "vintage": "integer",
    "year": "integer",
    "kind": "text",
    "area": "decimal",
    "price": "number",
    "rooms": "integer",
}


def generated_sales(count: int = 4_000, seed: int = 7) -> pd.DataFrame:
    """Events in two vintages, one vintage a year, all codes known."""
    chance = np.random.default_rng(seed)
    year = chance.choice([2020, 2021, 2025], count)
    vintage = np.where(year < 2025, 2021, 2026)
    old, new = chance.choice(COMMUNES_2021, count), chance.choice(COMMUNES_2026, count)
    return pd.DataFrame(
        {
            "id": range(count),
            "code": np.where(vintage == 2021, old, new),
            "vintage": vintage,
            "year": year,
            "kind": chance.choice(["house", "flat", "land"], count),
            "area": chance.integers(1, 2_000_000, count) / 1000,
            "price": np.round(chance.normal(150_000, 90_000, count), 2),
            "rooms": chance.integers(0, 9, count),
        }
    )


def spread(rows: pd.DataFrame, amounts: pd.Series) -> dict[tuple[str, str, str], int]:
    """Whole numbers summed by territory of 2026 and year, by the rule of shares, without a line of SQL.

    A code's total is shared out (not each row), as the rule is about a value by code.
    """
    totals: dict[tuple[int, str, str], int] = {}
    for vintage, code, year, amount in zip(rows["vintage"], rows["code"], rows["year"], amounts, strict=True):
        key = (vintage, code, str(year))
        totals[key] = totals.get(key, 0) + amount
    found: dict[tuple[str, str, str], int] = {}
    for (vintage, code, year), amount in totals.items():
        for source, target, low, high, total, *_ in PASSAGE_2021 if vintage == 2021 else PASSAGE_2026:
            if source != code:
                continue
            part = amount * high // total - amount * low // total
            territories = [("commune", target), *(place for place, communes in MEMBERS.items() if target in communes)]
            for level, territory in territories:
                found[level, territory, year] = found.get((level, territory, year), 0) + part
    return found


def millionths(values: pd.Series) -> pd.Series:
    return values.map(lambda value: int(Decimal(str(value)).scaleb(6)))


@pytest.fixture(scope="module")
def sales() -> pd.DataFrame:
    return generated_sales()


@pytest.fixture(scope="module")
def world(sales: pd.DataFrame) -> World:
    made = World(threads=2)
    made.add_table(
        "sales",
        sales,
        COLUMNS,
        key=["id"],
        territory={"column": "code", "level": "commune", "vintage_column": "vintage"},
    )
    houses = {"kind": "house"}
    made.add_indicator("all", kind="count", table="sales")
    made.add_indicator("houses", kind="count", table="sales", where=houses)
    made.add_indicator("built", kind="count", table="sales", where={"kind": ["house", "flat"], "rooms": {"min": 2}})
    made.add_indicator("area", kind="sum", table="sales", column="area")
    made.add_indicator("price", kind="sum", table="sales", column="price", where=houses)
    made.add_indicator("rooms", kind="sum", table="sales", column="rooms")
    made.add_indicator(
        "share",
        kind="ratio",
        table="sales",
        unit="percent",
        numerator={"count": "rows", "where": houses},
        denominator={"count": "rows"},
    )
    made.add_indicator("price_by_area", kind="ratio", table="sales", numerator="price", denominator="area")
    made.add_indicator("mean_price", kind="weighted_mean", table="sales", column="price", weight="area")
    made.add_indicator("mean_rooms", kind="weighted_mean", table="sales", column="rooms", weight="rooms")
    made.add_indicator(
        "of_indicators", kind="ratio", numerator={"indicator": "price"}, denominator={"indicator": "area"}
    )
    return made


SELECTIONS: dict[str, Any] = {
    "all": (lambda rows: rows["id"] >= 0, lambda rows: rows["id"] * 0 + MILLION),
    "houses": (lambda rows: rows["kind"] == "house", lambda rows: rows["id"] * 0 + MILLION),
    "built": (
        lambda rows: rows["kind"].isin(["house", "flat"]) & (rows["rooms"] >= 2),
        lambda rows: rows["id"] * 0 + MILLION,
    ),
    "area": (lambda rows: rows["id"] >= 0, lambda rows: millionths(rows["area"])),
    "price": (lambda rows: rows["kind"] == "house", lambda rows: millionths(rows["price"])),
    "rooms": (lambda rows: rows["id"] >= 0, lambda rows: rows["rooms"] * MILLION),
}


@pytest.mark.parametrize("name", SELECTIONS)
def test_counts_and_sums_are_those_of_an_independent_computation(world: World, sales: pd.DataFrame, name: str) -> None:
    keep, amount = SELECTIONS[name]
    rows = sales[keep(sales)]
    expected = spread(rows, amount(rows).map(int))
    found = world.rows(name)
    assert len(found) == (len(COMMUNES_2026) + len(MEMBERS)) * 3
    for key, row in found.items():
        assert row["value"] == float(Decimal(expected.get(key, 0)).scaleb(-6)), key


def test_a_split_marks_only_what_it_makes_uncertain(world: World) -> None:
    found = world.rows("all")
    # 62050 was shared between 62004 and 62005: they are estimated, their EPCI is not.
    assert found["commune", "62004", "2021"]["status"] == "E"
    assert found["epci", "e2", "2021"]["status"] == "A"
    # 62060 was shared between two EPCI and two departments.
    assert found["epci", "e1", "2021"]["status"] == "E"
    assert found["epci", "e3", "2021"]["status"] == "E"
    assert found["commune", "62002", "2021"]["status"] == "A"
    assert found["pays", "FR", "2021"]["status"] == "A"
    assert found["commune", "62004", "2025"]["status"] == "A"


def test_the_two_parts_of_a_ratio_are_shown(world: World, sales: pd.DataFrame) -> None:
    counts, houses = world.rows("all"), world.rows("houses")
    for key, row in world.rows("share").items():
        assert float(row["numerator"]) == houses[key]["value"]
        assert float(row["denominator"]) == counts[key]["value"]
        assert row["value"] == pytest.approx(100 * houses[key]["value"] / counts[key]["value"], abs=1e-12)
        assert row["observations"] == counts[key]["observations"]


def test_a_ratio_of_sums_is_not_a_mean_of_ratios(world: World, sales: pd.DataFrame) -> None:
    price = spread(sales, millionths(sales["price"]))
    area = spread(sales, millionths(sales["area"]))
    for key, row in world.rows("price_by_area").items():
        assert row["value"] == pytest.approx(float(Fraction(price[key], area[key])), rel=1e-12)


def test_a_ratio_of_indicators_is_computed_from_their_amounts(world: World) -> None:
    price, area = world.rows("price"), world.rows("area")
    for key, row in world.rows("of_indicators").items():
        assert row["value"] == pytest.approx(price[key]["value"] / area[key]["value"], rel=1e-12)


def test_a_weighted_mean_divides_by_the_weights(world: World, sales: pd.DataFrame) -> None:
    exact = [
        Decimal(str(price)) * Decimal(str(area)) for price, area in zip(sales["price"], sales["area"], strict=True)
    ]
    products = spread(sales, pd.Series([int(value.scaleb(6)) for value in exact]))
    weights = spread(sales, millionths(sales["area"]))
    for key, row in world.rows("mean_price").items():
        assert row["value"] == pytest.approx(products[key] / weights[key], rel=1e-9)
    squares = spread(sales, sales["rooms"] * sales["rooms"] * MILLION)
    rooms = spread(sales, sales["rooms"] * MILLION)
    for key, row in world.rows("mean_rooms").items():
        assert row["value"] == pytest.approx(squares[key] / rooms[key], rel=1e-12)


def test_the_geography_of_2021_is_the_table_s_own(sales: pd.DataFrame) -> None:
    world = World()
    rows = sales[sales["vintage"] == 2021]
    world.add_table("sales", rows, COLUMNS, key=["id"])
    world.add_indicator("all", kind="count", table="sales")
    found = world.rows("all", geography(2021))
    by_commune = rows.groupby(["code", "year"]).size()
    for (code, year), count in by_commune.items():
        row = found["commune", code, str(year)]
        assert (row["value"], row["status"], row["vintage"]) == (count, "A", 2021)
    merged = by_commune["62002"] + by_commune["62099"]
    after = world.rows("all", geography(2026))
    assert all(after["commune", "62002", str(year)]["value"] == merged[year] for year in (2020, 2021))


def test_number_of_threads_and_order_of_rows_change_nothing(sales: pd.DataFrame) -> None:
    made = []
    for threads, seed in ((1, 0), (2, 1), (4, 2)):
        world = World(threads)
        world.add_table(
            "sales",
            sales.sample(frac=1, random_state=seed),
            COLUMNS,
            key=["id"],
            territory={"column": "code", "level": "commune", "vintage_column": "vintage"},
        )
        world.add_indicator("mean", kind="weighted_mean", table="sales", column="price", weight="area")
        world.add_indicator("median", kind="quantile", table="sales", column="price")
        made.append([world.measure("mean").series, world.measure("median").series])
    assert made[0] == made[1] == made[2]


def test_the_table_is_read_once_for_both_parts_and_all_levels(world: World) -> None:
    world.queries.clear()
    world.measure("share")
    assert sum('FROM "sales"' in query for query in world.queries) == 1


def test_measured_together_series_are_the_same_and_the_table_is_read_less(world: World) -> None:
    names = sorted(world.indicators)
    alone = {name: world.measure(name) for name in names}
    world.queries.clear()
    campaign = Campaign(names, world.catalog, geography(), world.query)
    together = {name: campaign.measure(name)() for name in names}
    for name in names:
        assert together[name].series.equals(alone[name].series), name
        assert together[name].coverage == alone[name].coverage, name
    readings = [query for query in world.queries if 'FROM "sales"' in query and "GROUP BY ALL" in query]
    assert len(readings) == len(["houses", "built", "all rows, eight quantities", "all rows, the others"])
    assert len(names) > len(readings)


def test_one_that_cannot_be_measured_costs_the_others_nothing(world: World) -> None:
    world.add_indicator("unknown_period", kind="count", table="sales", periods=["1900"])
    campaign = Campaign(["unknown_period", "all"], world.catalog, geography(), world.query)
    with pytest.raises(BeffroiError):
        campaign.measure("unknown_period")
    assert campaign.measure("all")().series.equals(world.measure("all").series)
    del world.indicators["unknown_period"]
