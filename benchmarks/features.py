"""``python -m benchmarks features``: a page of 1,000 features of a layer of a million surfaces, over HTTP.

Ours alone when nothing else is there. ``BENCH_TIPG`` and ``BENCH_PYGEOAPI`` are the addresses of the items of the same
features at tipg and at pygeoapi (``http://127.0.0.1:8000/collections/public.parcels/items``), which are then asked in
turn with ours, in the same run. ``BENCH_FEATURES`` is a GeoParquet file of those features in degrees, with ``id``,
``commune``, ``zone``, ``surface``, ``prix``; without it, squares are made up. Questions: the first page, one in a box,
one by an attribute, each page asked once; how many features there are in all is counted once for an edition.
"""

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import shapely

from beffroi.access import Reader
from beffroi.catalog.catalogs import DeclaredTable
from beffroi.catalog.layers import Layer, LayerAttribute, RowLayer
from beffroi.catalog.tables import Contract
from beffroi.lake import Lake
from beffroi.lake.connections import load_spatial
from beffroi.lake.features import FeatureEngine
from beffroi.lake.layers import RowInputs, build_layer
from beffroi.lake.releases import EditionInfo, LayerFeatures, Release

PAGE = 1_000
_TIMES = 15
_TYPES = {
    "id": "integer", "commune": "text", "zone": "text", "surface": "integer", "prix": "number", "geometry": "geometry",
}  # fmt: skip
_ATTRIBUTES = tuple(name for name in _TYPES if name != "geometry")


def main(count: int) -> None:
    """Make the layer, serve it, ask every server the same things in turn, print."""
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        given = os.environ.get("BENCH_FEATURES")
        box = lay_parcels(folder, Path(given) if given else invent_parcels(folder / "invented.parquet", count))
        process = subprocess.Popen(
            [sys.executable, "-m", "benchmarks.features", str(folder)], stdout=subprocess.PIPE, text=True
        )
        try:
            assert process.stdout is not None
            ours = process.stdout.readline().strip()
            servers = {"beffroi": f"{ours}/ogc/collections/bench.parcels/items"}
            servers |= {name: os.environ[key] for name, key in _PEERS.items() if os.environ.get(key)}
            print(f"\n## Pages of {PAGE:,} features, load {os.getloadavg()[0]:.1f}\n")
            _compare(servers, box, process.pid)
        finally:
            process.terminate()
            process.wait(10)


_PEERS = {"tipg": "BENCH_TIPG", "pygeoapi": "BENCH_PYGEOAPI"}


def _compare(servers: Mapping[str, str], box: tuple[float, ...], pid: int) -> None:
    """One line a question: the median of each server, and how many times faster ours is."""
    around = ",".join(f"{side:.6f}" for side in box)
    questions = {"first page": "", "in a box": f"&bbox={around}", "by an attribute": "&zone=UE"}
    print("| question | " + " | ".join(f"{name}, ms" for name in servers) + " | ours, processor ms | ratio |")
    print("|---|" + "---|" * (len(servers) + 2))
    for words, query in questions.items():
        taken: dict[str, list[float]] = {name: [] for name in servers}
        spent = 0.0
        for turn in range(_TIMES + 2):
            for name, address in servers.items():
                # Each question once: answers that are kept would say nothing of the work.
                fresh = f"&after={turn}" if name == "beffroi" else ""
                before = _processor(pid)
                began = time.perf_counter()
                form = "geojson" if name == "tipg" else "json"
                with urllib.request.urlopen(f"{address}?f={form}&limit={PAGE}{query}{fresh}") as answer:
                    found = json.loads(answer.read())
                seconds = time.perf_counter() - began
                assert len(found["features"]) == PAGE, (name, len(found["features"]))
                if turn >= 2:
                    taken[name].append(seconds * 1e3)
                    spent += (_processor(pid) - before) * 1e3 if name == "beffroi" else 0
        middles = {name: statistics.median(each) for name, each in taken.items()}
        ratios = [f"{middles[name] / middles['beffroi']:.1f} ({name})" for name in servers if name != "beffroi"]
        cells = " | ".join(f"{middles[name]:.0f}" for name in servers)
        print(f"| {words} | {cells} | {spent / _TIMES:.0f} | {', '.join(ratios) or '–'} |", flush=True)


def _processor(pid: int) -> float:
    """Seconds of processor that a process has taken."""
    said = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(said[11]) + int(said[12])) / os.sysconf("SC_CLK_TCK")


