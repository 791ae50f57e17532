"""The tables of Artois made from the packages themselves, against counts made by other means."""

import ast
from collections import Counter
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd
import pytest

from tests.workspaces.benches import Bench

pytestmark = pytest.mark.network

AGENCY = ("246200364", "200072460", "200044030", "200069672", "246200299")
MERGED = {"62461": "62447", "62549": "62447", "62743": "62447"}


def membership(bench: Bench, vintage: int) -> dict[str, str]:
    rows = bench.query(
        f"SELECT code, epci FROM communes WHERE vintage = {vintage} AND kind = 'COM' AND epci IN {AGENCY}",
        communes="insee/communes",
    )
    return dict(zip(rows.code, rows.epci, strict=True))


@pytest.mark.parametrize(("vintage", "count"), [(2021, 322), (2024, 322), (2025, 319), (2026, 319)])
def test_communes_of_the_agency(bench: Bench, vintage: int, count: int) -> None:
    members = membership(bench, vintage)
    assert len(members) == count
    assert members["80810"] == "200069672", "Vitz-sur-Authie is in the Somme and in the CC du Ternois"
    assert ("62461" in members) == (vintage < 2025), "Huby-Saint-Leu before and after Hesdin-la-Forêt"


def test_lists_are_of_the_mainland_and_five_overseas_departements(bench: Bench) -> None:
    found = bench.query(
        """SELECT vintage, count(*) AS n, count(DISTINCT departement) AS d
           FROM communes WHERE kind = 'COM' GROUP BY 1 ORDER BY 1""",
        communes="insee/communes",
    )
    assert found.d.tolist() == [101] * 6
    assert found.n.tolist() == [34965, 34955, 34945, 34935, 34875, 34875]


def test_the_year_of_each_population(bench: Bench) -> None:
    """Pas-de-Calais, 2021: 1,461,441 (INSEE). The census of 2021 by IRIS is the same population, by commune."""
    department = bench.query(
        """SELECT year, sum(municipal_population) AS total
           FROM populations WHERE commune LIKE '62%' GROUP BY 1 ORDER BY 1""",
        populations="insee/municipal_populations",
    )
    assert dict(zip(department.year, department.total, strict=True)) == {
        2018: 1466743, 2019: 1465278, 2020: 1462167, 2021: 1461441, 2022: 1460184, 2023: 1457905,
    }  # fmt: skip
    equal = bench.query(
        """SELECT year, count(*) FILTER (WHERE census = municipal_population) AS same, count(*) AS n
           FROM (SELECT commune, sum(population) AS census FROM iris GROUP BY 1) JOIN populations USING (commune)
           GROUP BY 1""",
        iris="insee/rp_iris_population",
        populations="insee/municipal_populations",
    ).set_index("year")
    shares = equal.same / equal.n
    assert shares[2021] > 0.98
    assert shares.drop(2021).max() < 0.1


def test_communes_add_up_to_their_epci(bench: Bench) -> None:
    gaps = bench.query(
        """SELECT epci, year FROM
             (SELECT epci, year, sum(municipal_population) AS total FROM populations GROUP BY ALL)
             JOIN epci USING (epci, year)
           WHERE total <> municipal_population""",
        populations="insee/municipal_populations",
        epci="dgcl/epci_populations",
    )
    assert gaps.empty


@pytest.mark.real
def test_populations_of_the_department(bench: Bench, real_data: Path) -> None:
    """5,364 populations untangled from the same files by other hands."""
    known = pd.read_csv(real_data / "territoire/population_municipale_62_2018-2023.csv", dtype={"code": str})
    ours = bench.query(
        "SELECT commune, year, municipal_population FROM populations", populations="insee/municipal_populations"
    )
    both = known.merge(ours, left_on=["code", "annee_population"], right_on=["commune", "year"], how="left")
    assert len(both) == 5364
    assert (both.population_municipale == both.municipal_population).all()


