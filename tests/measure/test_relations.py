"""What is shown is what adds up: every figure of every series is the sum of the atoms that its cell is made of."""

from typing import Any

import numpy as np
import pandas as pd
import pytest

from beffroi.measure.disclosures import Disclosures, disclose
from beffroi.measure.measurements import Measuring
from beffroi.measure.relations import Relations, relate
from beffroi.measure.scans import Instruments
from tests.measure.worlds import World, geography

COLUMNS = {"id": "integer", "code": "text", "year": "integer", "kind": "text", "tenure": "text", "rooms": "integer"}
CODES = ("62001", "62002", "62003", "62010", "62020", "62050", "80810", "99999")
SECRECY = {"minimum_units": 4, "asked_by": "The producer", "why": "the law on statistics of 1951"}


def homes_world(count: int = 240, seed: int = 3, secrecy: dict[str, Any] | None = None, **contract: Any) -> World:
    """Homes coded by commune of 2021, with indicators of every kind that adds up."""
    draw = np.random.default_rng(seed)
    frame = pd.DataFrame(
        {
            "id": range(count),
            "code": draw.choice(CODES, count, p=[0.3, 0.05, 0.2, 0.1, 0.1, 0.1, 0.1, 0.05]),
            "year": draw.choice([2025, 2026], count),
            "kind": draw.choice(["house", "flat"], count),
            "tenure": draw.choice(["owner", "tenant", "other"], count, p=[0.6, 0.3, 0.1]),
            "rooms": draw.integers(1, 9, count),
        }
    )
    world = World()
    rule = SECRECY if secrecy is None else secrecy
    world.add_table("homes", frame, COLUMNS, key=["id"], secrecy=rule or None, **contract)
    world.add_indicator("homes", kind="count", table="homes")
    world.add_indicator("houses", kind="count", table="homes", where={"kind": "house"})
    world.add_indicator("rooms", kind="sum", table="homes", column="rooms", where={"tenure": ["owner", "tenant"]})
    share = {"where": {"tenure": "tenant"}}
    world.add_indicator("tenants", kind="ratio", table="homes", numerator=share, denominator={"where": {}})
    world.add_indicator("size", kind="weighted_mean", table="homes", column="rooms", weight="rooms")
    world.add_indicator("median", kind="quantile", table="homes", column="rooms")
    world.add_indicator("growth", kind="change", of="houses", over=1)
    return world


def measuring(world: World, *vintages: int) -> dict[int, Measuring]:
    return {vintage: Measuring(Instruments(world.catalog, geography(vintage), world.query)) for vintage in vintages}


def posed(world: World, *vintages: int) -> tuple[Disclosures, Relations]:
    disclosures, atoms = disclose(measuring(world, *(vintages or (2026,))), sorted(world.indicators), {})
    return disclosures, relate(disclosures, atoms, {})


@pytest.mark.parametrize("vintages", [(2026,), (2026, 2021)])
def test_every_figure_is_the_sum_of_its_atoms(vintages: tuple[int, ...]) -> None:
    disclosures, relations = posed(homes_world(), *vintages)
    looked = 0
    for (row, figure), (cell, told) in disclosures.figures.items():
        at = disclosures.rows[row]
        if figure == "observations":
            # Of a split commune, a whole number; of a median, those who can be placed.
            continue
        number = relations.number[cell]
        summed = relations.problem.values[number] if number >= 0 else 0.0
        assert summed == pytest.approx(told, abs=1e-5), (at, figure)
        looked += 1
    assert looked > 200


def test_what_has_no_row_may_have_had_one() -> None:
    """A commune without a home, an IRIS without one: nobody but who has the rows knows that there is none."""
    world = homes_world()
    _, atoms = disclose(measuring(world, 2026), ["homes"], {})
    named = {code for _, _, code in atoms["homes"].bundles}
    assert {"62060", "62099", "75056"} <= named
    assert not {"62060", "62099", "75056"} & set(CODES)


def test_an_iris_without_a_row_is_one_more_unknown() -> None:
    rows = pd.DataFrame([(0, "620010101", 2026, 12), (1, "620030000", 2026, 20)], columns=["id", "code", "year", "n"])
    world = World()
    columns = {"id": "integer", "code": "text", "year": "integer", "n": "integer"}
    place = {"column": "code", "level": "iris", "vintage": 2021}
    world.add_table("homes", rows, columns, key=["id"], territory=place, secrecy=SECRECY | {"units": "n"})
    world.add_indicator("homes", kind="sum", table="homes", column="n")
    _, atoms = disclose(measuring(world, 2021), ["homes"], {})
    named = {(level, code) for level, _, code in atoms["homes"].bundles}
    assert {("iris", "620010102"), ("iris", "620500101"), ("iris", "620500102")} <= named
    assert ("commune", "62001") not in named
