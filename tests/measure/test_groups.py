"""Series that share tables under secrecy: nothing hidden is found again, whatever one may read beside."""

from collections import Counter
from collections.abc import Callable, Mapping
from functools import cache
from typing import Any

import pandas as pd
import pyarrow as pa
import pytest

from beffroi.measure import list_groups
from beffroi.measure.groups import Protected, measure_together
from beffroi.measure.memories import Memory
from tests.measure.test_relations import SECRECY, homes_world
from tests.measure.worlds import World, geography

TWO_FLATS = {
    ("62001", "house"): 20,
    ("62001", "flat"): 2,
    ("62002", "house"): 30,
    ("62002", "flat"): 15,
    ("62003", "house"): 40,
    ("62003", "flat"): 25,
}
"""Homes of three communes of one EPCI, by kind: few flats in the first of them."""


def protect(
    world: World,
    *vintages: int,
    audiences: Mapping[str, str] | None = None,
    memories: tuple[Memory, ...] = (),
) -> Protected:
    (names,) = list_groups(world.catalog)
    ways = {vintage: (geography(vintage), world.query) for vintage in vintages or (2026,)}
    everyone = dict.fromkeys(names, "public") | dict(audiences or {})
    return measure_together(names, world.catalog, ways, everyone, memories)


@pytest.fixture(scope="module")
def homes() -> Callable[..., Protected]:
    """The homes of a made-up world, protected at some vintages: once for all who read what came of it."""
    return cache(lambda *vintages: protect(homes_world(), *vintages))


def codes(series: pa.Table) -> dict[tuple[str, str, str], str]:
    rows = series.to_pylist()
    return {(row["level"], row["territory"], row["period"]): row["confidentiality"] for row in rows}


def counts_world(
    counts: Mapping[tuple[str, str], int], secrecy: Mapping[str, Any], levels: tuple[str, ...] = ("commune", "epci")
) -> World:
    """Homes by commune and kind, as many as told, with their number, by kind."""
    rows = [(code, 2026, kind) for (code, kind), count in sorted(counts.items()) for _ in range(count)]
    frame = pd.DataFrame([(rank, *row) for rank, row in enumerate(rows)], columns=["id", "code", "year", "kind"])
    world = World()
    columns = {"id": "integer", "code": "text", "year": "integer", "kind": "text"}
    place = {"column": "code", "level": "commune", "vintage": 2026}
    world.add_table("homes", frame, columns, key=["id"], territory=place, secrecy={**SECRECY, **secrecy})
    world.add_indicator("homes", kind="count", table="homes", levels=list(levels))
    for kind in ("house", "flat"):
        world.add_indicator(kind, kind="count", table="homes", levels=list(levels), where={"kind": kind})
    return world


def test_without_secrecy_nothing_is_a_group() -> None:
    world = homes_world(secrecy={})
    assert list_groups(world.catalog) == []


def test_indicators_of_a_table_under_secrecy_are_one_group() -> None:
    world = homes_world()
    assert list_groups(world.catalog) == [tuple(sorted(world.indicators))]


@pytest.mark.parametrize("vintages", [(2026,), (2026, 2021)])
def test_nothing_hidden_is_found_again(vintages: tuple[int, ...], homes: Callable[..., Protected]) -> None:
    found = homes(*vintages)
    said = found.report["audiences"]["public"]
    assert found.leaks == ()
    assert said["confidential"] > 10
    assert said["tried"] == said["confidential"]
    assert said["whole"]
    told = Counter(
        code for measured in found.series.values() for one in measured for code in codes(one.series).values()
    )
    assert found.report["hidden_for_others"], "something is hidden for others"
    assert said["published"] > said["confidential"], "much is still told"
    assert set(told) == {"C", "F"}, "which is which is not told"


def test_with_primary_secrecy_alone_the_attacker_finds() -> None:
    found = protect(homes_world(secrecy=SECRECY | {"secondary": "none"}))
    assert found.leaks
    assert found.report["audiences"]["public"]["found"] == len(found.leaks)
    assert {leak.audience for leak in found.leaks} == {"public"}


def test_whole_levels_can_be_hidden_instead() -> None:
    found = protect(homes_world(secrecy=SECRECY | {"secondary": "coarsening"}))
    assert found.leaks == ()
    for (measured,) in found.series.values():
        by_level: dict[tuple[str, str], set[str]] = {}
        for row in measured.series.to_pylist():
            if row["value"] is not None or row["confidentiality"] != "F":
                by_level.setdefault((row["level"], row["period"]), set()).add(row["confidentiality"])
        assert all("F" not in some or "C" not in some for some in by_level.values()), "a level is told whole or not"


def test_what_is_hidden_has_no_figure_and_totals_are_as_they_were(homes: Callable[..., Protected]) -> None:
    world = homes_world()
    found, alone = homes(2026), {name: world.rows(name) for name in world.indicators}
    for name, (measured,) in found.series.items():
        for row in measured.series.to_pylist():
            before = alone[name][row["level"], row["territory"], row["period"]]
            if row["confidentiality"] == "F":
                assert row == before
            else:
                assert [row[figure] for figure in ("value", "numerator", "denominator", "observations")] == [None] * 4


