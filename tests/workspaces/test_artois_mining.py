"""The listed mining basin by commune, against GeoPandas in an equal-area projection, and what its producer prints.

The files are the producer's, converted to GeoJSON and deposited; the contours come from their package.
"""

import shutil
from pathlib import Path

import geopandas as gpd
import pandas as pd
import pytest
from shapely.geometry.base import BaseGeometry

from beffroi.catalog import Catalog
from beffroi.lake.connections import EngineLimits, connect
from tests.workspaces.benches import Bench, named
from tests.workspaces.test_artois_tables import membership

EQUAL_AREA = "EPSG:3035"
LAYERS = ("bien-inscrit", "zone-tampon", "batis", "cites-minieres", "terrils", "cavaliers", "espace-neonaturel")
KINDS = {"building": "batis", "estate": "cites-minieres", "heap": "terrils", "railway": "cavaliers",
         "water": "espace-neonaturel"}  # fmt: skip


@pytest.fixture(scope="module")
def deposited(bench: Bench, real_data: Path) -> Bench:
    folder = bench.folder / "deposits" / "bassin_minier_patrimoine_mondial"
    folder.mkdir(parents=True, exist_ok=True)
    given = real_data / "patrimoine_minier"
    for layer in LAYERS:
        shutil.copy(given / f"{layer}.geojson", folder)
    for name in ("puits-de-mines", "zt-terrils"):
        shutil.copy(given / f"{name}.geojson", folder.parent)
    shutil.copy(real_data / "territoire/grille_densite_62_2025.csv", folder.parent / "grille_densite_2025.csv")
    return bench


def layer(real_data: Path, name: str) -> gpd.GeoDataFrame:
    frame = gpd.read_file(real_data / "patrimoine_minier" / f"{name}.geojson").to_crs(EQUAL_AREA)
    return frame[frame.id_unesco.notna()] if name == "cites-minieres" else frame


@pytest.fixture(scope="module")
def contours(deposited: Bench) -> gpd.GeoDataFrame:
    found = gpd.read_parquet(deposited.table("ign/commune_contours"))[["code", "geometry"]]
    found = found.set_crs("EPSG:4326", allow_override=True)
    region = deposited.query(
        "SELECT code FROM communes WHERE vintage = 2026 AND kind = 'COM' AND region = '32'", communes="insee/communes"
    )
    inside: gpd.GeoDataFrame = found[found.code.isin(region.code)].to_crs(EQUAL_AREA).reset_index(drop=True)
    return inside


def hectares(contours: gpd.GeoDataFrame, shape: BaseGeometry) -> pd.Series:
    areas: pd.Series = contours.set_index("code").geometry.intersection(shape).area / 10_000
    return areas


@pytest.mark.real
@pytest.mark.network
def test_areas_by_commune(deposited: Bench, contours: gpd.GeoDataFrame, real_data: Path) -> None:
    """United, then cut by each commune and measured where areas are true; edges differ by their curvature alone."""
    ours = deposited.query("SELECT * FROM mining", mining="heritage/mining_by_commune").set_index("commune")
    assert set(ours.index) == set(contours.code)
    shapes = {name: layer(real_data, name).geometry.union_all() for name in LAYERS}
    expected = {
        "listed_ha": shapes["bien-inscrit"],
        "buffer_ha": shapes["zone-tampon"].difference(shapes["bien-inscrit"]),
        "estates_ha": shapes["cites-minieres"],
        "heaps_ha": shapes["terrils"],
        "waters_ha": shapes["espace-neonaturel"],
    }
    for column, shape in expected.items():
        theirs = hectares(contours, shape)
        gaps = (ours[column].astype(float) - theirs.reindex(ours.index)).abs()
        assert gaps.max() < 0.5, (column, gaps.idxmax())
        assert ours[column].astype(float).sum() == pytest.approx(theirs.sum(), rel=1e-3), column
    assert (ours[["listed_ha", "buffer_ha"]].astype(float).sum(axis=1) <= ours.area_ha.astype(float) + 1e-6).all()


@pytest.mark.real
@pytest.mark.network
def test_the_property_is_as_large_as_its_producer_says(deposited: Bench, real_data: Path) -> None:
    """Hectares written in the file, in Lambert-93: nothing is lost between communes, nor counted in degrees."""
    ours = deposited.query("SELECT sum(listed_ha) AS ha, sum(railways_km) AS km FROM mining",
                           mining="heritage/mining_by_commune").iloc[0]  # fmt: skip
    assert float(ours.ha) == pytest.approx(layer(real_data, "bien-inscrit").surface_ha.sum(), rel=0.005)
    assert float(ours.km) == pytest.approx(layer(real_data, "cavaliers").longueur_m.sum() / 1000, abs=1e-3)


@pytest.mark.real
@pytest.mark.network
def test_each_of_the_353_objects_is_in_the_commune_that_has_most_of_it(
    deposited: Bench, contours: gpd.GeoDataFrame, real_data: Path
) -> None:
    ours = deposited.query("SELECT * FROM objects", objects="heritage/mining_objects")
    assert ours.kind.value_counts().to_dict() == {
        "building": 159, "estate": 124, "heap": 51, "railway": 14, "water": 5,
    }  # fmt: skip
    for kind, name in KINDS.items():
        pieces = gpd.overlay(layer(real_data, name)[["id_unesco", "geometry"]], contours, how="intersection")
        pieces["extent"] = pieces.area
        known = pieces.sort_values("extent").groupby("id_unesco").code.last()
        found = ours[ours.kind == kind].set_index("object").commune
        assert found.to_dict() == known.to_dict(), kind
    members = membership(deposited, 2026)
    heaps = ours[(ours.kind == "heap") & ours.commune.isin(members)].commune.map(members).value_counts()
    assert heaps.to_dict() == {"246200364": 11, "246200299": 10, "200072460": 8}


