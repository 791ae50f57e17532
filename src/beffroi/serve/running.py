"""Running the server: an application over a workspace's lake, in one process or several.

Worker processes are started afresh, never forked: each opens the lake by itself.
"""

import errno
import os
import socket
from pathlib import Path

import uvicorn
from fastapi import FastAPI
from uvicorn.supervisors import Multiprocess

from beffroi.catalog import check_catalog
from beffroi.errors import BeffroiError, fault
from beffroi.publish import load_assets
from beffroi.run import Workplace, open_workplace
from beffroi.serve import create_app
from beffroi.serve.authoring import AuthoringDoor, Studio, hosts_of, new_key
from beffroi.settings import read_settings

_WORKSPACE = "BEFFROI_SERVED_WORKSPACE"
"""How worker processes learn which workspace they serve."""
_DRAWING_AHEAD = 1.5
"""Seconds that a server takes for its first readers before it answers; the first page alone takes a third of one."""


_HERE = "127.0.0.1"
"""The one address that a workspace is written from."""


def run_server(root: Path, *, host: str, port: int, workers: int, watch: bool = False, edit: bool = False) -> None:
    """Serve the current edition of a workspace until interrupted; the address is printed once it answers.

    ``watch`` shows pages as their text is saved; ``edit`` lets one write them in the browser too, from the address that
    is printed. Port 0 takes any free one. Raises ``no-edition`` at once when nothing was built, ``port-taken`` or
    ``host-not-here`` when nobody could listen there, and ``writing-needs-this-machine`` or
    ``writing-needs-one-process``.
    """
    writes = watch or edit
    if writes and host != _HERE:
        raise BeffroiError(fault("writing-needs-this-machine", host=host))
    if writes and workers > 1:
        raise BeffroiError(fault("writing-needs-one-process"))
    workplace = open_workplace(root, read_settings())
    workplace.lake.edition()
    listening = _listen(host, port)
    port = listening.getsockname()[1]
    os.environ.setdefault("BEFFROI_BASE_URL", f"http://{host}:{port}")
    if writes:
        _run_writing(workplace, listening, port, edit=edit)
        return
    config = uvicorn.Config(
        create_workspace_app(workplace) if workers == 1 else "beffroi.serve.running:create_worker_app",
        factory=workers > 1,
        workers=workers,
        log_level="warning",
        server_header=False,
    )
    os.environ[_WORKSPACE] = str(root)
    print(f"http://{host}:{port}/", flush=True)
    if workers == 1:
        uvicorn.Server(config).run(sockets=[listening])
    else:
        Multiprocess(config, sockets=[listening]).run()


def _run_writing(workplace: Workplace, listening: socket.socket, port: int, *, edit: bool) -> None:
    key = new_key() if edit else None
    server = create_writing_server(workplace, port, key=key)
    address = f"http://{_HERE}:{port}"
    print(f"{address}/redaction?cle={key}" if key else f"{address}/", flush=True)
    server.run(sockets=[listening])


def create_writing_server(workplace: Workplace, port: int, *, key: str | None) -> uvicorn.Server:
    """The server of a workspace that is being written; with a ``key``, it may be written in the browser."""
    base_url = f"http://{_HERE}:{port}"
    studio = Studio(workplace, load_assets(), base_url, key=key)
    app = create_app(studio.live.release, tokens=read_tokens(workplace), base_url=base_url, lay=studio.lay)
    door = AuthoringDoor(app, studio, hosts_of(port))
    # Without a life of its own, nothing is drawn ahead: what changes at each save is not worth it.
    config = uvicorn.Config(door, log_level="warning", server_header=False, lifespan="off", timeout_graceful_shutdown=2)
    server = uvicorn.Server(config)
    studio.closing = lambda: server.should_exit
    return server


def _listen(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # The protocol is said, or the event loop would not know it for TCP and would leave its small delays in:
    # an answer in two pieces then waits forty milliseconds.
    listening = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((host, port))
    except OSError as error:
        listening.close()
        if isinstance(error, socket.gaierror) or error.errno == errno.EADDRNOTAVAIL:
            raise BeffroiError(fault("host-not-here", host=host, detail=error.strerror)) from error
        raise BeffroiError(fault("port-taken", host=host, port=port, detail=error.strerror)) from error
    listening.listen(2048)
    listening.set_inheritable(True)
    return listening


def create_worker_app() -> FastAPI:
    """The application of one worker process."""
    return create_workspace_app(open_workplace(Path(os.environ[_WORKSPACE]), read_settings()))


def create_workspace_app(workplace: Workplace) -> FastAPI:
    """The application over the edition that is served, whichever it is at each request."""
    base_url = read_settings().base_url
    return create_app(
        workplace.lake.release,
        tokens=read_tokens(workplace),
        base_url=base_url,
        drawing_ahead=_DRAWING_AHEAD,
        history=workplace.lake.history,
    )


def read_tokens(workplace: Workplace) -> dict[str, str]:
    """Token by partner's name, from the environment variables that the workspace names; unset ones are left out.

    While the workspace's text is at fault, no partner can come in: only what is public is served.
    """
    catalog = check_catalog(workplace.root).partial
    if catalog is None:
        return {}
    named = {name: os.environ.get(audience.token_env, "") for name, audience in catalog.workspace.audiences.items()}
    return {name: token for name, token in named.items() if token}
