"""Missing is not zero: what a table owes and does not have, what it has without a value, what it cannot place."""

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pytest

from beffroi.lake.series import UNLOCATED
from tests.measure.worlds import COMMUNES_2021, IRIS, World, crosswalk_table, geography

STOCK = {"code": "text", "year": "integer", "homes": "integer", "vacant": "integer"}


def stock_world(rows: list[tuple[str | None, int, int | None, int | None]]) -> World:
    """A table that owes one row a commune and year."""
    world = World()
    world.add_table("stock", pd.DataFrame(rows, columns=list(STOCK)), STOCK, key=["code", "year"])
    world.add_indicator("homes", kind="sum", table="stock", column="homes")
    world.add_indicator("large", kind="count", table="stock", where={"homes": {"min": 100}})
    world.add_indicator("vacancy", kind="ratio", table="stock", unit="percent", numerator="vacant", denominator="homes")
    return world


def full(year: int = 2021, without: str = "") -> list[tuple[str | None, int, int | None, int | None]]:
    return [(code, year, 10 * rank, rank) for rank, code in enumerate(COMMUNES_2021, 1) if code != without]


def test_a_commune_without_its_row_is_missing_and_so_is_all_that_contains_it() -> None:
    found = stock_world(full(without="62003")).rows("homes")
    for place in (("commune", "62003"), ("epci", "e1"), ("grouping", "across"), ("departement", "62"), ("pays", "FR")):
        row = found[*place, "2021"]
        assert (row["value"], row["status"]) == (None, "O"), place
    assert found["epci", "e2", "2021"]["value"] is not None
    assert found["commune", "62002", "2021"]["status"] == "A"


def test_half_of_a_merger_is_not_a_total() -> None:
    found = stock_world(full(without="62099")).rows("homes")
    assert found["commune", "62002", "2021"]["status"] == "O"


def test_a_row_put_aside_by_a_condition_still_says_that_its_territory_is_there() -> None:
    found = stock_world(full()).rows("large")
    assert {row["value"] for row in found.values()} == {0.0}
    assert {row["status"] for row in found.values()} == {"A", "E"}


def test_a_sum_with_a_missing_part_is_missing() -> None:
    rows = [(code, year, None if code == "62003" else homes, vacant) for code, year, homes, vacant in full()]
    found = stock_world(rows).rows("vacancy")
    row = found["epci", "e1", "2021"]
    assert (row["value"], row["denominator"], row["status"]) == (None, None, "O")
    assert row["numerator"] is not None
    assert found["epci", "e2", "2021"]["value"] is not None


def test_nothing_over_nothing_cannot_exist() -> None:
    rows = [(code, year, 0 if code == "62003" else homes, vacant) for code, year, homes, vacant in full()]
    row = stock_world(rows).rows("vacancy")["commune", "62003", "2021"]
    assert (row["value"], row["status"], float(row["denominator"])) == (None, "M", 0.0)


def test_no_event_is_zero_even_in_a_year_without_any_of_that_kind() -> None:
    events = pd.DataFrame({"id": [1, 2], "code": ["62001", "62003"], "year": [2020, 2021], "kind": ["a", "b"]})
    world = World()
    world.add_table("events", events, {"id": "integer", "code": "text", "year": "integer", "kind": "text"}, key=["id"])
    world.add_indicator("a", kind="count", table="events", where={"kind": "a"})
    found = world.rows("a")
    assert found["commune", "62003", "2021"]["value"] == 0.0
    assert found["commune", "62001", "2020"]["value"] == 1.0
    assert found["commune", "62002", "2020"]["status"] == "A"


def test_a_commune_to_which_nothing_leads_is_missing_not_zero() -> None:
    rows = [("62001", "62001", 0, 1, 1, False, "COM")]
    world = World()
    world.add_table(
        "events",
        pd.DataFrame({"id": [1, 2], "code": ["62001", "62003"], "year": [2021] * 2}),
        {"id": "integer", "code": "text", "year": "integer"},
        key=["id"],
    )
    world.add_indicator("events", kind="count", table="events")
    found = world.rows("events", geography(crosswalks={2021: crosswalk_table(rows)}))
    assert found["commune", "62001", "2021"]["value"] == 1.0
    assert found["commune", "62003", "2021"]["status"] == "O"
    assert found["epci", "e1", "2021"]["status"] == "O"
    # The row of 62003 is not located; it is in the country all the same.
    assert (found["pays", "FR", "2021"]["value"], found["pays", "FR", "2021"]["status"]) == (2.0, "A")


