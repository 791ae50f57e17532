"""A session asks several statements: relations stay while they are held on to, and time is counted for all of them."""

from dataclasses import replace

import pyarrow as pa
import pytest

from beffroi.access import BUILDER
from beffroi.errors import BeffroiError

TOTAL = "SELECT CAST(sum(number) AS BIGINT) AS total FROM numbers"


def numbers(*values):
    return pa.table({"number": pa.array(values, pa.int64())})


def test_another_relation_of_the_same_name_takes_its_place(bench):
    first, second = numbers(1, 2), numbers(10)
    with bench.lake.session(BUILDER, {}) as ask:
        found = [ask(TOTAL, {"numbers": frame})["total"][0].as_py() for frame in (first, first, second, first)]
    assert found == [3, 3, 10, 3]


def test_a_relation_that_nobody_holds_on_to_is_gone(bench):
    with bench.lake.session(BUILDER, {}) as ask:
        ask(TOTAL, {"numbers": numbers(1)})
        with pytest.raises(BeffroiError) as caught:
            ask(TOTAL, {})
    assert caught.value.faults[0].code == "sql-refused"


def test_rows_are_held_in_the_engine_until_left(bench):
    with bench.lake.session(BUILDER, {}) as ask:
        with ask.hold("numbers", "SELECT number * 2 AS number FROM given", {"given": numbers(1, 2)}):
            assert ask(TOTAL, {})["total"].to_pylist() == [6]
        with pytest.raises(BeffroiError):
            ask(TOTAL, {})


def test_time_is_counted_for_all_statements_until_it_is_renewed(bench):
    bench.lake.limits = replace(bench.lake.limits, seconds=0.3)
    endless = "SELECT count(*) AS total FROM range(1000000000000) a WHERE a.range % 7 = 3"
    with bench.lake.session(BUILDER, {}) as ask:
        for statement in (endless, "SELECT 1 AS total"):
            with pytest.raises(BeffroiError) as caught:
                ask(statement, {})
            assert caught.value.faults[0].code == "engine-time"
        ask.renew()
        assert ask("SELECT 1 AS total", {})["total"].to_pylist() == [1]