@pytest.mark.real
def test_census_of_the_department(bench: Bench, real_data: Path) -> None:
    known = pd.read_csv(real_data / "territoire/iris_62_population_logement_2021.csv", dtype={"iris": str, "com": str})
    housing = bench.query("SELECT * FROM housing", housing="insee/rp_iris_housing")
    population = bench.query("SELECT * FROM population", population="insee/rp_iris_population")
    both = known.merge(housing, on="iris").merge(population, on="iris", suffixes=("", "_population"))
    assert len(both) == 1166
    for theirs, ours in {
        "pop": "population", "pop_65p": "population_65_and_over", "logements": "dwellings",
        "logements_vacants": "vacant_dwellings", "res_principales": "main_residences",
        "res_secondaires": "second_homes", "maisons": "houses",
    }.items():  # fmt: skip
        assert (both[theirs] == both[ours]).all(), theirs
    lens = both[both.com == "62498"]
    assert (lens.vacant_dwellings.sum(), lens.dwellings.sum()) == (1973, 17681)
    department = both[both.com.str.startswith("62")]
    assert (len(department), (department.vacant_dwellings < 11).sum()) == (1165, 359)


def test_iris_are_those_of_2023(bench: Bench) -> None:
    """Every code of the census is a commune or an arrondissement of 2023, and none but Paris, Lyon, Marseille lacks."""
    unknown = bench.query(
        """SELECT c.vintage, count(DISTINCT i.commune) AS n
           FROM (SELECT DISTINCT vintage FROM communes) v CROSS JOIN iris i
           LEFT JOIN communes c0 ON c0.vintage = v.vintage AND c0.code = i.commune AND c0.kind IN ('COM', 'ARM')
           JOIN (SELECT DISTINCT vintage FROM communes) c ON c.vintage = v.vintage
           WHERE c0.code IS NULL GROUP BY 1""",
        communes="insee/communes",
        iris="insee/rp_iris_population",
    ).set_index("vintage")
    assert 2023 not in unknown.index
    assert unknown.n[2024] == 13
    absent = bench.query(
        """SELECT code FROM communes WHERE vintage = 2023 AND kind = 'COM' AND departement <> '976'
           AND code NOT IN (SELECT commune FROM iris) ORDER BY 1""",
        communes="insee/communes",
        iris="insee/rp_iris_population",
    )
    assert absent.code.tolist() == ["13055", "69123", "75056"]


def test_hesdin_la_foret_has_the_ground_of_its_four_communes(bench: Bench) -> None:
    found = bench.query("SELECT code, area_km2, is_repaired FROM contours", contours="ign/commune_contours")
    areas = found.set_index("code").area_km2.astype(float)
    assert found[found.is_repaired].code.tolist() == ["62447"]
    assert 21 < areas["62447"] < 22
    assert areas[areas.index.str.startswith("62")].sum() == pytest.approx(6671, rel=0.01), (
        "IGN's area of the Pas-de-Calais"
    )


def test_every_record_of_every_year_is_read(bench: Bench) -> None:
    """Each person written is read once: compared with the number of 'grav' in the raw text, year by year."""
    written = duckdb.sql(
        f"""SELECT CASE WHEN length(an) = 4 THEN an::INTEGER ELSE 2000 + an::INTEGER END AS year,
              sum(len(string_split(usagers, '''grav''')) - 1)::BIGINT AS persons
            FROM {bench.raw("onisr/accidents", "collisions")}
            WHERE NOT (length(an) = 4 AND dep IN ('975', '977', '978', '986', '987', '988')) GROUP BY 1 ORDER BY 1"""
    ).df()
    read = bench.query(
        """SELECT year, sum(persons)::BIGINT AS persons,
             sum(killed + hospitalised + slightly_injured + unhurt)::BIGINT AS told,
             sum(persons_unread)::BIGINT AS unread, sum(vehicles_unread)::BIGINT AS unread_vehicles
           FROM accidents GROUP BY 1 ORDER BY 1""",
        accidents="onisr/accidents",
    )
    assert read.year.tolist() == list(range(2005, 2021))
    assert read.persons.tolist() == written.persons.tolist() == read.told.tolist()
    assert (read.unread.sum(), read.unread_vehicles.sum()) == (0, 0)