def test_what_cannot_be_placed_has_its_line_and_is_in_the_total_of_the_country() -> None:
    codes = ["62001", None, "99999", "99999", "62100"]
    events = pd.DataFrame({"id": range(5), "code": codes, "year": [2021] * 5})
    world = World()
    world.add_table("events", events, {"id": "integer", "code": "text", "year": "integer"}, key=["id"])
    world.add_indicator("events", kind="count", table="events")
    found = world.rows("events")
    nowhere = found["commune", UNLOCATED, "2021"]
    assert (nowhere["value"], nowhere["observations"], nowhere["label"]) == (4.0, 4, "Non localisé")
    assert found["pays", "FR", "2021"]["value"] == 5.0
    assert found["departement", "62", "2021"]["value"] == 1.0
    (coverage,) = world.measure("events").coverage
    assert (coverage.lines, coverage.unlocated, coverage.undated) == (5, 4, 0)
    assert coverage.unknown == (("99999", 2021, 2), ("62100", 2021, 1), (None, 2021, 1))


def test_a_row_without_a_vintage_cannot_be_placed() -> None:
    events = pd.DataFrame({"id": [1, 2], "code": ["62003"] * 2, "vintage": [2021, None], "year": [2021] * 2})
    world = World()
    place = {"column": "code", "level": "commune", "vintage_column": "vintage"}
    columns = {"id": "integer", "code": "text", "vintage": "integer", "year": "integer"}
    world.add_table("events", events, columns, key=["id"], territory=place)
    world.add_indicator("events", kind="count", table="events")
    assert world.rows("events")["commune", UNLOCATED, "2021"]["value"] == 1.0
    assert world.measure("events").coverage[0].unknown == (("62003", None, 1),)


def test_lines_without_a_period_are_counted_apart() -> None:
    events = pd.DataFrame({"id": [1, 2], "code": ["62001", "62001"], "year": [2021, None]})
    world = World()
    world.add_table("events", events, {"id": "integer", "code": "text", "year": "integer"}, key=["id"])
    world.add_indicator("events", kind="count", table="events")
    assert {key[2] for key in world.rows("events")} == {"2021"}
    assert world.measure("events").coverage[0].undated == 1


def test_paris_is_there_when_all_its_arrondissements_are() -> None:
    parts = [*full(without="75056"), ("75101", 2021, 5, 1), ("75102", 2021, 7, 1)]
    found = stock_world(parts).rows("homes")
    assert found["commune", "75056", "2021"]["value"] == 12.0
    assert stock_world(parts[:-1]).rows("homes")["commune", "75056", "2021"]["status"] == "O"


def test_not_a_number_is_missing() -> None:
    rows = pd.DataFrame({"id": [1, 2], "code": ["62001"] * 2, "year": [2021] * 2, "price": [float("nan"), 4.0]})
    world = World()
    columns = {"id": "integer", "code": "text", "year": "integer", "price": "number"}
    world.add_table("sales", rows, columns, key=["id"])
    world.connection.execute("UPDATE sales SET price = 'NaN' WHERE id = 1")
    world.add_indicator("price", kind="sum", table="sales", column="price")
    world.add_indicator("mean", kind="weighted_mean", table="sales", column="price", weight="id")
    world.add_indicator("median", kind="quantile", table="sales", column="price")
    assert world.rows("price")["commune", "62001", "2021"]["status"] == "O"
    mean = world.rows("mean")["commune", "62001", "2021"]
    assert (mean["value"], mean["observations"]) == (4.0, 1)
    assert world.rows("median")["commune", "62001", "2021"]["value"] == 4.0


def test_a_mean_of_rows_that_all_lack_a_value_is_missing_and_of_no_row_cannot_be() -> None:
    rows = pd.DataFrame({"id": [1], "code": ["62001"], "year": [2021], "price": [None]})
    world = World()
    world.add_table("sales", rows, {"id": "integer", "code": "text", "year": "integer", "price": "decimal"}, key=["id"])
    world.add_indicator("mean", kind="weighted_mean", table="sales", column="price", weight="id")
    found = world.rows("mean")
    assert found["commune", "62001", "2021"]["status"] == "O"
    assert found["commune", "62003", "2021"]["status"] == "M"


@pytest.fixture
def iris_world() -> World:
    rows = [(code, 2021, 100 + rank, rank) for rank, (code, *_) in enumerate(IRIS)]
    world = World()
    world.add_table(
        "stock",
        pd.DataFrame(rows, columns=list(STOCK)),
        STOCK,
        key=["code", "year"],
        territory={"column": "code", "level": "iris", "vintage": 2021},
    )
    world.add_indicator("homes", kind="sum", table="stock", column="homes")
    return world


