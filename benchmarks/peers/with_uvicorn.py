"""Bytes over HTTP with the same server and nothing behind it: what a page costs when there is nothing to work out.

``python -m benchmarks.peers.with_uvicorn SIZE WORKERS`` prints its address, then serves so many bytes at every path.
"""

import os
import socket
import sys
from collections.abc import Awaitable, Callable
from typing import Any

import uvicorn
from uvicorn.supervisors import Multiprocess

_SIZE = "BENCHMARK_SIZE"


async def app(scope: Any, receive: Any, send: Callable[[dict[str, Any]], Awaitable[None]]) -> None:
    """Answer with so many bytes."""
    if scope["type"] == "http":
        body = b"x" * int(os.environ[_SIZE])
        headers = [(b"content-type", b"text/html"), (b"content-length", str(len(body)).encode())]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": body})


def main(size: str, workers: str) -> None:
    """Serve until interrupted."""
    os.environ[_SIZE] = size
    listening = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listening.bind(("127.0.0.1", 0))
    listening.listen(2048)
    listening.set_inheritable(True)
    print(f"http://127.0.0.1:{listening.getsockname()[1]}/", flush=True)
    app_name = "benchmarks.peers.with_uvicorn:app"
    config = uvicorn.Config(app_name, workers=int(workers), log_level="warning", lifespan="off")
    if int(workers) == 1:
        uvicorn.Server(config).run(sockets=[listening])
    else:
        Multiprocess(config, sockets=[listening]).run()


if __name__ == "__main__":
    main(*sys.argv[1:])
