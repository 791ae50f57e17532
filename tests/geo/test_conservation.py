"""Whatever the history, the weights and the values: nothing is created nor lost by converting."""

from typing import Any

import pyarrow as pa
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from beffroi.geo import UNLOCATED, convert, crosswalk
from beffroi.geo.crosswalks import CROSSWALK_SCHEMA, UNEXPLAINED_SCHEMA, Crosswalk
from tests.geo.invented import territories

CODES = [f"{letter}{number}" for letter in "abc" for number in range(4)]
VALUES = st.lists(
    st.tuples(st.sampled_from([*CODES, "zz"]), st.integers(-(2**40), 2**40)), min_size=1, max_size=30
).map(lambda rows: pa.table({"code": [code for code, _ in rows], "v": pa.array([v for _, v in rows], pa.int64())}))


@st.composite
def histories(draw: Any) -> tuple[dict[int, dict[str, int]], list[str]]:
    """A list at 2000 and one at 2010, with the events that lead from the one to the other."""
    first = draw(st.sets(st.sampled_from(CODES), min_size=2, max_size=8))
    now, events = set(first), []
    for year in range(2001, draw(st.integers(2001, 2010)) + 1):
        here = sorted(now)
        day = f"{year}-{draw(st.sampled_from(['01-01', '06-15']))}"
        kind = draw(st.sampled_from(["merge", "split", "rename", "recode"]))
        one = draw(st.sampled_from(here))
        absent = sorted(set(CODES) - now)
        if kind == "merge" and len(here) > 1:
            others = draw(st.sets(st.sampled_from([code for code in here if code != one]), min_size=1, max_size=3))
            events += [f"32 {day} COM {code} COM {one}" for code in sorted(others | {one})]
            now -= others
        elif kind == "split" and absent:
            born = draw(st.sets(st.sampled_from(absent), min_size=1, max_size=2))
            events += [f"21 {day} COM {one} COM {code}" for code in sorted(born | {one})]
            now |= born
        elif kind == "recode" and absent:
            new = draw(st.sampled_from(absent))
            events.append(f"41 {day} COM {one} COM {new}")
            now = (now - {one}) | {new}
        else:
            events.append(f"10 {day} COM {one} COM {one}")
    population = st.integers(0, 10**6)
    lists = {2000: {code: draw(population) for code in first}, 2011: {code: draw(population) for code in now}}
    return {vintage: dict(sorted(listed.items())) for vintage, listed in lists.items()}, events


def total(values: pa.Table) -> int:
    return sum(value or 0 for value in values["v"].to_pylist())


@settings(max_examples=60)
@given(histories(), VALUES)
def test_totals_are_conserved_exactly_both_ways(history: tuple[Any, Any], values: pa.Table) -> None:
    lists, events = history
    place = territories(lists, *events)
    there = convert(values, crosswalk(place, 2000, 2011, unknown_weights="equal"))
    assert total(there) == total(values)
    located = there.filter(pa.compute.not_equal(there["code"], UNLOCATED))
    assert total(convert(located, crosswalk(place, 2011, 2000))) == total(located)


@settings(max_examples=60)
@given(histories())
def test_every_commune_of_a_told_history_is_explained_and_reached(history: tuple[Any, Any]) -> None:
    lists, events = history
    for start, end in ((2000, 2011), (2011, 2000)):
        passage = crosswalk(territories(lists, *events), start, end, unknown_weights="equal")
        assert passage.unexplained.num_rows == 0
        communes = passage.table.filter(pa.compute.equal(passage.table["kind"], "COM"))
        assert set(communes["from_code"].to_pylist()) == set(lists[start])
        assert set(communes["to_code"].to_pylist()) == set(lists[end])


@settings(max_examples=60)
@given(histories(), VALUES)
def test_the_same_vintage_changes_nothing(history: tuple[Any, Any], values: pa.Table) -> None:
    lists, events = history
    place = territories(lists, *events)
    values = values.filter(pa.compute.is_in(values["code"], pa.array(sorted(lists[2011]))))
    assume(values.num_rows)
    same = convert(values, crosswalk(place, 2011, 2011))
    sums: dict[str, int] = {}
    for code, value in zip(values["code"].to_pylist(), values["v"].to_pylist(), strict=True):
        sums[code] = sums.get(code, 0) + value
    assert dict(zip(same["code"].to_pylist(), same["v"].to_pylist(), strict=True)) == sums


@settings(max_examples=60)
@given(histories(), VALUES, st.randoms())
def test_the_order_of_rows_does_not_matter(history: tuple[Any, Any], values: pa.Table, chance: Any) -> None:
    lists, events = history
    shuffled_events, order = list(events), list(range(values.num_rows))
    chance.shuffle(shuffled_events)
    chance.shuffle(order)
    straight = convert(values, crosswalk(territories(lists, *events), 2000, 2011, unknown_weights="equal"))
    place = territories({v: dict(reversed(listed.items())) for v, listed in lists.items()}, *shuffled_events)
    shuffled = convert(values.take(order), crosswalk(place, 2000, 2011, unknown_weights="equal"))
    one_row_a_code = len(set(values["code"].to_pylist())) == values.num_rows
    assert total(shuffled) == total(straight)
    if one_row_a_code:
        assert shuffled.equals(straight)


@settings(max_examples=60)
@given(histories())
def test_a_merger_is_a_plain_sum(history: tuple[Any, Any]) -> None:
    lists, events = history
    passage = crosswalk(territories(lists, *events), 2000, 2011)
    rows = [row for row in passage.table.to_pylist() if row["kind"] == "COM"]
    targets: dict[str, set[str]] = {}
    for row in rows:
        targets.setdefault(row["from_code"], set()).add(row["to_code"])
    for row in rows:
        assert row["estimated"] == (len(targets[row["from_code"]]) > 1)
        if not row["estimated"]:
            assert (row["low"], row["high"], row["total"]) == (0, 1, 1)


@settings(max_examples=60)
@given(st.lists(st.integers(0, 10**7), min_size=1, max_size=12), st.integers(-(2**60), 2**60))
def test_any_weights_share_any_value_without_rest(weights: list[int], value: int) -> None:
    whole = sum(weights)
    assume(whole)
    bounds = [sum(weights[:rank]) for rank in range(len(weights) + 1)]
    rows = [("a", f"p{n:02}", bounds[n], bounds[n + 1], whole, True, "COM") for n in range(len(weights))]
    columns = [
        pa.array(column, field.type) for column, field in zip(zip(*rows, strict=True), CROSSWALK_SCHEMA, strict=True)
    ]
    passage = Crosswalk(1, 2, pa.table(columns, schema=CROSSWALK_SCHEMA), UNEXPLAINED_SCHEMA.empty_table())
    shared = convert(pa.table({"code": ["a"], "v": pa.array([value], pa.int64())}), passage)
    assert total(shared) == value
    for share, weight in zip(shared["v"].to_pylist(), weights, strict=True):
        assert abs(share - value * weight / whole) <= 1 + abs(value) * 1e-12
