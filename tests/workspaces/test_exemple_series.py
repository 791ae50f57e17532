"""The invented territory built from end to end, against pandas over its own files."""

import math

import pandas as pd
import pytest

from beffroi.errors import BeffroiError
from beffroi.lake import Release
from tests.workspaces.benches import WORKSPACES

EPCI = {"990000011": range(20001, 20011), "990000029": [*range(20011, 20018), 98501], "990000037": range(98502, 98508)}
"""Communes of 2021 by EPCI, as the list has them."""
DATA = WORKSPACES / "exemple" / "sources"


def series(released: dict[str, Release], indicator: str, level: str, period: str, vintage: int = 2024) -> pd.DataFrame:
    table = released["chambre"].series(indicator, level=level, period=period, vintage=vintage)
    return table.to_pandas().set_index("territory")


def epci_of(code: str) -> str | None:
    before = {"98508": "20017", "20018": "20008", "20019": "20014"}.get(code, code)
    return next((epci for epci, codes in EPCI.items() if before.isdigit() and int(before) in codes), None)


def test_accidents_by_epci_and_unlocated(released: dict[str, Release]) -> None:
    raw = pd.read_csv(
        DATA / "mobility/accidents/data/accidents_2019_2024.csv", sep=";", dtype=str, keep_default_na=False
    )
    raw["epci"] = raw.commune.map(epci_of)
    for year, rows in raw.groupby("annee"):
        found = series(released, "mobility/accidents", "epci", year)
        assert found.value.to_dict() == rows.groupby("epci").size().to_dict()
    lost = raw[raw.epci.isna()].groupby("annee").size().to_dict()
    table = released["public"].series("mobility/accidents", level="commune", territory="unlocated").to_pandas()
    told = {row.period: row.value for row in table.itertuples() if row.value}
    assert told == lost
    assert lost, "some codes are unknown"


def test_a_merged_commune_gathers_what_it_absorbed(released: dict[str, Release]) -> None:
    raw = pd.read_csv(
        DATA / "mobility/accidents/data/accidents_2019_2024.csv", sep=";", dtype=str, keep_default_na=False
    )
    rows = raw[(raw.annee == "2019") & raw.commune.isin(["20012", "20013"])]
    found = series(released, "mobility/accidents", "commune", "2019")
    assert found.value["20012"] == len(rows)
    assert "20013" not in found.index


def test_a_split_commune_is_estimated_and_its_total_kept(released: dict[str, Release]) -> None:
    before = series(released, "population/inhabitants", "commune", "2020", vintage=2021)
    after = series(released, "population/inhabitants", "commune", "2020")
    parts = after.loc[["20008", "20018"]]
    assert set(parts.status) == {"E"}
    assert parts.value.sum() == before.value["20008"]
    assert before.status["20008"] == "A"


def test_a_commune_that_changed_department_keeps_its_inhabitants(released: dict[str, Release]) -> None:
    before = series(released, "population/inhabitants", "commune", "2022", vintage=2021)
    after = series(released, "population/inhabitants", "commune", "2022")
    assert after.value["98508"] == before.value["20017"]


def test_missing_provisional_and_break(released: dict[str, Release]) -> None:
    quiet = series(released, "population/inhabitants", "commune", "2019")
    assert (quiet.status["20016"], math.isnan(quiet.value["20016"])) == ("O", True)
    assert math.isnan(series(released, "population/inhabitants", "epci", "2019").value["990000029"])
    assert set(series(released, "population/inhabitants", "epci", "2024").status) == {"P"}
    assert set(series(released, "mobility/hospitalised", "epci", "2022").status) == {"B"}


def test_vacancy_is_a_ratio_of_sums_and_weak_where_few(released: dict[str, Release]) -> None:
    raw = pd.read_csv(DATA / "census/housing_iris/data/recensement_2021.csv", sep=";", decimal=",", encoding="latin-1",
                      dtype={"IRIS": str, "COM": str})  # fmt: skip
    found = series(released, "housing/vacancy_rate", "iris", "2021", vintage=2021)
    for row in raw.itertuples():
        assert found.value[row.IRIS] == pytest.approx(100 * row.P21_LOGVAC / row.P21_LOG)
        assert found.reliability[row.IRIS] == ("weak" if math.floor(row.P21_LOGVAC) < 11 else "good")
    town = raw[raw.COM == "20001"]
    by_commune = series(released, "housing/vacancy_rate", "commune", "2021")
    assert by_commune.value["20001"] == pytest.approx(100 * town.P21_LOGVAC.sum() / town.P21_LOG.sum())


def test_prices_are_quantiles_and_means_of_sales(released: dict[str, Release]) -> None:
    raw = pd.read_csv(DATA / "market/sales/data/mutations.csv", sep=";", decimal=",", dtype={"commune": str})
    raw["price"] = raw.prix / raw.surface
    rows = raw[raw.date.str.endswith("2024") & (raw.commune == "20001")]
    median = series(released, "market/median_price_m2", "commune", "2024").value["20001"]
    mean = series(released, "market/mean_price_m2", "commune", "2024").value["20001"]
    assert median == pytest.approx(rows.price.median(), abs=1e-5)
    assert mean == pytest.approx((rows.price * rows.surface).sum() / rows.surface.sum(), abs=1e-4)


def test_published_figures_are_given_and_hidden_as_their_producer_did(released: dict[str, Release]) -> None:
    found = series(released, "income/median_living_standard", "commune", "2021")
    assert found.confidentiality["98506"] == "C"
    assert math.isnan(found.value["98506"])
    assert series(released, "income/median_living_standard", "epci", "2021").value["990000011"] == 20980


def test_what_is_for_the_partner_is_for_nobody_else(released: dict[str, Release]) -> None:
    with pytest.raises(BeffroiError):
        released["public"].series("economy/jobs")
    assert "economy/jobs" not in released["public"].catalogue["indicators"]
    assert not series(released, "economy/jobs", "epci", "2023").empty


def test_too_few_or_too_dominant_is_confidential(released: dict[str, Release]) -> None:
    raw = pd.read_csv(DATA / "economy/establishments/data/etablissements_2023.csv", dtype={"commune": str})
    found = series(released, "economy/turnover", "commune", "2023")
    for commune, rows in raw.groupby("commune"):
        biggest = rows.groupby("entreprise").chiffre_affaires.sum().max() / rows.chiffre_affaires.sum()
        hidden = len(rows) < 3 or biggest > 0.85
        assert found.confidentiality[commune] in (("C",) if hidden else ("C", "F")), commune
        assert math.isnan(found.value[commune]) == (found.confidentiality[commune] != "F")
    assert found.confidentiality["20006"] == "C", "one company makes nearly all of it"
    assert (found.confidentiality == "F").any()


def test_the_unreachable_indicator_is_told_with_its_reason(released: dict[str, Release]) -> None:
    entry = released["public"].catalogue["indicators"]["energy/consumption"]
    assert entry["state"] != "available"
