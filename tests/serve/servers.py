"""A release at a true address, for programs that open what they are told to over HTTP."""

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import uvicorn

from beffroi.access import Reader
from beffroi.lake.releases import Release
from beffroi.serve import create_app


@contextmanager
def serve_release(open_release: Callable[[Reader], Release], **options: Any) -> Iterator[str]:
    """The address at which a release is served, in a thread; ``options`` are those of ``create_app``."""
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen(64)
        base = f"http://127.0.0.1:{listening.getsockname()[1]}"
        app = create_app(open_release, base_url=base, **options)
        server = uvicorn.Server(uvicorn.Config(app, log_level="error", lifespan="off"))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]}, daemon=True)
        thread.start()
        yield base
        server.should_exit = True
        thread.join(10)
