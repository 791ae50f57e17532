"""Features asked for by page, extent, condition and identifier: each once, and those that geometry says."""

import threading
from dataclasses import replace

import numpy as np
import pyarrow as pa
import pytest
import shapely
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from pyproj import Transformer

from beffroi.errors import BeffroiError
from beffroi.lake.connections import EngineLimits
from beffroi.lake.features import PAGE, Condition, FeatureEngine, FeatureQuery
from tests.lake.layer_benches import LayerBench, shapes_of

COUNT = 12_000


def blots(count: int) -> list[dict]:
    """Five-sided shapes of all sizes around 2.5 E, 50.5 N, some of them over one another."""
    drawn = np.random.default_rng(11)
    centres, radii = drawn.uniform((2, 50), (3, 51), (count, 2)), drawn.exponential(0.004, count) + 0.0001
    angles = np.linspace(0, 2 * np.pi, 6)
    return [
        {"id": f"B{rank:05}", "kind": "AB"[rank % 2], "size": float(radius),
         "shape": shapely.Polygon(np.column_stack([x + radius * np.cos(angles), y + radius * np.sin(angles)]))}
        for rank, ((x, y), radius) in enumerate(zip(centres, radii, strict=True))
    ]  # fmt: skip


class Asked:
    """A layer of ``COUNT`` blots, its engine, and the blots in the order of the file."""

    def __init__(self, bench: LayerBench) -> None:
        rows = blots(COUNT)
        columns = {"id": "text", "kind": "text", "size": "number", "shape": "geometry"}
        inputs = bench.table(rows, columns)
        self.item = bench.make(bench.layer(inputs, ["kind", "size"]), inputs)
        self.engine = FeatureEngine(bench.lake.objects, bench.lake.limits)
        self.rows = {row["id"]: row for row in rows}
        self.shapes = np.array([row["shape"] for row in rows])
        self.ids = np.array([row["id"] for row in rows])

    def page(self, **asked) -> pa.Table:
        return self.engine.page(self.item, FeatureQuery(**asked))

    def all_pages(self, **asked) -> list[pa.Table]:
        pages, after, limit = [], 0, min(asked.get("limit", 1_000), PAGE)
        while True:
            page = self.page(**asked, after=after)
            pages.append(page)
            if page.num_rows < limit:
                return pages
            after = page["n"][-1].as_py()

    def touching(self, shape) -> set[str]:
        return set(self.ids[shapely.intersects(self.shapes, shape)])

    def refused(self, **asked) -> str:
        with pytest.raises(BeffroiError) as caught:
            self.page(**asked)
        return " ".join(one.code for one in caught.value.faults)


@pytest.fixture(scope="module")
def asked(tmp_path_factory) -> Asked:
    return Asked(LayerBench(tmp_path_factory.mktemp("features")))


def ids(tables: list[pa.Table]) -> list[str]:
    return [one for table in tables for one in table["fid"].to_pylist()]


@pytest.mark.parametrize("limit", [1_000, 4_096, 4_097, 10**9])
def test_page_after_page_every_feature_comes_once_in_one_order(asked, limit):
    pages = asked.all_pages(limit=limit)
    numbers = [n for page in pages for n in page["n"].to_pylist()]
    assert numbers == list(range(1, COUNT + 1))
    assert sorted(ids(pages)) == sorted(asked.rows)
    assert max(page.num_rows for page in pages) == min(limit, PAGE)


def test_a_page_has_the_attributes_in_order_and_shapes_as_they_were(asked):
    page = asked.page(limit=50)
    assert page.column_names == ["n", "fid", "kind", "size", "geometry"]
    for row, shape in zip(page.to_pylist(), shapes_of(page), strict=True):
        known = asked.rows[row["fid"]]
        assert (row["kind"], row["size"]) == (known["kind"], known["size"])
        assert shapely.equals(shape, known["shape"])


def test_only_the_columns_asked_for_are_given(asked):
    assert asked.page(limit=1, columns=("size",), geometry=False).column_names == ["n", "fid", "size"]
    assert asked.page(limit=1, columns=(), geometry=False).column_names == ["n", "fid"]


