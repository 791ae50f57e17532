"""Stops of the Tadao network: what GTFS may leave out, and the stop points of each commune, counted by other means."""

import shutil
from pathlib import Path

import geopandas as gpd
import pandas as pd
import pytest

from beffroi.catalog import Catalog
from tests.workspaces.benches import Bench, named, run_select
from tests.workspaces.test_artois_tables import membership

AGGLOMERATIONS = ("246200364", "200072460", "246200299")


@pytest.fixture(scope="module")
def deposited(bench: Bench, real_data: Path) -> Bench:
    (bench.folder / "deposits").mkdir(exist_ok=True)
    shutil.copy(real_data / "mobilite/tadao_stops.txt", bench.folder / "deposits")
    return bench


@pytest.fixture(scope="module")
def given(real_data: Path) -> pd.DataFrame:
    return pd.read_csv(real_data / "mobilite/tadao_stops.txt", dtype=str)


def test_the_producer_first_then_a_deposit(artois: Catalog) -> None:
    source = artois.sources["artois_mobilites/tadao_stops"]
    assert [one.kind for one in source.locations] == ["http", "data_gouv", "deposit", "deposit"]
    assert source.licence == "odbl"


def test_columns_that_gtfs_lets_out_are_empty(artois: Catalog) -> None:
    bare = pd.DataFrame({"stop_id": ["a"], "stop_name": ["Gare"], "stop_lat": ["50.4"], "stop_lon": ["2.8"]})
    rows = run_select(named(artois, "artois_mobilites/tadao_stops").sql, {"stops": bare})
    said = rows[["stop", "name", "kind", "longitude", "latitude"]]
    assert said.iloc[0].tolist() == ["a", "Gare", "stop_point", 2.8, 50.4]
    assert rows[["code", "address", "station"]].isna().all(axis=None)


def test_a_station_holds_its_stop_points_and_is_none(artois: Catalog) -> None:
    """``location_type``: 1 is a station, 2 one of its entrances; one boards at what is 0, or says nothing."""
    stops = pd.DataFrame(
        {
            "stop_id": ["s", "a", "b", "e"],
            "stop_name": ["Gare de Lens", "Quai A", "Quai B", "Entrée"],
            "stop_lat": ["50.43"] * 4,
            "stop_lon": ["2.83"] * 4,
            "location_type": ["1", "0", None, "2"],
            "parent_station": [None, "s", "s", "s"],
        }
    )
    rows = run_select(named(artois, "artois_mobilites/tadao_stops").sql, {"stops": stops}).set_index("stop")
    assert rows.kind.to_dict() == {"s": "station", "a": "stop_point", "b": "stop_point", "e": "entrance"}
    assert rows.station.drop("s").tolist() == ["s", "s", "s"]


@pytest.mark.real
@pytest.mark.network
def test_every_stop_point_is_there_where_the_file_places_it(deposited: Bench, given: pd.DataFrame) -> None:
    ours = deposited.query("SELECT * FROM stops", stops="mobility/stops").set_index("stop")
    theirs = given.set_index("stop_id")
    assert set(ours.index) == set(theirs.index)
    assert len(ours) == 3446
    for column, said in {"longitude": "stop_lon", "latitude": "stop_lat"}.items():
        assert (ours[column] - theirs[said].astype(float).reindex(ours.index)).abs().max() == 0
    assert ours.name.tolist() == theirs.stop_name.reindex(ours.index).tolist()


@pytest.mark.real
@pytest.mark.network
def test_stop_points_of_each_commune(deposited: Bench, given: pd.DataFrame, real_data: Path) -> None:
    """By GeoPandas over the same contours; then over finer ones, which move a few from a commune to the next."""
    points = gpd.GeoDataFrame(
        given, geometry=gpd.points_from_xy(given.stop_lon.astype(float), given.stop_lat.astype(float)), crs="EPSG:4326"
    )
    contours = gpd.read_parquet(deposited.table("ign/commune_contours"))[["code", "geometry"]]
    joined = gpd.sjoin(points, contours.set_crs("EPSG:4326", allow_override=True), predicate="intersects")
    counted = joined.sort_values("code").groupby("stop_id").code.first().value_counts()
    ours = deposited.query("SELECT * FROM stops", stops="mobility/stops_by_commune").set_index("commune")
    assert ours.stop_points.to_dict() == counted.reindex(ours.index).fillna(0).astype(int).to_dict()

    members = membership(deposited, 2026)
    assert ours.index.map(members).value_counts().to_dict() == dict(zip(AGGLOMERATIONS, (36, 100, 14), strict=True))
    assert (ours.served == (ours.stop_points > 0)).all()
    finer = gpd.read_file(real_data / "geo/communes-62-pas-de-calais.geojson")[["code", "geometry"]]
    elsewhere = gpd.sjoin(points, finer, predicate="intersects").groupby("stop_id").code.first().map(members)
    by_epci = ours.stop_points.groupby(ours.index.map(members)).sum()
    for epci, known in {"246200364": 1000, "200072460": 1902, "246200299": 524}.items():
        assert (elsewhere == epci).sum() == known
        assert by_epci[epci] == pytest.approx(known, rel=0.01), epci
