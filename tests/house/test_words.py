"""The interface speaks French and English alike, and says no word that its catalogue lacks."""

import ast
import re
import string
import tomllib
from pathlib import Path

import pytest

from beffroi.language import LANGUAGES
from tests.house.places import SOURCES

MESSAGES = SOURCES / "messages"


def word_files() -> list[Path]:
    return sorted(MESSAGES.glob("interface*.toml"))


def catalogue() -> dict[str, dict[str, str]]:
    return {
        f"{section}.{key}": entry
        for path in word_files()
        for section, entries in tomllib.loads(path.read_text("utf-8")).items()
        for key, entry in entries.items()
    }


@pytest.mark.parametrize("path", word_files(), ids=lambda path: path.stem)
def test_words_are_in_both_languages(path: Path) -> None:
    for section, entries in tomllib.loads(path.read_text("utf-8")).items():
        for key, entry in entries.items():
            assert set(entry) == set(LANGUAGES), f"{section}.{key}"
            assert all(entry.values()), f"{section}.{key}"
            values = [{name for _, name, _, _ in string.Formatter().parse(entry[lang]) if name} for lang in LANGUAGES]
            assert values[0] == values[1], f"{section}.{key}: the two languages name different values"


def test_no_section_is_declared_twice() -> None:
    declared = [
        f"{section}.{key}"
        for path in word_files()
        for section, entries in tomllib.loads(path.read_text("utf-8")).items()
        for key in entries
    ]
    assert sorted(set(declared)) == sorted(declared)


def test_words_that_are_used_exist() -> None:
    known = catalogue()
    missing = []
    for path in SOURCES.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if (key := asked_key(node)) and key not in known:
                missing.append(f"{path.relative_to(SOURCES)}:{node.lineno} {key}")
    for path in SOURCES.rglob("*.html*"):
        for key in re.findall(r"\b(?:text|t)\(\s*[\"']([a-z_]+\.[a-z0-9_]+)[\"']\s*[,)]", path.read_text("utf-8")):
            if key not in known:
                missing.append(f"{path.relative_to(SOURCES)} {key}")
    assert not missing


def asked_key(node: ast.AST) -> str | None:
    """The literal key that a call to ``text`` asks for, if it is one."""
    if not (isinstance(node, ast.Call) and node.args and isinstance(node.args[0], ast.Constant)):
        return None
    called = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
    key = node.args[0].value
    return key if called == "text" and isinstance(key, str) and re.fullmatch(r"[a-z_]+\.[a-z0-9_]+", key) else None
