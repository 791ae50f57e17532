"""Secrecy: what is under it never leaves, and a stricter rule never shows more."""

from typing import Any

import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from beffroi.catalog.tables import Dominance
from beffroi.measure.protection import BLANKED, Contributors, FewUnits, Rule, blank_confidential, mark_confidential
from tests.measure.worlds import World

COLUMNS = {"id": "integer", "code": "text", "year": "integer", "owner": "text", "jobs": "integer", "kind": "text"}
SECRECY = {"asked_by": "The producer", "why": "the law on statistics of 1951"}
ESTABLISHMENTS = [
    *(("62001", "a", 10, "shop") for _ in range(3)),
    *(("62003", owner, 10, "shop" if owner == "a" else "farm") for owner in "abcdef"),
    ("80810", "big", 95, "shop"),
    *(("80810", owner, 1, "farm") for owner in "abcde"),
]


def jobs_world(secrecy: dict[str, Any] | None = None, rows: list[tuple[Any, ...]] | None = None) -> World:
    """Establishments: 3 in 62001, all of one owner; 6 in 62003, equal; 6 in 80810, of which one holds 95 %."""
    listed = ESTABLISHMENTS if rows is None else rows
    frame = pd.DataFrame(
        [(rank, code, 2026, owner, jobs, kind) for rank, (code, owner, jobs, kind) in enumerate(listed)]
    )
    frame.columns = list(COLUMNS)
    world = World()
    place = {"column": "code", "level": "commune", "vintage": 2026}
    contract = {"secrecy": secrecy | SECRECY} if secrecy else {}
    world.add_table("jobs", frame, COLUMNS, key=["id"], territory=place, **contract)
    world.add_indicator("jobs", kind="sum", table="jobs", column="jobs")
    return world


def hidden(world: World, name: str = "jobs") -> set[str]:
    found = world.rows(name)
    return {key[1] for key, row in found.items() if row["confidentiality"] == "C" and key[0] == "commune"}


def test_below_so_many_units_everything_goes() -> None:
    world = jobs_world({"minimum_units": 5})
    row = world.rows("jobs")["commune", "62001", "2026"]
    assert {name: row[name] for name in BLANKED} == dict.fromkeys(BLANKED)
    assert (row["confidentiality"], row["status"], row["reliability"]) == ("C", "A", "unknown")
    assert {"62003", "80810"}.isdisjoint(hidden(world))
    assert world.rows("jobs")["commune", "62003", "2026"]["value"] == 60.0


def test_none_at_all_is_below_the_minimum_too() -> None:
    assert "62002" in hidden(jobs_world({"minimum_units": 5}))
    assert hidden(jobs_world()) == set()


def test_units_may_be_a_column() -> None:
    assert "62003" in hidden(jobs_world({"minimum_units": 61, "units": "jobs"}))
    assert "62003" not in hidden(jobs_world({"minimum_units": 60, "units": "jobs"}))


def test_a_dominant_contributor_makes_it_confidential() -> None:
    world = jobs_world({"dominance": {"largest": 1, "share": 85, "contributor": "owner"}})
    # 62001 has three establishments of one owner; 80810 one that holds 95 of 100.
    assert hidden(world) == {"62001", "80810"}
    assert hidden(jobs_world({"dominance": {"largest": 1, "share": 95, "contributor": "owner"}})) == {"62001"}
    assert "62003" in hidden(jobs_world({"dominance": {"largest": 5, "share": 80, "contributor": "owner"}}))


def test_losses_dominate_as_gains_do() -> None:
    rows = [("62003", "a", -100, "shop"), ("62003", "b", 60, "shop"), ("62003", "c", 40, "shop")]
    assert hidden(jobs_world({"dominance": {"largest": 1, "share": 49, "contributor": "owner"}}, rows)) == {"62003"}


def test_the_rules_of_the_table_and_of_the_indicator_add_up() -> None:
    world = jobs_world({"minimum_units": 4})
    assert "62001" in hidden(world)
    assert "62003" not in hidden(world)
    world.add_indicator("jobs", kind="sum", table="jobs", column="jobs", protection={"minimum_units": 7} | SECRECY)
    assert {"62001", "62003", "80810"} <= hidden(world)
    laxer = {"minimum_units": 2} | SECRECY
    world.add_indicator("jobs", kind="sum", table="jobs", column="jobs", protection=laxer)
    assert "62001" in hidden(world)


def test_a_ratio_is_confidential_if_either_part_is() -> None:
    world = jobs_world({"minimum_units": 5})
    shops = {"sum": "jobs", "where": {"kind": "shop"}}
    world.add_indicator("shops", kind="ratio", table="jobs", numerator=shops, denominator="jobs")
    # 62003 has six establishments, of which one shop; 80810 likewise.
    assert {"62003", "80810"} <= hidden(world, "shops")
    assert "62003" not in hidden(world)


@pytest.mark.parametrize("kind", ["quantile", "weighted_mean", "count"])
def test_every_kind_is_protected(kind: str) -> None:
    world = jobs_world({"minimum_units": 5, "dominance": {"largest": 1, "share": 85, "contributor": "owner"}})
    declared: dict[str, Any] = {
        "quantile": {"column": "jobs"},
        "weighted_mean": {"column": "jobs", "weight": "jobs"},
    }.get(kind, {})
    world.add_indicator("one", kind=kind, table="jobs", **declared)
    row = world.rows("one")["commune", "62001", "2026"]
    assert (row["value"], row["observations"], row["confidentiality"]) == (None, None, "C")
    assert world.rows("one")["commune", "62003", "2026"]["confidentiality"] == "F"


