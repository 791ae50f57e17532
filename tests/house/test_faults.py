"""Every fault that can be said has its words in both languages, is raised somewhere, and owns a counterexample."""

import ast
import string
import tomllib
from functools import cache
from pathlib import Path

import pytest

from beffroi.errors import FaultClass
from tests.house.places import ROOT, SOURCES

MESSAGES = SOURCES / "messages"


def fields(template: str) -> set[str]:
    """The values that a template names; one that is itself words (``reason_fr``, ``reason_en``) counts as one."""
    named = (name for _, name, _, _ in string.Formatter().parse(template) if name is not None)
    return {name.removesuffix("_fr").removesuffix("_en") for name in named}


@cache
def texts_of(folder: Path) -> frozenset[str]:
    """Every literal text of the Python modules of a folder; of the tests, those of the house apart."""
    return frozenset(
        node.value
        for path in folder.rglob("*.py")
        if "house" not in path.parts
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    )


def fault_files() -> list[Path]:
    return sorted(MESSAGES.glob("faults_*.toml"))


def codes() -> list[str]:
    return sorted(code for path in fault_files() for code in tomllib.loads(path.read_text("utf-8")))


@pytest.mark.parametrize("path", fault_files(), ids=lambda path: path.stem)
def test_both_languages_say_the_same(path: Path) -> None:
    classes = {fault_class.label for fault_class in FaultClass}
    for code, entry in tomllib.loads(path.read_text("utf-8")).items():
        assert set(entry) <= {"class", "fr", "en", "remedy_fr", "remedy_en"}, code
        assert entry["class"] in classes, code
        assert entry["fr"].strip(), code
        assert entry["en"].strip(), code
        assert fields(entry["fr"]) == fields(entry["en"]), code
        assert bool(entry.get("remedy_fr")) == bool(entry.get("remedy_en")), code
        assert fields(entry.get("remedy_fr", "")) == fields(entry.get("remedy_en", "")), code


def test_no_code_is_declared_twice() -> None:
    assert sorted(set(codes())) == codes()


@pytest.mark.parametrize("code", sorted(set(codes())))
def test_fault_is_raised_and_has_a_counterexample(code: str) -> None:
    # A code may be made of a kind and of what is wrong with it: f"{kind}-not-declared".
    ends = tuple(text for text in texts_of(SOURCES) if text.startswith("-") and len(text) > 8)
    assert code in texts_of(SOURCES) or code.endswith(ends), "no line of src raises it"
    # Counterexamples are workspaces of text as well as Python: a code may be named by either.
    named = code in texts_of(ROOT / "tests") or code in named_by_files(ROOT / "tests")
    assert named, "no test names it"


@cache
def named_by_files(folder: Path) -> frozenset[str]:
    """Names and words of the counterexamples that are folders, or that list what they provoke."""
    found: set[str] = set()
    for path in folder.rglob("*"):
        found.add(path.stem)
        if path.suffix in {".txt", ".yaml", ".json", ".toml"} and path.stem.startswith("expected"):
            found.update(path.read_text("utf-8").replace('"', " ").replace(",", " ").split())
    return frozenset(found)
