"""Connections to the engine: what they may open, and which code they load."""

import shutil
from pathlib import Path

import duckdb
import pytest

from beffroi.lake import connections
from beffroi.lake.connections import EngineLimits, connect


@pytest.fixture
def extension() -> Path:
    packaged = connections._packaged_spatial()
    if packaged is None:
        pytest.skip("the spatial extension is not packaged here")
    return packaged


def test_an_extension_that_was_tampered_with_is_refused(extension, tmp_path, monkeypatch):
    """Though the connection that is then worked in checks nothing itself."""
    forged = Path(shutil.copy(extension, tmp_path))
    with forged.open("r+b") as file:
        file.seek(1_000_000)
        byte = file.read(1)[0]
        file.seek(1_000_000)
        file.write(bytes([byte ^ 1]))
    monkeypatch.setattr(connections, "_packaged_spatial", lambda: forged)
    with pytest.raises(duckdb.IOException, match="signature"), connect(EngineLimits(), spatial=True):
        pass


def test_the_signature_is_checked_once_and_shapes_are_had_every_time(extension):
    connections._check_signature.cache_clear()
    asked = "SELECT ST_Area('POLYGON((0 0, 2 0, 2 2, 0 2, 0 0))'::GEOMETRY)"
    for _ in range(3):
        with connect(EngineLimits(), spatial=True) as connection:
            assert connection.execute(asked).fetchone() == (4,)
    assert connections._check_signature.cache_info().misses == 1


@pytest.mark.parametrize("spatial", [False, True])
def test_nothing_is_loaded_once_work_begins(extension, tmp_path, spatial):
    other = shutil.copy(extension, tmp_path / "other.duckdb_extension")
    with connect(EngineLimits(), spatial=spatial) as connection:
        for asked in (f"LOAD '{other}'", "INSTALL httpfs", "LOAD httpfs", "SET enable_external_access = true"):
            with pytest.raises(duckdb.Error, match=r"disabled by configuration|disabled through configuration|running"):
                connection.execute(asked)
