"""Tiles of a layer of a million surfaces: making the archive, giving its parts, drawing tiles of chosen features.

Peers are asked in the same run where they are there, and left out with the reason otherwise: ``tippecanoe`` and
``nginx`` on the path (or ``BENCH_TIPPECANOE``, ``BENCH_NGINX``); ``BENCH_TIPG``, the address of a table's tiles at tipg
(``http://127.0.0.1:8000/collections/public.parcels/tiles/WebMercatorQuad``); ``BENCH_POSTGIS``, how to connect to the
database of the same table ``parcels`` (columns of ``BENCH_FEATURES``; ``g3857`` is its indexed geometry in EPSG:3857).
``BENCH_FEATURES`` is as in ``features.py``. Tiles are asked as maps do, by screens of neighbours; chosen features are
those of a zone above a price, and no two screens have the same, so that no answer can have been kept.
"""

import dataclasses
import json
import math
import os
import random
import shutil
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

from benchmarks.processes import must, run_measured, run_python
from benchmarks.reports import Line, print_runs, print_table, print_title
from benchmarks.servers import Server, ask, serve

ZONES = ("U", "AU", "A", "N", "UE")
_SEED = 61
_SERVED = "BENCH_SERVED_FOLDER"
_SCREENS = {10: (3, 2, 2), 13: (8, 4, 3), 16: (25, 4, 3)}
"""Screens asked at each zoom, and the tiles of each, across and down."""


def main(count: int) -> None:
    """Lay the features, make their tiles, serve them, beside whoever is there."""
    with tempfile.TemporaryDirectory(prefix="beffroi-bench-") as name:
        folder = Path(name)
        given = os.environ.get("BENCH_FEATURES", "")
        told = json.loads(must(run_python("benchmarks.tiles", "lay", folder, count, given)).output)
        print_title(f"The archive of tiles of {told['count']:,} surfaces, load {os.getloadavg()[0]:.1f}")
        _make(folder, told)
        with serve([sys.executable, "-m", "benchmarks.tiles", "serve", str(folder)]) as server:
            _give(folder, server)
            _draw(folder, server, told["bbox"])


def _make(folder: Path, told: Mapping[str, Any]) -> None:
    run = run_python("benchmarks.tiles", "build", folder)
    made = json.loads(must(run).output)
    lines = [Line("Beffroi, zooms 0 to 14", run, made["note"])]
    program = os.environ.get("BENCH_TIPPECANOE") or shutil.which("tippecanoe")
    whole = ["-r1", "-pf", "-pk", "--no-tiny-polygon-reduction-at-maximum-zoom", "-q"]
    for first in (12, 8):
        words = f"tippecanoe, zooms {first} to 14"
        if program is None:
            lines.append(Line(words, None, "not installed"))
            continue
        out = folder / f"t{first}.pmtiles"
        command = [program, f"-Z{first}", "-z14", *whole, "-l", "features", "-o", str(out), str(folder / "p.fgb")]
        run = run_measured(command, environment={"TIPPECANOE_MAX_THREADS": "2"})
        size = out.stat().st_size / 1e6 if out.exists() else 0
        lines.append(Line(words, run, f"{size:.0f} MB, {told['count']:,} surfaces in each zoom, whatever the weight"))
    print_runs(lines, "Beffroi, zooms 0 to 14", aims={"tippecanoe, zooms 8 to 14": "time at most 1"})


def _give(folder: Path, server: Server) -> None:
    print_title(f"Tiles out of the archive, by ranges of bytes, load {os.getloadavg()[0]:.1f}")
    parts = (folder / "ranges").read_text("utf-8").split()
    rows = []
    with _nginx(folder) as peer:
        for connections in (1, 8):
            ours = ask(folder, server, connections, [f"/tuiles/bench/parcels.pmtiles#{part}" for part in parts])
            theirs = ask(folder, peer, connections, [f"/a.pmtiles#{part}" for part in parts]) if peer else None
            for words, found in (("Beffroi", ours), ("nginx", theirs)):
                if found is not None:
                    ratio = f"{ours['p50'] / found['p50']:.1f}" if found is not ours else "–"
                    rows.append([f"{words}, {connections} client(s)", *_times(found), ratio, found["failed"]])
        if peer is None:
            rows.append(["nginx", "not installed"] + [""] * 7)
    print_table(("", "p50 ms", "p95 ms", "tiles/s", "server ms", "bytes", "Beffroi / this", "failed"), rows)


