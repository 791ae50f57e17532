"""Servers to be measured, each in its own group of processes, and clients that ask them without rest."""

import json
import os
import signal
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryFile
from typing import Any
from urllib.parse import urlsplit

from benchmarks.processes import HERE, must, run_python


@dataclass(frozen=True)
class Server:
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
def serve(command: Sequence[str]) -> Iterator[Server]:
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
            yield Server(address, process.pid)
        finally:
            os.killpg(process.pid, signal.SIGTERM)
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)


def ask(folder: Path, server: Server, connections: int, paths: Sequence[str]) -> dict[str, Any]:
    """What ``connections`` clients waited for ``paths`` (see ``benchmarks.clients``), and what it cost the server."""
    file = folder / "paths"
    file.write_text("\n".join(paths), "utf-8")
    parts = urlsplit(server.address)
    before = server.processor_seconds()
    run = must(run_python("benchmarks.clients", parts.hostname, parts.port, connections, file))
    found: dict[str, Any] = json.loads(run.output)
    return {**found, "processor": (server.processor_seconds() - before) / len(paths)}
