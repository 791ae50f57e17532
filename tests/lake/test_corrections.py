"""What became of published figures: both values where they may be told, and never one that is or was hidden."""

from typing import Any

import pyarrow as pa

from beffroi.access import BUILDER, PUBLIC, partner
from beffroi.lake.corrections import (
    CORRECTED_SCHEMA,
    blank_lost,
    compare_series,
    open_corrected,
    open_events,
    summarize,
)
from beffroi.lake.series import SERIES_SCHEMA

Figure = tuple[str, str, float | None, str]
"""Territory, period, value and confidentiality."""


def series(*figures: Figure, level: str = "commune", vintage: int = 2022) -> pa.Table:
    """Released rows of one indicator."""
    rows = [
        {
            "indicator": "housing/rate", "level": level, "territory": territory, "label": f"Commune {territory}",
            "period": period, "value": value, "numerator": None, "denominator": None, "observations": None,
            "status": "A", "confidentiality": secrecy, "reliability": "good", "vintage": vintage,
        }
        for territory, period, value, secrecy in figures
    ]  # fmt: skip
    return pa.Table.from_pylist(rows, schema=SERIES_SCHEMA)


def told(table: pa.Table) -> list[tuple[Any, ...]]:
    return [(row["territory"], row["period"], row["kind"], row["before"], row["after"]) for row in table.to_pylist()]


def test_what_is_the_same_is_no_correction() -> None:
    rows = series(("1", "2020", 0.1 + 0.2, "F"), ("2", "2020", None, "C"))
    assert compare_series(rows, rows, 1).num_rows == 0
    assert compare_series(rows, series(("1", "2020", 0.3, "F"), ("2", "2020", None, "C")), 1).num_rows == 0


def test_each_kind_of_change_and_its_values() -> None:
    before = series(
        ("1", "2020", 10.0, "F"), ("2", "2020", 20.0, "F"), ("3", "2020", None, "C"), ("4", "2020", None, "F"),
        ("5", "2020", 50.0, "F"), ("6", "2020", 60.0, "F"), ("8", "2020", None, "D"),
    )  # fmt: skip
    after = series(
        ("1", "2020", 12.0, "F"), ("2", "2020", None, "D"), ("3", "2020", 30.0, "F"), ("4", "2020", 40.0, "F"),
        ("5", "2020", None, "F"), ("7", "2020", 70.0, "F"), ("8", "2020", None, "C"),
    )  # fmt: skip
    assert told(compare_series(before, after, 1)) == [
        ("1", "2020", "changed", 10.0, 12.0),
        ("2", "2020", "hidden", None, None),
        ("3", "2020", "shown", None, None),
        ("4", "2020", "appeared", None, None),
        ("5", "2020", "gone", None, None),
        ("6", "2020", "gone", None, None),
        ("7", "2020", "appeared", None, None),
    ]


def test_a_new_period_level_or_vintage_corrects_nothing() -> None:
    before = series(("1", "2020", 10.0, "F"))
    assert compare_series(before, series(("1", "2020", 10.0, "F"), ("1", "2021", 11.0, "F")), 1).num_rows == 0
    epci = series(("1", "2020", 10.0, "F"), level="epci")
    assert compare_series(before, pa.concat_tables([before, epci]), 1).num_rows == 0
    newer = series(("1", "2020", 99.0, "F"), vintage=2023)
    assert compare_series(before, pa.concat_tables([before, newer]), 1).num_rows == 0
    assert compare_series(before, newer, 1).num_rows == 0, "a vintage that is no more corrects nothing either"


def test_a_period_withdrawn_is_told() -> None:
    before = series(("1", "2020", 10.0, "F"), ("1", "2021", 11.0, "F"))
    assert told(compare_series(before, series(("1", "2021", 11.0, "F")), 1)) == [("1", "2020", "gone", None, None)]


def test_the_order_of_rows_does_not_matter() -> None:
    before = series(("1", "2020", 10.0, "F"), ("2", "2020", 20.0, "F"))
    after = series(("2", "2020", 21.0, "F"), ("1", "2020", 11.0, "F"))
    turned = series(("1", "2020", 11.0, "F"), ("2", "2020", 21.0, "F"))
    assert compare_series(before, after, 1).equals(compare_series(before, turned, 1))


