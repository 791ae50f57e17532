"""A closed loop of clients: each connection asks, waits for the whole answer, asks again.

``python -m benchmarks.clients HOST PORT CONNECTIONS PATHS`` runs in a process of its own, on this machine alone.
PATHS is a file with one path a line, each asked once, in order, by whichever connection is free; what follows ``#`` is
a range of bytes. Prints JSON: seconds by request (``p50``, ``p95``, ``p99``), requests by second, bytes by answer, and
how many answers were neither 200, 204 nor 206.
"""

import asyncio
import json
import sys
import time
from collections.abc import Iterator
from pathlib import Path

_REQUEST = "GET {path} HTTP/1.1\r\nHost: {host}:{port}\r\nAccept: text/html\r\nAccept-Encoding: gzip\r\n{more}\r\n"


def main(host: str, port: str, connections: str, paths: str) -> None:
    """Ask every path and print what it took."""
    asked = Path(paths).read_text("utf-8").split()
    began = time.perf_counter()
    answers = asyncio.run(_ask_all(host, int(port), int(connections), iter(asked)))
    spent = time.perf_counter() - began
    times = sorted(seconds for seconds, _, _ in answers)
    print(
        json.dumps(
            {
                **{f"p{share}": times[min(len(times) - 1, len(times) * share // 100)] for share in (50, 95, 99)},
                "by_second": len(times) / spent,
                "bytes": sum(size for _, size, _ in answers) // len(answers),
                "failed": sum(status not in (200, 204, 206) for _, _, status in answers),
            }
        )
    )


async def _ask_all(host: str, port: int, connections: int, paths: Iterator[str]) -> list[tuple[float, int, int]]:
    answers: list[tuple[float, int, int]] = []
    await asyncio.gather(*(_loop(host, port, paths, answers) for _ in range(connections)))
    return answers


async def _loop(host: str, port: int, paths: Iterator[str], answers: list[tuple[float, int, int]]) -> None:
    reader, writer = await asyncio.open_connection(host, port)
    for path in paths:
        began = time.perf_counter()
        address, _, part = path.partition("#")
        more = f"Range: {part}\r\n" if part else ""
        writer.write(_REQUEST.format(path=address, host=host, port=port, more=more).encode())
        status, size = await _read(reader)
        answers.append((time.perf_counter() - began, size, status))
    writer.close()


async def _read(reader: asyncio.StreamReader) -> tuple[int, int]:
    """Status and size in bytes of one answer, whole or in chunks."""
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").lower()
    status = int(head.split(" ", 2)[1])
    headers = dict(line.split(":", 1) for line in head.split("\r\n")[1:] if ":" in line)
    if status == 204:
        return status, 0
    if "content-length" in headers:
        size = int(headers["content-length"])
        await reader.readexactly(size)
        return status, size
    total = 0
    while size := int(await reader.readuntil(b"\r\n"), 16):
        total += len(await reader.readexactly(size))
        await reader.readexactly(2)
    await reader.readexactly(2)
    return status, total


if __name__ == "__main__":
    main(*sys.argv[1:])
