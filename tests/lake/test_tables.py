"""A table is a SELECT that keeps its contract; what breaks it says how many rows, and which."""

import json

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from beffroi.access import PUBLIC, partner
from beffroi.errors import BeffroiError
from beffroi.lake.contracts import Expectations

COLUMNS = {"code": {"type": "text"}, "dwellings": {"type": "integer"}}
SELECT = "select code, cast(dwellings as integer) as dwellings from rows"


def breach(bench, table, expected=None, **tables):
    """The faults of a table that must not be made."""
    with pytest.raises(BeffroiError) as caught:
        bench.make(table, expected, **tables)
    assert not list(bench.lake.objects.root.glob("*/manifest.json")) or tables, "a breach leaves nothing behind"
    return caught.value.faults


def test_rows_are_written_in_the_order_of_the_key(bench):
    bench.write("code,dwellings\n62498,3\n62119,4\n")
    made = bench.make(bench.declare(SELECT, COLUMNS, ["code"]))
    assert pq.read_table(made.data).to_pylist() == [
        {"code": "62119", "dwellings": 4},
        {"code": "62498", "dwellings": 3},
    ]
    assert made.rows == 2


def test_the_same_inputs_give_the_same_bytes_whatever_the_threads(bench, tmp_path):
    rows = "\n".join(f"{number:05},{number % 7}" for number in range(40_000))
    bench.write("code,dwellings\n" + rows)
    table = bench.declare(SELECT, COLUMNS, ["code"])
    sums = set()
    for threads in (1, 2, 4):
        bench.lake.limits = type(bench.lake.limits)(threads=threads, scratch=tmp_path / "scratch")
        made = bench.make(table)
        sums.add(made.manifest["sha256"])
        (made.folder / "manifest.json").unlink()
    assert len(sums) == 1


def test_what_is_already_made_is_not_made_again(bench):
    bench.write("code,dwellings\n62498,3\n")
    table = bench.declare(SELECT, COLUMNS, ["code"])
    first = bench.make(table)
    before = first.data.stat().st_mtime_ns
    assert bench.make(table).data.stat().st_mtime_ns == before
    bench.write("code,dwellings\n62498,4\n", fingerprint="2")
    assert bench.make(table).key != first.key


def test_missing_is_not_zero(bench):
    bench.write("code,dwellings\n62498,\n62119,0\n")
    made = bench.make(bench.declare(SELECT, COLUMNS, ["code"]))
    assert pq.read_table(made.data)["dwellings"].to_pylist() == [0, None]


@pytest.mark.parametrize(
    ("sql", "code", "line", "said"),
    [
        ("select code,\n  dwelings\nfrom rows", "unknown-column-in-sql", 2, "dwelings"),
        ("select code from rows", "columns-differ", 1, "dwellings"),
        ("select code, dwellings from rows", "column-type", 1, "cast(dwellings as BIGINT)"),
        ("select code, dwellings from read_csv('/etc/passwd')", "sql-refused", 1, ""),
        ("select code, dwellings from '/etc/passwd'", "sql-refused", 1, ""),
        ("select code, cast(code || 'x' as integer) as dwellings from rows", "value-not-converted", 1, "62498x"),
    ],
)
def test_a_select_that_cannot_be_is_refused_where_it_is_wrong(bench, sql, code, line, said):
    bench.write("code,dwellings\n62498,3\n")
    (fault,) = breach(bench, bench.declare(sql, COLUMNS, ["code"]))
    assert (fault.code, fault.place.line) == (code, line)
    assert said in fault.render("fr")


def test_the_nearest_column_is_named(bench):
    bench.write("code,dwellings\n62498,3\n")
    (fault,) = breach(bench, bench.declare("select code, dwelings from rows", COLUMNS, ["code"]))
    assert fault.nearest == "dwellings"


@pytest.mark.parametrize(
    ("rows", "columns", "contract", "code", "count", "sample"),
    [
        ("62498,3\n62498,4", COLUMNS, {}, "key-repeated", 1, "62498"),
        (",3\n62119,4", COLUMNS, {}, "key-missing", 1, "3"),
        ("62498,\n62119,4", {**COLUMNS, "dwellings": {"type": "integer", "required": True}}, {},
         "value-missing", 1, "62498"),
        ("62498,-2\n62119,4", {**COLUMNS, "dwellings": {"type": "integer", "min": 0, "why": "un compte"}}, {},
         "value-outside-range", 1, "-2"),
        ("62498,3\nXX,4", {**COLUMNS, "code": {"type": "text", "values": ["62498"], "why": "une seule"}}, {},
         "value-not-accepted", 1, "XX"),
    ],
)  # fmt: skip
def test_a_breach_counts_its_rows_and_shows_some(bench, rows, columns, contract, code, count, sample):
    bench.write(f"code,dwellings\n{rows}\n")
    faults = [one for one in breach(bench, bench.declare(SELECT, columns, ["code"], **contract)) if one.code == code]
    assert [one.values["count"] for one in faults] == [count]
    assert sample in faults[0].values["sample"]


