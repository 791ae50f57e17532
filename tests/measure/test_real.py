"""Real accidents and dwellings of the Pas-de-Calais, against pandas alone."""

from functools import cache
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pytest

from beffroi.catalog.groupings import Grouping
from beffroi.geo import Territories, build_territories, crosswalk
from beffroi.lake.series import UNLOCATED
from beffroi.measure import Geography
from tests.measure.worlds import World

pytestmark = pytest.mark.real

EPCI = {"pma": ["246200364", "200072460", "246200299"], "petr": ["200044030", "200069672"]}
LEVELS: list[Any] = ["iris", "commune", "epci", "grouping", "departement", "pays"]

MERGED = {
    "62294": "62295", "62807": "62757", "62226": "62691", "62431": "62471", "62210": "62154",
    "62461": "62447", "62549": "62447", "62743": "62447",
}  # fmt: skip
"""Mergers of the department between 2005 and 2026, from the events of the official list."""
SPLIT = {"62119", "62847"}
"""Verquigneul left Béthune in 2008: what happened in Béthune before is shared between them."""


def read(folder: Path, name: str, **types: type) -> pd.DataFrame:
    return pd.read_csv(
        folder / name, dtype=dict.fromkeys(["code", "epci", "departement", "com", "iris", "code_insee"], str) | types
    )


@cache
def territories(folder: Path) -> Territories:
    listed = read(folder, "territoire/communes_62_cog2021-2026.csv")
    communes = pa.table(
        {
            "vintage": pa.array(listed["cog"], pa.int32()),
            "code": listed["code"].tolist(),
            "name": listed["nom"].tolist(),
            "kind": ["COM"] * len(listed),
            "parent": pa.nulls(len(listed), pa.string()),
            "departement": listed["departement"].tolist(),
            "region": pa.nulls(len(listed), pa.string()),
            "arrondissement": pa.nulls(len(listed), pa.string()),
            "epci": pa.array(listed["epci"].where(listed["epci"].notna(), None), pa.string()),
            "population": pa.array(listed["population_communes_json"].astype("Int64"), pa.int64()),
        }
    )
    epci = read(folder, "territoire/epci_62_cog2021-2026.csv")
    told = pd.read_csv(folder / "territoire/mvtcommunes_62_1943-2025.csv", dtype=str)
    iris = read(folder, "territoire/iris_62_population_logement_2021.csv")
    codes = ["59", "62", "80"]
    departements = {"vintage": [2021] * 3 + [2026] * 3, "code": codes * 2, "name": codes * 2}
    tables = {
        "communes": communes,
        "epci": pa.table(
            {
                "vintage": pa.array(epci["cog"], pa.int32()),
                "code": epci["code"].tolist(),
                "name": epci["nom"].tolist(),
            }
        ),
        "departements": pa.table(departements),
        "events": pa.table(
            {
                "mod": told["MOD"].tolist(),
                "date": pa.array(pd.to_datetime(told["DATE_EFF"]).dt.date, pa.date32()),
                "type_before": told["TYPECOM_AV"].tolist(),
                "code_before": told["COM_AV"].tolist(),
                "type_after": told["TYPECOM_AP"].tolist(),
                "code_after": told["COM_AP"].tolist(),
            }
        ),
        "iris": pa.table(
            {
                "vintage": pa.array([2021] * len(iris), pa.int32()),
                "code": iris["iris"].tolist(),
                "name": iris["iris"].tolist(),
                "commune": iris["com"].tolist(),
                "kind": ["Z"] * len(iris),
            }
        ),
    }
    groupings = {
        name: Grouping.model_validate({"title": name, "members": {"epci": codes}}) for name, codes in EPCI.items()
    }
    groupings["agency"] = Grouping.model_validate({"title": "agency", "members": {"groupings": list(EPCI)}})
    return build_territories(tables, groupings, reference=2026)


@cache
def geography_of(folder: Path, vintage: int) -> Geography:
    known = territories(folder)
    return Geography(
        vintage=vintage,
        crosswalks={year: crosswalk(known, year, vintage).table for year in range(2005, 2022)},
        membership=known.membership(vintage, [level for level in LEVELS if level != "iris"]),
        names=known.territories_table(vintage, LEVELS, "agency"),
        iris=known.iris,
        perimeter=known.perimeter("agency", vintage),
    )


@pytest.fixture(scope="module")
def world(real_data: Path) -> World:
    made = World(2)
    accidents = read(real_data, "accidents/baac_62_accidents_2005-2020.csv", Num_Acc=str)
    users = pd.read_csv(real_data / "accidents/baac_62_usagers_2005-2020.csv", dtype={"Num_Acc": str})
    walking = set(users[users["catu"] == 3]["Num_Acc"])
    accidents["on_foot"] = accidents["Num_Acc"].isin(walking)
    made.add_table(
        "accidents",
        accidents.rename(columns={"Num_Acc": "id"}),
        {"id": "text", "annee": "integer", "code_insee": "text", "on_foot": "boolean"},
        key=["id"],
        territory={"column": "code_insee", "level": "commune", "vintage_column": "annee"},
        period={"column": "annee"},
    )
    made.add_table(
        "iris",
        read(real_data, "territoire/iris_62_population_logement_2021.csv"),
        {"iris": "text", "logements": "integer", "logements_vacants": "integer"},
        key=["iris"],
        territory={"column": "iris", "level": "iris", "vintage": 2021},
        period={"value": "2021"},
    )
    made.add_indicator("accidents", kind="count", table="accidents")
    made.add_indicator("on_foot", kind="count", table="accidents", where={"on_foot": True})
    made.add_indicator("dwellings", kind="sum", table="iris", column="logements")
    made.add_indicator(
        "vacancy", kind="ratio", table="iris", unit="percent", numerator="logements_vacants", denominator="logements"
    )
    return made


