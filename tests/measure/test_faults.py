"""Every fault of the room, provoked."""

import pandas as pd
import pytest

from beffroi.errors import BeffroiError, Fault
from tests.measure.worlds import World, geography

COLUMNS = {"id": "integer", "code": "text", "year": "integer"}


def events_world(year: int = 2021, **place: object) -> World:
    world = World()
    rows = pd.DataFrame({"id": [1], "code": ["62001"], "year": [year]})
    territory = {"column": "code", "level": "commune", "vintage": 2021} | place
    world.add_table("events", rows, COLUMNS, key=["id"], territory=territory)
    return world


def fault_of(world: World, name: str) -> Fault:
    with pytest.raises(BeffroiError) as caught:
        world.measure(name)
    (found,) = caught.value.faults
    for language in ("fr", "en"):
        assert found.message(language)
        assert found.remedy(language)
    return found


def test_a_level_that_the_table_does_not_lead_to() -> None:
    world = events_world()
    world.add_indicator("events", kind="count", table="events", levels=["iris", "commune"])
    fault = fault_of(world, "events")
    assert (fault.code, fault.values["levels"], str(fault.place)) == (
        "level-not-available", "iris", "indicators/events.yaml:2",
    )  # fmt: skip
    assert "epci" in fault.available


def test_a_published_figure_has_no_level_but_the_producer_s() -> None:
    world = events_world()
    world.add_indicator("published", kind="published", table="events", column="year", levels=["epci"])
    assert fault_of(world, "published").code == "level-not-available"


def test_no_level_of_the_workspace() -> None:
    world = events_world(level="region")
    world.add_indicator("events", kind="count", table="events")
    fault = fault_of(world, "events")
    assert (fault.code, fault.available) == ("level-not-available", ("region",))


def test_a_ratio_has_the_levels_that_both_parts_have() -> None:
    world = events_world()
    world.add_table(
        "jobs", pd.DataFrame({"id": [1], "code": ["e1"], "year": [2021]}), COLUMNS, key=["code", "year"],
        territory={"column": "code", "level": "epci", "vintage": 2026},
    )  # fmt: skip
    parts = {"numerator": {"table": "events", "count": "rows"}, "denominator": {"table": "jobs", "sum": "id"}}
    world.add_indicator("ratio", kind="ratio", **parts)
    assert {key[0] for key in world.rows("ratio")} == {"epci"}
    assert world.rows("ratio")["epci", "e1", "2021"]["value"] == 1.0
    world.add_indicator("ratio", kind="ratio", **parts, levels=["commune"])
    assert fault_of(world, "ratio").code == "level-not-available"


def test_a_period_of_which_there_is_nothing() -> None:
    world = events_world()
    world.add_indicator("events", kind="count", table="events", periods=["2021", "2022"])
    fault = fault_of(world, "events")
    assert (fault.code, fault.values["periods"], fault.available) == ("period-unknown", "2022", ("2021",))


def test_a_vintage_that_leads_nowhere() -> None:
    world = events_world(vintage=1999)
    world.add_indicator("events", kind="count", table="events")
    fault = fault_of(world, "events")
    assert (fault.code, fault.values["vintage"], fault.available) == ("vintage-not-convertible", 1999, ("2021", "2026"))


def test_the_target_vintage_needs_no_crosswalk() -> None:
    world = events_world(vintage=2026)
    world.add_indicator("events", kind="count", table="events")
    found = world.rows("events", geography(crosswalks={}))
    assert found["epci", "e1", "2021"]["value"] == 1.0


@pytest.mark.parametrize("lacking", ["territory", "period"])
def test_a_table_that_is_nowhere_or_never(lacking: str) -> None:
    world = World()
    world.add_table(
        "notes", pd.DataFrame({"id": [1], "code": ["1"], "year": [1]}), COLUMNS, key=["id"], **{lacking: {}}
    )
    world.add_indicator("notes", kind="count", table="notes")
    fault = fault_of(world, "notes")
    assert (fault.code, fault.values["table"]) == ("table-without-territory", "notes")