def test_few_accidents_are_not_located(bench: Bench) -> None:
    found = bench.query(
        """SELECT count(*) AS n, count(commune) AS located, count(*) FILTER (WHERE departement = '62') AS here,
             count(*) FILTER (WHERE departement = '62' AND commune IS NULL) AS lost FROM accidents""",
        accidents="onisr/accidents",
    ).iloc[0]
    assert (found.n, found.n - found.located, found.here, found.lost) == (1063999, 595, 12609, 4)


def test_the_department_read_by_python_itself(bench: Bench) -> None:
    """The lists are Python: for the Pas-de-Calais they are evaluated, and everything is counted again."""
    raw = duckdb.sql(
        f"""SELECT "Num_Acc" AS accident, usagers, vehicules FROM {bench.raw("onisr/accidents", "collisions")}
            WHERE dep IN ('620', '62')"""
    ).fetchall()
    counted = {}
    for accident, users, vehicles in raw:
        people = ast.literal_eval(users.replace(": nan", ": None"))
        machines = ast.literal_eval(vehicles.replace(": nan", ": None"))
        bicycles = {machine["num_veh"] for machine in machines if machine["catv"] in (1, 80)}
        on_foot = any(person["catu"] == 3 for person in people)
        killed = [person for person in people if person["grav"] == 2]
        counted[accident] = (
            len(people), len(killed), sum(person["grav"] == 3 for person in people),
            sum(person["catu"] == 3 for person in killed),
            sum(person["catu"] != 3 and person["num_veh"] in bicycles for person in killed),
            on_foot or bool(bicycles),
            on_foot or bool(bicycles) or any(person["catu"] == 4 for person in people)
            or any(machine["catv"] in (50, 60) for machine in machines),
        )  # fmt: skip
    ours = bench.query(
        """SELECT accident, persons, killed, hospitalised, killed_pedestrians, killed_cyclists,
             with_pedestrian_or_cyclist, with_pedestrian_or_cyclist_wide FROM accidents WHERE departement = '62'""",
        accidents="onisr/accidents",
    )
    assert len(counted) == 12609
    assert sum(values[0] for values in counted.values()) == 29190
    assert {row[0]: tuple(row[1:]) for row in ours.itertuples(index=False)} == counted


@pytest.mark.real
@pytest.mark.parametrize("vintage", [2021, 2026])
def test_accidents_by_commune_and_epci(bench: Bench, real_data: Path, vintage: int) -> None:
    """Against pandas over the department's own extract; Vitz-sur-Authie, in the Somme, is not in that extract."""
    known = pd.read_csv(
        real_data / "accidents/baac_62_accidents_2005-2020.csv", dtype={"Num_Acc": str, "code_insee": str}
    )
    users = pd.read_csv(real_data / "accidents/baac_62_usagers_2005-2020.csv", dtype={"Num_Acc": str})
    known["killed"] = known.Num_Acc.map(users[users.grav == 2].groupby("Num_Acc").size()).fillna(0).astype(int)
    ours = bench.query(
        "SELECT commune, year, killed FROM accidents WHERE commune <> '80810'", accidents="onisr/accidents"
    )
    members = membership(bench, vintage)
    for frame, code in ((known, "code_insee"), (ours, "commune")):
        place = frame[code].replace(MERGED) if vintage >= 2025 else frame[code]
        frame["place"], frame["epci"] = place, place.map(members)
    for by in ("place", "epci"):
        theirs = known[known.epci.notna()].groupby([by, "annee"]).killed.agg(["size", "sum"])
        found = ours[ours.epci.notna()].groupby([by, "year"]).killed.agg(["size", "sum"])
        assert (theirs.to_numpy() == found.to_numpy()).all(), by
        assert theirs.index.tolist() == found.index.tolist()
    by_year = known[known.place == "62119"].groupby("annee").size()
    assert by_year[[2005, 2006, 2007]].tolist() == [25, 27, 20], "Béthune, Verquigneul still associated"
    hesdin = known[known.place == "62447"]
    assert len(hesdin) == (42 if vintage == 2026 else 13)


