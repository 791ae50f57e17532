"""A layer holds what it declares and nothing else, each feature once, in an order that is always the same."""

import json
from itertools import pairwise

import numpy as np
import pyarrow.parquet as pq
import pytest
import shapely
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pyproj import Transformer

from beffroi.errors import BeffroiError
from beffroi.lake.connections import EngineLimits
from tests.lake.layer_benches import LayerBench, read, shapes_of

COLUMNS = {"id": "text", "owner": "text", "zone": "text", "price": "number", "floors": "integer", "shape": "geometry"}


def parcels(count: int, *, east: float = 2.0, north: float = 50.0) -> list[dict]:
    """Squares of about a hundred metres, here and there, in degrees."""
    drawn = np.random.default_rng(3)
    places = drawn.uniform(0, 1, (count, 2))
    return [
        {"id": f"P{rank:06}", "owner": f"canary-{rank}", "zone": ["U", "AU", "A", "N"][rank % 4],
         "price": float(rank % 97) + 0.5, "floors": rank % 3,
         "shape": shapely.box(east + x, north + y, east + x + 0.001, north + y + 0.001)}
        for rank, (x, y) in enumerate(places)
    ]  # fmt: skip


@pytest.fixture
def bench(tmp_path) -> LayerBench:
    return LayerBench(tmp_path)


def test_nothing_that_is_not_declared_is_in_the_file(bench):
    inputs = bench.table(parcels(50), COLUMNS)
    made = bench.make(bench.layer(inputs, ["zone"]), inputs)
    columns = ["n", "fid", "zone", "geometry", "xmin", "ymin", "xmax", "ymax"]
    assert pq.ParquetFile(made.data).schema_arrow.names == columns
    assert b"canary" not in made.data.read_bytes()
    assert "canary" not in (made.folder / "manifest.json").read_text()


def test_every_feature_is_there_once_under_a_lasting_identifier(bench):
    rows = parcels(500)
    inputs = bench.table(rows, COLUMNS)
    made = read(bench.make(bench.layer(inputs, ["price"]), inputs))
    assert made["n"].to_pylist() == list(range(1, 501))
    prices = dict(zip(made["fid"].to_pylist(), made["price"].to_pylist(), strict=True))
    assert prices == {row["id"]: row["price"] for row in rows}
    shapes = dict(zip(made["fid"].to_pylist(), shapes_of(made), strict=True))
    assert all(shapely.equals(shapes[row["id"]], row["shape"]) for row in rows)


def test_attributes_may_bear_the_names_of_what_a_statement_says(bench):
    """Producers call a column ``shape`` or ``row``: what the layer calls so for itself does not hide it."""
    odd = ["shape", "row", "rowid", "state", "ranked", "shaped", "layer"]
    rows = [{"id": str(k), **{name: f"{name}-{k}" for name in odd}, "place": shapely.Point(2 + k, 50)} for k in (1, 2)]
    inputs = bench.table(rows, {"id": "text", **dict.fromkeys(odd, "text"), "place": "geometry"})
    made = read(bench.make(bench.layer(inputs, odd, geometry="place"), inputs))
    for name in odd:
        assert sorted(made[name].to_pylist()) == [f"{name}-1", f"{name}-2"]
    assert [each.x for each in shapes_of(made)] == [int(fid) + 2 for fid in made["fid"].to_pylist()]


def test_extents_are_those_of_the_shapes_and_what_is_near_is_near_in_the_file(bench):
    inputs = bench.table(parcels(3_000), COLUMNS)
    item = bench.make(bench.layer(inputs, ["zone"]), inputs)
    made = read(item)
    bounds = shapely.bounds(shapes_of(made))
    for rank, side in enumerate(("xmin", "ymin", "xmax", "ymax")):
        assert made[side].to_numpy().tolist() == bounds[:, rank].tolist()
    assert item.manifest["bbox"] == [*bounds[:, :2].min(axis=0), *bounds[:, 2:].max(axis=0)]
    steps = np.abs(np.diff(bounds[:, :2], axis=0)).max(axis=1)
    assert np.median(steps) < 0.05, "neighbours in the file are neighbours on the map"


