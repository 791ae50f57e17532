"""What became of communes, told from the events and from the lists."""

from beffroi.geo import build_events
from tests.geo.invented import territories

GROUPINGS = {"all": {"title": "Tout", "members": {"communes": ["62001", "62003"]}, "vintage": 2022}}


def told(*events: str, **more: object) -> list[tuple[str, ...]]:
    lists = {2020: {"62001": 10, "62002": 5, "62003": 7, "80001": 9}, 2022: {"62001": 15, "62003": 7, "80001": 9}}
    places = territories(lists, *events, groupings=GROUPINGS, **more)  # type: ignore[arg-type]
    return [tuple(row.values()) for row in build_events(places, "all").to_pylist()]


def test_a_merger_has_the_names_of_who_was_absorbed_and_of_who_absorbed() -> None:
    assert told("31 2021-03-01 COM 62002 COM 62001", "31 2021-03-01 COM 62001 COM 62001") == [
        ("2021-03-01", "merger", "62002", "Commune 62002", "62001", "Commune 62001", "event")
    ]


def test_a_merger_that_no_event_tells_is_told_by_the_lists() -> None:
    found = told(parts={2022: {"62002": "COMD 62001"}})
    assert found == [("2022-01-01", "merger", "62002", "Commune 62002", "62001", "Commune 62001", "lists")]


def test_those_that_the_absorbed_came_from_are_told_and_others_are_not() -> None:
    found = told(
        "31 1975-01-01 COM 62900 COM 62002",
        "31 1975-01-01 COM 62002 COM 62002",
        "31 2021-03-01 COM 62002 COM 62001",
        "31 2021-03-01 COM 62001 COM 62001",
        "31 1980-01-01 COM 80002 COM 80001",
        "31 1980-01-01 COM 80001 COM 80001",
    )
    assert [(row[0], row[2], row[3], row[4]) for row in found] == [
        ("1975-01-01", "62900", None, "62002"),
        ("2021-03-01", "62002", "Commune 62002", "62001"),
    ]


def test_a_commune_under_another_code_is_the_same_and_one_taken_out_is_a_split() -> None:
    found = told(
        "41 1969-01-01 COM 75003 COM 62003",
        "21 2020-06-01 COM 62001 COM 62001",
        "21 2020-06-01 COM 62001 COM 62003",
        "31 2021-03-01 COM 62002 COM 62001",
        "31 2021-03-01 COM 62001 COM 62001",
    )
    assert [(row[1], row[2], row[4]) for row in found] == [
        ("code", "75003", "62003"), ("split", "62001", "62003"), ("merger", "62002", "62001"),
    ]  # fmt: skip
