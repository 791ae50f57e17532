"""From a value back to its rows."""

import pandas as pd
import pytest

from beffroi.access import BUILDER, PUBLIC
from beffroi.errors import BeffroiError
from beffroi.measure import Explanation, explain_value
from tests.measure.test_missing import STOCK, full, stock_world
from tests.measure.worlds import World, geography


def explain(world: World, name: str, level: str, territory: str, period: str = "2021") -> tuple[Explanation, ...]:
    return explain_value(
        name, level, territory, period, catalog=world.catalog, geography=geography(), query=world.query, reader=BUILDER,
    )  # type: ignore[arg-type]  # fmt: skip


def test_both_parts_of_a_ratio_have_their_rows() -> None:
    found = explain(stock_world(full()), "vacancy", "commune", "62002")
    assert [(one.role, one.table, one.rows) for one in found] == [
        ("numerator", "stock", 2),
        ("denominator", "stock", 2),
    ]
    assert found[0].codes == ((2021, "62002"), (2021, "62099"))
    assert found[0].keys.to_pylist() == [{"code": "62002", "year": 2021}, {"code": "62099", "year": 2021}]


def test_the_statement_finds_the_same_rows_again() -> None:
    world = stock_world(full() + full(2022))
    (one,) = explain(world, "large", "pays", "FR")
    assert one.rows == 0
    (one,) = explain(world, "homes", "pays", "FR")
    codes = pd.DataFrame(one.codes, columns=["_vintage", "_code"])
    world.connection.register("_codes", codes)
    assert len(world.connection.execute(one.sql).fetchall()) == one.rows == len(full())


def test_a_change_has_two_ends_and_a_shift_is_followed() -> None:
    world = stock_world(full(2020) + full(2021) + full(2022))
    world.add_indicator("yearly", kind="change", of="vacancy", over=1)
    before = {"table": "stock", "sum": "homes", "period_shift": -1}
    world.add_indicator("later", kind="ratio", numerator={"indicator": "homes"}, denominator=before)
    roles = [(one.role, one.period) for one in explain(world, "yearly", "epci", "e2")]
    assert roles == [
        ("start/numerator", "2020"), ("start/denominator", "2020"),
        ("end/numerator", "2021"), ("end/denominator", "2021"),
    ]  # fmt: skip
    later = {one.role: one.period for one in explain(world, "later", "epci", "e2")}
    assert later == {"denominator": "2020", "numerator/value": "2021"}


def test_no_more_than_twenty_rows_are_named() -> None:
    rows = pd.DataFrame({"id": range(50), "code": [None] * 50, "year": 2021})
    world = World()
    world.add_table("events", rows, {"id": "integer", "code": "text", "year": "integer"}, key=["id"])
    world.add_indicator("events", kind="count", table="events")
    (one,) = explain(world, "events", "commune", "unlocated")
    assert (one.rows, one.keys["id"].to_pylist(), one.codes) == (50, list(range(20)), ((2021, None),))


def test_only_who_builds_may_ask() -> None:
    world = stock_world(full())
    with pytest.raises(BeffroiError) as caught:
        explain_value(
            "homes", "commune", "62002", "2021",
            catalog=world.catalog, geography=geography(), query=world.query, reader=PUBLIC,
        )  # fmt: skip
    assert caught.value.faults[0].code == "builder-only"
    assert set(STOCK) == {"code", "year", "homes", "vacant"}
