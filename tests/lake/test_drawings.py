"""Drawings: what is kept of a layer to draw its tiles is the layer, for those of the layer alone."""

import numpy as np
import pytest
import shapely

from beffroi.lake.arrays import open_arrays, write_arrays
from beffroi.lake.drawings import StoredDrawing, build_drawing
from tests.lake.layer_benches import LayerBench

COLUMNS = {"id": "text", "kind": "text", "size": "number", "built": "date", "good": "boolean", "shape": "geometry"}


def rows(count: int) -> list[dict]:
    return [
        {"id": f"T{rank}", "kind": None if rank % 3 else f"k{rank}", "size": rank / 7, "good": rank % 2 == 0,
         "built": None, "shape": shapely.box(2 + rank / 1e4, 50, 2 + rank / 1e4 + 1e-4, 50.01)}
        for rank in range(count)
    ]  # fmt: skip


def make(bench: LayerBench, count: int = 3_000, **said: str):
    inputs = bench.table(rows(count), COLUMNS)
    return bench.make(bench.layer(inputs, ["kind", "size", "built", "good"], **said), inputs)


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory) -> LayerBench:
    return LayerBench(tmp_path_factory.mktemp("drawings"))


def test_arrays_come_back_as_they_were(tmp_path):
    arrays = {"a": np.arange(7, dtype=np.int32), "none": np.empty((2, 0), np.int64), "b": np.eye(3)}
    write_arrays(tmp_path / "x", arrays)
    found = open_arrays(tmp_path / "x")
    (tmp_path / "x").unlink()
    assert list(found) == list(arrays)
    for name, array in arrays.items():
        assert (found[name].dtype, found[name].shape) == (array.dtype, array.shape)
        assert found[name].tolist() == array.tolist()
    with pytest.raises(ValueError, match="read-only"):
        found["a"][0] = 1


def test_the_same_layer_gives_the_same_drawing(bench, tmp_path):
    layer = make(bench)
    one = build_drawing(layer, True, bench.lake.objects)
    other = build_drawing(layer, True, LayerBench(tmp_path).lake.objects)
    assert (one.key, one.data.read_bytes()) == (other.key, other.data.read_bytes())
    assert build_drawing(layer, False, bench.lake.objects).key != one.key


def test_a_drawing_is_for_those_of_its_layer(bench):
    layer = make(bench, 10, audience="partner:dreal")
    assert build_drawing(layer, False, bench.lake.objects).audience == "partner:dreal"


def test_columns_of_rows_are_those_of_the_layer(bench):
    layer = make(bench)
    held = StoredDrawing.open(layer, build_drawing(layer, False, bench.lake.objects), False)
    chosen = np.array([5, 17, 2_999])
    found = held.read_columns(chosen, ["fid", "kind", "size", "built", "good"])
    ranks = [int(fid[1:]) for fid in found["fid"].to_pylist()]
    expected = [rows(3_000)[rank] for rank in ranks]
    for name in ("kind", "size", "built", "good"):
        assert found[name].to_pylist() == [row[name] for row in expected]
    assert found["row"].to_pylist() == [0, 1, 2]


def test_rows_of_a_tile_are_those_that_touch_it(bench):
    layer = make(bench)
    held = StoredDrawing.open(layer, None, False)
    zoom, x, y = 14, int((2.1 + 180) / 360 * 2**14), 5556
    found = held.find(zoom, x, y)
    west, east = ((place / 2**14) * 360 - 180 for place in (x - 1 / 64, x + 1 + 1 / 64))
    columns = held.read_columns(np.arange(3_000), ["fid"])["fid"].to_pylist()
    touching = {rank for rank, fid in enumerate(columns)
                if 2 + int(fid[1:]) / 1e4 + 1e-4 >= west and 2 + int(fid[1:]) / 1e4 < east}  # fmt: skip
    assert set(found.tolist()) == touching
    assert 0 < len(touching) < 3_000
    assert not len(held.find(zoom, x, y + 4_000))
