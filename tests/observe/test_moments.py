"""The values of one period in order: what ranks, bars and counts are taken from."""

from beffroi.observe.moments import Moment
from beffroi.observe.values import State, Value


def value(code: str, number: float | None, state: State = "sure") -> Value:
    return Value(code, f"Commune {code}", "2021", number, None, None, None, "A", "F", "", state)


def moment(*values: Value) -> Moment:
    return Moment({each.territory: each for each in values})


def test_the_largest_comes_first_and_equals_share_a_rank() -> None:
    seen = moment(value("c", 2.0), value("b", 2.0), value("a", 5.0), value("d", 1.0), value("e", None, "missing"))
    assert [each.territory for each in seen.ordered] == ["a", "b", "c", "d"]
    assert seen.ranks == {"a": 1, "b": 2, "c": 2, "d": 4}
    assert seen.numbers == (1.0, 2.0, 2.0, 5.0)


def test_a_weak_value_is_known_and_has_no_rank() -> None:
    seen = moment(value("a", 9.0, "weak"), value("b", 1.0))
    assert [each.territory for each in seen.ordered] == ["a", "b"]
    assert seen.ranks == {"b": 1}
    assert seen.states == {"weak": 1, "sure": 1}


def test_bars_start_from_zero_whichever_way_they_go() -> None:
    seen = moment(value("a", 3.0), value("b", -1.0))
    assert seen.bar(3.0) == (0.25, 1.0)
    assert seen.bar(-1.0) == (0.0, 0.25)
    assert moment(value("a", None, "missing")).bar(0.0) == (0.0, 0.0)