def test_the_order_of_rows_changes_nothing(homes: Callable[..., Protected]) -> None:
    second = homes_world()
    second.connection.execute("CREATE TABLE turned AS SELECT * FROM homes ORDER BY id DESC")
    second.connection.execute("DROP TABLE homes")
    second.connection.execute("ALTER TABLE turned RENAME TO homes")
    one, other = homes(2026), protect(second)
    assert all(one.series[name][0].series.equals(other.series[name][0].series) for name in one.series)


def test_a_single_hidden_part_takes_another_with_it() -> None:
    counts = TWO_FLATS
    found = protect(counts_world(counts, {"minimum_units": 5}))
    flats = codes(found.series["flat"][0].series)
    assert flats["commune", "62001", "2026"] == "C"
    houses = codes(found.series["house"][0].series)
    homes = codes(found.series["homes"][0].series)
    both = {houses["commune", "62001", "2026"], homes["commune", "62001", "2026"]}
    assert "C" in both, "the rest of the commune would give the flats away"
    assert found.leaks == ()


def test_who_reads_more_is_attacked_with_all_that_they_read() -> None:
    counts = TWO_FLATS
    world = counts_world(counts, {"minimum_units": 5, "secondary": "none"}, ("commune",))
    mine = {"house": "partner:dreal"}
    found = protect(world, audiences=mine)
    finders = {leak.audience for leak in found.leaks if leak.indicator == "flat"}
    assert finders == {"partner:dreal"}, "the public has not the houses that give the flats away"


def test_totals_known_from_elsewhere_are_told_whatever_is_hidden() -> None:
    counts = TWO_FLATS
    known = {"levels": ["commune"], "why": "The census gives them."}
    found = protect(counts_world(counts, {"minimum_units": 5, "known": known}))
    assert found.leaks == ()
    houses = codes(found.series["house"][0].series)
    assert houses["commune", "62001", "2026"] == "C", "hiding the total would be of no use"


def test_where_kinds_are_told_they_are_known() -> None:
    """Two numbers under three that add up to four are two and two, to whoever is told that they are under three."""
    counts = {("62001", "house"): 2, ("62002", "house"): 2, ("62003", "house"): 9}
    found = {}
    for kinds in ("untold", "told"):
        world = counts_world(counts, {"minimum_units": 3, "kinds": kinds})
        del world.indicators["house"], world.indicators["flat"]
        found[kinds] = protect(world)
        assert found[kinds].leaks == ()
        assert found[kinds].report["kinds"] == kinds
    untold, told = (codes(one.series["homes"][0].series) for one in found.values())
    larger = ("commune", "62003", "2026"), ("epci", "e1", "2026")
    assert [untold["commune", code, "2026"] for code in ("62001", "62002")] == ["C", "C"]
    assert [untold[place] for place in larger] == ["F", "F"], "four in all, and nobody says of whom"
    assert sorted(told[place] for place in larger) == ["D", "F"]


def test_kinds_that_were_told_once_stay_known() -> None:
    counts = {("62001", "house"): 2, ("62002", "house"): 2, ("62003", "house"): 9}
    world = counts_world(counts, {"minimum_units": 3, "kinds": "told"})
    del world.indicators["house"], world.indicators["flat"]
    before = protect(world)
    (memory,) = before.memories
    assert {(one.cell.territory, one.most) for one in memory.said} >= {("62001", 2), ("62002", 2)}
    assert Memory.from_json(memory.to_json()) == memory
    later = counts_world(counts, {"minimum_units": 3})
    del later.indicators["house"], later.indicators["flat"]
    after = protect(later, memories=before.memories)
    hidden = {place[1] for place, code in codes(after.series["homes"][0].series).items() if code == "C"}
    assert hidden & {"62003", "e1"}, "that the first two are under three was said, and is not forgotten"
    assert after.leaks == ()


def test_rules_with_other_minima_say_several_things_of_one_number() -> None:
    counts = {("62001", "house"): 2, ("62002", "house"): 20, ("62003", "house"): 30}
    world = counts_world(counts, {"minimum_units": 3, "kinds": "told"})
    stricter = {**SECRECY, "minimum_units": 5, "kinds": "told"}
    world.add_indicator("stricter", kind="count", table="homes", levels=["commune", "epci"], protection=stricter)
    (memory,) = protect(world).memories
    place = {one.most for one in memory.said if one.cell.territory == "62001" and not one.cell.quantity.condition}
    assert place == {2, 4}