def _draw(folder: Path, server: Server, bbox: Sequence[float]) -> None:
    print_title(f"Tiles of the features of a zone above a price, load {os.getloadavg()[0]:.1f}")
    rows = []
    for zoom in _SCREENS:
        for connections in (1, 8):
            tiles = list(_choose(zoom, bbox, connections))
            found = {"Beffroi": ask(folder, server, connections, [_ours(*tile) for tile in tiles])}
            if address := os.environ.get("BENCH_TIPG"):
                parts = urlsplit(address)
                tipg = Server(f"{parts.scheme}://{parts.netloc}", -1)
                found["tipg"] = ask(folder, tipg, connections, [_theirs(parts.path, *tile) for tile in tiles])
            if dsn := os.environ.get("BENCH_POSTGIS"):
                file = folder / "tiles"
                file.write_text("\n".join(" ".join(map(str, tile)) for tile in tiles), "utf-8")
                run = must(run_python("benchmarks.peers.with_postgis", dsn, connections, file))
                found["PostGIS, no HTTP"] = {**json.loads(run.output), "processor": math.nan}
            for words, each in found.items():
                ratio = f"{each['p50'] / found['Beffroi']['p50']:.1f}" if words != "Beffroi" else "–"
                label = f"zoom {zoom}, {connections} client(s), {words}"
                rows.append([label, *_times(each), ratio, each["failed"]])
    print_table(("", "p50 ms", "p95 ms", "tiles/s", "server ms", "bytes", "this / Beffroi", "failed"), rows)
    for key, name in (("BENCH_TIPG", "tipg"), ("BENCH_POSTGIS", "PostGIS")):
        if not os.environ.get(key):
            print(f"\n{name} is left out: {key} does not say where it is.")


def _times(found: Mapping[str, Any]) -> list[str]:
    server = "" if math.isnan(found["processor"]) or not found["processor"] else f"{found['processor'] * 1e3:.1f}"
    times = [f"{found[share] * 1e3:.1f}" for share in ("p50", "p95")]
    return [*times, f"{found['by_second']:.0f}", server, f"{found['bytes']:,}"]


Tile = tuple[int, int, int, str, str]