def invent_parcels(file: Path, count: int) -> Path:
    """As many squares, side by side (données fictives)."""
    side = int(np.ceil(np.sqrt(count)))
    rank = np.arange(count)
    west, south = 2.0 + rank % side * 5e-4, 50.0 + rank // side * 4e-4
    shapes = shapely.box(west, south, west + 4e-4, south + 3e-4)
    zones = np.random.default_rng(5).choice(["U", "AU", "A", "N", "UE"], count)
    columns = {
        "id": rank, "commune": [f"99{row:03}" for row in rank // side], "zone": zones, "surface": rank % 900 + 100,
        "prix": rank % 977 / 10, "geometry": shapely.to_wkb(shapes),
    }  # fmt: skip
    pq.write_table(pa.table(columns), file)
    return file


def lay_parcels(folder: Path, file: Path) -> tuple[float, ...]:
    """The layer object of a file, in a lake in ``folder``; a box in its middle that holds a few thousand features."""
    lake = Lake(folder)
    columns = {name: {"type": kind} for name, kind in _TYPES.items()}
    contract = Contract.model_validate({"rows": "a parcel", "key": ["id"], "crs": "EPSG:4326", "columns": columns})
    table = DeclaredTable("bench/parcels", {"fr": "Parcelles"}, contract, contract.columns, "", "table.sql", (), None)

    def fill(kept: Path) -> dict[str, Any]:
        with duckdb.connect() as connection:
            connection.execute("SET enable_progress_bar = false")
            load_spatial(connection)
            shape = "geometry" if "GEOMETRY" in _type_of(connection, file) else "ST_GeomFromWKB(geometry)"
            connection.execute(
                f"COPY (SELECT id::BIGINT AS id, commune, zone, surface::BIGINT AS surface, prix, {shape} AS geometry"
                f" FROM read_parquet('{file}')) TO '{kept}' (FORMAT parquet)"
            )
        return {"rows": 0, "columns": {}}

    item = lake.objects.write(
        "parcels", kind="table", name="bench/parcels", audience="public", file="data.parquet", fill=fill
    )
    declared = RowLayer.model_validate(
        {"kind": "rows", "table": "bench/parcels", "geometry": "geometry", "title": "Parcelles", "theme": "bench",
         "description": "Des parcelles inventées.", "attributes": dict.fromkeys(_ATTRIBUTES)}
    )  # fmt: skip
    settled = {name: LayerAttribute(name, contract.columns[name].type, {"fr": name}) for name in _ATTRIBUTES}
    layer = Layer("bench/parcels", declared, settled, "public", ("bench/parcels",), (), "EPSG:4326")
    made = build_layer(layer, RowInputs(table, item), {}, lake.objects, lake.limits)
    entry = {
        "title": {"fr": "Parcelles"}, "description": {"fr": "Des parcelles inventées."},
        "theme": "bench", "kind": "rows",
        "attributes": [{"name": name, "title": {"fr": name}, "type": _TYPES[name]} for name in _ATTRIBUTES],
        "style": {"kind": "single"}, "filters": [], "indicators": {}, "state": "released", "declared_state": "draft",
        "count": made.rows, "sources": [], "object": made.key, "tiles": None, "zoom": {"min": 0, "max": 14},
        "synthetic": True, **{key: made.manifest[key] for key in ("bbox", "geometry_types")},
    }  # fmt: skip
    (folder / "entry.json").write_text(json.dumps(entry))
    west, south, east, north = made.manifest["bbox"]
    middle, across = ((west + east) / 2, (south + north) / 2), ((east - west) / 10, (north - south) / 10)
    return middle[0] - across[0], middle[1] - across[1], middle[0] + across[0], middle[1] + across[1]


def _type_of(connection: duckdb.DuckDBPyConnection, file: Path) -> str:
    rows = connection.execute(f"DESCRIBE SELECT geometry FROM read_parquet('{file}')").fetchall()
    return str(rows[0][1])


def open_release(folder: Path, reader: Reader) -> Release:
    """The release of that layer and of nothing else."""
    lake, entry = Lake(folder), json.loads((folder / "entry.json").read_text())
    made = lake.objects.get(entry["object"])
    assert made is not None
    engine = FeatureEngine(lake.objects, lake.limits)
    nothing = (
        "themes",
        "units",
        "groupings",
        "sources",
        "tables",
        "indicators",
        "breakdowns",
        "observatories",
        "pages",
    )
    workspace = {"title": {"fr": "Mesures"}, "sentence": {"fr": "Mesures"}, "languages": ["fr"], "publisher": "",
                 "reference_vintage": 2026, "perimeter": "agency", "levels": [], "synthetic": True}  # fmt: skip
    catalogue = {
        **{name: {} for name in nothing},
        "workspace": workspace,
        "layers": {"bench/parcels": entry},
        "maps": {},
    }

    def none(*_: Any) -> Any:
        raise NotImplementedError

    layer = LayerFeatures(lambda query: engine.page(made, query), lambda query: engine.count(made, query), None)
    info = EditionInfo("1", "2026-01-01T00:00:00Z", "0")
    return Release(reader, info, catalogue, none, none, none, none, load_layer=lambda name: layer)


def serve(folder: Path) -> None:
    """Serve the layer of a folder until ended; prints the address."""
    import uvicorn

    from beffroi.serve import create_app
    from beffroi.serve.running import _listen

    made: dict[Reader, Release] = {}
    listening = _listen("127.0.0.1", 0)
    address = f"http://127.0.0.1:{listening.getsockname()[1]}"
    app = create_app(lambda reader: made.setdefault(reader, open_release(folder, reader)), base_url=address)
    print(address, flush=True)
    config = uvicorn.Config(app, log_level="warning", lifespan="off")
    uvicorn.Server(config).run(sockets=[listening])


if __name__ == "__main__":
    serve(Path(sys.argv[1]))
