"""Changes by year, what crosses a break, status and reliability."""

import pandas as pd
import pytest

from beffroi.errors import BeffroiError
from tests.measure.worlds import COMMUNES_2021, World

COLUMNS = {"code": "text", "year": "text", "people": "integer", "old": "integer"}
WINDOW = {"before": 2, "after": 2, "why": "census values are those of five years"}


def census_world(years: dict[str, int], **contract: object) -> World:
    """Each commune has, each year, as many people as the year is given, and a tenth as many old ones."""
    rows = [(code, year, people, people // 10) for year, people in years.items() for code in COMMUNES_2021]
    world = World()
    world.add_table("census", pd.DataFrame(rows, columns=list(COLUMNS)), COLUMNS, key=["code", "year"], **contract)  # type: ignore[arg-type]
    world.add_indicator("people", kind="sum", table="census", column="people")
    return world


def test_a_change_is_given_by_year() -> None:
    world = census_world({"2011": 1000, "2016": 1100, "2021": 1210})
    world.add_indicator("yearly", kind="change", of="people", over=5)
    world.add_indicator("rate", kind="change", of="people", over=5, relative=True)
    found = world.rows("yearly")
    assert {key[2] for key in found} == {"2016", "2021"}
    assert found["commune", "62003", "2016"]["value"] == 20.0
    assert found["commune", "62003", "2021"]["value"] == 22.0
    assert found["commune", "62002", "2021"]["value"] == 44.0
    for period in ("2016", "2021"):
        assert world.rows("rate")["pays", "FR", period]["value"] == pytest.approx((1.1 ** (1 / 5) - 1) * 100)


def test_a_rate_from_nothing_cannot_exist() -> None:
    world = census_world({"2020": 0, "2021": 10})
    world.add_indicator("rate", kind="change", of="people", over=1, relative=True)
    row = world.rows("rate")["commune", "62003", "2021"]
    assert (row["value"], row["status"]) == (None, "M")


def test_a_change_of_a_ratio_is_a_difference_of_ratios() -> None:
    world = census_world({"2020": 100, "2022": 95})
    world.add_indicator("share", kind="ratio", table="census", unit="percent", numerator="old", denominator="people")
    world.add_indicator("points", kind="change", of="share", over=2)
    expected = (100 * 9 / 95 - 10) / 2
    assert world.rows("points")["epci", "e2", "2022"]["value"] == pytest.approx(expected)


def test_a_change_across_a_break_is_not_given() -> None:
    world = census_world({"2017": 100, "2018": 120, "2019": 130})
    world.add_indicator(
        "people", kind="sum", table="census", column="people", breaks=[{"period": "2018", "why": "counted otherwise"}]
    )
    world.add_indicator("yearly", kind="change", of="people", over=1)
    values = {period: world.rows("people")["commune", "62003", period]["status"] for period in ("2017", "2018", "2019")}
    assert values == {"2017": "A", "2018": "B", "2019": "A"}
    found = world.rows("yearly")
    assert (found["commune", "62003", "2018"]["value"], found["commune", "62003", "2018"]["status"]) == (None, "B")
    assert found["commune", "62003", "2019"]["value"] == 10.0


def test_a_break_between_two_periods_is_on_the_first_after_it() -> None:
    world = census_world({"2016": 1, "2021": 2, "2022": 3})
    world.add_indicator(
        "people", kind="sum", table="census", column="people", breaks=[{"period": "2018", "why": "counted otherwise"}]
    )
    assert world.rows("people")["commune", "62003", "2021"]["status"] == "B"
    assert world.rows("people")["commune", "62003", "2022"]["status"] == "A"


def test_a_break_of_a_part_is_a_break_of_the_ratio_at_its_own_period() -> None:
    world = census_world({"2017": 100, "2018": 120, "2019": 130})
    world.add_indicator(
        "old", kind="sum", table="census", column="old", breaks=[{"period": "2018", "why": "counted otherwise"}],
        provisional=["2019"],
    )  # fmt: skip
    world.add_indicator(
        "later", kind="ratio", numerator={"indicator": "old"}, denominator={"indicator": "people", "period_shift": -1}
    )
    found = world.rows("later")
    assert found["commune", "62003", "2018"]["value"] == 12 / 100
    assert found["commune", "62003", "2018"]["status"] == "B"
    assert found["commune", "62003", "2019"]["status"] == "P"
    assert {key[2] for key in found} == {"2018", "2019"}
    world.add_indicator(
        "earlier", kind="ratio", numerator={"indicator": "old", "period_shift": 1}, denominator={"indicator": "people"}
    )
    # The numerator of 2017 is that of 2018, which breaks; that of 2018 is that of 2019, which is provisional.
    early = world.rows("earlier")
    assert (early["commune", "62003", "2017"]["status"], early["commune", "62003", "2018"]["status"]) == ("B", "P")


def test_provisional_values_make_provisional_changes() -> None:
    world = census_world({"2019": 100, "2020": 120, "2021": 130, "2022": 140})
    world.add_indicator("people", kind="sum", table="census", column="people", provisional=["2020"])
    world.add_indicator("yearly", kind="change", of="people", over=1)
    found = world.rows("yearly")
    assert [found["commune", "62003", year]["status"] for year in ("2020", "2021", "2022")] == ["P", "P", "A"]


def test_estimated_comes_before_provisional() -> None:
    world = census_world({"2020": 100, "2021": 120})
    world.add_indicator("people", kind="sum", table="census", column="people", provisional=["2021"])
    world.add_indicator("yearly", kind="change", of="people", over=1)
    for name in ("people", "yearly"):
        assert world.rows(name)["commune", "62004", "2021"]["status"] == "E"
        assert world.rows(name)["epci", "e2", "2021"]["status"] == "P"


def test_quarters_are_shifted_by_whole_years() -> None:
    world = census_world({"2020-Q1": 100, "2020-Q2": 110, "2021-Q1": 150})
    world.add_indicator("yearly", kind="change", of="people", over=1)
    assert {key[2] for key in world.rows("yearly")} == {"2021-Q1"}
    assert world.rows("yearly")["commune", "62003", "2021-Q1"]["value"] == 50.0


def test_windows_that_overlap_are_refused() -> None:
    world = census_world({"2017": 1, "2021": 2, "2022": 3}, period={"column": "year", "window": WINDOW})
    world.add_indicator("share", kind="ratio", table="census", numerator="old", denominator="people")
    world.add_indicator("too_near", kind="change", of="share", over=4)
    world.add_indicator("far_enough", kind="change", of="share", over=5)
    with pytest.raises(BeffroiError) as caught:
        world.rows("too_near")
    (fault,) = caught.value.faults
    assert (fault.code, str(fault.place)) == ("change-windows-overlap", "indicators/too_near.yaml:6")
    assert {key[2] for key in world.rows("far_enough")} == {"2022"}


def test_only_released_periods_are_given_and_compared() -> None:
    world = census_world({"2019": 100, "2020": 120, "2021": 130})
    world.add_indicator("people", kind="sum", table="census", column="people", periods=["2019", "2021"])
    world.add_indicator("yearly", kind="change", of="people", over=2)
    assert {key[2] for key in world.rows("people")} == {"2019", "2021"}
    assert {key[2] for key in world.rows("yearly")} == {"2021"}


def test_reliability_follows_observations() -> None:
    world = census_world({"2020": 40, "2021": 90})
    world.tables.clear()
    rows = [("62003", "2020", 40, 4), ("62003", "2021", 90, 9), ("62002", "2020", 80, 8), ("62002", "2021", 80, 8)]
    world.add_table("census", pd.DataFrame(rows, columns=list(COLUMNS)), COLUMNS, key=["code", "year"])
    world.add_indicator(
        "people", kind="sum", table="census", column="people",
        reliability={"minimum_observations": 50, "observations": "people", "why": "below fifty it says little"},
    )  # fmt: skip
    world.add_indicator("yearly", kind="change", of="people", over=1)
    found = world.rows("people")
    assert (found["commune", "62003", "2020"]["reliability"], found["commune", "62003", "2020"]["observations"]) == (
        "weak",
        40,
    )
    assert found["commune", "62003", "2021"]["reliability"] == "good"
    assert found["pays", "FR", "2021"]["reliability"] == "unknown", "it has no value: communes are missing"
    assert world.rows("yearly")["commune", "62003", "2021"]["reliability"] == "weak"


def test_observations_of_a_ratio_are_those_of_the_part_that_counts_them() -> None:
    world = census_world({"2021": 40})
    reliability = {"minimum_observations": 5, "observations": "answers", "why": "below five it says nothing"}
    survey = pd.DataFrame({"code": COMMUNES_2021, "year": "2021", "happy": 3, "answers": 4})
    columns = {"code": "text", "year": "text", "happy": "integer", "answers": "integer"}
    world.add_table("survey", survey, columns, key=["code", "year"])
    parts = {"numerator": {"table": "survey", "sum": "happy"}, "denominator": {"table": "census", "sum": "people"}}
    world.add_indicator("happy", kind="ratio", **parts, reliability=reliability)
    row = world.rows("happy")["commune", "62003", "2021"]
    assert (row["observations"], row["reliability"]) == (4, "weak")
