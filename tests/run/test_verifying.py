"""The lake is read again, byte by byte: what was altered without a change of size is found and named."""

import json
import shutil
from pathlib import Path

import pytest

from beffroi.errors import BeffroiError
from beffroi.run import build
from beffroi.run.verifying import verify
from tests.run.conftest import Trial


@pytest.fixture
def built(trial: Trial) -> Trial:
    build(trial.workplace)
    return trial


def lake(trial: Trial) -> Path:
    return trial.workplace.lake.root


def flip(file: Path) -> None:
    """Change one byte, not the size."""
    data = bytearray(file.read_bytes())
    data[-1] ^= 1
    file.chmod(0o644)
    file.write_bytes(data)


def key_of(trial: Trial, label: str) -> str:
    return str(trial.workplace.lake.edition().objects[label])


def snapshot(trial: Trial) -> Path:
    return min((lake(trial) / "snapshots").glob("??/*"))


def told(trial: Trial) -> list[tuple[str, str]]:
    return [(one.code, str(one.place)) for one in verify(trial.workplace).faults]


def test_what_was_just_built_is_whole(built: Trial) -> None:
    found = verify(built.workplace)
    assert not found.faults
    assert (found.snapshots, found.editions) == (4, 1)
    assert found.objects == len(set(built.workplace.lake.edition().objects.values()))
    assert found.bytes > 0


def test_bytes_altered_at_the_same_size_are_named(built: Trial) -> None:
    file, key = snapshot(built), key_of(built, "table:town/dwellings")
    flip(file)
    flip(lake(built) / "objects" / key / "data.parquet")
    assert told(built) == [
        ("snapshot-damaged", str(file.relative_to(lake(built)))),
        ("object-altered", f"objects/{key}/data.parquet"),
    ]
    faults = verify(built.workplace).faults
    assert BeffroiError(faults).exit_code == 3


def test_what_an_edition_names_and_is_gone_is_named(built: Trial) -> None:
    file, key = snapshot(built), key_of(built, "series:housing/dwellings")
    file.unlink()
    shutil.rmtree(lake(built) / "objects" / key)
    assert sorted(told(built)) == [
        ("object-damaged", f"objects/{key}"),
        ("snapshot-damaged", str(file.relative_to(lake(built)))),
    ]


def test_a_damaged_edition_and_a_pointer_that_leads_nowhere_are_named(built: Trial) -> None:
    (lake(built) / "editions" / "000001.json").write_text("{}")
    (lake(built) / "current").write_text("000009\n")
    assert told(built) == [("edition-format", "editions/000001.json"), ("unknown-edition", "current:1")]


def test_nothing_is_changed_by_looking(built: Trial) -> None:
    flip(snapshot(built))
    before = {path: path.stat().st_mtime_ns for path in lake(built).rglob("*")}
    verify(built.workplace)
    assert {path: path.stat().st_mtime_ns for path in lake(built).rglob("*")} == before
    assert json.loads((lake(built) / "editions" / "000001.json").read_text())["id"] == "000001"
