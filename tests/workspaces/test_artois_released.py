"""Released values of the observatories of Artois: parts that add up, and pedestrians against pandas, geography of 2026.

Needs an edition that was built (``beffroi build workspaces/artois``), and skips without one.
"""

from pathlib import Path

import pandas as pd
import pytest

from beffroi.access import PUBLIC
from beffroi.errors import BeffroiError
from beffroi.lake import UNLOCATED
from beffroi.lake.releases import Release
from beffroi.run import open_workplace
from beffroi.settings import Settings
from tests.workspaces.benches import WORKSPACES

pytestmark = pytest.mark.real

WHOLE = (
    "mobility/victims_by_severity", "mobility/victims_by_mode_wide", "mobility/victims_by_month",
    "mobility/pedestrian_victims_by_month", "mobility/cyclist_victims_by_month", "mobility/victims_by_hour",
    "mobility/victims_by_light", "mobility/victims_by_sex", "housing/by_use", "ages/by_group", "programme/days_by_axis",
    "programme/external_days_by_axis", "programme/printed_days_by_axis", "programme/gap_by_axis",
)  # fmt: skip
"""Breakdowns whose categories hold every row, whatever is unknown in France elsewhere than here."""

PARTLY = (
    "mobility/victims_by_age", "mobility/pedestrian_victims_by_age", "mobility/cyclist_victims_by_age",
    "mobility/women_victims_by_age", "mobility/men_victims_by_age", "programme/days_by_action",
)  # fmt: skip
"""Breakdowns that leave some rows out: an age that is not given, the smaller actions."""


@pytest.fixture(scope="module")
def release() -> Release:
    try:
        opened = open_workplace(WORKSPACES / "artois", Settings()).lake.release(PUBLIC)
    except BeffroiError as error:
        pytest.skip(f"workspaces/artois is not built: {error.faults[0].code}")
    if "mobility/victims" not in opened.catalogue["indicators"]:
        pytest.skip("workspaces/artois was built before its observatories")
    return opened


def values(release: Release, indicator: str) -> pd.Series:
    """Values inside the perimeter: communes, EPCI and groupings, by territory and period."""
    frame = release.series(indicator).to_pandas()
    inside = frame[frame.level.isin(["commune", "epci", "grouping"]) & (frame.territory != UNLOCATED)]
    found: pd.Series = inside.set_index(["level", "territory", "period"]).value.astype(float).sort_index()
    return found


def parts(release: Release, breakdown: str) -> tuple[pd.Series, pd.Series]:
    """The measure that is broken down, and the sum of its categories."""
    entry = release.catalogue["breakdowns"][breakdown]
    together = pd.concat([values(release, f"{breakdown}/{name}") for name in entry["categories"]], axis=1)
    return values(release, entry["of"]), together.sum(axis=1, min_count=1)


@pytest.mark.parametrize("breakdown", WHOLE)
def test_categories_add_up_to_the_measure(release: Release, breakdown: str) -> None:
    whole, together = parts(release, breakdown)
    assert len(whole)
    pd.testing.assert_series_equal(together.reindex(whole.index), whole, check_names=False)


@pytest.mark.parametrize("breakdown", PARTLY)
def test_categories_never_exceed_the_measure(release: Release, breakdown: str) -> None:
    whole, together = parts(release, breakdown)
    gaps = whole - together.reindex(whole.index)
    assert gaps.min() > -1e-9
    assert gaps.max() > 0 or breakdown.endswith("_by_age"), "an action is left out"


def test_pedestrians_by_commune_epci_and_grouping(release: Release, real_data: Path) -> None:
    """Communes of the Pas-de-Calais as pandas counts them; those of 2025 that were merged are put together."""
    users = pd.read_csv(real_data / "accidents/baac_62_usagers_2005-2020.csv", dtype={"Num_Acc": str})
    places = pd.read_csv(
        real_data / "accidents/baac_62_accidents_2005-2020.csv", dtype={"Num_Acc": str, "code_insee": str}
    )
    listed = pd.read_csv(real_data / "territoire/communes_62_cog2021-2026.csv", dtype=str)
    epci = listed[listed.cog == "2026"].set_index("code").epci
    hurt = users[(users.catu == 3) & users.grav.isin([2, 3, 4])].merge(places, on="Num_Acc")
    hurt["place"] = hurt.code_insee.replace(dict.fromkeys(["62461", "62549", "62743"], "62447"))
    hurt["epci"], hurt["period"] = hurt.place.map(epci), hurt.annee.astype(str)
    ours = values(release, "mobility/pedestrian_victims")
    for level, by in (("commune", "place"), ("epci", "epci")):
        known = hurt.groupby([by, "period"]).size()
        found = ours[level]
        shown = [key for key in known.index if key in found.index]
        assert shown
        # Vitz-sur-Authie, in the Somme, is not in the extract of the department; nobody was hurt there on foot.
        assert found[shown].tolist() == known[shown].tolist()
        assert found.sum() == known[shown].sum(), "whatever pandas does not have is zero"
