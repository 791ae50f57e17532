"""Crosswalks by hand-made histories: each kind of event, both directions, what is refused and why."""

from typing import Any

import pyarrow as pa
import pytest

from beffroi.errors import BeffroiError
from beffroi.geo import UNLOCATED, Crosswalk, Territories, convert, crosswalk
from tests.geo.invented import territories


def shares(passage: Crosswalk, kind: str = "COM") -> dict[str, dict[str, tuple[int, int]]]:
    """By code: targets, each with its share as (part, whole)."""
    found: dict[str, dict[str, tuple[int, int]]] = {}
    for row in passage.table.to_pylist():
        if row["kind"] == kind:
            found.setdefault(row["from_code"], {})[row["to_code"]] = (row["high"] - row["low"], row["total"])
    return found


def unexplained(passage: Crosswalk) -> set[tuple[Any, ...]]:
    return {tuple(row.values()) for row in passage.unexplained.to_pylist()}


def whole(**targets: str) -> dict[str, dict[str, tuple[int, int]]]:
    return {code: {target: (1, 1)} for code, target in targets.items()}


def merged() -> Territories:
    """b and c became delegated communes of a in 2025, by the lists alone."""
    return territories({2024: {"a": 60, "b": 30, "c": 10, "d": 5}, 2025: {"a": 100, "d": 5}},
                       parts={2025: {"a": "COMD a", "b": "COMD a", "c": "COMD a"}})  # fmt: skip


def test_merged_communes_add_up() -> None:
    passage = crosswalk(merged(), 2024, 2025)
    assert shares(passage) == whole(a="a", b="a", c="a", d="d")
    assert not any(passage.table["estimated"].to_pylist())
    assert passage.unexplained.num_rows == 0


def test_the_way_back_shares_by_population_of_the_nearest_list_that_tells_the_parts() -> None:
    passage = crosswalk(merged(), 2025, 2024)
    assert shares(passage) == {"a": {"a": (6, 10), "b": (3, 10), "c": (1, 10)}, **whole(d="d")}
    estimated = {row["from_code"] for row in passage.table.to_pylist() if row["estimated"]}
    assert estimated == {"a"}


def test_a_delegated_commune_goes_back_to_its_own_territory_exactly() -> None:
    assert shares(crosswalk(merged(), 2025, 2024), "COMD") == whole(b="b", c="c")
    assert shares(crosswalk(merged(), 2025, 2025), "COMD") == whole(b="a", c="a")


def test_shares_are_consecutive_and_cover_the_whole() -> None:
    rows = [row for row in crosswalk(merged(), 2025, 2024).table.to_pylist() if row["from_code"] == "a"]
    assert [(row["to_code"], row["low"], row["high"], row["total"]) for row in rows] == [
        ("a", 0, 6, 10), ("b", 6, 9, 10), ("c", 9, 10, 10),
    ]  # fmt: skip


def test_the_same_vintage_changes_nothing() -> None:
    assert shares(crosswalk(merged(), 2024, 2024)) == whole(a="a", b="b", c="c", d="d")


def test_another_weight_may_be_declared() -> None:
    weights = pa.table({"vintage": [2024] * 3, "code": ["a", "b", "c"], "weight": [1, 1, 2]})
    passage = crosswalk(merged(), 2025, 2024, weights=weights)
    assert shares(passage)["a"] == {"a": (1, 4), "b": (1, 4), "c": (2, 4)}


def test_an_unknown_weight_is_refused_unless_an_equal_share_is_declared() -> None:
    unknown = territories({2024: {"a": 60, "b": None}, 2025: {"a": 60}}, parts={2025: {"b": "COMD a"}})
    refused = crosswalk(unknown, 2025, 2024)
    assert shares(refused) == {}
    assert ("a", "from", "crosswalk-no-weight") in unexplained(refused)
    assert [fault.code for fault in refused.faults] == ["crosswalk-no-weight"]
    equal = crosswalk(unknown, 2025, 2024, unknown_weights="equal")
    assert shares(equal) == {"a": {"a": (1, 2), "b": (1, 2)}}
    assert [row["kind"] for row in equal.table.to_pylist() if row["estimated"]] == ["COM", "COM"]


def test_empty_communes_weigh_nothing_but_a_whole_of_nothing_is_unknown() -> None:
    one = territories({2024: {"a": 60, "b": 0}, 2025: {"a": 60}}, parts={2025: {"b": "COMD a"}})
    assert shares(crosswalk(one, 2025, 2024))["a"] == {"a": (1, 1), "b": (0, 1)}
    none = territories({2024: {"a": 0, "b": 0}, 2025: {"a": 0}}, parts={2025: {"b": "COMD a"}})
    assert shares(crosswalk(none, 2025, 2024)) == {}