def _choose(zoom: int, bbox: Sequence[float], connections: int) -> Iterator[Tile]:
    """The tiles of screens of the extent, each screen with a zone and a price that no other has."""
    draw = random.Random(f"{_SEED} {zoom} {connections}")
    west, south, east, north = bbox
    count, wide, high = _SCREENS[zoom]
    for rank in range(count):
        longitude, latitude = draw.uniform(west, east), draw.uniform(south, north)
        y = (1 - math.asinh(math.tan(math.radians(latitude))) / math.pi) / 2
        left, top = int((longitude + 180) / 360 * 2**zoom), int(y * 2**zoom)
        zone, price = draw.choice(ZONES), f"{1 + rank / 1000 + connections / 100:.5f}"
        yield from ((zoom, left + place % wide, top + place // wide, zone, price) for place in range(wide * high))


def _ours(zoom: int, x: int, y: int, zone: str, price: str) -> str:
    return f"/tuiles/bench/parcels/{zoom}/{x}/{y}.mvt?filter={quote(_said(zone, price))}"


def _theirs(path: str, zoom: int, x: int, y: int, zone: str, price: str) -> str:
    return f"{path}/{zoom}/{x}/{y}?filter-lang=cql2-text&filter={quote(_said(zone, price))}"


def _said(zone: str, price: str) -> str:
    return f"zone = '{zone}' AND prix > {price}"


@contextmanager
def _nginx(folder: Path) -> Iterator[Server | None]:
    """nginx giving the archive, one process; None when it is not there."""
    program = os.environ.get("BENCH_NGINX") or shutil.which("nginx")
    if program is None:
        yield None
        return
    root = folder / "www"
    root.mkdir()
    shutil.copyfile(json.loads((folder / "archive.json").read_text())["path"], root / "a.pmtiles")
    command = [sys.executable, "-m", "benchmarks.tiles", "nginx", str(folder), program]
    with serve(command) as server:
        yield server


def run_nginx(folder: Path, program: str) -> None:
    """Become nginx, once its address is printed."""
    import socket

    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    temporary = "".join(
        f"{kind}_temp_path {folder}/{kind};" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    # Its workers would be nobody, who may not look into the folder.
    user = "user root;" if os.geteuid() == 0 else ""
    (folder / "nginx.conf").write_text(
        f"{user} worker_processes 1; daemon off; pid {folder}/nginx.pid; error_log {folder}/nginx.err;"
        "events {worker_connections 256;}"
        f"http {{ access_log off; sendfile on; keepalive_requests 1000000; {temporary}"
        f"server {{ listen 127.0.0.1:{port}; root {folder}/www; }} }}"
    )
    print(f"http://127.0.0.1:{port}", flush=True)
    os.execv(program, [program, "-c", str(folder / "nginx.conf")])


def lay(folder: Path, count: int, given: str) -> None:
    """The layer object, and the same features as FlatGeobuf, which tippecanoe reads by itself."""
    import duckdb

    from beffroi.lake.connections import load_spatial
    from benchmarks import features

    file = Path(given) if given else features.invent_parcels(folder / "invented.parquet", count)
    features.lay_parcels(folder, file)
    entry = json.loads((folder / "entry.json").read_text())
    entry |= {"style": {"kind": "categories", "column": "zone"}, "filters": [{"attribute": "prix"}]}
    (folder / "entry.json").write_text(json.dumps(entry))
    data = folder / "objects" / entry["object"] / "data.parquet"
    with duckdb.connect() as connection:
        connection.execute("SET enable_progress_bar = false")
        load_spatial(connection)
        columns = "fid, id, commune, zone, surface, prix, geometry"
        connection.execute(
            f"COPY (SELECT {columns} FROM read_parquet('{data}')) TO '{folder / 'p.fgb'}'"
            " (FORMAT GDAL, DRIVER 'FlatGeobuf', SRS 'EPSG:4326', LAYER_CREATION_OPTIONS 'SPATIAL_INDEX=NO')"
        )
    print(json.dumps({"count": entry["count"], "bbox": entry["bbox"]}))


def build(folder: Path) -> None:
    """Make the archive; the ranges of two thousand of its tiles are kept for those who ask."""
    from beffroi.lake import Lake
    from beffroi.lake.drawings import build_drawing
    from beffroi.lake.tile_archives import build_archive
    from beffroi.observe.layers import plan_tiles

    lake, entry = Lake(folder), json.loads((folder / "entry.json").read_text())
    layer = lake.objects.get(entry["object"])
    assert layer is not None
    plan = plan_tiles(entry)
    drawing = build_drawing(layer, plan.points, lake.objects)
    made = build_archive(layer, drawing, plan, lake.objects, lake.limits)
    (folder / "archive.json").write_text(json.dumps({"path": str(made.data), "drawing": drawing.key}))
    size, draw = made.data.stat().st_size, random.Random(_SEED)
    starts = [draw.randrange(size // 2, size - 60_000) for _ in range(2_000)]
    (folder / "ranges").write_text("\n".join(f"bytes={start}-{start + 49_999}" for start in starts))
    heaviest = max(one["heaviest"] for one in made.manifest["zooms"]) / 1e3
    note = f"{size / 1e6:.0f} MB, every surface at zoom 14, heaviest tile {heaviest:.0f} kB"
    print(json.dumps({"note": note}))


def create_served_app() -> Any:
    """The application over the layer and its archive; made by each worker."""
    from beffroi.access import Reader
    from beffroi.lake import Lake
    from beffroi.lake.features import FeatureEngine
    from beffroi.lake.memories import Memory
    from beffroi.lake.releases import LayerFeatures, Release
    from beffroi.lake.tiles import DRAWINGS, draw_features
    from beffroi.serve import create_app
    from benchmarks import features

    folder = Path(os.environ[_SERVED])
    lake, drawings = Lake(folder), Memory(DRAWINGS)
    engine = FeatureEngine(lake.objects, lake.limits)
    told = json.loads((folder / "archive.json").read_text())
    archive, drawing = Path(told["path"]), lake.objects.get(told["drawing"])
    made: dict[Reader, Release] = {}

    def open_release(reader: Reader) -> Release:
        release = features.open_release(folder, reader)
        layer = lake.objects.get(release.catalogue["layers"]["bench/parcels"]["object"])
        assert release.load_layer is not None
        assert layer is not None
        known: LayerFeatures = dataclasses.replace(
            release.load_layer("bench/parcels"),
            tiles=archive,
            tile=lambda plan, query: draw_features(engine, drawings, layer, drawing, plan, query),
        )
        return dataclasses.replace(release, load_layer=lambda name: known)

    return create_app(lambda reader: made.get(reader) or made.setdefault(reader, open_release(reader)))


def serve_tiles(folder: Path) -> None:
    """Serve the layer and its archive until ended, with a worker a processor; prints the address."""
    import uvicorn
    from uvicorn.supervisors import Multiprocess

    from beffroi.serve.running import _listen

    os.environ[_SERVED] = str(folder)
    listening = _listen("127.0.0.1", 0)
    print(f"http://127.0.0.1:{listening.getsockname()[1]}", flush=True)
    config = uvicorn.Config(
        "benchmarks.tiles:create_served_app", factory=True, workers=os.cpu_count(), log_level="warning", lifespan="off"
    )
    Multiprocess(config, sockets=[listening]).run()


if __name__ == "__main__":
    act, where, *rest = sys.argv[1:]
    if act == "lay":
        lay(Path(where), int(rest[0]), rest[1])
    elif act == "build":
        build(Path(where))
    elif act == "nginx":
        run_nginx(Path(where), rest[0])
    else:
        serve_tiles(Path(where))
