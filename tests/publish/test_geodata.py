"""Files of layers: whole, in both systems, with their words, the same bytes twice, and only what was declared."""

import csv
import io
import json
import sqlite3
import zipfile
from pathlib import Path

import geopandas
import pyarrow.parquet as pq
import pytest

from beffroi.access import PUBLIC
from beffroi.errors import BeffroiError, fault
from beffroi.observe import Atlas
from beffroi.observe.layers import LayerView, observe_layer
from beffroi.publish.geodata import GEODATA_TYPES, cut_names, name_geodata, ogr, orders, read_crs, write_geodata
from beffroi.run import build
from tests.run.conftest import Trial
from tests.run.layered import add_layers

SITES, COMMUNES = "housing/sites", "housing/communes"


@pytest.fixture(scope="module")
def atlas(tmp_path_factory: pytest.TempPathFactory) -> Atlas:
    trial = add_layers(Trial(tmp_path_factory.mktemp("files") / "trial"))
    trial.replace("sources/town/sites/sites.csv", "S1,port", "S1,=1+1")
    trial.replace("layers/housing/sites.yaml", "area: }", "area: {title: Genre}}")
    trial.replace("layers/housing/communes.yaml", "style:", "download: refused\nstyle:")
    report = build(trial.workplace)
    assert not report.own_faults, [fault.render("en") for fault in report.own_faults]
    return Atlas(trial.workplace.lake.release(PUBLIC))


@pytest.fixture(scope="module")
def sites(atlas: Atlas) -> LayerView:
    return observe_layer(atlas, SITES, "fr")


def written(atlas: Atlas, view: LayerView, extension: str, folder: Path, crs: str = "EPSG:4326") -> Path:
    file = folder / name_geodata(view, extension, crs)
    write_geodata(atlas, view, extension, crs, "fr", file)
    return file


def code_of(ask) -> str:
    with pytest.raises(BeffroiError) as caught:
        ask()
    return caught.value.faults[0].code


@pytest.mark.parametrize("crs", ["EPSG:4326", "EPSG:2154"])
@pytest.mark.parametrize("extension", ["gpkg", "fgb", "geojson", "parquet", "shp.zip"])
def test_a_file_has_every_feature_and_no_attribute_that_was_not_declared(atlas, sites, tmp_path, extension, crs):
    file = written(atlas, sites, extension, tmp_path, crs)
    read = geopandas.read_parquet(file) if extension == "parquet" else geopandas.read_file(file)
    assert read.crs.to_epsg() == int(crs.rpartition(":")[2])
    assert len(read) == sites.count == 3
    assert sorted(read["area"]) == [10.5, 20.5, 30.5]
    assert "owner" not in read.columns
    assert b"canary" not in file.read_bytes()
    degrees = read.to_crs("EPSG:4326")
    assert degrees.total_bounds == pytest.approx([-8.5, 46.5, -7.5, 47.5], abs=1e-6)


@pytest.mark.parametrize("extension", [*GEODATA_TYPES])
def test_a_file_is_the_same_twice_and_says_that_its_data_are_made_up(atlas, sites, tmp_path, extension):
    (tmp_path / "again").mkdir()
    file, again = (written(atlas, sites, extension, folder) for folder in (tmp_path, tmp_path / "again"))
    assert "donnees-fictives" in file.name
    assert file.read_bytes() == again.read_bytes()
    held = file.read_bytes()
    if extension == "shp.zip":
        held = zipfile.ZipFile(file).read("LISEZMOI.txt")
    if extension != "csv":
        assert "inventées" in held.decode("utf-8", "ignore") or "invent\\u00e9es" in held.decode("utf-8", "ignore")


def test_a_geopackage_has_titles_and_whom_it_comes_from_even_where_two_attributes_have_one_title(
    atlas, sites, tmp_path
):
    file = written(atlas, sites, "gpkg", tmp_path)
    with sqlite3.connect(file) as connection:
        titles = dict(connection.execute("SELECT column_name, title FROM gpkg_data_columns"))
        assert titles == {"fid": "Identifiant", "kind": "Genre", "area": "Genre"}
        (metadata,) = connection.execute("SELECT metadata FROM gpkg_metadata").fetchone()
        assert "Essai, Sites" in metadata
        assert connection.execute("SELECT table_name FROM gpkg_contents").fetchall() == [("housing_sites",)]


