"""Which files are declarations, which are let be, and which would be ignored in silence were they not refused."""

from pathlib import Path

import pytest

from tests.catalog.workspaces import check, copy_example, replace, write


@pytest.mark.parametrize(
    "file",
    [
        "README.md",
        "LICENSE",
        "Makefile",
        ".gitignore",
        ".beffroi/current",
        ".hidden/x.yaml",
        "observatories/README.md",
        "publications/letter/publication.yaml",
        "studies/brownfields/study.yaml",
        "programme/2023/actions.yaml",
        "deposits/x.csv",
        "exchange/file.csv",
        "indicators/README.md",
        "indicators/housing/README.md",
        "sources/README.md",
        "sources/census/housing/README.md",
        "sources/census/housing/source.lock",
        "sources/official/communes/communes.csv",
        "tables/README.md",
        "territories/.draft.yaml",
        "vocabulary/README.md",
    ],
)
def test_what_is_let_be(file: str, tmp_path: Path) -> None:
    root = copy_example("small", tmp_path)
    write(root, file, "x")
    assert check(root) == []


@pytest.mark.parametrize(
    ("file", "told", "code"),
    [
        ("workspace.yml", "workspace.yml", "unknown-file"),
        ("units.yaml", "units.yaml", "unknown-file"),
        ("indicator/housing/rooms.yaml", "indicator/", "unknown-folder"),
        ("sourcs/x/source.yaml", "sourcs/", "unknown-folder"),
        ("declarations/x.yaml", "declarations/", "unknown-folder"),
        ("vocabulary/unit.yaml", "vocabulary/unit.yaml", "unknown-file"),
        ("vocabulary/more/x.yaml", "vocabulary/more/", "unknown-folder"),
        ("territories/scot.yml", "territories/scot.yml", "unknown-file"),
        ("territories/scots/artois.yaml", "territories/scots/", "unknown-folder"),
        ("territories/Scot.yaml", "territories/Scot.yaml", "bad-id"),
        ("indicators/rooms.yml", "indicators/rooms.yml", "unknown-file"),
        ("indicators/housing/rooms.sql", "indicators/housing/rooms.sql", "unknown-file"),
        ("indicators/2021/rooms.yaml", "indicators/2021/rooms.yaml", "bad-id"),
        ("sources/census/housing/table.sq", "sources/census/housing/table.sq", "unknown-file"),
        ("sources/census/housing/old/x.csv", "sources/census/housing/old/x.csv", "unknown-file"),
        ("sources/census/rooms/source.yml", "sources/census/rooms/source.yml", "unknown-file"),
        ("sources/source.yaml", "sources/source.yaml", "unknown-file"),
        ("tables/rooms.yaml", "tables/rooms.yaml", "unknown-file"),
        ("tables/rooms/source.yaml", "tables/rooms/source.yaml", "unknown-file"),
        ("tables/rooms/table.sql", "tables/rooms/table.yaml", "missing-file"),
        ("tables/housing/by_tenure/notes.txt", "tables/housing/by_tenure/notes.txt", "unknown-file"),
    ],
)
def test_what_nothing_would_read(file: str, told: str, code: str, tmp_path: Path) -> None:
    root = copy_example("small", tmp_path)
    write(root, file, "select 1" if file.endswith("sql") else "title: x\n")
    assert check(root) == [(told, None, code)]


def test_a_file_of_a_location_may_lie_anywhere_in_the_folder_of_its_source(tmp_path: Path) -> None:
    root = copy_example("small", tmp_path)
    replace(root, "sources/official/communes/source.yaml", "path: communes.csv", "path: data/{year}")
    replace(
        root,
        "sources/official/communes/source.yaml",
        "files:\n  communes",
        "parts:\n  - year: 2025\nfiles:\n  communes",
    )
    write(root, "sources/official/communes/data/2025/communes.csv", "x")
    assert check(root) == []
    write(root, "sources/official/communes/other/communes.csv", "x")
    assert check(root) == [("sources/official/communes/other/communes.csv", None, "unknown-file")]


def test_a_source_may_hold_another(tmp_path: Path) -> None:
    root = copy_example("small", tmp_path)
    (root / "sources/smt/counts").rename(root / "sources/official/communes/counts")
    write(root, "sources/official/communes/communes.csv", "x")
    assert check(root) == []