def test_the_file_is_a_geoparquet_in_small_groups_of_rows(bench):
    inputs = bench.table(parcels(9_000), COLUMNS)
    file = pq.ParquetFile(bench.make(bench.layer(inputs, ["zone"]), inputs).data)
    sizes = [file.metadata.row_group(rank).num_rows for rank in range(file.metadata.num_row_groups)]
    assert sizes == [4096, 4096, 808]
    told = json.loads(file.metadata.metadata[b"geo"])
    assert told["primary_column"] == "geometry"
    assert told["columns"]["geometry"].get("crs") is None, "longitude and latitude, as GeoParquet has them by default"


def test_the_same_rows_give_the_same_bytes_whatever_the_threads_and_the_order_of_the_table(bench, tmp_path):
    rows = parcels(12_000)
    sums = set()
    for threads, given_rows in ((1, rows), (2, rows), (2, rows[::-1])):
        bench.lake.limits = EngineLimits(threads=threads, scratch=tmp_path / "scratch")
        inputs = bench.table(given_rows, COLUMNS)
        layer = bench.layer(inputs, ["zone", "price"], style={"kind": "classes", "column": "price"}, filters=["zone"])
        made = bench.make(layer, inputs)
        sums.add((made.manifest["sha256"], json.dumps(made.manifest["style"])))
    assert len(sums) == 1


def test_what_is_already_made_is_not_made_again_and_words_change_nothing(bench):
    inputs = bench.table(parcels(20), COLUMNS)
    first = bench.make(bench.layer(inputs, ["zone"]), inputs)
    again = bench.make(bench.layer(inputs, ["zone"], title="Autre titre", popup="{zone}"), inputs)
    assert again.key == first.key
    assert bench.make(bench.layer(inputs, ["zone", "price"]), inputs).key != first.key


def test_lambert_coordinates_come_out_in_degrees(bench):
    places = [(682_000.0, 7_036_000.0), (700_123.4, 7_050_987.6)]
    rows = [{"id": str(rank), "shape": shapely.Point(*place)} for rank, place in enumerate(places)]
    inputs = bench.table(rows, {"id": "text", "shape": "geometry"}, crs="EPSG:2154")
    item = bench.make(bench.layer(inputs, ["id"]), inputs)
    made = read(item)
    to_degrees = Transformer.from_crs(2154, 4326, always_xy=True).transform
    found = dict(zip(made["fid"].to_pylist(), shapes_of(made), strict=True))
    for rank, place in enumerate(places):
        assert found[str(rank)].coords[0] == pytest.approx(to_degrees(*place), abs=1e-9)
    assert item.manifest["crs_source"] == "EPSG:2154"
    assert item.manifest["geometry_types"] == ["Point"]


def test_points_come_from_two_columns_and_rows_without_place_are_counted(bench):
    rows = [
        {"id": "1", "lon": 2.5, "lat": 50.5},
        {"id": "2", "lon": None, "lat": 50.5},
        {"id": "3", "lon": 2.6, "lat": None},
        {"id": "4", "lon": 250.0, "lat": 50.5},
        {"id": "5", "lon": float("nan"), "lat": 50.5},
        {"id": "6", "lon": 2.7, "lat": 50.7},
    ]
    inputs = bench.table(rows, {"id": "text", "lon": "number", "lat": "number"})
    made = bench.make(bench.layer(inputs, ["id"], point={"longitude": "lon", "latitude": "lat"}), inputs)
    assert made.rows == 2
    assert sorted(read(made)["fid"].to_pylist()) == ["1", "6"]
    assert (made.manifest["without_geometry"], made.manifest["outside_world"]) == (2, 2)


def test_a_geometry_that_is_not_valid_is_repaired_and_counted(bench):
    bow = shapely.Polygon([(2, 50), (3, 51), (3, 50), (2, 51), (2, 50)])
    line = shapely.Polygon([(2, 50), (3, 51), (2, 50)])
    square = shapely.box(2, 50, 2.1, 50.1)
    rows = [{"id": "bow", "shape": bow}, {"id": "line", "shape": line}, {"id": "square", "shape": square}]
    inputs = bench.table(rows, {"id": "text", "shape": "geometry"})
    item = bench.make(bench.layer(inputs, ["id"]), inputs)
    found = dict(zip(read(item)["fid"].to_pylist(), shapes_of(read(item)), strict=True))
    assert set(found) == {"bow", "square"}
    assert found["bow"].is_valid
    assert found["bow"].area == pytest.approx(shapely.make_valid(bow).area)
    assert (item.manifest["repaired"], item.manifest["without_geometry"]) == (1, 1)