def test_all_breaches_are_reported_together(bench):
    bench.write("code,dwellings\n62498,-1\n62498,-1\n,5\n")
    columns = {**COLUMNS, "dwellings": {"type": "integer", "min": 0, "why": "un compte"}}
    codes = {one.code for one in breach(bench, bench.declare(SELECT, columns, ["code"]))}
    assert codes == {"key-repeated", "key-missing", "value-outside-range"}


def test_an_empty_table_is_a_breach(bench):
    bench.write("code,dwellings\n62498,1\n")
    (fault,) = breach(bench, bench.declare(f"{SELECT} where false", COLUMNS, ["code"]))
    assert fault.code == "table-empty"


def test_row_counts_are_compared_with_what_is_expected_and_with_the_last_edition(bench):
    bench.write("code,dwellings\n62498,3\n62119,4\n")
    rows = {"rows": {"min": 3, "why": "trois communes"}}
    (fault,) = breach(bench, bench.declare(SELECT, COLUMNS, ["code"], checks=rows))
    assert fault.code == "rows-outside-range"
    change = {"rows": {"change": 0.2, "why": "le parc bouge peu"}}
    table = bench.declare(SELECT, COLUMNS, ["code"], checks=change)
    (fault,) = breach(bench, table, Expectations(previous_rows=3))
    assert fault.code == "rows-changed"
    assert bench.make(table, Expectations(previous_rows=2)).rows == 2


def test_codes_unknown_at_their_vintage_are_a_breach_when_the_table_says_so(bench):
    bench.write("code,dwellings\n62498,3\n62999,4\n")
    known = pa.table({"level": ["commune"], "vintage": pa.array([2021], pa.int32()), "code": ["62498"]})
    territory = {"column": "code", "level": "commune", "vintage": 2021, "unknown": "refuse"}
    (fault,) = breach(bench, bench.declare(SELECT, COLUMNS, ["code"], territory=territory), Expectations(known))
    assert (fault.code, fault.values["count"]) == ("codes-unknown", 1)
    assert "62999" in fault.values["sample"]


def test_codes_of_another_list_of_qpv_are_a_breach_and_no_vintage_is_asked(bench):
    bench.write("code,dwellings\nQP062001,3\nQN06201M,4\n")
    years, levels = pa.array([2021, 2024], pa.int32()), ["qpv_2015", "qpv_2024"]
    known = pa.table({"level": levels, "vintage": years, "code": ["QP062001", "QN06201M"]})
    territory = {"column": "code", "level": "qpv_2015", "unknown": "refuse"}
    (fault,) = breach(bench, bench.declare(SELECT, COLUMNS, ["code"], territory=territory), Expectations(known))
    assert (fault.code, fault.values["count"]) == ("codes-unknown", 1)
    assert "QN06201M" in fault.values["sample"]
    unlisted = Expectations(known.slice(0, 0))
    assert bench.make(bench.declare(SELECT, COLUMNS, ["code"], territory=territory), unlisted).rows == 2, "no list"


def test_leading_zeros_are_repaired_only_where_declared(bench):
    bench.write("code,dwellings\n1004,3\n")
    territory = {"column": "code", "level": "commune", "vintage": 2021}
    kept = bench.make(bench.declare(SELECT, COLUMNS, ["code"], territory=territory))
    assert pq.read_table(kept.data)["code"].to_pylist() == ["1004"]
    repaired = bench.make(
        bench.declare(SELECT, COLUMNS, ["code"], territory={**territory, "repair": ["leading_zeros"]})
    )
    assert pq.read_table(repaired.data)["code"].to_pylist() == ["01004"]


def test_sums_are_compared_with_another_table(bench):
    bench.write("code,dwellings\n62498,3\n62119,4\n")
    larger = bench.make(bench.declare("select 'A' as code, 8 as dwellings from rows limit 1", COLUMNS, ["code"]))
    check = {
        "column": "dwellings", "by": "epci", "against": "larger", "against_column": "dwellings",
        "against_by": "code", "why": "les communes font l'EPCI",
    }  # fmt: skip
    columns = {**COLUMNS, "epci": {"type": "text"}}
    sql = "select code, cast(dwellings as integer) as dwellings, 'A' as epci from rows"
    table = bench.declare(sql, columns, ["code"], checks={"sums": [check]})
    (fault,) = breach(bench, table, larger=larger)
    assert (fault.code, fault.values["sample"]) == ("sums-differ", "A, 7, 8")
    excepted = bench.declare(sql, columns, ["code"], checks={"sums": [{**check, "except": ["A"]}]})
    assert bench.make(excepted, larger=larger).rows == 2


