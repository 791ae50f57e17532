"""What the observatories of Artois say and show: their pages, what they promise, and a ledger that does not add up."""

import re
from pathlib import Path

import pandas as pd
import pytest

from beffroi.catalog import Catalog
from beffroi.catalog.pages import Placed, Prose
from tests.workspaces.benches import WORKSPACES, named, run_select

PROMISED = {
    "mobility": ["index", "who", "when", "severity", "where", "method"],
    "housing": ["index", "vacancy", "iris", "three_vacancies"],
    "population": ["index", "ages", "seniors"],
    "income": ["index", "secrecy"],
    "mining_basin": ["index", "nature", "buffer"],
    "programme": ["index", "gaps"],
}
LEDGER = WORKSPACES / "artois/sources/agency/work_programme/data"


def test_pages_stand_in_their_order(artois: Catalog) -> None:
    found = {name: list(observatory.pages) for name, observatory in artois.observatories.items()}
    assert {name: found.get(name) for name in PROMISED} == PROMISED


def test_every_breakdown_of_victims_is_shown(artois: Catalog) -> None:
    shown = {name for page in artois.pages.values() for name in page.indicators}
    for name, breakdown in artois.breakdowns.items():
        assert {f"{name}/{category}" for category in breakdown.categories} <= shown, name


def test_recording_of_severity_breaks_in_2018_but_not_the_killed(artois: Catalog) -> None:
    for category, expected in (("killed", []), ("hospitalised", ["2018"]), ("slightly_injured", ["2018"])):
        breaks = artois.indicators[f"mobility/victims_by_severity/{category}"].breaks
        assert [one.period for one in breaks] == expected


def test_age_bands_leave_no_age_out_and_are_the_same_on_both_sides(artois: Catalog) -> None:
    bands = [breakdown.categories for name, breakdown in artois.breakdowns.items() if name.endswith("_by_age")]
    assert len(bands) == 5
    for categories in bands:
        ages = [category.where["age"] for category in categories.values()]
        limits = [(age.min, age.max) for age in ages]  # type: ignore[union-attr]
        assert limits == [*((start, start + 9) for start in range(0, 80, 10)), (80, None)]


def test_prose_refers_to_values_rather_than_types_them(artois: Catalog) -> None:
    """A number with its unit, typed, would not follow the reader's territory; what the method states is in notes."""
    typed = re.compile(r"\d[\d ]*\s(?:%|victimes|logements|habitants|personnes|jours|tués|€)")
    allowed = re.compile(r"60 % (?:du niveau de vie médian|of the median)")
    for page in artois.pages.values():
        for text in page.texts.values():
            for part in text.parts:
                if isinstance(part, Prose):
                    words = allowed.sub("", re.sub(r"\{\{.*?\}\}", "", part.markdown, flags=re.DOTALL))
                    assert not typed.search(words), f"{part.file}:{part.line} {typed.search(words)}"


def test_no_map_by_iris(artois: Catalog) -> None:
    for page in artois.pages.values():
        for text in page.texts.values():
            for part in text.parts:
                if isinstance(part, Placed) and part.kind in ("choropleth", "circles", "bivariate_map"):
                    assert part.block.level != "iris", f"{part.file}:{part.line}"  # type: ignore[attr-defined]


def ledger(artois: Catalog) -> pd.DataFrame:
    given = {name: pd.read_csv(LEDGER / f"{name}.csv", dtype="string") for name in ("actions", "totals")}
    return run_select(named(artois, "agency/work_programme").sql, given)


def test_the_ledger_does_not_add_up_and_says_so(artois: Catalog) -> None:
    rows = ledger(artois)
    sheets, totals = rows[rows.record == "sheet"], rows[rows.record == "total"]
    axes = totals[totals.axis.str.len() == 1]
    assert (len(sheets), sheets.days.sum(), sheets.external_days.sum()) == (45, 3404, 521)
    assert (axes.days.sum(), totals.days.sum(), rows.gap_days.sum()) == (3425, 4445, 21)
    by_axis = rows[rows.axis.str.len() == 1].groupby("axis").gap_days.sum()
    assert by_axis.to_dict() == {"1": 10, "2": 5, "3": 6, "4": -1, "5": 1}
    assert totals[totals.labelled_year == 2022].axis.tolist() == ["it"]


def test_groupings_without_a_programme_are_missing_rather_than_zero(artois: Catalog) -> None:
    """The key holds the territory: the table owes each grouping a row, and the PMA has none."""
    contract = named(artois, "agency/work_programme").contract
    assert contract.territory is not None
    assert contract.territory.column in contract.key


@pytest.mark.real
def test_the_ledger_is_that_of_the_report(artois: Catalog, real_data: Path) -> None:
    known = pd.read_csv(real_data / "programme/aula_2023_jours.csv", dtype={"axe": str, "action": str}).fillna(0)
    rows = ledger(artois)
    sheets = rows[rows.record == "sheet"].sort_values(["axis", "action"])
    known = known.sort_values(["axe", "action"])
    assert (
        sheets[["axis", "action", "days", "external_days"]].to_numpy().tolist()
        == known[["axe", "action", "jours", "externalises"]].astype({"externalises": int}).to_numpy().tolist()
    )