def test_rows_are_kept_by_their_conditions(bench):
    inputs = bench.table(parcels(100), COLUMNS)
    made = bench.make(bench.layer(inputs, ["zone"], where={"zone": ["U", "N"], "floors": 2}), inputs)
    assert set(read(made)["zone"].to_pylist()) == {"U", "N"}
    assert made.rows == sum(row["zone"] in "UN" and row["floors"] == 2 for row in parcels(100))


@pytest.mark.parametrize(
    ("rows", "said", "code"),
    [
        (parcels(3), {"where": {"zone": "X"}}, "layer-empty"),
        ([{"id": "1", "shape": None}, {"id": "2", "shape": shapely.Point()}], {}, "layer-without-geometry"),
    ],
)
def test_a_layer_of_nothing_is_refused(bench, rows, said, code):
    inputs = bench.table(rows, COLUMNS)
    with pytest.raises(BeffroiError) as caught:
        bench.make(bench.layer(inputs, ["zone"], **said), inputs)
    assert [one.code for one in caught.value.faults] == [code]


def test_keys_that_read_the_same_once_joined_are_refused(bench):
    rows = [
        {"a": "1.2", "b": "3", "shape": shapely.Point(2, 50)},
        {"a": "1", "b": "2.3", "shape": shapely.Point(2, 51)},
    ]
    inputs = bench.table(rows, {"a": "text", "b": "text", "shape": "geometry"}, key=["a", "b"])
    with pytest.raises(BeffroiError) as caught:
        bench.make(bench.layer(inputs, ["a"]), inputs)
    assert [one.code for one in caught.value.faults] == ["layer-ids-repeated"]


def test_coordinates_that_no_projection_understands_are_told(bench):
    rows = [{"id": "1", "shape": shapely.Point(1, 1)}]
    inputs = bench.table(rows, {"id": "text", "shape": "geometry"}, crs="EPSG:2154")
    layer = bench.layer(inputs, ["id"])
    layer = type(layer)(**{**vars(layer), "crs": "EPSG:999999"})
    with pytest.raises(BeffroiError) as caught:
        bench.make(layer, inputs)
    assert [one.code for one in caught.value.faults] == ["layer-not-made"]


def test_classes_are_found_once_and_kept_with_their_counts(bench):
    inputs = bench.table(parcels(400), COLUMNS)
    layer = bench.layer(inputs, ["price", "zone"], style={"kind": "classes", "column": "price", "count": 4})
    made = bench.make(layer, inputs)
    style = made.manifest["style"]
    prices = read(made)["price"].to_numpy()
    edges = [-np.inf, *style["limits"], np.inf]
    assert style["counts"] == [int(((prices >= low) & (prices < high)).sum()) for low, high in pairwise(edges)]
    assert (style["lowest"], style["highest"], style["missing"]) == (prices.min(), prices.max(), 0)


def test_given_limits_are_kept_as_they_are(bench):
    inputs = bench.table(parcels(100), COLUMNS)
    style = {"kind": "classes", "column": "price", "method": "manual", "limits": [10, 200], "why": "Le seuil du plan."}
    kept = bench.make(bench.layer(inputs, ["price"], style=style), inputs).manifest["style"]
    assert kept["limits"] == [10, 200]
    assert kept["counts"] == [sum(row["price"] < 10 for row in parcels(100)), 100 - kept["counts"][0], 0]


def test_shades_that_diverge_have_a_limit_at_zero(bench):
    rows = [{**row, "price": row["price"] - 40} for row in parcels(300)]
    inputs = bench.table(rows, COLUMNS)
    style = {"kind": "classes", "column": "price", "ramp": "diverging", "count": 6}
    kept = bench.make(bench.layer(inputs, ["price"], style=style), inputs).manifest["style"]
    assert kept["diverging_at"] == 0
    assert 0 in kept["limits"]
    assert sum(kept["counts"][: kept["limits"].index(0) + 1]) == sum(row["price"] < 0 for row in rows)