def test_geometries_are_valid_and_within_their_reference_system(bench):
    bench.write('code,wkt\nA,"POLYGON((0 0,1 1,1 0,0 1,0 0))"\n')
    columns = {"code": {"type": "text"}, "shape": {"type": "geometry"}}
    sql = "select code, ST_GeomFromText(wkt) as shape from rows"
    (fault,) = breach(bench, bench.declare(sql, columns, ["code"], crs="EPSG:4326"))
    assert fault.code == "geometry-invalid"
    bench.write('code,wkt\nA,"POINT(600000 7000000)"\n', fingerprint="2")
    (fault,) = breach(bench, bench.declare(sql, columns, ["code"], crs="EPSG:4326"))
    assert fault.code == "geometry-outside-crs"
    made = bench.make(bench.declare(sql, columns, ["code"], crs="EPSG:2154"))
    assert b"geo" in pq.read_schema(made.data).metadata


def test_a_table_is_read_only_by_those_it_is_meant_for(bench):
    bench.write("code,dwellings\n62498,987654\n")
    made = bench.make(bench.declare(SELECT, COLUMNS, ["code"], audience="partner:dreal"))
    with pytest.raises(BeffroiError) as caught:
        bench.lake.query("select 1", PUBLIC, tables={"town/counts": made})
    assert caught.value.faults[0].code == "access-refused"
    assert "987654" not in str(caught.value)
    assert bench.lake.query('select * from "town/counts"', partner("dreal"), tables={"town/counts": made}).num_rows == 1


def test_a_query_reads_nothing_outside_the_lake(bench):
    with pytest.raises(BeffroiError) as caught:
        bench.lake.query("select * from read_text('/etc/hostname')", PUBLIC, tables={})
    assert caught.value.faults[0].code == "sql-refused"


@pytest.mark.parametrize(
    "cast", ["cast({} as integer)", "try_cast({} as bigint)", "{}::integer", "cast({} as smallint)"]
)
@pytest.mark.parametrize("text", ["1.5", "15e-1", "-0.1"])
def test_a_cast_never_rounds_a_text(bench, cast, text):
    bench.write(f"code,dwellings\n62498,{text}\n")
    sql = f"select code, {cast.format('dwellings')} as dwellings from rows"
    (fault,) = breach(bench, bench.declare(sql, {"code": {"type": "text"}, "dwellings": {"type": "integer"}}, ["code"]))
    assert (fault.code, fault.values["value"]) == ("value-rounded", text)
    assert str(fault.place).endswith("table.sql:1")


def test_what_is_whole_is_cast_and_what_is_rounded_on_purpose_is_rounded(bench):
    bench.write("code,dwellings\n62001,7\n62002,7.0\n62003,7e0\n62004,\n62005,6.6\n")
    sql = """
        select code,
          case when code < '62005' then cast(dwellings as integer)
               else cast(round(cast(dwellings as double)) as integer) end as dwellings
        from rows
    """
    made = bench.make(bench.declare(sql, {"code": {"type": "text"}, "dwellings": {"type": "integer"}}, ["code"]))
    assert pq.read_table(made.data)["dwellings"].to_pylist() == [7, 7, 7, None, 7]


def test_work_that_does_not_fit_says_so(bench, tmp_path):
    rows = "\n".join(f"{number:07},{number % 7}" for number in range(300_000))
    bench.write("code,dwellings\n" + rows)
    bench.lake.limits = type(bench.lake.limits)("12MB", 1, tmp_path / "scratch", "1MB")
    (fault,) = breach(bench, bench.declare(SELECT, COLUMNS, ["code"]))
    assert fault.code == "engine-memory"


def test_a_geometry_is_written_with_its_coordinate_system(bench):
    bench.write("code\n62498\n")
    columns = {"code": {"type": "text"}, "shape": {"type": "geometry"}}
    sql = "select code, st_point(700000, 7000000) as shape from rows"
    made = bench.make(bench.declare(sql, columns, ["code"], crs="EPSG:2154"))
    told = json.loads(pq.read_schema(made.data).metadata[b"geo"])
    assert told["columns"]["shape"]["crs"]["id"] == {"authority": "EPSG", "code": 2154}
