"""Layers of features: geometry as WKB with its CRS told, x before y."""

import io
import json
import zipfile
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pyogrio
import pytest
import shapely

from tests.collect.invented import Desk, codes, rows_of

POINTS = [shapely.Point(650_000, 7_000_000), shapely.Point(651_000, 7_001_000)]


def write(folder: Path, name: str, driver: str, layer: str | None = None, **options: Any) -> Path:
    """Two features in Lambert-93, with a code, a label and a number."""
    path = folder / name
    table = pa.table(
        {
            "code": ["01004", "2A004"],
            "label": ["Liévin", "Béthune"],
            "n": pa.array([1, None], pa.int64()),
            "geom": [shapely.to_wkb(point) for point in POINTS],
        }
    )
    pyogrio.write_arrow(
        table, path, driver=driver, layer=layer, geometry_name="geom", geometry_type="Point", crs="EPSG:2154", **options
    )
    return path


def zip_folder(folder: Path) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for path in sorted(folder.iterdir()):
            archive.write(path, f"zae/{path.name}")
    return out.getvalue()


def check(desk: Desk, data: bytes, member: str | None = None, **read: Any) -> None:
    relation = desk.relation(data, member, **read)
    assert relation.crs == "EPSG:2154"
    assert list(relation.columns) == ["code", "label", "n", "geometry"]
    assert relation.columns["geometry"] == "BLOB"
    rows = sorted(rows_of(relation), key=lambda row: row["code"])
    assert [(row["code"], row["label"], row["n"]) for row in rows] == [
        ("01004", "Liévin", 1),
        ("2A004", "Béthune", None),
    ]
    assert [shapely.from_wkb(row["geometry"]) for row in rows] == POINTS


def test_a_shapefile_in_an_archive(desk: Desk, tmp_path: Path) -> None:
    (tmp_path / "shp").mkdir()
    write(tmp_path / "shp", "zae.shp", "ESRI Shapefile", encoding="UTF-8")
    for member in (None, "zae/zae.shp", "*.shp"):
        check(desk, zip_folder(tmp_path / "shp"), member, format="shapefile")


def test_a_shapefile_that_does_not_say_its_encoding(desk: Desk, tmp_path: Path) -> None:
    (tmp_path / "shp").mkdir()
    write(tmp_path / "shp", "zae.shp", "ESRI Shapefile", encoding="ISO-8859-1")
    (tmp_path / "shp" / "zae.cpg").unlink()
    check(desk, zip_folder(tmp_path / "shp"), format="shapefile", encoding="latin-1")


def test_a_geopackage_and_its_layers(desk: Desk, tmp_path: Path) -> None:
    path = write(tmp_path, "eco.gpkg", "GPKG", "sites")
    check(desk, path.read_bytes(), format="geopackage")
    write(tmp_path, "eco.gpkg", "GPKG", "poles", append=True)
    check(desk, path.read_bytes(), format="geopackage", layer="sites")
    refused = desk.refusal(path.read_bytes(), format="geopackage")
    assert codes(refused) == ["layer-needed"]
    assert refused.faults[0].available == ("poles", "sites")
    refused = desk.refusal(path.read_bytes(), format="geopackage", layer="site")
    assert codes(refused) == ["layer-not-found"]
    assert refused.faults[0].nearest == "sites"


def test_a_flatgeobuf(desk: Desk, tmp_path: Path) -> None:
    check(desk, write(tmp_path, "zae.fgb", "FlatGeobuf").read_bytes(), format="flatgeobuf")


def feature(code: str, geometry: Any) -> dict[str, Any]:
    return {"type": "Feature", "properties": {"code": code, "day": "2021-01-01", "tags": ["a"]}, "geometry": geometry}


