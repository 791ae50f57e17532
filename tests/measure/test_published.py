"""Figures as their producer gave them: never added up, carried only where they still hold."""

import pandas as pd
import pytest

from beffroi.errors import BeffroiError
from tests.measure.worlds import World, geography

COLUMNS = {"code": "text", "level": "text", "year": "integer", "median": "number", "flag": "text", "sex": "text"}


def income_world(rows: list[tuple[str, str, float | None, str | None]], vintage: int = 2021) -> World:
    frame = pd.DataFrame([(code, level, 2021, median, flag, "all") for code, level, median, flag in rows])
    frame.columns = list(COLUMNS)
    world = World()
    world.add_table(
        "income",
        frame,
        COLUMNS,
        key=["code", "level", "year", "sex"],
        territory={"column": "code", "level_column": "level", "vintage": vintage},
    )
    world.add_indicator("median", kind="published", table="income", column="median", confidentiality="flag")
    return world


def test_only_what_the_producer_gave_is_given() -> None:
    world = income_world([("62001", "commune", 21_000.5, None), ("e2", "epci", 20_000.0, "F")])
    world.add_indicator("plain", kind="published", table="income", column="median")
    for name in ("median", "plain"):
        found = world.rows(name)
        given = {key[:2]: row["value"] for key, row in found.items() if row["value"] is not None}
        # 62001 has since received a part of another commune: its figure does not hold.
        assert given == {("epci", "e2"): 20_000.0}
        assert found["epci", "e1", "2021"]["status"] == "O"
        assert found["commune", "62003", "2021"]["status"] == "O"
        assert not [key for key in found if key[0] in ("departement", "pays", "grouping")]


def test_a_figure_of_a_commune_that_has_changed_is_not_carried() -> None:
    codes = ["62002", "62099", "62003", "62050", "62001", "80810"]
    found = income_world([(code, "commune", 1.0, None) for code in codes]).rows("median")
    status = {key[1]: row["status"] for key, row in found.items()}
    # 62002 grew by a merger; 62004, 62005 were one; part of 62060 went to 62001 and 80810.
    assert status == {
        "62001": "M", "62002": "M", "62003": "A", "62004": "M", "62005": "M", "80810": "M", "75056": "O",
    }  # fmt: skip
    assert found["commune", "62003", "2021"]["value"] == 1.0
    assert found["commune", "62003", "2021"]["reliability"] == "unknown"


def test_a_figure_of_an_epci_whose_communes_have_changed_is_not_carried() -> None:
    rows = [("e1", "epci", 1.0, None), ("e2", "epci", 2.0, None)]
    before = geography(2021).membership
    found = income_world(rows).rows("median", geography(memberships={2021: before}))
    assert found["epci", "e2", "2021"]["value"] == 2.0
    e3 = income_world([("e3", "epci", 3.0, None)]).rows("median", geography(memberships={2021: before}))
    # Part of 62060, which was in e3, is in 62001, hence in e1.
    assert (e3["epci", "e3", "2021"]["value"], e3["epci", "e3", "2021"]["status"]) == (None, "M")


@pytest.mark.parametrize(("flag", "shown"), [("F", "F"), (None, "F"), ("C", "C"), ("N", "N"), ("s", "C")])
def test_what_the_producer_says_is_confidential_is(flag: str | None, shown: str) -> None:
    row = income_world([("62003", "commune", 9.0, flag)]).rows("median")["commune", "62003", "2021"]
    assert (row["value"], row["confidentiality"]) == (9.0 if shown == "F" else None, shown)
    assert row["status"] == "A"


def test_no_figure_and_no_reason_is_missing() -> None:
    row = income_world([("62003", "commune", None, None)]).rows("median")["commune", "62003", "2021"]
    assert (row["status"], row["confidentiality"]) == ("O", "F")
    hidden = income_world([("62003", "commune", None, "C")]).rows("median")["commune", "62003", "2021"]
    assert (hidden["status"], hidden["confidentiality"]) == ("A", "C")


def test_two_figures_for_one_place_are_refused_until_a_condition_leaves_one() -> None:
    world = income_world([("62003", "commune", 1.0, None)])
    world.connection.execute("INSERT INTO income SELECT * REPLACE ('women' AS sex, 2.0 AS median) FROM income")
    with pytest.raises(BeffroiError) as caught:
        world.rows("median")
    (fault,) = caught.value.faults
    assert (fault.code, fault.values["count"]) == ("published-not-single", 2)
    assert "62003" in fault.message("fr")
    world.add_indicator("women", kind="published", table="income", column="median", where={"sex": "women"})
    assert world.rows("women")["commune", "62003", "2021"]["value"] == 2.0


def test_iris_figures_are_given_at_their_vintage_only() -> None:
    frame = pd.DataFrame({"code": ["620010101", "808100000"], "median": [5.0, 6.0]})
    world = World()
    world.add_table(
        "income",
        frame,
        {"code": "text", "median": "number"},
        key=["code"],
        territory={"column": "code", "level": "iris", "vintage": 2021},
        period={"value": "2021"},
    )
    world.add_indicator("median", kind="published", table="income", column="median")
    assert world.measure("median").series.num_rows == 0
    found = world.rows("median", geography(2021))
    assert {key[0] for key in found} == {"iris"}
    assert found["iris", "620010101", "2021"]["value"] == 5.0
    assert found["iris", "620010102", "2021"]["status"] == "O"
    assert ("iris", "808100000", "2021") not in found
