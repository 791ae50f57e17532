"""The vacant dwellings lent by the tax services of the invented territory: an attacker of our own, who reads what the
public reads and knows the map by heart, comes near no hidden number; and finds them where nothing else is hidden."""

import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from scipy.optimize import linprog

from beffroi.access import PUBLIC
from beffroi.errors import BeffroiError
from beffroi.lake import Release
from beffroi.run import BuildOptions, build, open_workplace
from beffroi.settings import Settings
from tests.workspaces.benches import WORKSPACES
from tests.workspaces.test_exemple_series import DATA, EPCI

SPELLS = {
    "under_2_years": ("moins_de_2_ans",),
    "from_2_to_5_years": ("de_2_a_5_ans",),
    "over_5_years": ("plus_de_5_ans",),
}
KINDS = {"flats": ("appartement",), "houses": ("maison",)}
EVERY_SPELL = tuple(spell for spells in SPELLS.values() for spell in spells)
EVERY_KIND = ("appartement", "maison")
SHOWN: dict[str, tuple[str, tuple[str, ...], tuple[str, ...]]] = {
    "housing/vacant_dwellings": ("value", EVERY_KIND, EVERY_SPELL),
    **{f"housing/vacant_by_spell/{name}": ("value", EVERY_KIND, spells) for name, spells in SPELLS.items()},
    **{f"housing/vacant_by_kind/{name}": ("value", kinds, EVERY_SPELL) for name, kinds in KINDS.items()},
    "housing/long_vacancy_share": ("numerator", EVERY_KIND, EVERY_SPELL[1:]),
}
"""By indicator, a figure of it, and the kinds and lengths of vacancy that the figure adds up."""


@pytest.fixture(scope="module")
def rows() -> pd.DataFrame:
    return pd.read_csv(DATA / "fisc/vacancies/data/logements_vacants.csv", dtype={"commune": str})


def communes_of(level: str, territory: str) -> set[str]:
    """The communes of 2021 of a territory, from the files of the workspace and nothing of ours."""
    listed = pd.read_csv(DATA / "official/communes/data/communes.csv", dtype=str)
    then = listed[(listed.vintage == "2021") & (listed.kind == "COM")]
    if level == "commune":
        return {territory}
    if level == "epci":
        return {str(code) for code in EPCI[territory]}
    if level in ("departement", "region", "arrondissement"):
        return set(then.code[then[level] == territory])
    return set()


def learn(released: Release, rows: pd.DataFrame, period: str) -> tuple[np.ndarray, np.ndarray, dict[Any, np.ndarray]]:
    """What the public is told as equations over the rows of a year, and the hidden cells as sums of these rows."""
    year = rows[rows.annee == int(period)].reset_index(drop=True)
    told, values, hidden = [], [], {}
    for indicator, (figure, kinds, spells) in SHOWN.items():
        table = released.series(indicator, period=period, vintage=2021).to_pandas()
        for row in table.itertuples():
            inside = communes_of(row.level, row.territory)
            if not inside:
                continue
            made_of = (year.commune.isin(inside) & year.type.isin(kinds) & year.duree.isin(spells)).to_numpy(float)
            value = getattr(row, figure)
            if row.confidentiality == "F":
                told.append(made_of)
                values.append(float(value))
                assert value == made_of @ year.logements
            elif figure == "value":
                assert value is None or pd.isna(value)
                hidden[indicator, row.level, row.territory] = made_of
    return np.array(told), np.array(values), hidden


@pytest.mark.parametrize("period", ["2022", "2023"])
def test_no_small_number_is_found_again(released: dict[str, Release], rows: pd.DataFrame, period: str) -> None:
    told, values, hidden = learn(released["public"], rows, period)
    true = rows[rows.annee == int(period)].logements.to_numpy(float)
    small = {place: made_of for place, made_of in hidden.items() if made_of @ true < 11}
    assert len(small) > 30
    assert len(hidden) > len(small), "others are hidden for their sake"
    for place, made_of in small.items():
        bounds = []
        for sign in (1, -1):
            found = linprog(sign * made_of, A_eq=told, b_eq=values, bounds=(0, None), method="highs")
            bounds.append(sign * found.fun if found.status == 0 else np.inf)
        low, high = np.ceil(bounds[0] - 1e-6), np.floor(bounds[1] + 1e-6) if np.isfinite(bounds[1]) else np.inf
        value = made_of @ true
        assert low <= max(0, value - 1), (place, low, high)
        assert high >= value + 1, (place, low, high)


def test_where_nothing_else_is_hidden_the_attacker_finds(tmp_path: Path) -> None:
    root = tmp_path / "exemple"
    shutil.copytree(WORKSPACES / "exemple", root, ignore=shutil.ignore_patterns(".beffroi"))
    source = root / "sources/fisc/vacancies/source.yaml"
    said = source.read_text("utf-8")
    assert "    interval: 10\n" in said
    source.write_text(said.replace("    interval: 10\n", "    interval: 10\n    secondary: none\n"))
    workplace = open_workplace(root, Settings(offline=True, threads=1))
    only = frozenset({"housing/vacant_dwellings", "economy/jobs"})
    report = build(workplace, BuildOptions(offline=True, only=only))
    items = {item.name: item for item in report.items if item.stage == "indicator"}
    assert items["housing/vacant_dwellings"].state == "blocked"
    codes = {reason.code for name in SHOWN for reason in items[name].reasons}
    assert "hidden-value-found" in codes
    assert items["economy/jobs"].state == "built", "what another partner lent goes on"
    for name in SHOWN:
        with pytest.raises(BeffroiError):
            workplace.lake.release(PUBLIC).series(name)
