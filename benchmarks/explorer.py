"""The explorer's page under fifty connections that ask without rest, already asked or never asked before.

The clients are one process and share the machine's processors with the server: with two processors and two workers,
all three fight for them. The peer is the same server with nothing to work out, sending as many bytes. Beside what
clients wait stands what a page costs the server in processor time, which other work of the machine hardly changes.
"""

import sys
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from benchmarks.processes import beffroi_command, must, run_beffroi, run_python
from benchmarks.reports import print_table, print_title
from benchmarks.servers import ask, serve

CACHED_AIM, UNCACHED_AIM = "15", "150"
HEADS = ("", "p50 ms", "p95 ms", "aim p95 ms", "p99 ms", "requests/s", "server ms", "bytes", "failed")
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
            command = [beffroi_command(), "serve", str(workspace), "--port", "0", "--workers", str(count)]
            with serve(command) as server:
                first = ask(folder, server, connections, states[:20] * 4 * count)
                rows.append(tell(f"{count} worker(s), first requests", first, ""))
                rows.append(tell("same, never asked", ask(folder, server, connections, states[20:]), UNCACHED_AIM))
                again = (states[:20] * (cached // 20 + 1))[:cached]
                ask(folder, server, connections, states[:20] * 10 * count)
                found = ask(folder, server, connections, again)
                rows.append(tell("same, already asked", found, CACHED_AIM))
            peer = [sys.executable, "-m", "benchmarks.peers.with_uvicorn", str(found["bytes"]), str(count)]
            with serve(peer) as server:
                ask(folder, server, connections, again[:500])
                rows.append(tell("same, bare server, as many bytes", ask(folder, server, connections, again), ""))
        print_table(HEADS, rows)


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


def tell(name: str, found: dict[str, Any], aim: str) -> list[str]:
    """A line of a table under ``HEADS``: what ``ask`` found, beside its aim."""
    p50, p95, p99 = (f"{1000 * found[key]:.1f}" for key in ("p50", "p95", "p99"))
    speed, cost = f"{found['by_second']:.0f}", f"{1000 * found['processor']:.2f}"
    return [name, p50, p95, aim, p99, speed, cost, str(found["bytes"]), str(found["failed"] or "")]