def test_a_commune_that_is_reestablished_from_the_lists_is_split_off() -> None:
    split = territories({2023: {"a": 100}, 2024: {"a": 70, "b": 30}}, parts={2023: {"b": "COMD a"}})
    assert shares(crosswalk(split, 2023, 2024)) == {"a": {"a": (7, 10), "b": (3, 10)}}
    assert shares(crosswalk(split, 2023, 2024), "COMD") == whole(b="b")
    assert shares(crosswalk(split, 2024, 2023)) == whole(a="a", b="a")


def test_a_chef_lieu_that_moves_changes_the_code_by_the_lists_alone() -> None:
    moved = territories({2023: {"a": 9}, 2024: {"b": 9}}, parts={2023: {"b": "COMD a"}, 2024: {"a": "COMD b"}})
    assert shares(crosswalk(moved, 2023, 2024)) == whole(a="b")
    assert shares(crosswalk(moved, 2024, 2023)) == whole(b="a")


def test_what_the_lists_do_not_explain_maps_to_nothing_and_is_said() -> None:
    lost = territories({2022: {"a": 9, "x": 1}, 2023: {"a": 10, "y": 1}})
    passage = crosswalk(lost, 2022, 2023)
    assert shares(passage) == whole(a="a")
    assert unexplained(passage) == {("x", "from", "crosswalk-no-event"), ("y", "to", "crosswalk-no-source")}
    (fault,) = passage.faults
    assert fault.code == "crosswalk-no-event"
    assert "x" in fault.message("fr")


def test_official_events_explain_what_the_lists_do_not() -> None:
    told = territories({2022: {"a": 9, "x": 1}, 2023: {"a": 10}},
                       "31 2023-01-01 COM x COM a", "31 2023-01-01 COM a COM a")  # fmt: skip
    assert shares(crosswalk(told, 2022, 2023)) == whole(a="a", x="a")


def test_an_event_of_the_first_of_january_belongs_to_that_vintage_and_one_of_the_second_to_the_next() -> None:
    lists = {2020: {"a": 1, "b": 1}, 2021: {"a": 2}, 2022: {"a": 2}}
    told = territories(lists, "32 2021-01-01 COM b COM a", "32 2021-01-01 COM a COM a")
    assert shares(crosswalk(told, 2020, 2021)) == whole(a="a", b="a")
    later = territories(
        {2021: {"a": 1, "b": 1}, 2022: {"a": 2}}, "32 2021-01-02 COM b COM a", "32 2021-01-02 COM a COM a"
    )
    assert shares(crosswalk(later, 2021, 2022)) == whole(a="a", b="a")


def test_a_commune_absorbed_then_reestablished_is_itself_again_without_estimate() -> None:
    there_and_back = territories(
        {2021: {"a": 90, "v": 10}},
        "33 1990-12-10 COM a COM a", "33 1990-12-10 COM v COM a", "33 1990-12-10 COM v COMA v",
        "21 2008-01-01 COM a COM a", "21 2008-01-01 COM a COM v", "21 2008-01-01 COMA v COM v",
    )  # fmt: skip
    assert shares(crosswalk(there_and_back, 1990, 2021)) == whole(a="a", v="v")
    assert shares(crosswalk(there_and_back, 2000, 2021)) == {"a": {"a": (9, 10), "v": (1, 10)}}
    assert shares(crosswalk(there_and_back, 2000, 2021), "OLD") == whole(v="v")
    assert shares(crosswalk(there_and_back, 2021, 2000)) == whole(a="a", v="a")
    assert shares(crosswalk(there_and_back, 2021, 1990)) == whole(a="a", v="v")


def test_what_was_absorbed_before_stays_when_another_part_leaves() -> None:
    told = territories(
        {2021: {"a": 80, "n": 20}},
        "31 1972-01-01 COM a COM a", "31 1972-01-01 COM m COM a",
        "20 1980-01-01 COM a COM a", "20 1980-01-01 COM a COM n",
    )  # fmt: skip
    assert shares(crosswalk(told, 1972, 2021)) == {"a": {"a": (4, 5), "n": (1, 5)}}
    assert shares(crosswalk(told, 1972, 2021), "OLD") == whole(m="a")
    assert shares(crosswalk(told, 2021, 1972)) == whole(a="a", n="a")


def test_a_change_of_code_and_a_merger_of_the_same_day_follow_one_another() -> None:
    told = territories({2021: {"44x": 9}},
                       "41 2018-01-01 COM 49f COM 44f", "32 2018-01-01 COM 44f COM 44x",
                       "32 2018-01-01 COM 44x COM 44x", "32 2018-01-01 COM 44f COMD 44f")  # fmt: skip
    assert shares(crosswalk(told, 2018, 2021)) == {"44x": {"44x": (1, 1)}}
    assert shares(crosswalk(told, 2018, 2021), "OLD") == {"49f": {"44x": (1, 1)}}


