"""The gap of Hesdin-la-Forêt between communes and EPCI is caught, and what is published has none."""

from pathlib import Path

import pandas as pd

from beffroi.catalog import Catalog
from tests.workspaces.benches import breaches, named, run_select

EPCI = "200044030"
HESDIN_2025, REST_2025, TOTAL_2025 = 4494, 24931, 29425
"""epci.json of the package of 2025: Hesdin-la-Forêt, the 65 other communes, the EPCI's own total."""
STALE = 2225
"""What communes.json of packages 5.0.0 and 5.2.0 leaves to Hesdin-la-Forêt: old Hesdin before the merger."""


def relations(hesdin: int) -> dict[str, pd.DataFrame]:
    members = [{"code": "62447", "populationMunicipale": hesdin}, {"code": "62588", "populationMunicipale": REST_2025}]
    epci = [{"cog": "2025", "code": EPCI, "populationMunicipale": TOTAL_2025, "membres": members}]
    communes = [
        {"cog": "2025", "code": code, "type": "commune-actuelle", "departement": "62", "population": 1}
        for code in ("62447", "62588")
    ]
    return {"epci": pd.DataFrame(epci), "communes": pd.DataFrame(communes)}


def published(artois: Catalog, hesdin: int, folder: Path) -> tuple[pd.DataFrame, set[str]]:
    given = relations(hesdin)
    rows = run_select(named(artois, "insee/municipal_populations").sql, given)
    totals = run_select(named(artois, "dgcl/epci_populations").sql, given)
    faults = breaches(named(artois, "insee/municipal_populations"), rows, {"dgcl/epci_populations": totals}, folder)
    return rows, {fault.code for fault in faults}


def test_the_population_of_the_merged_commune_is_that_of_its_epci(artois: Catalog, tmp_path: Path) -> None:
    rows, faults = published(artois, HESDIN_2025, tmp_path)
    hesdin = rows[rows.commune == "62447"].iloc[0]
    assert (hesdin.year, hesdin.vintage, hesdin.municipal_population) == (2022, 2025, HESDIN_2025)
    assert "sums-differ" not in faults


def test_a_gap_of_2269_inhabitants_blocks_the_table(artois: Catalog, tmp_path: Path) -> None:
    assert HESDIN_2025 - STALE == 2269
    _, faults = published(artois, STALE, tmp_path)
    assert "sums-differ" in faults


def test_the_epci_of_2026_repeats_2025_and_is_not_taken(artois: Catalog) -> None:
    given = relations(HESDIN_2025)
    again = given["epci"].assign(cog="2026")
    both = {**given, "epci": pd.concat([given["epci"], again])}
    totals = run_select(named(artois, "dgcl/epci_populations").sql, both)
    assert totals.year.tolist() == [2022]