def test_what_was_told_once_stays_known() -> None:
    counts = TWO_FLATS | {("62001", "flat"): 8}
    before = protect(counts_world(counts, {"minimum_units": 5}))
    assert codes(before.series["flat"][0].series)["commune", "62001", "2026"] == "F"
    after = protect(counts_world(counts, {"minimum_units": 11}), memories=before.memories)
    said = after.report["audiences"]["public"]
    assert said["known_elsewhere"] == 1, "eight flats were told, and are nobody's secret any more"
    assert after.leaks == ()


def test_a_new_edition_does_not_reveal_what_an_old_one_hid() -> None:
    counts = TWO_FLATS
    before = protect(counts_world(counts, {"minimum_units": 5}))
    assert codes(before.series["flat"][0].series)["commune", "62001", "2026"] == "C"
    # Houses were recounted; flats are what they were.
    recounted = counts | {("62001", "house"): 26, ("62002", "house"): 33}
    after = protect(counts_world(recounted, {"minimum_units": 5}), memories=before.memories)
    assert codes(after.series["flat"][0].series)["commune", "62001", "2026"] == "C"
    assert after.leaks == ()
    assert len(after.memories) == 2, "both editions are remembered"
    again = protect(counts_world(recounted, {"minimum_units": 5}), memories=after.memories)
    assert len(again.memories) == 2
    assert again.series["house"][0].series.equals(after.series["house"][0].series)


def test_a_stricter_rule_gives_no_figure_that_the_looser_one_did_not() -> None:
    loose = protect(homes_world(seed=5, secrecy={**SECRECY, "minimum_units": 3}))
    strict = homes_world(seed=5, secrecy={**SECRECY, "minimum_units": 6})
    after = protect(strict, memories=loose.memories)
    before, now = (
        {
            (name, *place)
            for name, (one,) in found.series.items()
            for place, code in codes(one.series).items()
            if code == "F"
        }
        for found in (loose, after)
    )
    assert now < before
    assert after.leaks == ()


def test_a_looser_rule_gives_back_what_nothing_asks_to_hide() -> None:
    strict = protect(counts_world(TWO_FLATS, {"minimum_units": 5}))
    after = protect(counts_world(TWO_FLATS, {"minimum_units": 2}), memories=strict.memories)
    fresh = protect(counts_world(TWO_FLATS, {"minimum_units": 2}))
    told = [[codes(one.series) for (one,) in found.series.values()] for found in (strict, after, fresh)]
    assert told[1] == told[2] != told[0]


def test_memories_are_written_and_read_back(homes: Callable[..., Protected]) -> None:
    (memory,) = homes(2026, 2021).memories
    assert Memory.from_json(memory.to_json()) == memory


def test_two_tables_that_count_the_same_are_noticed() -> None:
    counts = TWO_FLATS
    world = counts_world(counts, {"minimum_units": 5, "secondary": "none"})
    totals = Counter[str]()
    for (code, _), count in counts.items():
        totals[code] += count
    frame = pd.DataFrame([(code, 2026, count) for code, count in totals.items()], columns=["code", "year", "meters"])
    place = {"column": "code", "level": "commune", "vintage": 2026}
    columns = {"code": "text", "year": "integer", "meters": "integer"}
    world.add_table("grid", frame, columns, key=["code", "year"], territory=place)
    world.add_indicator("meters", kind="sum", table="grid", column="meters", levels=["commune"])
    del world.indicators["homes"]
    # A ratio of both makes them one group.
    share = {"numerator": {"indicator": "house"}, "denominator": {"indicator": "meters"}}
    world.add_indicator("share", kind="ratio", **share, levels=["commune"])
    found = protect(world)
    assert any(leak.indicator == "flat" for leak in found.leaks), "meters less houses are flats"


def test_figures_may_be_rounded_instead() -> None:
    counts = {place: count + 3 for place, count in TWO_FLATS.items()}
    world = counts_world(counts, {"minimum_units": 6, "secondary": "rounding", "base": 5}, ("commune", "epci"))
    share = {"numerator": {"where": {"kind": "flat"}}, "denominator": {"where": {}}}
    world.add_indicator("share", kind="ratio", table="homes", levels=["commune", "epci"], unit="percent", **share)
    world.add_indicator("change", kind="change", of="homes", over=1)
    found = protect(world)
    told = {name: measured[0].series.to_pylist() for name, measured in found.series.items()}
    values = {(name, row["level"], row["territory"]): row["value"] for name in told for row in told[name]}
    assert {row["confidentiality"] for name in ("homes", "flat", "house") for row in told[name]} == {"F"}
    assert all(
        values[name, "commune", code] % 5 == 0 for name in ("homes", "flat", "house") for code in ("62001", "62002")
    )
    assert abs(values["flat", "commune", "62001"] - 5) < 5
    for code in ("62001", "62002", "62003"):
        assert values["homes", "commune", code] == values["flat", "commune", code] + values["house", "commune", code]
        row = next(row for row in told["share"] if row["territory"] == code)
        assert row["value"] == pytest.approx(100 * values["flat", "commune", code] / values["homes", "commune", code])
    assert found.leaks == ()
