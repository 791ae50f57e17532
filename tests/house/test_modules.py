"""Modules say what they are for, bear the field's names, and keep the sealed path."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

from tests.house.places import ROOT, SOURCES, modules

EMPTY_NAMES = {"utils", "util", "helpers", "helper", "common", "core", "base", "manager", "managers", "misc"}
"""Names that say nothing of what is inside."""


def name_of(path: Path) -> str:
    return str(path.relative_to(ROOT))


@pytest.mark.parametrize("path", modules(), ids=name_of)
def test_module_says_what_it_is_for(path: Path) -> None:
    docstring = ast.get_docstring(ast.parse(path.read_text("utf-8")))
    assert docstring, "no docstring at the head of the module"
    assert len(docstring) >= 20, f"{docstring!r} does not say what the module is for"


def test_no_module_has_an_empty_name() -> None:
    found = [*modules(), *ROOT.joinpath("tests").rglob("*.py")]
    names = {part.removeprefix("test_") for path in found for part in path.relative_to(ROOT).with_suffix("").parts}
    assert not names & EMPTY_NAMES


def test_rooms_import_in_order() -> None:
    """The contracts of ``pyproject.toml``, which ``make check`` verifies as well."""
    program = Path(sys.executable).with_name("lint-imports")
    done = subprocess.run([program, "--no-logo", "--no-cache"], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


def test_files_of_the_lake_are_opened_by_the_lake_alone() -> None:
    """``pyarrow.parquet`` is part of a package that others may use, so that import-linter cannot see it."""
    guilty = []
    for path in SOURCES.rglob("*.py"):
        if path.relative_to(SOURCES).parts[0] in {"lake", "collect"}:
            continue
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if opens_files(node):
                guilty.append(f"{name_of(path)}:{node.lineno}")
    assert not guilty, "only lake, and the readers of collect, open the lake's files"


def opens_files(node: ast.AST) -> bool:
    """Whether a statement imports what opens GeoParquet, or reads it by another library's door."""
    sealed = {"duckdb", "pyarrow.parquet", "pyarrow.dataset", "pyarrow.feather"}
    if isinstance(node, ast.Import):
        return any(alias.name in sealed for alias in node.names)
    if isinstance(node, ast.ImportFrom):
        return node.module in sealed or any(f"{node.module}.{alias.name}" in sealed for alias in node.names)
    return isinstance(node, ast.Attribute) and node.attr in {"read_parquet", "scan_parquet"}


@pytest.mark.parametrize(
    ("line", "sealed"),
    [
        ("import duckdb", True),
        ("import pyarrow.parquet as pq", True),
        ("from pyarrow import parquet", True),
        ("from pyarrow.parquet import read_table", True),
        ("pandas.read_parquet('x')", True),
        ("import pyarrow as pa", False),
        ("from pyarrow import compute", False),
    ],
)
def test_the_seal_is_seen(line: str, sealed: bool) -> None:
    assert any(opens_files(node) for node in ast.walk(ast.parse(line))) is sealed
