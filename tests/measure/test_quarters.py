"""Series of QPV: as their table gives them, each list by itself, neither added up nor made of communes."""

from dataclasses import replace
from typing import Any

import pandas as pd
import pyarrow as pa
import pytest

from beffroi.access import BUILDER
from beffroi.errors import BeffroiError
from beffroi.measure import explain_value
from tests.measure.worlds import LEVELS, World, geography

QUARTERS = [("qpv_2015", "QP062001"), ("qpv_2015", "QP062002"), ("qpv_2024", "QN06201M")]
ROWS = [
    # level, code, year, homes
    ("qpv_2015", "QP062001", 2018, 10), ("qpv_2015", "QP062002", 2018, 20),
    ("qpv_2015", "QP062001", 2021, 11), ("qpv_2024", "QN06201M", 2021, 30),
    ("qpv_2024", "QN06201M", 2024, 31), ("commune", "62001", 2021, 500),
]  # fmt: skip


def quartered() -> Any:
    """The geography with three quarters shown, of two lists, and one that lies elsewhere."""
    made = geography()
    levels, codes = zip(*QUARTERS, strict=True)
    names = pa.table({"level": list(levels), "code": list(codes), "name": list(codes)})
    elsewhere = pa.table({"level": ["qpv_2024"], "code": ["QN05901N"]})
    return replace(
        made,
        names=pa.concat_tables([made.names, names]),
        quarters=pa.concat_tables([names.select(["level", "code"]), elsewhere]),
    )


COLUMNS = {"level": "text", "code": "text", "year": "integer", "homes": "integer"}
BARE = {name: kind for name, kind in COLUMNS.items() if name != "level"}


def bare(name: str, rows: list[tuple[Any, ...]], **territory: Any) -> World:
    """A world with one table whose rows are all of one level."""
    made = World(levels=["qpv_2024", "qpv_2015", *LEVELS])
    frame = pd.DataFrame(rows, columns=list(BARE))
    made.add_table(name, frame, BARE, key=["code", "year"], territory={"column": "code", **territory})
    made.add_indicator(name, kind="sum", table=name, column="homes")
    return made


def world(rows: list[tuple[Any, ...]] = ROWS, key: tuple[str, ...] = ("level", "code", "year")) -> World:
    made = World(levels=["qpv_2024", "qpv_2015", *LEVELS])
    territory = {"column": "code", "level_column": "level", "vintage": 2026}
    made.add_table("homes", pd.DataFrame(rows, columns=list(COLUMNS)), COLUMNS, key=list(key), territory=territory)
    made.add_indicator("homes", kind="sum", table="homes", column="homes")
    return made


def values(made: World, name: str = "homes") -> dict[tuple[str, str, str], Any]:
    rows = made.measure(name, quartered()).series.to_pylist()
    return {(row["level"], row["territory"], row["period"]): row["value"] for row in rows}


def test_each_list_has_its_values_and_lends_none_to_the_other():
    found = values(world())
    assert {key: value for key, value in found.items() if key[0].startswith("qpv")} == {
        ("qpv_2015", "QP062001", "2018"): 10, ("qpv_2015", "QP062002", "2018"): 20,
        ("qpv_2015", "QP062001", "2021"): 11, ("qpv_2015", "QP062002", "2021"): None,
        ("qpv_2024", "QN06201M", "2021"): 30, ("qpv_2024", "QN06201M", "2024"): 31,
    }  # fmt: skip


def test_a_list_has_no_line_in_a_period_that_its_table_does_not_speak_of():
    found = values(world())
    assert not [key for key in found if key[0] == "qpv_2015" and key[2] == "2024"]
    assert ("commune", "62001", "2018") in found, "a commune is owed a row at every period"


def test_quarters_are_not_added_up_to_what_holds_them_nor_made_of_communes():
    found = values(world())
    assert found["commune", "62001", "2021"] == 500
    assert {level for level, _, _ in found} <= {"qpv_2015", "qpv_2024", "commune"}
    made = bare("stock", [("62001", 2021, 5)], level="commune", vintage=2026)
    assert not [key for key in values(made, "stock") if key[0].startswith("qpv")]
    made.add_indicator("wished", kind="sum", table="stock", column="homes", levels=["qpv_2015"])
    with pytest.raises(BeffroiError) as caught:
        made.measure("wished", quartered())
    assert caught.value.faults[0].code == "level-not-available"


def test_a_code_under_the_wrong_list_is_counted_as_unknown_and_given_to_nobody():
    made = world([*ROWS, ("qpv_2024", "QP062001", 2024, 7), ("qpv_2024", "QN05901N", 2024, 9)])
    assert values(made)["qpv_2024", "QN06201M", "2024"] == 31
    assert ("qpv_2015", "QP062001", "2024") not in values(made)
    (coverage,) = made.measure("homes", quartered()).coverage
    assert [code for code, _, _ in coverage.unknown] == ["QP062001"], "a quarter elsewhere in the country is no fault"


def test_a_table_of_one_list_says_no_vintage_and_is_explained_row_by_row():
    rows = [("QP062001", 2018, 10), ("QP062001", 2021, 11), ("QP062002", 2021, 12)]
    made = bare("old", rows, level="qpv_2015")
    assert values(made, "old")["qpv_2015", "QP062001", "2021"] == 11
    (told,) = explain_value(
        "old", "qpv_2015", "QP062001", "2021", catalog=made.catalog, geography=quartered(), query=made.query,
        reader=BUILDER,
    )  # fmt: skip
    assert (told.rows, told.codes) == (1, ((None, "QP062001"),))
    assert told.keys.to_pylist() == [{"code": "QP062001", "year": 2021}]


def test_events_of_a_quarter_that_has_none_in_a_period_of_its_list_are_zero():
    rows = [("qpv_2015", "QP062001", 2018, 1), ("qpv_2015", "QP062002", 2021, 0), ("qpv_2024", "QN06201M", 2024, 1)]
    made = world(rows, key=("level", "year"))
    made.add_indicator("large", kind="count", table="homes", where={"homes": 1})
    found = values(made, "large")
    assert found["qpv_2015", "QP062001", "2021"] == 0, "the list is spoken of in 2021, and nothing is kept"
    assert ("qpv_2024", "QN06201M", "2018") not in found


def test_a_median_is_given_in_the_periods_of_its_list_alone():
    made = world(key=("level", "year"))
    made.add_indicator("middle", kind="quantile", table="homes", column="homes")
    assert {key[2] for key in values(made, "middle") if key[0] == "qpv_2024"} == {"2021", "2024"}


def test_what_a_producer_publishes_holds_whatever_became_of_the_communes():
    made = world()
    made.add_indicator("told", kind="published", table="homes", column="homes")
    found = values(made, "told")
    assert found["qpv_2015", "QP062001", "2021"] == 11
    assert ("qpv_2015", "QP062001", "2024") not in found
