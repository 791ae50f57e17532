"""Nothing is lost nor made: the parts of a partition add up to the whole, whatever the shares and the values."""

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pandas as pd
import pyarrow as pa
from hypothesis import given, settings
from hypothesis import strategies as st

from beffroi.measure import Geography
from tests.measure.worlds import World, crosswalk_table, geography

COLUMNS = {"id": "integer", "code": "text", "year": "integer", "amount": "decimal"}


@st.composite
def partitions(draw: st.DrawFn) -> tuple[Geography, list[tuple[str, int]]]:
    """Communes split at random, in EPCI that make up one grouping, and events on old and unknown codes."""
    targets = [f"620{number:02}" for number in range(1, draw(st.integers(2, 6)) + 1)]
    epci = {code: draw(st.sampled_from(["e1", "e2"])) for code in targets}
    ways: list[tuple[Any, ...]] = []
    for number in range(1, draw(st.integers(1, 4)) + 1):
        into = draw(st.lists(st.sampled_from(targets), unique=True, min_size=1))
        weights = draw(st.lists(st.integers(0, 70_000_000), min_size=len(into), max_size=len(into)))
        total, low = sum(weights) + len(weights), 0
        for target, weight in zip(into, weights, strict=True):
            ways.append((f"629{number:02}", target, low, low + weight + 1, total, len(into) > 1, "COM"))
            low += weight + 1
    sources = [*sorted({row[0] for row in ways}), "99999"]
    cents = st.integers(-(10**9), 10**9)
    events = draw(st.lists(st.tuples(st.sampled_from(sources), cents), min_size=1, max_size=20))
    places = [(code, "epci", epci[code]) for code in targets] + [(code, "grouping", "both") for code in targets]
    places += [(code, "pays", "FR") for code in targets]
    names = sorted({(level, territory) for _, level, territory in places} | {("commune", code) for code in targets})
    identity = [(code, code, 0, 1, 1, False, "COM") for code in targets]
    reached = {row[1] for row in ways}
    made = replace(
        geography(),
        crosswalks={2021: crosswalk_table(ways + [row for row in identity if row[0] not in reached])},
        membership=pa.table(
            dict(zip(["commune", "level", "territory"], map(list, zip(*places, strict=True)), strict=True))
        ),
        names=pa.table(
            {
                "level": [level for level, _ in names],
                "code": [code for _, code in names],
                "name": [code for _, code in names],
            }
        ),
    )
    return made, events


@settings(max_examples=25)
@given(partitions())
def test_communes_epci_and_grouping_add_up_to_the_millionth(drawn: tuple[Geography, list[tuple[str, int]]]) -> None:
    where, events = drawn
    rows = pd.DataFrame(
        [(rank, code, 2021, Decimal(cents).scaleb(-6)) for rank, (code, cents) in enumerate(events)],
        columns=list(COLUMNS),
    )
    world = World()
    world.add_table("events", rows, COLUMNS, key=["id"])
    world.add_indicator("amount", kind="ratio", table="events", numerator="amount", denominator={"count": "rows"})
    sums: dict[str, Decimal] = {}
    counts: dict[str, Decimal] = {}
    for (level, _, _), row in world.rows("amount", where).items():
        sums[level] = sums.get(level, Decimal(0)) + row["numerator"]
        counts[level] = counts.get(level, Decimal(0)) + row["denominator"]
    located = [(code, cents) for code, cents in events if code != "99999"]
    everything = Decimal(sum(cents for _, cents in events)).scaleb(-6)
    inside = Decimal(sum(cents for _, cents in located)).scaleb(-6)
    assert sums == {"commune": everything, "epci": inside, "grouping": inside, "pays": everything}
    assert counts == {"commune": len(events), "epci": len(located), "grouping": len(located), "pays": len(events)}
