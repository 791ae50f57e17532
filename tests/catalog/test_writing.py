"""Texts are written whole or not at all, where texts are, and only over what their author saw."""

import os
from pathlib import Path

import pytest

from beffroi.catalog import check_catalog
from beffroi.catalog.writing import (
    Change,
    compare,
    locate,
    mark,
    propose,
    read_bytes,
    remove,
    try_changes,
    write_changes,
)
from beffroi.errors import BeffroiError
from tests.catalog.workspaces import copy_example

FILE = "indicators/housing/dwellings.yaml"


def code(error: pytest.ExceptionInfo[BeffroiError]) -> str:
    return error.value.faults[0].code


@pytest.mark.parametrize(
    "file",
    [
        "../outside.md", "observatories/../../x.md", "observatories/a/../../../x.md", "/etc/passwd.yaml",
        "observatories//x.md", "observatories/a/.hidden.md", "observatories/a/x.html", "observatories/a/x",
        "workspace.yaml", "vocabulary/units.yaml", "scripts/x.sql", "observatories/a\\b/x.md", "observatories/a\0/x.md",
        "observatories/a/x.md/../../../../y.md", "indicators/A/x.yaml", "x.md", "", "observatories/a/source.lock",
        ".beffroi/current", "sources/a/b/c/d/e/f/g/h/i.yaml", "observatories/a/x.md\n",
    ],
)  # fmt: skip
def test_no_path_leads_out_of_the_folders_of_text(tmp_path: Path, file: str) -> None:
    with pytest.raises(BeffroiError) as raised:
        write_changes(tmp_path, [Change(file, b"x", "")])
    assert code(raised) == "file-outside"
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("what", ["folder", "file", "dangling"])
def test_no_link_is_followed(tmp_path: Path, what: str) -> None:
    outside, root = tmp_path / "outside", tmp_path / "workspace"
    outside.mkdir()
    (root / "observatories").mkdir(parents=True)
    (outside / "page.md").write_text("à d'autres", "utf-8")
    if what == "folder":
        os.symlink(outside, root / "observatories/a")
    else:
        (root / "observatories/a").mkdir()
        os.symlink(outside / ("page.md" if what == "file" else "new.md"), root / "observatories/a/page.md")
    with pytest.raises(BeffroiError) as raised:
        write_changes(root, [Change("observatories/a/page.md", b"x", "")])
    assert code(raised) == "file-outside"
    assert [path.name for path in outside.iterdir()] == ["page.md"]
    assert (outside / "page.md").read_text("utf-8") == "à d'autres"


def test_what_changed_meanwhile_is_not_written_over(tmp_path: Path) -> None:
    root = copy_example("small", tmp_path)
    change = propose(root, FILE, "title: Autre\n")
    other = propose(root, "indicators/housing/rooms.yaml", "title: Pièces\n")
    (root / FILE).write_text("title: Entre-temps\n", "utf-8")
    with pytest.raises(BeffroiError) as raised:
        write_changes(root, [other, change])
    assert code(raised) == "file-changed"
    assert (root / FILE).read_text("utf-8") == "title: Entre-temps\n"
    assert not (root / other.file).exists(), "all is written, or nothing"


def test_a_new_file_is_not_written_over_one_that_came(tmp_path: Path) -> None:
    root = copy_example("small", tmp_path)
    change = propose(root, "observatories/homes/index.md", "x")
    (root / "observatories/homes").mkdir(parents=True)
    (root / "observatories/homes/index.md").write_text("d'un autre", "utf-8")
    with pytest.raises(BeffroiError) as raised:
        write_changes(root, [change])
    assert code(raised) == "file-changed"