def communes_of(folder: Path, vintage: int) -> pd.DataFrame:
    listed = read(folder, "territoire/communes_62_cog2021-2026.csv")
    return listed[listed["cog"] == vintage]


def territory_sums(folder: Path, vintage: int, by_commune: pd.Series) -> dict[tuple[str, str], float]:
    """Values of communes summed by pandas over the EPCI and groupings of the agency."""
    listed = communes_of(folder, vintage)
    listed = listed[listed["epci"].isin(EPCI["pma"] + EPCI["petr"])].assign(
        value=lambda rows: rows["code"].map(by_commune).fillna(0)
    )
    found = {("commune", code): value for code, value in zip(listed["code"], listed["value"], strict=True)}
    found |= {("epci", code): value for code, value in listed.groupby("epci")["value"].sum().items()}
    found |= {("grouping", name): listed[listed["epci"].isin(codes)]["value"].sum() for name, codes in EPCI.items()}
    return found | {("grouping", "agency"): listed["value"].sum()}


@pytest.mark.parametrize("vintage", [2021, 2026])
@pytest.mark.parametrize("name", ["accidents", "on_foot"])
def test_accidents_are_those_of_pandas(world: World, real_data: Path, name: str, vintage: int) -> None:
    found = world.rows(name, geography_of(real_data, vintage))
    rows = world.connection.execute("SELECT * FROM accidents").df()
    rows = rows[rows["on_foot"]] if name == "on_foot" else rows
    after = {old: new for old, new in MERGED.items() if vintage == 2026 or new != "62447"}
    rows = rows.assign(code=rows["code_insee"].replace(after))
    for year in range(2005, 2021):
        here = rows[rows["annee"] == year].groupby("code").size()
        for (level, code), count in territory_sums(real_data, vintage, here).items():
            row = found[level, code, str(year)]
            if year < 2008 and code in SPLIT:
                assert row["status"] == "E"
            else:
                assert (row["value"], row["status"]) == (count, "A"), (level, code, year)
        both = sum(found["commune", code, str(year)]["value"] for code in SPLIT)
        assert both == sum(here.get(code, 0) for code in SPLIT)


def test_accidents_of_the_department_and_what_cannot_be_placed(world: World, real_data: Path) -> None:
    measured = world.measure("accidents", geography_of(real_data, 2026))
    found = world.rows("accidents", geography_of(real_data, 2026))
    assert (found["pays", "FR", "2019"]["value"], found["pays", "FR", "2020"]["value"]) == (574, 440)
    (coverage,) = measured.coverage
    assert (coverage.lines, coverage.unlocated, coverage.undated) == (12_609, 4, 0)
    assert {code for code, _, _ in coverage.unknown} == {"62911", "62914", "62916", "62919"}
    nowhere = pc.equal(measured.series["territory"], UNLOCATED)
    assert pc.sum(measured.series.filter(nowhere)["value"]).as_py() == 4


def test_vacant_dwellings_of_lens(world: World, real_data: Path) -> None:
    for vintage in (2021, 2026):
        row = world.rows("vacancy", geography_of(real_data, vintage))["commune", "62498", "2021"]
        assert (int(row["numerator"]), int(row["denominator"]), row["label"]) == (1973, 17681, "Lens")
        assert round(row["value"], 1) == 11.2


@pytest.mark.parametrize("vintage", [2021, 2026])
def test_dwellings_are_those_of_pandas(world: World, real_data: Path, vintage: int) -> None:
    found = world.rows("dwellings", geography_of(real_data, vintage))
    vacancy = world.rows("vacancy", geography_of(real_data, vintage))
    rows = read(real_data, "territoire/iris_62_population_logement_2021.csv")
    after = MERGED if vintage == 2026 else {}
    rows = rows.assign(com=rows["com"].replace(after))
    sums = rows.groupby("com")[["logements", "logements_vacants"]].sum()
    vacant = territory_sums(real_data, vintage, sums["logements_vacants"])
    for (level, code), dwellings in territory_sums(real_data, vintage, sums["logements"]).items():
        assert found[level, code, "2021"]["value"] == dwellings
        assert vacancy[level, code, "2021"]["value"] == pytest.approx(100 * vacant[level, code] / dwellings)
    if vintage == 2026:
        assert found["commune", "62447", "2021"]["label"] == "Hesdin-la-Forêt"
        # The file holds one department, the list some communes of others: there is no total of the country.
        assert found["pays", "FR", "2021"]["status"] == "O"


def test_iris_are_given_at_their_vintage(world: World, real_data: Path) -> None:
    found = world.rows("vacancy", geography_of(real_data, 2021))
    inside = {code for level, code, _ in found if level == "iris"}
    assert len(inside) == 484
    rows = read(real_data, "territoire/iris_62_population_logement_2021.csv").set_index("iris")
    for code in inside:
        expected = 100 * rows.loc[code, "logements_vacants"] / rows.loc[code, "logements"]
        assert found["iris", code, "2021"]["value"] == pytest.approx(expected)
