"""The wheel is whole: it holds the built front-end, and serves where there is neither node nor the sources.

Its dependencies are not downloaded again: the fresh environment sees those of this one, after its own packages.
"""

import os
import shutil
import subprocess
import sys
import sysconfig
import tarfile
import venv
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from tests.house.places import ROOT, tracked_files

pytestmark = pytest.mark.network

ASSETS = "beffroi/publish/assets/"


@pytest.fixture(scope="module")
def packages(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """The sdist and the wheel, built from what git tracks, as a release would be."""
    copy = tmp_path_factory.mktemp("sources")
    for path in tracked_files():
        target = copy / path.relative_to(ROOT)
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(path, target)
    out = tmp_path_factory.mktemp("packages")
    build = [sys.executable, "-m", "hatchling", "build", "-d", str(out)]
    done = subprocess.run(build, cwd=copy, capture_output=True, text=True, check=False)
    if done.returncode != 0 and any(word in done.stderr for word in ("ENOTFOUND", "ECONNREFUSED", "ETIMEDOUT")):
        pytest.skip("the registry that the front-end's packages come from cannot be reached")
    assert done.returncode == 0, done.stderr[-2000:]
    return next(out.glob("*.tar.gz")), next(out.glob("*.whl"))


@pytest.fixture(scope="module")
def program(packages: tuple[Path, Path], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """``beffroi``, installed from the wheel into an environment of its own."""
    home = tmp_path_factory.mktemp("elsewhere")
    venv.create(home, with_pip=False, symlinks=True)
    python = home / "bin" / "python"
    site = Path(subprocess.run([python, "-c", SITE], capture_output=True, text=True, check=True).stdout.strip())
    install = [sys.executable, "-m", "pip", "--python", str(python), "install", "-qq", "--no-deps", str(packages[1])]
    subprocess.run(install, check=True)
    (site / "dependencies.pth").write_text(sysconfig.get_paths()["purelib"] + "\n", "utf-8")
    return home / "bin" / "beffroi"


SITE = "import sysconfig; print(sysconfig.get_paths()['purelib'])"


def test_both_packages_hold_the_built_front_end(packages: tuple[Path, Path]) -> None:
    sdist, wheel = packages
    with tarfile.open(sdist) as archive:
        in_sdist = archive.getnames()
    in_wheel = zipfile.ZipFile(wheel).namelist()
    for names in (in_sdist, in_wheel):
        assets = [name for name in names if ASSETS in name]
        assert any(name.endswith(".js") for name in assets)
        assert any(name.endswith(".css") for name in assets)
    assert any(name.endswith("LICENSE") for name in in_wheel)
    assert not [name for name in in_wheel if "node_modules" in name or name.startswith("tests/")]


def test_installed_wheel_tells_its_version(program: Path, tmp_path: Path) -> None:
    done = subprocess.run([program, "--version"], cwd=tmp_path, env=plain(tmp_path), capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    found = subprocess.run(
        [program.with_name("python"), "-c", "import beffroi; print(beffroi.__file__)"],
        cwd=tmp_path, env=plain(tmp_path), capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert str(program.parent.parent) in found.stdout, "the sources were imported, not the wheel"


def test_installed_wheel_builds_and_serves(program: Path, tmp_path: Path) -> None:
    subprocess.run([program, "new", "essai"], cwd=tmp_path, env=plain(tmp_path), check=True, capture_output=True)
    built = subprocess.run(
        [program, "build", "essai"], cwd=tmp_path, env=plain(tmp_path), check=False, capture_output=True, text=True
    )
    assert built.returncode == 0, built.stdout + built.stderr
    with serving(program, tmp_path) as address:
        assert httpx.get(f"{address}/health").status_code == 200
        home = httpx.get(f"{address}/", follow_redirects=True)
        assert home.status_code == 200
        sheet = home.text.split('rel="stylesheet" href="', 1)[1].split('"', 1)[0]
        assert httpx.get(f"{address}{sheet}").status_code == 200


@contextmanager
def serving(program: Path, folder: Path) -> Iterator[str]:
    """The address of a server of the workspace ``essai``, which it prints once it listens."""
    server = subprocess.Popen(
        [program, "serve", "essai", "--port", "0"], cwd=folder, env=plain(folder), stdout=subprocess.PIPE, text=True
    )
    assert server.stdout
    try:
        yield server.stdout.readline().strip().rstrip("/")
    finally:
        server.terminate()
        server.wait(timeout=20)


def plain(home: Path) -> dict[str, str]:
    """An environment without node nor npm on its path, and nothing of this one's."""
    folders = [folder for folder in os.environ["PATH"].split(os.pathsep) if folder]
    path = [folder for folder in folders if not any((Path(folder) / name).exists() for name in ("node", "npm"))]
    return {"PATH": os.pathsep.join(path), "HOME": str(home), "LANG": "C.UTF-8", "TZ": "UTC"}