def test_a_file_is_replaced_whole_and_leaves_nothing_beside(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    root = copy_example("small", tmp_path)
    (root / FILE).chmod(0o640)
    write_changes(root, [propose(root, FILE, "title: Autre\n")])
    assert (root / FILE).read_text("utf-8") == "title: Autre\n"
    assert (root / FILE).stat().st_mode & 0o777 == 0o640
    before = sorted(path.name for path in (root / FILE).parent.iterdir())

    def refuse(*_: object) -> None:
        raise OSError(28, "no space left")

    monkeypatch.setattr(Path, "replace", refuse)
    with pytest.raises(OSError, match="no space"):
        write_changes(root, [propose(root, FILE, "title: Jamais\n")])
    assert (root / FILE).read_text("utf-8") == "title: Autre\n"
    assert sorted(path.name for path in (root / FILE).parent.iterdir()) == before


def test_a_file_is_taken_away_with_the_folder_that_it_leaves_empty(tmp_path: Path) -> None:
    root = copy_example("small", tmp_path)
    made = propose(root, "observatories/homes/index.md", "un")
    write_changes(root, [made, propose(root, "observatories/homes/rue.jpg", b"deux")])
    gone = [remove(root, "observatories/homes/index.md"), remove(root, "observatories/homes/rue.jpg")]
    assert [change.text for change in gone] == ["", None]
    with try_changes(root, gone) as folder:
        assert list((folder / "observatories/homes").iterdir()) == []
    (root / "observatories/homes/index.md").write_text("autre", "utf-8")
    with pytest.raises(BeffroiError) as raised:
        write_changes(root, gone)
    assert code(raised) == "file-changed"
    assert (root / "observatories/homes/rue.jpg").exists(), "all is taken away, or nothing"
    write_changes(root, [remove(root, "observatories/homes/index.md"), gone[1]])
    assert not (root / "observatories/homes").exists()


def test_what_was_done_is_put_back_when_the_disk_refuses(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    root = copy_example("small", tmp_path)
    before = {path: path.read_bytes() for path in root.rglob("*") if path.is_file()}
    changes = [
        propose(root, "observatories/homes/new.md", "nouveau"), propose(root, FILE, "title: Autre\n"),
        remove(root, "indicators/housing/vacancy_rate.yaml"),
    ]  # fmt: skip
    refused: list[str] = []
    unlink = Path.unlink

    def refuse(path: Path, missing_ok: bool = False) -> None:
        if path.name == "vacancy_rate.yaml" and not refused:
            refused.append(path.name)
            raise OSError(30, "read-only")
        unlink(path, missing_ok=missing_ok)

    monkeypatch.setattr(Path, "unlink", refuse)
    with pytest.raises(OSError, match="read-only"):
        write_changes(root, changes)
    assert refused
    assert {path: path.read_bytes() for path in root.rglob("*") if path.is_file()} == before


@pytest.mark.parametrize(
    "file",
    [
        "observatories/a/Photo 1.jpg", "observatories/a/.x.png", "observatories/a/b/x.png", "indicators/a/x.png",
        "observatories/a/..png/x.png", "observatories/a/x.gif",
    ],
)  # fmt: skip
def test_pictures_lie_beside_their_pages(tmp_path: Path, file: str) -> None:
    with pytest.raises(BeffroiError) as raised:
        locate(tmp_path, file)
    assert code(raised) == "file-outside"
    assert locate(tmp_path, "observatories/a/Plan-2.svg").name == "Plan-2.svg"


def test_sizes_are_bounded(tmp_path: Path) -> None:
    with pytest.raises(BeffroiError) as raised:
        propose(tmp_path, FILE, "x" * 600_000)
    assert code(raised) == "file-too-large"


def test_a_difference_has_the_numbers_of_both_sides() -> None:
    lines = compare(
        "un\ndeux\ntrois\n" + "même\n" * 9 + "fin\n", "un\nDEUX\ntrois\n" + "même\n" * 9 + "FIN\n", around=1
    )
    assert [(line.kind, line.text, line.before, line.after) for line in lines] == [
        ("same", "un", 1, 1), ("old", "deux", 2, None), ("new", "DEUX", None, 2), ("same", "trois", 3, 3),
        ("gap", "", None, None),
        ("same", "même", 12, 12), ("old", "fin", 13, None), ("new", "FIN", None, 13),
    ]  # fmt: skip
    assert [line.kind for line in compare(None, "a\nb\n")] == ["new", "new"]
    assert compare("a\n", "a\n") == ()


def test_changes_are_tried_without_being_written(tmp_path: Path) -> None:
    root = copy_example("small", tmp_path)
    before = read_bytes(root, FILE)
    assert before is not None
    broken = before.decode().replace("theme:", "thme:")
    with try_changes(
        root, [propose(root, FILE, broken), propose(root, "indicators/new/one.yaml", "title: A")]
    ) as folder:
        found = {str(fault.place).partition(":")[0] for fault in check_catalog(folder).faults}
    assert found == {FILE, "indicators/new/one.yaml"}
    assert read_bytes(root, FILE) == before
    assert not (root / "indicators/new").exists()
    assert not folder.exists()
    assert mark(None) == ""
    assert locate(root, FILE).is_file()