def test_categories_are_counted_and_so_is_what_has_none(bench):
    rows = [{**row, "zone": None} if rank < 3 else row for rank, row in enumerate(parcels(40))]
    inputs = bench.table(rows, COLUMNS)
    style = {"kind": "categories", "column": "zone", "values": {"U": None, "A": None, "Z": None}}
    kept = bench.make(bench.layer(inputs, ["zone"], style=style), inputs).manifest["style"]
    assert kept["counts"] == [{"value": "U", "count": 9}, {"value": "A", "count": 9}, {"value": "Z", "count": 0}]
    assert (kept["rest"], kept["missing"]) == (19, 3)


def test_filters_offer_what_there_is(bench):
    rows = parcels(600)
    rows[0]["price"] = float("nan")
    inputs = bench.table(rows, COLUMNS)
    layer = bench.layer(inputs, ["zone", "price", "floors", "id"], filters=["zone", "price", "floors", "id"])
    offered = bench.make(layer, inputs).manifest["filters"]
    assert offered["zone"]["values"] == [{"value": zone, "count": 150} for zone in ("A", "AU", "N", "U")]
    assert [choice["value"] for choice in offered["floors"]["values"]] == [0, 1, 2]
    assert (offered["price"]["low"], offered["price"]["high"]) == (0.5, 96.5)
    assert offered["id"] == {"type": "VARCHAR", "distinct": 600}


def test_a_territory_has_the_value_of_its_series_or_the_reason_why_it_has_none(bench):
    shapes = {code: shapely.box(2 + rank, 50, 3 + rank, 51) for rank, code in enumerate(["62001", "62002", "62003"])}
    rate = [
        {"territory": "62001", "value": 7.25},
        {"territory": "62001", "value": 1.0, "period": "2021"},
        {"territory": "62001", "value": 2.0, "vintage": 2021},
        {"territory": "62002", "value": None, "confidentiality": "C"},
        {"territory": "62003", "value": 3.5, "reliability": "weak"},
        {"territory": "62005", "value": 9.9},
    ]
    inputs = bench.territories(shapes, {"housing/rate": rate}, missing=["62004"])
    item = bench.make(bench.territory_layer({"rate": "housing/rate"}), inputs)
    rows = {row["fid"]: row for row in read(item).drop_columns(["geometry"]).to_pylist()}
    assert {code: (row["rate"], row["rate_status"]) for code, row in rows.items()} == {
        "62001": (7.25, "sure"), "62002": (None, "confidential"), "62003": (3.5, "weak"),
    }  # fmt: skip
    assert rows["62001"]["name"] == "Commune 62001"
    assert item.manifest["without_geometry"] == 1
    assert item.manifest["series"] == {"rate": {"indicator": "housing/rate", "period": "2022", "vintage": 2024}}
    told = {one["name"]: one.get("status_of") for one in item.manifest["attributes"]}
    assert told == {"code": None, "name": None, "rate": None, "rate_status": "rate"}


def test_an_indicator_that_has_nothing_there_is_told(bench):
    shapes = {"62001": shapely.box(2, 50, 3, 51)}
    inputs = bench.territories(shapes, {"housing/rate": [{"territory": "62001", "value": 1.0, "level": "epci"}]})
    with pytest.raises(BeffroiError) as caught:
        bench.make(bench.territory_layer({"rate": "housing/rate"}), inputs)
    assert [one.code for one in caught.value.faults] == ["layer-series-absent"]


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    places=st.lists(st.tuples(st.floats(-180, 179), st.floats(-90, 89)), min_size=1, max_size=40, unique=True),
    data=st.data(),
)
def test_whatever_the_places_each_feature_comes_once_and_where_it_was(bench, places, data):
    sizes = data.draw(st.lists(st.floats(0.0001, 1), min_size=len(places), max_size=len(places)))
    shapes = [shapely.box(x, y, x + size, y + size) for (x, y), size in zip(places, sizes, strict=True)]
    rows = [{"id": str(rank), "shape": shape} for rank, shape in enumerate(shapes) if shape.is_valid and shape.area]
    if not rows:
        return
    inputs = bench.table(rows, {"id": "text", "shape": "geometry"})
    made = read(bench.make(bench.layer(inputs, ["id"]), inputs))
    found = dict(zip(made["fid"].to_pylist(), shapes_of(made), strict=True))
    assert set(found) == {row["id"] for row in rows}
    assert all(shapely.equals(found[row["id"]], row["shape"]) for row in rows)