def test_a_geojson_is_in_longitude_and_latitude(desk: Desk) -> None:
    features = [feature("01004", {"type": "Point", "coordinates": [2.83, 50.43]}), feature("62498", None)]
    relation = desk.relation(json.dumps({"type": "FeatureCollection", "features": features}).encode(), format="geojson")
    assert relation.crs == "EPSG:4326"
    first, second = sorted(rows_of(relation), key=lambda row: str(row["code"]))
    assert first["code"] == "01004"
    assert shapely.from_wkb(first["geometry"]) == shapely.Point(2.83, 50.43)
    assert (second["code"], second["geometry"]) == ("62498", None)


def test_a_geojson_is_read_once(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    point = {"type": "Point", "coordinates": [2.83, 50.43]}
    content = json.dumps({"type": "FeatureCollection", "name": "sites", "features": [feature("01004", point)]}).encode()
    refused = desk.refusal(content, format="geojson", layer="site")
    assert codes(refused) == ["layer-not-found"]
    with monkeypatch.context() as patch:
        patch.setattr(pyogrio, "list_layers", lambda _: pytest.fail("to list layers reads the file whole"))
        assert len(rows_of(desk.relation(content, format="geojson"))) == 1


def test_a_geojson_keeps_the_numbers_that_it_calls_id(desk: Desk) -> None:
    """The library would take a whole-number « id » for the identity of features, and leave it out of the columns."""
    point = {"type": "Point", "coordinates": [2.83, 50.43]}
    features = [{"type": "Feature", "properties": {"id": 12, "area": 582.27}, "geometry": point}]
    relation = desk.relation(json.dumps({"type": "FeatureCollection", "features": features}).encode(), format="geojson")
    assert [(row["id"], row["area"]) for row in rows_of(relation)] == [(12, 582.27)]


def test_a_geoparquet(desk: Desk) -> None:
    geo = {
        "version": "1.1.0",
        "primary_column": "geom",
        "columns": {
            "geom": {"encoding": "WKB", "geometry_types": [], "crs": {"id": {"authority": "EPSG", "code": 2154}}}
        },
    }
    table = pa.table({"code": ["01004"], "geom": [shapely.to_wkb(POINTS[0])]})
    out = io.BytesIO()
    pq.write_table(table.replace_schema_metadata({"geo": json.dumps(geo)}), out)
    relation = desk.relation(out.getvalue(), format="parquet")
    assert (relation.crs, relation.columns) == ("EPSG:2154", {"code": "VARCHAR", "geometry": "BLOB"})
    assert shapely.from_wkb(rows_of(relation)[0]["geometry"]) == POINTS[0]


def test_a_parquet_keeps_its_types(desk: Desk) -> None:
    out = io.BytesIO()
    pq.write_table(pa.table({"iris": ["620010000"], "pop": pa.array([None], pa.int32())}), out)
    relation = desk.relation(out.getvalue(), format="parquet", rename={"pop": "population"})
    assert (relation.crs, relation.columns) == (None, {"iris": "VARCHAR", "population": "INTEGER"})
    assert rows_of(relation) == [{"iris": "620010000", "population": None}]


@pytest.mark.parametrize("form", ["geojson", "geopackage", "flatgeobuf", "parquet", "shapefile"])
@pytest.mark.parametrize(
    "data",
    [
        b"code;label\n",
        b'<OGRVRTDataSource><OGRVRTLayer name="x"><SrcDataSource>/etc/passwd</SrcDataSource></OGRVRTLayer>',
        b"<html>404</html>",
    ],
)
def test_what_is_another_form_is_refused(desk: Desk, form: str, data: bytes) -> None:
    assert codes(desk.refusal(data, format=form)) == ["file-unreadable"]


def test_a_document_that_points_elsewhere_is_not_followed(desk: Desk) -> None:
    pipeline = {"type": "gdal_streamed_alg", "command_line": "gdal vector pipeline ! read /etc/passwd"}
    assert codes(desk.refusal(json.dumps(pipeline).encode(), format="geojson")) == ["file-unreadable"]


def test_a_layer_without_bytes(desk: Desk) -> None:
    assert codes(desk.refusal(b"", format="geojson")) == ["file-empty"]