def test_under_secrecy_coverage_tells_codes_but_no_number() -> None:
    world = jobs_world({"minimum_units": 5}, [*ESTABLISHMENTS, ("99999", "z", 1, "farm")])
    (coverage,) = world.measure("jobs").coverage
    assert (coverage.lines, coverage.unlocated, coverage.undated) == (None, None, None)
    assert coverage.unknown == (("99999", 2026, None),)
    assert world.rows("jobs")["commune", "unlocated", "2026"]["confidentiality"] == "C"


def test_a_published_figure_is_protected_by_its_units() -> None:
    world = World()
    frame = pd.DataFrame({"code": ["62003", "62002"], "median": [1.0, 2.0], "units": [4, 40]})
    world.add_table(
        "income", frame, {"code": "text", "median": "number", "units": "integer"}, key=["code"],
        territory={"column": "code", "level": "commune", "vintage": 2026}, period={"value": "2026"},
        secrecy={"minimum_units": 11, "units": "units"} | SECRECY,
    )  # fmt: skip
    world.add_indicator("median", kind="published", table="income", column="median")
    found = world.rows("median")
    assert found["commune", "62003", "2026"]["confidentiality"] == "C"
    assert found["commune", "62002", "2026"]["value"] == 2.0
    assert found["commune", "62001", "2026"]["status"] == "O", "there is nothing to hide where there is nothing"


def test_nothing_derived_from_a_confidential_value_is_free() -> None:
    rows = pd.DataFrame(
        [(rank, "62003", year) for rank, year in enumerate([2025] * 3 + [2026] * 9 + [2027] * 9)],
        columns=["id", "code", "year"],
    )
    world = World()
    world.add_table("events", rows, {"id": "integer", "code": "text", "year": "integer"}, key=["id"])
    world.add_indicator("events", kind="count", table="events", protection={"minimum_units": 5} | SECRECY)
    world.add_indicator("yearly", kind="change", of="events", over=1)
    world.add_indicator("free", kind="count", table="events")
    world.add_indicator("ratio", kind="ratio", numerator={"indicator": "free"}, denominator={"indicator": "events"})
    found = world.rows("yearly")
    assert (found["commune", "62003", "2026"]["value"], found["commune", "62003", "2026"]["confidentiality"]) == (
        None,
        "C",
    )
    assert found["commune", "62003", "2027"]["value"] == 0.0
    ratio = world.rows("ratio")
    assert ratio["commune", "62003", "2025"]["confidentiality"] == "C"
    assert ratio["commune", "62003", "2025"]["numerator"] is None
    assert world.rows("free")["commune", "62003", "2025"]["value"] == 3.0


def test_protection_declared_on_what_is_made_of_indicators_reaches_their_tables() -> None:
    world = jobs_world()
    strict = {"minimum_units": 5} | SECRECY
    both = {"numerator": {"indicator": "jobs"}, "denominator": {"indicator": "count"}}
    world.add_indicator("count", kind="count", table="jobs")
    world.add_indicator("mean", kind="ratio", **both, protection=strict)
    assert "62001" in hidden(world, "mean")
    assert "62003" not in hidden(world, "mean")


# The pure rules.

quantities = st.lists(
    st.tuples(st.integers(0, 30), st.integers(0, 100), st.integers(0, 100), st.booleans()), min_size=1, max_size=30
)


def quantity(rows: list[tuple[int, int, int, bool]]) -> pa.Table:
    return pa.table(
        {
            "name": [str(rank) for rank in range(len(rows))],
            "value": [float(units) for units, *_ in rows],
            "observations": [units for units, *_ in rows],
            "next_d": [0 for _ in rows],
            "units0": [units for units, *_ in rows],
            "largest_d": [min(first, second) for _, first, second, _ in rows],
            "total_d": [max(first, second) for _, first, second, _ in rows],
            "is_empty": [is_empty for *_, is_empty in rows],
            "status": ["A"] * len(rows),
        }
    )


def rules(minimum: int, share: float) -> list[Rule]:
    return [FewUnits("units0", minimum), Contributors("d", Dominance(largest=1, share=share, contributor="owner"))]


def released(table: pa.Table, minimum: int, share: float) -> set[str]:
    kept = blank_confidential(mark_confidential(table, rules(minimum, share))).to_pylist()
    for row in kept:
        assert (row["value"] is None) == (row["confidentiality"] != "F")
        assert row["value"] is not None or row["observations"] is None
    return {row["name"] for row in kept if row["confidentiality"] == "F"}


@given(quantities, st.integers(2, 20), st.integers(0, 10), st.floats(1, 100), st.floats(0, 1))
def test_a_stricter_rule_never_shows_more(
    rows: list[tuple[int, int, int, bool]], minimum: int, more: int, share: float, tighter: float
) -> None:
    table = quantity(rows)
    assert released(table, minimum + more, share * tighter or 0.5) <= released(table, minimum, max(share, 0.5))


@given(quantities, st.randoms())
def test_the_order_of_rows_changes_nothing(rows: list[tuple[int, int, int, bool]], chance: Any) -> None:
    table = quantity(rows)
    order = list(range(len(rows)))
    chance.shuffle(order)
    assert released(table, 11, 85.0) == released(table.take(order), 11, 85.0)


def test_a_mark_is_never_taken_away() -> None:
    table = quantity([(30, 1, 100, False)]).append_column("confidentiality", pa.array(["N"]))
    (row,) = blank_confidential(mark_confidential(table, rules(2, 90))).to_pylist()
    assert (row["value"], row["confidentiality"]) == (None, "N")