@pytest.mark.real
@pytest.mark.network
def test_shafts_and_other_heaps(deposited: Bench, contours: gpd.GeoDataFrame, real_data: Path) -> None:
    ours = deposited.query("SELECT commune, count(*) AS n FROM shafts GROUP BY 1", shafts="heritage/mine_shafts")
    joined = gpd.sjoin(layer(real_data, "puits-de-mines"), contours, predicate="intersects")
    theirs = joined.sort_values("code").groupby(level=0).code.first().value_counts()
    assert ours.set_index("commune").n.to_dict() == theirs.to_dict()
    assert ours.n.sum() == 636
    heaps = deposited.query("SELECT count(*) AS n, count(commune) AS placed FROM heaps", heaps="heritage/buffer_heaps")
    assert heaps.iloc[0].tolist() == [111, 111]


@pytest.mark.real
@pytest.mark.network
def test_density_classes_of_the_agency(deposited: Bench, real_data: Path) -> None:
    known = pd.read_csv(real_data / "territoire/grille_densite_62_2025.csv", dtype={"Code  Commune": str})
    known = known.rename(columns={"Code  Commune": "code", "Degré de densité (7 postes)": "class"})
    ours = deposited.query("SELECT commune, density_class FROM grid", grid="insee/density_grid")
    assert dict(zip(ours.commune, ours.density_class, strict=True)) == known.set_index("code")["class"].to_dict()
    assert len(ours[ours.commune.isin(membership(deposited, 2026))]) == 319


def test_what_is_not_listed_is_left_out(artois: Catalog) -> None:
    """A conversion mixes in estates renovated since: without a number in the listing, they are not objects of it."""
    select = named(artois, "mission_bassin_minier/world_heritage").sql
    assert "id_unesco is not null" in select
    for name in ("world_heritage", "mine_shafts", "buffer_heaps"):
        kinds = [one.kind for one in artois.sources[f"mission_bassin_minier/{name}"].locations]
        assert kinds[0] != "deposit", "the producer first"
        assert kinds[-1] == "deposit"


SQUARES = """
  CREATE TABLE "insee/communes" AS
    SELECT * FROM (VALUES ('62001', 2026, 'COM', '32'), ('62002', 2026, 'COM', '32')) AS t(code, vintage, kind, region);
  CREATE TABLE "ign/commune_contours" AS
    SELECT code, 7.9 AS area_km2, ST_GeomFromText(shape) AS geometry FROM (VALUES
      ('62001', 'POLYGON ((2 50, 2.02 50, 2.02 50.02, 2 50.02, 2 50))'),
      ('62002', 'POLYGON ((2.02 50, 2.04 50, 2.04 50.02, 2.02 50.02, 2.02 50))')) AS t(code, shape);
  CREATE TABLE "mission_bassin_minier/world_heritage" AS
    SELECT kind, object, '' AS name, '' AS shape, CAST(metres AS DECIMAL(18, 6)) AS length_m,
      ST_GeomFromText(shape) AS geometry
    FROM (VALUES
      ('heap', '1', NULL, 'POLYGON ((2.015 50, 2.03 50, 2.03 50.01, 2.015 50.01, 2.015 50))'),
      ('heap', '2', NULL, 'POLYGON ((2.015 50, 2.03 50, 2.03 50.01, 2.015 50.01, 2.015 50))'),
      ('property', '1', NULL, 'POLYGON ((2.015 50, 2.03 50, 2.03 50.01, 2.015 50.01, 2.015 50))'),
      ('buffer', '1', NULL, 'POLYGON ((2.01 50, 2.03 50, 2.03 50.01, 2.01 50.01, 2.01 50))'),
      ('railway', '3', 900, 'POLYGON ((2.01 50, 2.025 50, 2.025 50.0001, 2.01 50.0001, 2.01 50))')
    ) AS t(kind, object, metres, shape);
"""
"""Two square communes side by side, and a heap drawn twice, a third of it in the first and two thirds in the second."""


def on_squares(artois: Catalog, table: str) -> pd.DataFrame:
    with connect(EngineLimits(threads=1), spatial=True) as connection:
        connection.execute(SQUARES)
        return connection.execute(named(artois, table).sql).df().sort_values("commune")


def test_an_object_is_counted_once_where_most_of_it_is(artois: Catalog) -> None:
    rows = on_squares(artois, "heritage/mining_objects")
    assert rows[["object", "commune"]].to_numpy().tolist() == [["3", "62001"], ["1", "62002"], ["2", "62002"]]


def test_what_is_covered_twice_is_measured_once(artois: Catalog) -> None:
    """A hundredth of a degree at 50 degrees north: 716.9 m eastwards by 1,112.3 m northwards, 79.74 ha."""
    rows = on_squares(artois, "heritage/mining_by_commune").set_index("commune").astype(float)
    assert rows.heaps_ha.tolist() == pytest.approx([39.87, 79.74], abs=0.02)
    assert rows.listed_ha.tolist() == rows.heaps_ha.tolist()
    assert rows.buffer_ha.tolist() == pytest.approx([39.87, 0], abs=0.02), "outside the property"
    assert rows.railways_km.tolist() == pytest.approx([0.6, 0.3], abs=1e-5)
    assert rows.waters_ha.tolist() == [0, 0]