LONGITUDES, LATITUDES = st.floats(1.9, 3.1), st.floats(49.9, 51.1)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    x=st.tuples(LONGITUDES, LONGITUDES),
    y=st.tuples(LATITUDES, LATITUDES).map(sorted),
    after=st.integers(0, COUNT + 5),
    limit=st.integers(1, 3_000),
)
def test_the_file_read_straight_and_the_engine_give_the_same_page(asked, x, y, after, limit):
    query = {"bbox": (x[0], y[0], x[1], y[1]), "after": after, "limit": limit}
    straight, by_engine = asked.page(**query), asked.page(**query, where=Condition("TRUE"))
    assert straight.to_pylist() == by_engine.to_pylist()
    assert straight.schema.types == by_engine.schema.types
    counts = [asked.engine.count(asked.item, FeatureQuery(bbox=query["bbox"], where=where))
              for where in (None, Condition("TRUE"))]  # fmt: skip
    assert counts[0] == counts[1]


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(x=st.tuples(LONGITUDES, LONGITUDES).map(sorted), y=st.tuples(LATITUDES, LATITUDES).map(sorted))
@example(x=[2.5, 2.5], y=[50.5, 50.5])
@example(x=[2.2, 2.8], y=[50.5, 50.5])
def test_an_extent_gives_what_touches_it_and_nothing_else(asked, x, y):
    extent = (x[0], y[0], x[1], y[1])
    box = shapely.box(*extent) if x[0] < x[1] and y[0] < y[1] else shapely.LineString([extent[:2], extent[2:]])
    if extent[:2] == extent[2:]:
        box = shapely.Point(extent[:2])
    found = ids(asked.all_pages(bbox=extent, limit=3_000))
    assert len(found) == len(set(found))
    assert set(found) == asked.touching(box)
    assert asked.engine.count(asked.item, FeatureQuery(bbox=extent)) == len(found)


def test_an_extent_that_holds_everything_and_one_that_holds_nothing(asked):
    assert len(ids(asked.all_pages(bbox=(-180, -90, 180, 90)))) == COUNT
    assert asked.page(bbox=(10, 10, 11, 11)).num_rows == 0
    assert asked.engine.count(asked.item, FeatureQuery(bbox=(10, 10, 11, 11))) == 0


def test_a_west_beyond_the_east_goes_round_by_the_antimeridian(tmp_path):
    bench = LayerBench(tmp_path)
    places = {"fiji": (179.5, -17), "samoa": (-172, -13.5), "lens": (2.8, 50.4)}
    rows = [{"id": name, "shape": shapely.Point(place)} for name, place in places.items()]
    inputs = bench.table(rows, {"id": "text", "shape": "geometry"})
    item = bench.make(bench.layer(inputs, ["id"]), inputs)
    engine = FeatureEngine(bench.lake.objects, bench.lake.limits)
    across = FeatureQuery(bbox=(170, -30, -170, 0))
    assert set(ids([engine.page(item, across)])) == {"fiji", "samoa"}
    assert engine.count(item, across) == 2


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        ({"bbox": (2, 51, 3, 50)}, "bbox-inverted"),
        ({"bbox": (2, float("nan"), 3, 50)}, "bbox-inverted"),
        ({"bbox": (2, 50, float("inf"), 51)}, "bbox-inverted"),
        ({"bbox": (-200, 50, 3, 51)}, "bbox-outside-world"),
        ({"bbox": (2, 50, 3, 95)}, "bbox-outside-world"),
        ({"bbox": (700_000, 7_000_000, 600_000, 7_100_000), "bbox_crs": "EPSG:2154"}, "bbox-inverted"),
        ({"bbox": (2, 50, 3, 51), "bbox_crs": "EPSG:27572"}, "crs-not-offered"),
        ({"crs": "EPSG:999999"}, "crs-not-offered"),
        ({"limit": 0}, "limit-not-positive"),
        ({"limit": -5}, "limit-not-positive"),
        ({"columns": ("sise",)}, "unknown-attribute-asked"),
        ({"columns": ('size" FROM read_parquet(1) --',)}, "unknown-attribute-asked"),
        ({"where": Condition("no_such_column = ?", (1,))}, "features-not-read"),
    ],
)
def test_what_cannot_be_asked_is_told(asked, wrong, code):
    assert asked.refused(**wrong) == code


def test_the_nearest_attribute_is_named(asked):
    with pytest.raises(BeffroiError) as caught:
        asked.page(columns=("sise",))
    assert caught.value.faults[0].nearest == "size"
    assert caught.value.http_status == 400


def test_conditions_keep_rows_page_after_page(asked):
    where = Condition("kind = ? AND size > ?", ("A", 0.008))
    wanted = {name for name, row in asked.rows.items() if row["kind"] == "A" and row["size"] > 0.008}
    found = ids(asked.all_pages(where=where, limit=100))
    assert len(found) == len(wanted)
    assert set(found) == wanted
    assert asked.engine.count(asked.item, FeatureQuery(where=where)) == len(wanted)


def test_a_condition_and_an_extent_both_hold(asked):
    where, extent = Condition("kind = ?", ("B",)), (2.4, 50.4, 2.6, 50.6)
    wanted = {name for name in asked.touching(shapely.box(*extent)) if asked.rows[name]["kind"] == "B"}
    assert set(ids(asked.all_pages(where=where, bbox=extent))) == wanted


def test_a_value_of_a_condition_is_never_read_as_sql(asked):
    assert asked.page(where=Condition("kind = ?", ("A' OR '1'='1",))).num_rows == 0


def test_features_are_found_by_their_identifiers(asked):
    wanted = ("B00007", "B11999", "nobody", "B00007")
    assert sorted(ids([asked.page(ids=wanted)])) == ["B00007", "B11999"]
    assert asked.page(ids=()).num_rows == 0