def test_a_renaming_or_an_earlier_merger_of_the_same_day_is_no_split() -> None:
    told = territories({2021: {"c": 9, "d": 1}},
                       "31 2016-01-01 COM a COM b", "31 2016-01-01 COM b COM b",
                       "32 2016-01-01 COM b COM c", "32 2016-01-01 COM c COM c",
                       "34 2016-01-01 COM e COM e", "32 2016-01-01 COM e COM d",
                       "32 2016-01-01 COM d COM d")  # fmt: skip
    assert shares(crosswalk(told, 2016, 2021)) == whole(c="c", d="d")
    assert shares(crosswalk(told, 2016, 2021), "OLD") == whole(a="c", b="c", e="d")


def test_codes_exchanged_on_one_day_do_not_run_in_circles() -> None:
    told = territories({2021: {"a": 1, "b": 2}}, "10 1999-01-01 COM a COM a",
                       "50 2000-06-01 COM a COM b", "50 2000-06-01 COM b COM a")  # fmt: skip
    assert shares(crosswalk(told, 2000, 2021)) == whole(a="b", b="a")


def test_a_commune_made_of_pieces_of_several_and_one_shared_between_others() -> None:
    told = territories(
        {2021: {"a": 6, "b": 4, "n": 5}},
        "20 1973-01-01 COM a COM a", "20 1973-01-01 COM a COM n",
        "20 1973-01-01 COM b COM b", "20 1973-01-01 COM b COM n",
        "30 1975-01-01 COM z COM a", "30 1975-01-01 COM z COM b",
        "30 1975-01-01 COM a COM a", "30 1975-01-01 COM b COM b",
    )  # fmt: skip
    passage = crosswalk(told, 1973, 2021, unknown_weights="equal")
    assert shares(passage) == {**whole(a="a", b="b", n="n"), "z": {"a": (1, 2), "b": (1, 2)}}
    refused = crosswalk(told, 1973, 2021)
    assert shares(refused) == whole(a="a", b="b", n="n")
    assert unexplained(refused) == {("z", "from", "crosswalk-no-weight")}
    assert shares(crosswalk(told, 2021, 1973)) == whole(n="n")


def test_arrondissements_of_the_three_cities_go_to_their_commune_at_every_vintage() -> None:
    city = territories({2021: {"75056": 9}}, "10 1990-01-01 COM 75056 COM 75056", parts={2021: {"75101": "ARM 75056"}})
    assert shares(crosswalk(city, 2021, 2021), "ARM") == {"75101": {"75056": (1, 1)}}
    assert shares(crosswalk(city, 2005, 2021), "ARM") == {"75101": {"75056": (1, 1)}}


def test_before_the_first_list_without_events_is_out_of_reach_and_so_is_the_future() -> None:
    for vintage in (2023, 2026):
        with pytest.raises(BeffroiError) as caught:
            crosswalk(merged(), vintage, 2025)
        (fault,) = caught.value.faults
        assert fault.code == "vintage-out-of-reach"
        assert "2024" in fault.message("fr")


def test_a_department_that_the_events_leave_out_is_not_guessed_before_the_lists() -> None:
    partial = territories({2021: {"62a": 1, "59a": 1, "59b": 1}, 2022: {"62a": 1, "59a": 2}},
                          "10 1990-01-01 COM 62a COM 62a", parts={2022: {"59b": "COMD 59a"}})  # fmt: skip
    passage = crosswalk(partial, 2005, 2021)
    assert shares(passage) == {"62a": {"62a": (1, 1)}}
    assert ("59a", "from", "crosswalk-no-events-there") in unexplained(passage)
    assert "crosswalk-no-events-there" in [fault.code for fault in passage.faults]
    assert shares(crosswalk(partial, 2021, 2022))["59b"] == {"59a": (1, 1)}


def test_converted_values_add_up_and_unknown_codes_are_not_lost() -> None:
    values = pa.table({"code": ["a", "a", "zz", "d"], "v": [10_000_000, 1, 7, None], "w": [1, 1, 1, 1]})
    found = convert(values, crosswalk(merged(), 2025, 2024)).to_pylist()
    assert found == [
        {"code": "a", "v": 6_000_000, "w": 0},
        {"code": "b", "v": 3_000_000, "w": 0},
        {"code": "c", "v": 1_000_001, "w": 2},
        {"code": "d", "v": None, "w": 1},
        {"code": UNLOCATED, "v": 7, "w": 1},
    ]