def test_iris_add_up_to_communes_and_above(iris_world: World) -> None:
    found = iris_world.rows("homes")
    assert found["commune", "62001", "2021"]["value"] == pytest.approx(100 + 101 + 107 / 3, abs=1e-6)
    assert found["commune", "62002", "2021"]["value"] == 102 + 103
    assert found["epci", "e2", "2021"]["value"] == 105 + 106
    assert not [key for key in found if key[0] == "iris"], "an IRIS is not converted to another vintage"


def test_iris_are_given_at_their_own_vintage_inside_the_perimeter(iris_world: World) -> None:
    found = iris_world.rows("homes", geography(2021))
    shown = {key[1]: row["value"] for key, row in found.items() if key[0] == "iris"}
    assert shown == {code: 100 + rank for rank, (code, *_) in enumerate(IRIS) if code[:2] == "62"}


def test_an_iris_that_the_target_vintage_lists_is_the_same_iris(iris_world: World) -> None:
    listed = geography().iris.filter(pc.equal(geography().iris["code"], "620010101"))
    years = pa.array([2026], listed["vintage"].type)
    kept = pa.concat_tables(
        [geography().iris, listed.set_column(listed.column_names.index("vintage"), "vintage", years)]
    )
    found = iris_world.rows("homes", geography(iris=kept))
    assert {key[1]: row["value"] for key, row in found.items() if key[0] == "iris"} == {"620010101": 100}


def test_a_commune_of_which_an_iris_is_missing_is_missing(iris_world: World) -> None:
    iris_world.connection.execute("DELETE FROM stock WHERE code = '620500102'")
    found = iris_world.rows("homes")
    assert {found["commune", code, "2021"]["status"] for code in ("62004", "62005")} == {"O"}
    assert iris_world.rows("homes", geography(2021))["iris", "620500102", "2021"]["status"] == "O"


def test_without_a_list_an_iris_is_in_the_commune_that_it_begins_with(iris_world: World) -> None:
    empty = geography().iris.slice(0, 0)
    assert iris_world.rows("homes", geography(iris=empty))["epci", "e2", "2021"]["value"] == 105 + 106
    at_home = iris_world.rows("homes", geography(2021, iris=empty))
    assert at_home["iris", "620010101", "2021"]["value"] == 100
    assert ("iris", "808100000", "2021") not in at_home


def test_columns_may_bear_the_names_that_statements_use() -> None:
    names = {"id": "integer", "code": "text", "period": "text", "vintage": "text", "level": "text", "lines": "integer"}
    names |= {"commune": "text", "territory": "integer", "rows": "integer", "year": "integer"}
    lines = [
        (1, "62050", "x", "new", "low", 3, "62003", 10, 4, 2020),
        (2, "62050", "y", "old", "high", 5, "62001", 20, 6, 2020),
    ]
    world = World()
    place = {"column": "commune", "level": "commune", "vintage": 2026}
    world.add_table("odd", pd.DataFrame(lines, columns=list(names)), names, key=["id"], territory=place)
    where = {"period": "x", "vintage": "new", "level": "low"}
    world.add_indicator("sum", kind="sum", table="odd", column="lines", where=where)
    world.add_indicator(
        "ratio", kind="ratio", table="odd", numerator={"sum": "rows", "where": where}, denominator="territory"
    )
    world.add_indicator("median", kind="quantile", table="odd", column="territory", where=where)
    world.add_indicator("mean", kind="weighted_mean", table="odd", column="territory", weight="rows")
    for name, value in (("sum", 3.0), ("ratio", 0.4), ("median", 10.0), ("mean", 10.0)):
        assert world.rows(name)["commune", "62003", "2020"]["value"] == value, name


@pytest.mark.parametrize("level", ["commune", "iris", "epci", None])
def test_an_empty_table_gives_an_empty_series(level: str | None) -> None:
    names = {"id": "integer", "code": "text", "kind": "text", "year": "integer", "price": "number"}
    world = World()
    place = {"column": "code", "vintage": 2021, **({"level": level} if level else {"level_column": "kind"})}
    nothing = pd.DataFrame({name: [] for name in names})
    world.add_table("sales", nothing, names, key=["id"], territory=place)
    world.add_indicator("count", kind="count", table="sales", where={"kind": "a"})
    world.add_indicator("sum", kind="sum", table="sales", column="price")
    world.add_indicator("mean", kind="weighted_mean", table="sales", column="price", weight="price")
    world.add_indicator("median", kind="quantile", table="sales", column="price")
    world.add_indicator("published", kind="published", table="sales", column="price")
    world.add_indicator("ratio", kind="ratio", numerator={"indicator": "sum"}, denominator={"indicator": "count"})
    world.add_indicator("change", kind="change", of="ratio", over=1)
    for name in world.indicators:
        assert world.measure(name).series.num_rows == 0, name
