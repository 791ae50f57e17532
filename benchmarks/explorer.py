"""The explorer's page under fifty connections that ask without rest, already asked or never asked before.

The clients are one process and share the machine's processors with the server: with two processors and two workers,
all three fight for them. The peer is the same server with nothing to work out, sending as many bytes. Beside what
clients wait stands what a page costs the server in processor time, which other work of the machine hardly changes.
"""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
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
            with _served(serve) as server:
                first = _ask(folder, server, connections, states[:20] * 4 * count)
                rows.append(_row(f"{count} worker(s), first requests", first, ""))
                rows.append(_row("same, never asked", _ask(folder, server, connections, states[20:]), UNCACHED_AIM))
                again = (states[:20] * (cached // 20 + 1))[:cached]
                _ask(folder, server, connections, states[:20] * 10 * count)
                found = _ask(folder, server, connections, again)
                rows.append(_row("same, already asked", found, CACHED_AIM))
            peer = [sys.executable, "-m", "benchmarks.peers.with_uvicorn", str(found["bytes"]), str(count)]
            with _served(peer) as server:
                _ask(folder, server, connections, again[:500])
                rows.append(_row("same, bare server, as many bytes", _ask(folder, server, connections, again), ""))
        heads = ("", "p50 ms", "p95 ms", "aim p95 ms", "p99 ms", "requests/s", "server ms", "bytes", "failed")
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


def _ask(folder: Path, server: "_Server", connections: int, paths: Sequence[str]) -> dict[str, Any]:
    file = folder / "paths"
    file.write_text("\n".join(paths), "utf-8")
    parts = urlsplit(server.address)
    before = server.processor_seconds()
    run = must(run_python("benchmarks.clients", parts.hostname, parts.port, connections, file))
    found: dict[str, Any] = json.loads(run.output)
    return {**found, "processor": (server.processor_seconds() - before) / len(paths)}


@dataclass(frozen=True)
class _Server:
    """Where a server answers, and the group of its processes."""

    address: str
    group: int

    def processor_seconds(self) -> float:
        """User and system time of its processes so far."""
        ticks = 0
        for file in Path("/proc").glob("[0-9]*/stat"):
            with suppress(OSError):
                fields = file.read_text("utf-8").rpartition(")")[2].split()
                ticks += int(fields[11]) + int(fields[12]) if int(fields[2]) == self.group else 0
        return ticks / os.sysconf("SC_CLK_TCK")


@contextmanager
def _served(command: Sequence[str]) -> Iterator[_Server]:
    """A server in its own group of processes, once it has printed its address."""
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
            yield _Server(address, process.pid)
        finally:
            os.killpg(process.pid, signal.SIGTERM)
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)


def _row(name: str, found: dict[str, Any], aim: str) -> list[str]:
    p50, p95, p99 = (f"{1000 * found[key]:.1f}" for key in ("p50", "p95", "p99"))
    speed, cost = f"{found['by_second']:.0f}", f"{1000 * found['processor']:.2f}"
    return [name, p50, p95, aim, p99, speed, cost, str(found["bytes"]), str(found["failed"] or "")]
