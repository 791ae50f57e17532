"""What the two workspaces promise: their indicators, their themes, where their data may come from."""

import csv
import json
import re
from pathlib import Path

import pytest

from beffroi.catalog import Catalog
from beffroi.run.orders import closure, indicator_tables
from tests.workspaces.benches import WORKSPACES

PROMISED = {
    "population/municipal_population",
    "population/share_65_and_over",
    "housing/dwellings",
    "housing/vacancy_rate",
    "mobility/accidents",
    "mobility/accidents_pedestrian_or_cyclist",
    "mobility/killed",
}
TEXT = {".yaml", ".sql", ".lock", ".md"}


def from_registries(catalog: Catalog) -> set[str]:
    """Indicators of which every source has a package of a registry among its locations."""
    reachable = set()
    for name in catalog.indicators:
        tables = closure(indicator_tables(name, catalog.indicators), catalog)
        sources = [catalog.sources[table] for table in tables if table in catalog.sources]
        if all(any(location.package for location in source.locations) for source in sources):
            reachable.add(name)
    return reachable


def test_artois_has_the_promised_indicators(artois: Catalog) -> None:
    assert set(artois.indicators) >= PROMISED
    assert artois.indicators["housing/vacancy_rate"].unit == "percent"


def test_artois_computes_enough_on_a_fresh_machine(artois: Catalog) -> None:
    reachable = from_registries(artois)
    assert reachable >= PROMISED
    breakdowns = {"mobility/accidents_pedestrian_or_cyclist_wide", "housing/main_residences_in_flats"}
    assert len(reachable - breakdowns) >= 15
    assert len({artois.indicators[name].theme for name in reachable}) >= 5


def test_artois_is_text_only() -> None:
    files = [path for path in (WORKSPACES / "artois").rglob("*") if path.is_file() and ".beffroi" not in path.parts]
    own = WORKSPACES / "artois/sources/agency"
    assert {path.suffix for path in files if own not in path.parents} <= TEXT
    assert {path.suffix for path in files if own in path.parents} <= TEXT | {".csv"}


def test_three_vacancies_are_three_indicators(artois: Catalog) -> None:
    names = ("housing/vacancy_rate", "housing/lovac_vacancy_rate", "housing/fiscal_vacancy_rate")
    definitions = {artois.indicators[name].definition["fr"] for name in names}
    assert len(definitions) == 3


def test_medians_and_rates_of_producers_are_only_published(artois: Catalog) -> None:
    for name in ("income/median_living_standard", "income/poverty_rate", "property_market/median_price_m2"):
        assert artois.indicators[name].kind == "published"


def test_hospitalised_breaks_in_2018(artois: Catalog) -> None:
    assert [one.period for one in artois.indicators["road_safety/hospitalised"].breaks] == ["2018"]


@pytest.mark.parametrize("workspace", ["artois", "exemple"])
def test_texts_are_in_both_languages(workspace: str, request: pytest.FixtureRequest) -> None:
    catalog: Catalog = request.getfixturevalue(workspace)
    for name, indicator in catalog.indicators.items():
        for text in (indicator.title, indicator.definition, indicator.method, indicator.note):
            assert text is None or set(text) == {"fr", "en"}, name
    for unit in catalog.units.values():
        assert set(unit.symbol) in ({"fr", "en"}, {"fr"}), unit.id


def test_exemple_is_invented_from_end_to_end(exemple: Catalog) -> None:
    assert exemple.workspace.synthetic
    assert all(source.synthetic and source.licence == "synthetic" for source in exemple.sources.values())
    assert "données fictives" in exemple.workspace.title["fr"]
    assert "pays" not in exemple.workspace.levels, "an invented land has nothing to say of France"


def test_exemple_declares_every_kind(exemple: Catalog) -> None:
    assert {indicator.kind for indicator in exemple.indicators.values()} == {
        "count", "sum", "ratio", "weighted_mean", "quantile", "published", "change",
    }  # fmt: skip
    formats = {spec.read.format for source in exemple.sources.values() for spec in source.files.values()}
    assert formats >= {"csv", "xlsx", "geojson"}


def test_exemple_codes_belong_to_nobody() -> None:
    folder = WORKSPACES / "exemple" / "sources" / "official"
    with (folder / "communes/data/communes.csv").open(encoding="utf-8", newline="") as lines:
        codes = {row["code"] for row in csv.DictReader(lines)}
    assert all(re.fullmatch(r"20\d{3}|985\d{2}", code) for code in codes), "20 and 985 are no département today"
    with (folder / "epci/data/epci.csv").open(encoding="utf-8", newline="") as lines:
        assert all(row["code"].startswith("99") for row in csv.DictReader(lines))


def test_exemple_lies_at_sea() -> None:
    """West of Brittany's longitudes and off the Spanish coast: the box holds no land."""
    file: Path = WORKSPACES / "exemple/sources/official/contours/data/contours.geojson"
    rings = [feature["geometry"]["coordinates"][0] for feature in json.loads(file.read_text("utf-8"))["features"]]
    assert len(rings) == 24
    for longitude, latitude in (point for ring in rings for point in ring):
        assert -8.1 < longitude < -7.2
        assert 46.5 < latitude < 47.0


def test_what_is_counted_by_iris_says_why_france_has_no_value(artois: Catalog) -> None:
    """Insee's files by IRIS have no Mayotte, which they owe: the total of the country is missing, and it is said."""
    by_iris = {"insee/rp_iris_population", "insee/rp_iris_housing"}
    counted = [one for one in artois.indicators.values() if getattr(one, "table", None) in by_iris]
    assert counted
    assert not [one.title for one in counted if not all("Mayotte" in said for said in one.note.values())]
