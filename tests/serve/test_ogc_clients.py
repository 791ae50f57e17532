"""Programs that nobody here wrote read the layers of a server: GDAL by ``ogrinfo``, QGIS without a screen."""

import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
import shapely

from tests.serve.ogc_worlds import COUNT, World
from tests.serve.servers import serve_release

QGIS_PYTHON = "/usr/bin/python3"
ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    return World(tmp_path_factory.mktemp("clients"))


@pytest.fixture(scope="module")
def address(world: World, assets_folder: Path) -> Iterator[str]:
    """The address of a server of the invented layers, with the prefix of its interface."""
    with serve_release(world.open, assets_folder=assets_folder) as base:
        yield f"{base}/ogc"


def ogrinfo(*arguments: str) -> str:
    program = shutil.which("ogrinfo")
    if program is None:
        pytest.skip("no ogrinfo: install GDAL's programs (gdal-bin)")
    done = subprocess.run([program, "-ro", *arguments], capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    assert "ERROR" not in done.stderr, done.stderr
    return done.stdout


def count_of(said: str) -> int:
    found = re.search(r"Feature Count: (\d+)", said)
    assert found is not None, said
    return int(found[1])


def test_gdal_lists_the_layers_and_what_they_hold(address: str) -> None:
    listed = ogrinfo(f"OAPIF:{address}")
    assert "town.parcels" in listed
    assert "zibelin" not in listed
    said = ogrinfo("-al", "-so", f"OAPIF:{address}", "town.parcels")
    assert count_of(said) == COUNT
    assert "Geometry: Polygon" in said
    assert "Extent: (2.500000, 50.500000) - (2.598000, 50.558000)" in said
    for field in ("name: String", "floors: Integer", "height: Real", "built: Date"):
        assert field in said


def test_gdal_chooses_by_box_and_by_attribute(address: str, world: World) -> None:
    box = shapely.box(2.505, 50.505, 2.535, 50.515)
    inside = [row for row in world.rows if shapely.intersects(row["shape"], box)]
    said = ogrinfo("-al", "-so", "-spat", "2.505", "50.505", "2.535", "50.515", f"OAPIF:{address}", "town.parcels")
    assert count_of(said) == len(inside)
    said = ogrinfo("-al", "-so", "-where", "floors >= 3 AND name = 'arras'", f"OAPIF:{address}", "town.parcels")
    assert count_of(said) == sum(row["floors"] >= 3 and row["name"] == "arras" for row in world.rows)


def test_qgis_opens_every_layer(address: str, tmp_path: Path) -> None:
    told = (
        subprocess.run([QGIS_PYTHON, "-c", "import qgis.core"], capture_output=True) if shutil.which("qgis") else None
    )
    if told is None or told.returncode:
        pytest.skip("no QGIS for /usr/bin/python3: install qgis and python3-qgis")
    done = subprocess.run(
        [QGIS_PYTHON, str(ROOT / "scripts" / "open_in_qgis.py"), address], capture_output=True, text=True, timeout=120,
        env={"QT_QPA_PLATFORM": "offscreen", "HOME": str(tmp_path), "PATH": "/usr/bin:/bin"},
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    assert f"ok  town.parcels: {COUNT} of {COUNT} features" in done.stdout
    assert "zibelin" not in done.stdout