def test_a_shape_of_a_hundred_thousand_points_is_answered(asked):
    angles = np.linspace(0, 2 * np.pi, 100_001)
    round_ = shapely.Polygon(np.column_stack([2.5 + 0.3 * np.cos(angles), 50.5 + 0.3 * np.sin(angles)]))
    where = Condition("ST_Intersects(geometry, ST_GeomFromWKB(?))", (shapely.to_wkb(round_),), round_.bounds)
    found = ids(asked.all_pages(where=where, limit=10_000))
    assert set(found) == asked.touching(round_)


@pytest.mark.parametrize("epsg", [2154, 3857])
def test_shapes_are_given_in_the_system_asked_for_easting_first(asked, epsg):
    page = asked.page(limit=20, crs=f"EPSG:{epsg}")
    convert = Transformer.from_crs(4326, epsg, always_xy=True).transform
    for fid, shape in zip(page["fid"].to_pylist(), shapes_of(page), strict=True):
        exact = shapely.transform(asked.rows[fid]["shape"], convert, interleaved=False)
        assert shapely.hausdorff_distance(shape, exact) < 0.001


def test_an_extent_in_metres_is_a_box_on_the_ground_of_that_system(asked):
    extent = (650_000.0, 7_030_000.0, 690_000.0, 7_070_000.0)
    convert = Transformer.from_crs(4326, 2154, always_xy=True).transform
    drawn = shapely.transform(asked.shapes, convert, interleaved=False)
    found = set(ids(asked.all_pages(bbox=extent, bbox_crs="EPSG:2154", limit=10_000)))
    clear = shapely.box(*extent).buffer(-20), shapely.box(*extent).buffer(20)
    assert set(asked.ids[shapely.intersects(drawn, clear[0])]) <= found
    assert found <= set(asked.ids[shapely.intersects(drawn, clear[1])])


@pytest.mark.parametrize("epsg", [2154, 3857])
def test_an_extent_in_metres_may_be_wider_than_its_system_or_beyond_it(asked, epsg):
    wide, beyond = (-1e9, -1e9, 1e9, 1e9), (1e9, 1e9, 2e9, 2e9)
    assert asked.engine.count(asked.item, FeatureQuery(bbox=wide, bbox_crs=f"EPSG:{epsg}")) == COUNT
    assert asked.page(bbox=beyond, bbox_crs=f"EPSG:{epsg}").num_rows == 0


def test_a_question_that_lasts_is_interrupted_and_the_next_is_answered(asked):
    engine = FeatureEngine(asked.engine._objects, replace(asked.engine.limits, seconds=0.3))
    endless = Condition("(SELECT count(*) FROM range(100000000000) AS t(i) WHERE i % 7 = n) > 0")
    with pytest.raises(BeffroiError) as caught:
        engine.page(asked.item, FeatureQuery(where=endless))
    assert caught.value.faults[0].code == "engine-time"
    assert engine.page(asked.item, FeatureQuery(limit=3)).num_rows == 3


def test_no_other_file_can_be_read(asked):
    spying = Condition("(SELECT count(*) FROM read_text('/etc/passwd')) > 0")
    assert asked.refused(where=spying) == "features-not-read"


def test_threads_share_an_engine(asked):
    found: list[tuple[int, list[int]]] = []

    def read(start: int) -> None:
        for rank in range(5):
            after = start * 1_000 + rank * 100
            found.append((after, asked.page(after=after, limit=100)["n"].to_pylist()))

    threads = [threading.Thread(target=read, args=(start,)) for start in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 30
    assert all(numbers == list(range(after + 1, after + 101)) for after, numbers in found)


def test_an_engine_that_was_left_opens_again(asked):
    engine = FeatureEngine(asked.engine._objects, EngineLimits())
    assert engine.page(asked.item, FeatureQuery(limit=2)).num_rows == 2
    engine.close()
    assert engine.page(asked.item, FeatureQuery(limit=2)).num_rows == 2


def test_what_an_engine_remembers_of_files_serves_every_thread(asked):
    kept = asked.engine.ask("SELECT value FROM duckdb_settings() WHERE name = 'parquet_metadata_cache'")
    assert kept["value"].to_pylist() == ["true"]


def test_a_file_that_is_gone_or_cut_short_is_told(tmp_path):
    bench = LayerBench(tmp_path)
    inputs = bench.table([{"id": "1", "shape": shapely.Point(2, 50)}], {"id": "text", "shape": "geometry"})
    item = bench.make(bench.layer(inputs, ["id"]), inputs)
    engine = FeatureEngine(bench.lake.objects, bench.lake.limits)
    item.data.write_bytes(b"PAR1")
    for query in (FeatureQuery(), FeatureQuery(bbox=(1, 49, 3, 51)), FeatureQuery(where=Condition("TRUE"))):
        with pytest.raises(BeffroiError) as caught:
            engine.page(item, query)
        assert caught.value.faults[0].code == "object-damaged"
    item.data.unlink()
    with pytest.raises(BeffroiError) as caught:
        engine.count(item, FeatureQuery(bbox=(1, 49, 3, 51)))
    assert caught.value.http_status == 500