def test_a_spreadsheet_computes_nothing_of_a_csv_and_points_have_two_columns(atlas, sites, tmp_path):
    rows = list(csv.reader(io.StringIO(written(atlas, sites, "csv", tmp_path).read_text())))
    assert rows[0] == ["fid", "kind", "area", "longitude", "latitude"]
    assert ["S1", "'=1+1", "10.5", "-8.5000000", "46.5000000"] in rows
    projected = written(atlas, sites, "csv", tmp_path, "EPSG:2154").read_text().splitlines()
    assert projected[0].endswith(",x,y")
    said = json.loads(written(atlas, sites, "csv-metadata.json", tmp_path).read_text())
    assert [each["name"] for each in said["tableSchema"]["columns"]] == rows[0]
    assert said["dc:source"][0].startswith("Essai, Sites")


def test_a_geoparquet_says_its_extent_and_the_words_of_its_columns(atlas, sites, tmp_path):
    schema = pq.read_schema(written(atlas, sites, "parquet", tmp_path))
    geo = json.loads(pq.read_metadata(next(tmp_path.glob("*.parquet"))).metadata[b"geo"])
    column = geo["columns"]["geometry"]
    assert (geo["version"], column["geometry_types"]) == ("1.1.0", ["Point"])
    assert column["bbox"] == [-8.5, 46.5, -7.5, 47.5]
    assert schema.field("kind").metadata[b"title"] == b"Genre"
    assert schema.metadata[b"beffroi.notice"]


def test_names_cut_for_a_shapefile_are_told_apart_and_told(atlas, sites, tmp_path):
    cut = cut_names(["fid", "median_living_standard", "median_living_status", "Été", "ETE"])
    assert list(cut.values()) == ["fid", "median_liv", "median_l_1", "Ete", "ETE_1"]
    readme = zipfile.ZipFile(written(atlas, sites, "shp.zip", tmp_path)).read("LISEZMOI.txt").decode("utf-8-sig")
    assert "kind · Genre" in readme


def test_pages_of_features_follow_one_another(atlas, sites, tmp_path, monkeypatch):
    monkeypatch.setattr(orders, "_PAGE", 1)
    monkeypatch.setattr(ogr, "_BATCH", 1)
    assert len(geopandas.read_file(written(atlas, sites, "gpkg", tmp_path))) == 3
    assert len(written(atlas, sites, "csv", tmp_path).read_text().splitlines()) == 4


def test_what_cannot_be_given_says_why(atlas, sites, tmp_path, monkeypatch):
    communes = observe_layer(atlas, COMMUNES, "fr")
    assert code_of(lambda: written(atlas, communes, "gpkg", tmp_path)) == "download-refused"
    assert code_of(lambda: written(atlas, sites, "kml", tmp_path)) == "file-format-unknown"
    assert (read_crs(""), read_crs("2154"), read_crs("epsg:4326")) == ("EPSG:4326", "EPSG:2154", "EPSG:4326")
    assert code_of(lambda: read_crs("27572")) == "crs-not-offered"
    mixed = observe_layer(atlas, SITES, "fr")
    monkeypatch.setitem(mixed.entry, "geometry_types", ["Point", "Polygon"])
    assert code_of(lambda: written(atlas, mixed, "shp.zip", tmp_path)) == "shapefile-mixed"
    monkeypatch.undo()
    assert code_of(lambda: written(atlas, sites, "gpkg", tmp_path / "absent")) == "geodata-not-written"


def test_a_fault_met_while_a_file_is_written_is_the_one_that_is_told(atlas, sites, tmp_path, monkeypatch):
    def fail(*_):
        raise BeffroiError(fault("geodata-busy"))
        yield

    monkeypatch.setattr(ogr, "read_order", fail)
    assert code_of(lambda: written(atlas, sites, "gpkg", tmp_path)) == "geodata-busy"