def test_every_victim_of_the_department_read_by_python_itself(bench: Bench) -> None:
    """Who was hurt on foot, on a bicycle or on a device, one by one: the Python lists are evaluated."""
    raw = duckdb.sql(
        f"""SELECT "Num_Acc" AS accident, usagers, vehicules FROM {bench.raw("onisr/accidents", "collisions")}
            WHERE dep IN ('620', '62')"""
    ).fetchall()
    ridden = {1: "cyclist", 80: "cyclist", 50: "motor_device", 60: "device"}
    severities = {2: "killed", 3: "hospitalised", 4: "slightly_injured"}
    counted = Counter[tuple[object, ...]]()
    for accident, users, vehicles in raw:
        machines = {one["num_veh"]: ridden.get(one["catv"]) for one in _python_list(vehicles)}
        for person in _python_list(users):
            mode = {3: "pedestrian", 4: "skater"}.get(person["catu"]) or machines[person["num_veh"]]
            if mode is not None and person["grav"] in severities:
                sex = {1: "man", 2: "woman"}[person["sexe"]]
                age = None if person["an_nais"] is None else int(accident[:4]) - int(person["an_nais"])
                counted[accident, mode, severities[person["grav"]], sex, age] += 1
    ours = bench.query(
        "SELECT accident, mode, severity, sex, age FROM hurt WHERE departement = '62'",
        hurt="road_safety/hurt_on_foot_or_cycle",
    )
    ages = [None if pd.isna(age) else int(age) for age in ours.age]
    assert Counter(zip(ours.accident, ours["mode"], ours.severity, ours.sex, ages, strict=True)) == counted


def _python_list(text: str) -> list[dict[str, Any]]:
    read: list[dict[str, Any]] = ast.literal_eval(text.replace(": nan", ": None"))
    return read


@pytest.mark.real
def test_pedestrians_hurt_in_the_department(bench: Bench, real_data: Path) -> None:
    """Against pandas over the department's own extract of users, whose vehicles are not told: pedestrians only."""
    users = pd.read_csv(real_data / "accidents/baac_62_usagers_2005-2020.csv", dtype={"Num_Acc": str})
    places = pd.read_csv(
        real_data / "accidents/baac_62_accidents_2005-2020.csv", dtype={"Num_Acc": str, "code_insee": str}
    )
    hurt = users[(users.catu == 3) & users.grav.isin([2, 3, 4])].merge(places, on="Num_Acc")
    hurt["severity"] = hurt.grav.map({2: "killed", 3: "hospitalised", 4: "slightly_injured"})
    hurt["sex"] = hurt.sexe.map({1: "man", 2: "woman"})
    hurt["decade"] = (hurt.annee - hurt.an_nais) // 10
    hurt["band"] = hurt.hrmn.astype(str).str.replace(":", "").astype(int) // 300
    hurt["period"] = 2007 + 5 * ((hurt.annee - 2005) // 5)
    ours = bench.query(
        """SELECT *, year AS annee, age // 10 AS decade, hour // 3 AS band, month AS mois, light AS lum
           FROM hurt WHERE mode = 'pedestrian' AND departement = '62'""",
        hurt="road_safety/hurt_on_foot_or_cycle",
    )
    assert len(ours) == len(hurt)
    for by in ("severity", "sex", "decade", "band", "mois", "lum"):
        assert hurt.groupby(["annee", by]).size().to_dict() == ours.groupby(["annee", by]).size().to_dict(), by
    means = bench.query(
        """SELECT commune, middle_year, sum(persons_a_year) AS mean FROM hurt
           WHERE mode = 'pedestrian' AND commune LIKE '62%' GROUP BY ALL""",
        hurt="road_safety/hurt_by_five_years",
    )
    members = membership(bench, 2021)
    theirs = hurt[(hurt.annee < 2020) & hurt.code_insee.isin(members)].groupby(["code_insee", "period"]).size()
    kept = means[means.commune.isin(members)].set_index(["commune", "middle_year"])["mean"].astype(float) * 5
    assert theirs.to_dict() == kept.round(6).to_dict()
