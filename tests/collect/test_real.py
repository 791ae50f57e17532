"""Real open data, read as their producers publish them."""

from pathlib import Path
from typing import Any

import pytest

from beffroi.collect import RawRelation, collect_source, raw_relations
from tests.collect.invented import Desk, make_source, rows_of

pytestmark = pytest.mark.real


def read(desk: Desk, path: Path, **read: Any) -> RawRelation:
    source = make_source({"file": {"path": str(path)}}, files={"rows": {"read": read}})
    (desk.folder / "source").mkdir()
    collected = collect_source("real/rows", source, desk.folder / "source", desk.store, offline=True)
    return raw_relations(source, collected.snapshots, desk.scratch)["rows"]


def test_filosofi_with_its_decimal_commas_and_its_secret_values(desk: Desk, real_data: Path) -> None:
    """INSEE, Filosofi 2021: of the department's communes, Lens has a published poverty rate; ``s`` is secret."""
    path = real_data / "revenus" / "cc_filosofi_2021_COM.csv"
    types = {"MED21": "number", "TP6021": "number"}
    relation = read(desk, path, format="csv", delimiter=";", decimal=",", missing=["", "s", "nd"], types=types)
    rows = {row["CODGEO"]: row for row in rows_of(relation)}
    assert len(rows) > 34_000
    assert all(len(code) == 5 for code in rows)
    assert rows["62498"]["TP6021"] > 20
    assert rows["01001"]["TP6021"] is None
    assert isinstance(rows["62498"]["MED21"], float)


def test_private_vacancy_from_windows_with_spaced_thousands(desk: Desk, real_data: Path) -> None:
    """LOVAC 2021: « 5 922 » private dwellings in Ambérieu-en-Bugey, whose code lost its zero."""
    path = real_data / "logement" / "vacance_parc_prive_communes_2021.csv"
    types = {"Nb_log_pp_2022": "integer", "Prop_logvac_pp_2A_010121": "number"}
    relation = read(desk, path, format="csv", delimiter=";", encoding="cp1252", decimal=",", types=types)
    rows = {row["comm_insee"]: row for row in rows_of(relation)}
    assert (rows["1004"]["NOM_COM"], rows["1004"]["Nb_log_pp_2022"]) == ("Ambérieu-en-Bugey", 5922)
    assert rows["1004"]["Prop_logvac_pp_2A_010121"] == 3.1
    assert rows["1032"]["Nb_log_pp_2022"] is None
    assert rows["14452"]["NOM_COM"] == "Morteaux-Coulibœuf"


def test_contours_of_the_department(desk: Desk, real_data: Path) -> None:
    relation = read(desk, real_data / "geo" / "communes-62-pas-de-calais.geojson", format="geojson")
    assert relation.crs == "EPSG:4326"
    assert relation.columns == {"code": "VARCHAR", "nom": "VARCHAR", "geometry": "BLOB"}
    assert len(rows_of(relation)) > 850


def test_a_partners_geopackage(desk: Desk, real_data: Path) -> None:
    path = real_data / "foncier_friches_zae" / "cnig_sites_economiques.gpkg"
    relation = read(desk, path, format="geopackage", layer="site_eco")
    assert relation.crs == "EPSG:2154"
    assert relation.columns["geometry"] == "BLOB"
