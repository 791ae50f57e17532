"""Every fault of the catalogue has a counterexample: a change in a good workspace, and the words one then reads."""

import os
import shutil
import tomllib
from pathlib import Path

import pytest

import beffroi
from beffroi.catalog import check_catalog, new_workspace
from beffroi.errors import BeffroiError
from tests.catalog.workspaces import COUNTEREXAMPLES, copy_example

WRITTEN_HERE = {"text-too-large", "text-unreadable", "folder-not-empty", "folder-not-writable"}
"""Those that a folder of text cannot hold."""


def codes() -> set[str]:
    return set(tomllib.loads((Path(beffroi.__file__).parent / "messages" / "faults_catalog.toml").read_text("utf-8")))


def cases() -> list[str]:
    return sorted(folder.name for folder in COUNTEREXAMPLES.iterdir() if folder.name != "forty_at_once")


def test_every_code_has_its_counterexample() -> None:
    assert set(cases()) | WRITTEN_HERE == codes()
    assert not set(cases()) & WRITTEN_HERE


@pytest.mark.parametrize("code", cases())
def test_counterexample(code: str, tmp_path: Path) -> None:
    """The files of the folder are laid over the small example, and nothing but the expected words is said."""
    root = copy_example("small", tmp_path)
    for path in sorted((COUNTEREXAMPLES / code).rglob("*")):
        target = root / path.relative_to(COUNTEREXAMPLES / code)
        if path.is_file() and path.name not in ("expected.txt", "removed.txt"):
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(path, target)
    removed = COUNTEREXAMPLES / code / "removed.txt"
    for name in removed.read_text("utf-8").split() if removed.exists() else []:
        (root / name).unlink()
    faults = check_catalog(root).faults
    assert [fault.code for fault in faults] == [code]
    said = "\n".join(fault.render("fr") for fault in faults) + "\n"
    assert said == (COUNTEREXAMPLES / code / "expected.txt").read_text("utf-8")
    assert faults[0].render("en")


def test_a_text_as_large_as_a_data_file_is_refused(tmp_path: Path) -> None:
    root = copy_example("small", tmp_path)
    (root / "indicators/housing/dwellings.yaml").write_text("title: " + "x" * 600_000, "utf-8")
    (fault,) = check_catalog(root).faults
    assert fault.code == "text-too-large"


def test_a_link_that_leads_nowhere_is_said(tmp_path: Path) -> None:
    root = copy_example("small", tmp_path)
    os.symlink("nowhere.yaml", root / "indicators/housing/rooms.yaml")
    (fault,) = check_catalog(root).faults
    assert fault.code == "text-unreadable"
    assert str(fault.place) == "indicators/housing/rooms.yaml"


def test_a_folder_in_use_is_not_overwritten(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("à garder", "utf-8")
    with pytest.raises(BeffroiError) as raised:
        new_workspace(tmp_path, "Essai")
    assert [fault.code for fault in raised.value.faults] == ["folder-not-empty"]
    assert [path.name for path in tmp_path.iterdir()] == ["notes.txt"]


def test_a_folder_that_cannot_be_made_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", "utf-8")
    with pytest.raises(BeffroiError) as raised:
        new_workspace(tmp_path / "file" / "inside", "Essai")
    assert [fault.code for fault in raised.value.faults] == ["folder-not-writable"]