def test_a_figure_hidden_later_loses_the_values_that_were_told_of_it() -> None:
    first = compare_series(series(("1", "2020", 10.0, "F"), ("2", "2020", 5.0, "F")),
                           series(("1", "2020", 12.0, "F"), ("2", "2020", 6.0, "F")), 1)  # fmt: skip
    now = {"housing/rate": series(("1", "2020", None, "C"), ("2", "2020", 6.0, "F"))}
    assert told(blank_lost(first, now)) == [("1", "2020", "changed", None, None), ("2", "2020", "changed", 5.0, 6.0)]
    gone = {"housing/rate": series(("2", "2020", 6.0, "F"))}
    assert told(blank_lost(first, gone))[0] == ("1", "2020", "changed", None, None)
    other = {"housing/other": series(("1", "2020", None, "C"))}
    assert blank_lost(first, other).equals(first)
    newer = {"housing/rate": series(("2", "2020", 6.0, "F"), vintage=2023)}
    assert blank_lost(first, newer).equals(first), "a vintage that is released no more keeps its history"


def test_the_greatest_change_is_one_that_may_be_told() -> None:
    rows = compare_series(
        series(("1", "2020", 10.0, "F"), ("2", "2020", 5.0, "F"), ("3", "2021", 1.0, "F")),
        series(("1", "2020", 99.0, "F"), ("2", "2020", 4.0, "F"), ("3", "2021", None, "C")),
        1,
    )
    said = summarize(rows, 2022)
    assert (said["figures"], said["changed"], said["hidden"]) == (3, 2, 1)
    assert said["periods"]["2020"]["greatest"]["territory"] == "1"
    assert said["periods"]["2021"]["greatest"] is None
    blanked = blank_lost(rows, {"housing/rate": series(("1", "2020", None, "C"), ("2", "2020", 4.0, "F"))})
    assert summarize(blanked, 2022)["periods"]["2020"]["greatest"]["territory"] == "2"


def test_an_event_is_told_of_one_vintage() -> None:
    old = [series(("1", "2020", 10.0, "F"), vintage=vintage) for vintage in (2021, 2022)]
    new = [series(("1", "2020", 11.0, "F"), vintage=vintage) for vintage in (2021, 2022)]
    rows = compare_series(pa.concat_tables(old), pa.concat_tables(new), 1)
    assert rows.num_rows == 2
    assert summarize(rows, 2022)["figures"] == 1
    assert summarize(rows, 2022)["vintages"] == [2021, 2022]
    assert summarize(rows, 1999)["vintage"] == 2022


def event(number: int, audience: str, *, indicator: str = "housing/rate") -> dict[str, Any]:
    causes = [{"kind": "source", "name": "lender/file", "before": ["a"], "after": ["b"]}]
    return {"number": number, "indicator": indicator, "audience": audience, "causes": causes}


def test_the_public_is_told_nothing_of_a_partner_s_figures() -> None:
    events = [event(1, "public"), event(2, "partner:dreal"), event(3, "public", indicator="gone/away")]
    catalogue: dict[str, Any] = {"indicators": {"housing/rate": {}}, "sources": {}, "tables": {}}
    assert [each["number"] for each in open_events(PUBLIC, catalogue, events)] == [1]
    assert [each["number"] for each in open_events(partner("dreal"), catalogue, events)] == [2, 1]
    assert [each["number"] for each in open_events(partner("other"), catalogue, events)] == [1]
    assert [each["number"] for each in open_events(BUILDER, catalogue, events)] == [2, 1]
    assert open_events(PUBLIC, catalogue, events)[0]["causes"] == [{"kind": "source"}], "nor whose file it was"
    seen = {**catalogue, "sources": {"lender/file": {"snapshots": [{"sha256": "b"}]}}}
    assert open_events(partner("dreal"), seen, events)[0]["causes"][0]["after"] == ["b"]
    closed = {**catalogue, "sources": {"lender/file": {"snapshots": [{"sha256": None}]}}}
    assert open_events(partner("dreal"), closed, events)[0]["causes"] == [{"kind": "source", "name": "lender/file"}]


def test_figures_go_with_their_events() -> None:
    rows = [
        compare_series(series(("1", "2020", 1.0, "F")), series(("1", "2020", 2.0, "F")), number) for number in (1, 2)
    ]
    table = pa.concat_tables(rows)
    assert table.schema == CORRECTED_SCHEMA
    assert open_corrected(table, [event(2, "public")])["event"].to_pylist() == [2]
    assert open_corrected(table, []).num_rows == 0
