"""What may be noticed of the figures of a group: dwellings are the occupied ones and the vacant ones.

The attacker here is of the tests' own: he reads the series, knows which communes make which territory, and has read
anywhere that the three add up.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
import pytest
from scipy.optimize import linprog

from beffroi.measure.groups import Protected
from tests.measure.test_groups import protect
from tests.measure.test_relations import posed
from tests.measure.worlds import COMMUNES_2021, COMMUNES_2026, MEMBERS, World

NAMES = ("dwellings", "occupied", "vacant")
SHOWN = ["commune", "epci", "grouping"]
OWNERS = 5
INSIDE = [code for code in COMMUNES_2026 if code != "75056"]
WHY = "the law on statistics of 1951"
ONE_OWNER = {"dominance": {"largest": 1, "share": 60, "contributor": "owner"}, "asked_by": "The producer", "why": WHY}
PLACE = {"column": "code", "level": "commune", "vintage": 2026}


def stock(codes: Sequence[str] = INSIDE) -> pd.DataFrame:
    """Dwellings by commune, year and owner; in two communes one owner holds most of those that are vacant."""
    draw = np.random.default_rng(5)
    rows = [(code, year, owner) for code in codes for year in (2025, 2026) for owner in range(OWNERS)]
    frame = pd.DataFrame(rows, columns=["code", "year", "owner"])
    frame["occupied"] = draw.integers(60, 140, len(frame))
    frame["vacant"] = draw.integers(8, 16, len(frame))
    frame.loc[frame.code.isin(["62001", "62004"]) & (frame.owner == 0), "vacant"] = 150
    frame["dwellings"] = frame.occupied + frame.vacant
    return frame


def one_table(secondary: str = "suppression", frame: pd.DataFrame | None = None, vintage: int = 2026) -> World:
    """The three as columns of one table."""
    world = World()
    columns = {"code": "text", "year": "integer", "owner": "integer"} | dict.fromkeys(NAMES, "integer")
    rows = stock() if frame is None else frame
    secrecy = ONE_OWNER | {"secondary": secondary}
    place = PLACE | {"vintage": vintage}
    world.add_table("stock", rows, columns, key=["code", "year", "owner"], territory=place, secrecy=secrecy)
    for name in NAMES:
        world.add_indicator(name, kind="sum", table="stock", column=name, levels=SHOWN)
    return world


def two_tables(secondary: str = "suppression", frame: pd.DataFrame | None = None) -> World:
    """The vacant ones are lent, under secrecy; the others are open. A share of vacant ones makes them one group."""
    rows = stock() if frame is None else frame
    rows = rows.groupby(["code", "year"], as_index=False)[list(NAMES)].sum()
    rows["vacant"] = rows.vacant.where(~rows.code.isin(["62001", "62004"]), 4)
    rows["dwellings"] = rows.occupied + rows.vacant
    world = World()
    key = {"code": "text", "year": "integer"}
    place: dict[str, Any] = {"key": ["code", "year"], "territory": PLACE}
    open_ones = key | {"dwellings": "integer", "occupied": "integer"}
    world.add_table("census", rows, open_ones, **place)
    secrecy = {"minimum_units": 11, "units": "vacant", "asked_by": "The producer", "why": WHY, "secondary": secondary}
    world.add_table("lent", rows, key | {"vacant": "integer"}, **place, secrecy=secrecy)
    for name in NAMES:
        table = "lent" if name == "vacant" else "census"
        world.add_indicator(name, kind="sum", table=table, column=name, levels=SHOWN)
    parts = {"numerator": {"indicator": "vacant"}, "denominator": {"indicator": "dwellings"}}
    world.add_indicator("share", kind="ratio", **parts, levels=SHOWN)
    return world


def bounds_of_hidden(found: Protected, year: str) -> dict[tuple[str, str], tuple[float, float]]:
    """How near somebody comes to each hidden number of vacant dwellings: three unknowns a commune, of which one is the
    sum of the two others, and all the figures that are told."""
    unknowns = {(name, code): rank for rank, (name, code) in enumerate((n, c) for n in NAMES for c in INSIDE)}

    def row_of(level: str, territory: str, **signs: float) -> np.ndarray:
        row = np.zeros(len(unknowns))
        for name, sign in signs.items():
            for code in [territory] if level == "commune" else MEMBERS[level, territory]:
                row[unknowns[name, code]] = sign
        return row

    known = [row_of("commune", code, dwellings=1, occupied=-1, vacant=-1) for code in INSIDE]
    values, hidden = [0.0] * len(known), {}
    for name in NAMES:
        for row in found.series[name][0].series.to_pylist():
            place = row["level"], row["territory"]
            if row["period"] != year or "75056" in place:
                continue
            if row["value"] is not None:
                known.append(row_of(*place, **{name: 1.0}))
                values.append(float(row["value"]))
            elif name == "vacant":
                hidden[place] = row_of(*place, vacant=1.0)
    bounds = {}
    for place, asked in hidden.items():
        ends = [
            linprog(sign * asked, A_eq=np.array(known), b_eq=values, bounds=(0, None), method="highs")
            for sign in (1, -1)
        ]
        bounds[place] = (ends[0].fun, -ends[1].fun if ends[1].status == 0 else np.inf)
    return bounds


def true_values(frame: pd.DataFrame, year: str) -> Mapping[str, float]:
    here = frame[frame.year == int(year)]
    return {str(code): float(sum(here[here.code == code].vacant)) for code in INSIDE}


@pytest.mark.parametrize("world", [one_table, two_tables])
def test_what_is_left_of_the_dwellings_is_found(world: Any) -> None:
    found = protect(world("none"))
    assert {leak.territory for leak in found.leaks} >= {"62001", "62004"}
    bounds = bounds_of_hidden(found, "2026")
    assert bounds
    assert all(high - low < 1e-6 for low, high in bounds.values()), "he has them to the unit"


@pytest.mark.parametrize("world", [one_table, two_tables])
def test_what_is_protected_is_not_found_by_subtraction(world: Any) -> None:
    found = protect(world())
    assert found.leaks == ()
    assert found.report["audiences"]["public"]["known_elsewhere"] == 0
    told = [row["value"] for name in NAMES for row in found.series[name][0].series.to_pylist()]
    assert sum(value is not None for value in told) > len(told) / 2, "much is still told"
    for year in ("2025", "2026"):
        bounds = bounds_of_hidden(found, year)
        if world is one_table:
            true = true_values(stock(), year)
            # What the rule asks for: the largest over the share, less the total.
            margin = {code: 150 / 0.6 - true[code] for code in ("62001", "62004")}
        else:
            true, margin = dict.fromkeys(("62001", "62004"), 4.0), dict.fromkeys(("62001", "62004"), 1.0)
        for code in ("62001", "62004"):
            low, high = bounds["commune", code]
            assert low <= true[code] - margin[code] + 1e-6
            assert high >= true[code] + margin[code] - 1e-6


def noticed_rows(world: World, *vintages: int) -> int:
    """How many relations of the group are known though no row shows them; all of them are true."""
    _, relations = posed(world, *vintages)
    problem = relations.problem
    shown = np.unique(relations.number)
    known = np.setdiff1d(np.flatnonzero(problem.known), shown)
    assert np.abs(problem.relations[known] @ problem.atoms).max(initial=0.0) <= 1e-6
    return len(known)


def test_it_holds_at_every_place_of_every_level_and_vintage() -> None:
    # Of 2026, 6 communes, 3 EPCI (one of one commune) and 2 groupings, for two years.
    assert noticed_rows(one_table()) == 2 * (6 + 2 + 2)
    # Of 2021, whose communes were merged, split and shared out since.
    world = one_table(frame=stock([code for code in COMMUNES_2021 if code != "75056"]), vintage=2021)
    assert noticed_rows(world, 2026, 2021) > noticed_rows(world, 2026) == 2 * (6 + 2 + 2)


def test_what_is_false_of_one_place_is_held_of_none() -> None:
    frame = stock()
    frame.loc[3, "dwellings"] += 1
    assert noticed_rows(one_table(frame=frame)) == 0


def test_the_order_of_rows_changes_nothing() -> None:
    frame = stock()
    one, other = protect(one_table(frame=frame)), protect(one_table(frame=frame[::-1].reset_index(drop=True)))
    assert all(one.series[name][0].series.equals(other.series[name][0].series) for name in NAMES)
