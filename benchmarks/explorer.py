"""The explorer's page under fifty connections that ask without rest, already asked or never asked before.

The clients are one process and share the machine's processors with the server: with two processors and two workers,
all three fight for them. The peer is the same server with nothing to work out, sending as many bytes.
"""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory, TemporaryFile
from typing import Any
from urllib.parse import urlsplit

from benchmarks.processes import HERE, beffroi_command, must, run_beffroi, run_python
from benchmarks.reports import print_table, print_title

CACHED_AIM, UNCACHED_AIM = "15", "150"
_VIEWS = ("map", "ranking", "evolution", "distribution", "table")


def main(
    workers: Sequence[int] = (1, 2),
    connections: int = 50,
    cached: int = 4_000,
    uncached: int = 600,
    indicators: int = 12,
) -> None:
    """Measure with each number of ``workers``: ``cached`` requests over a few states, ``uncached`` over as many."""
    with TemporaryDirectory(prefix="beffroi-bench-") as name:
        folder = Path(name)
        workspace = folder / "workspace"
        must(run_python("benchmarks.workspaces", "observatory", workspace, indicators))
        must(run_beffroi("build", workspace))
        print_title(f"The explorer's page, {connections} connections, 322 communes, {indicators} indicators")
        states = _states(indicators, uncached + 20)
        rows: list[list[str]] = []
        for count in workers:
            serve = [beffroi_command(), "serve", str(workspace), "--port", "0", "--workers", str(count)]
            with _served(serve) as address:
                first = _ask(folder, address, connections, states[:20] * 4 * count)
                rows.append(_row(f"{count} worker(s), first requests", first, ""))
                rows.append(_row("same, never asked", _ask(folder, address, connections, states[20:]), UNCACHED_AIM))
                again = (states[:20] * (cached // 20 + 1))[:cached]
                _ask(folder, address, connections, states[:20] * 10 * count)
                found = _ask(folder, address, connections, again)
                rows.append(_row("same, already asked", found, CACHED_AIM))
            peer = [sys.executable, "-m", "benchmarks.peers.with_uvicorn", str(found["bytes"]), str(count)]
            with _served(peer) as address:
                _ask(folder, address, connections, again[:500])
                rows.append(_row("same, bare server, as many bytes", _ask(folder, address, connections, again), ""))
        heads = ("", "p50 ms", "p95 ms", "aim p95 ms", "p99 ms", "requests/s", "bytes", "failed")
        print_table(heads, rows)


def _states(indicators: int, count: int) -> list[str]:
    """So many different states of the explorer, in an order that mixes indicators, periods, places and views."""
    found = []
    for number in range(count):
        indicator = f"fiction/indicator_{number % indicators}"
        period = 2015 + number // indicators % 10
        view = _VIEWS[number % len(_VIEWS)]
        commune = f"{1 + number % 4:02d}{1 + number * 7 % 75:03d}"
        found.append(
            f"/explorer?indicator={indicator}&level=commune&period={period}&territory=commune:{commune}&view={view}"
        )
    return list(dict.fromkeys(found))


def _ask(folder: Path, address: str, connections: int, paths: Sequence[str]) -> dict[str, Any]:
    file = folder / "paths"
    file.write_text("\n".join(paths), "utf-8")
    parts = urlsplit(address)
    run = must(run_python("benchmarks.clients", parts.hostname, parts.port, connections, file))
    found: dict[str, Any] = json.loads(run.output)
    return found


@contextmanager
def _served(command: Sequence[str]) -> Iterator[str]:
    """A server in its own group of processes; its address, once it has printed it."""
    with TemporaryFile("w+", encoding="utf-8") as messages:
        process = subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=messages, cwd=HERE, text=True, start_new_session=True
        )
        try:
            assert process.stdout is not None
            address = process.stdout.readline().strip()
            if not address:
                messages.seek(0)
                raise SystemExit(f"the server did not start\n{messages.read()[-2000:]}")
            yield address
        finally:
            os.killpg(process.pid, signal.SIGTERM)
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)


def _row(name: str, found: dict[str, Any], aim: str) -> list[str]:
    p50, p95, p99 = (f"{1000 * found[key]:.1f}" for key in ("p50", "p95", "p99"))
    return [name, p50, p95, aim, p99, f"{found['by_second']:.0f}", str(found["bytes"]), str(found["failed"] or "")]
