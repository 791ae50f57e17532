"""What a SELECT reads, found in its text, and the forms that are refused, each on its line."""

import pytest

from beffroi.catalog.reading.statements import read_statement


def relations(text: str) -> list[str]:
    statement = read_statement(text, "t.sql")
    assert not statement.faults
    return [relation.name for relation in statement.relations]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('select a from t join "insee/rp_iris" as r using (x)', ["t", "insee/rp_iris"]),
        ("from t select a", ["t"]),
        ("with a as (select * from a) select * from a", ["a"]),
        ("with a as (select * from t), b as (select * from a) select * from b join A using (x)", ["t"]),
        ("with recursive a as (select 1 as x union all select x + 1 from a where x < 3) select * from a", []),
        ("select * from t where x in (select y from u where exists (select 1 from v))", ["t", "u", "v"]),
        ("select * from t union all by name select * from u", ["t", "u"]),
        ("select (select max(x) from u) as m from t", ["u", "t"]),
        ("with a as (select 1) select * from (with a as (select * from t) select * from a)", ["t"]),
        ("select * from t, unnest(t.list) as item(x)", ["t"]),
        ("select unnest(range(1, 10)) as n", []),
        ("values (1), (2)", []),
        ("select * exclude (a), now_date from t asof join u on t.a >= u.a", ["t", "u"]),
        ("select row_number() over (partition by a order by b) from t qualify row_number() over () = 1", ["t"]),
        ("select list_transform(l, x -> x + 1), {'a': 1}.a, l[1:2] from t", ["t"]),
        ("select sum(x) filter (where y), try_cast(z as integer)::text from t group by all order by all", ["t"]),
        ("select st_area_spheroid(geometry) from t -- from elsewhere\n/* from nowhere */;", ["t"]),
        ("select 'from x', \"random\" from t", ["t"]),
    ],
)
def test_what_is_read(text: str, expected: list[str]) -> None:
    assert sorted(relations(text)) == sorted(expected)


@pytest.mark.parametrize(
    ("text", "code", "line"),
    [
        ("select 1;\n\nselect 2", "sql-several-statements", 3),
        ("-- un commentaire\ncreate table x as select 1", "sql-not-select", 2),
        ("insert into t select 1", "sql-not-select", 1),
        ("copy t to 'x'", "sql-not-select", 1),
        ("attach 'x'", "sql-not-select", 1),
        ("pragma version", "sql-not-select", 1),
        ("explain select 1", "sql-not-select", 1),
        ("set memory_limit = '1GB'", "sql-not-select", 1),
        ("select *\nfrom range(10)", "sql-table-function", 2),
        ("select * from query('select 1')", "sql-table-function", 1),
        ("select * from duckdb_tables()", "sql-table-function", 1),
        ("select *\nfrom read_csv('x.csv')", "sql-reads-file", 2),
        ("select * from st_read('x.shp')", "sql-reads-file", 1),
        ("select * from 'x.parquet'", "sql-reads-file", 1),
        ('select * from "https://exemple/x.csv"', "sql-reads-file", 1),
        ("pivot t on a using sum(b)", "sql-pivot", 1),
        ("select *\nfrom t\npivot (sum(x) for y in (1, 2))", "sql-pivot", 3),
        ("unpivot t on a, b into name n value v", "sql-pivot", 1),
        ("select * from (pivot t on a using sum(b))", "sql-pivot", 1),
        ("summarize t", "sql-summarize", 1),
        ("select * from\n(describe t)", "sql-summarize", 2),
        ("select\n  columns('a.*') from t", "sql-columns", 2),
        ("select a,\n  now() from t", "sql-unrepeatable", 2),
        ("select current_date from t", "sql-unrepeatable", 1),
        ("select * from t using sample 10", "sql-unrepeatable", 1),
        ("select\n  getenv('HOME') from t", "sql-outside", 2),
        ("select a from t\nwhere", "sql-syntax", 2),
        ("select 'abc\nfrom t", "sql-syntax", 1),
        ("select * from insee/rp_iris", "sql-syntax", 1),
        ("-- rien", "text-empty", 1),
        (";", "text-empty", 1),
        ("select " + "(" * 3000 + "1" + ")" * 3000, "sql-syntax", 1),
    ],
)
def test_what_is_refused(text: str, code: str, line: int) -> None:
    statement = read_statement(text, "t.sql")
    assert [(fault.code, fault.place.line) for fault in statement.faults if fault.place] == [(code, line)]


def test_every_fault_of_a_request_is_told() -> None:
    text = "select random(), getenv('X'),\n  today()\nfrom read_json('x.json'), range(3)"
    assert sorted(fault.code for fault in read_statement(text, "t.sql").faults) == [
        "sql-outside", "sql-reads-file", "sql-table-function", "sql-unrepeatable", "sql-unrepeatable",
    ]  # fmt: skip


def test_nothing_is_printed_about_a_form_that_the_parser_does_not_know(capfd: pytest.CaptureFixture[str]) -> None:
    read_statement("call foo()", "t.sql")
    read_statement("explain analyze select 1", "t.sql")
    assert capfd.readouterr() == ("", "")
