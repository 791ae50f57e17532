"""Vector tiles by PostGIS alone: ``python -m benchmarks.peers.with_postgis DSN CONNECTIONS TILES``.

TILES is a file with ``zoom x y zone price`` a line: the tile of the parcels of that zone whose price is above. Each is
asked once, in order, by whichever connection is free. Prints JSON as ``benchmarks.clients`` does.
"""

import json
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg

_TILE = """
SELECT ST_AsMVT(rows, 'features', 4096, 'shape') FROM (
  SELECT id::text AS fid, commune, zone, surface, prix,
    ST_AsMVTGeom(g3857, ST_TileEnvelope(%(zoom)s, %(x)s, %(y)s), 4096, 64, true) AS shape
  FROM parcels
  WHERE g3857 && ST_TileEnvelope(%(zoom)s, %(x)s, %(y)s, margin => 0.015625) AND zone = %(zone)s AND prix > %(price)s
) rows WHERE shape IS NOT NULL
"""


def main(dsn: str, connections: str, tiles: str) -> None:
    """Ask every tile and print what it took."""
    left = iter(Path(tiles).read_text("utf-8").split("\n"))
    lock, answers = threading.Lock(), []
    opened = [psycopg.connect(dsn) for _ in range(int(connections))]
    for connection in opened:
        connection.execute("SELECT postgis_full_version()")

    def ask(connection: psycopg.Connection, left: Iterator[str]) -> None:
        while True:
            with lock:
                line = next(left, "")
            if not line:
                return
            zoom, x, y, zone, price = line.split()
            said = {"zoom": int(zoom), "x": int(x), "y": int(y), "zone": zone, "price": float(price)}
            began = time.perf_counter()
            row = connection.execute(_TILE, said).fetchone()
            answers.append((time.perf_counter() - began, len(row[0]) if row and row[0] else 0))

    began = time.perf_counter()
    threads = [threading.Thread(target=ask, args=(connection, left)) for connection in opened]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    spent = time.perf_counter() - began
    times = sorted(seconds for seconds, _ in answers)
    shares = {f"p{share}": times[min(len(times) - 1, len(times) * share // 100)] for share in (50, 95, 99)}
    size = sum(size for _, size in answers) // len(answers)
    print(json.dumps({**shares, "by_second": len(times) / spent, "bytes": size, "failed": 0}))


if __name__ == "__main__":
    main(*sys.argv[1:])
