"""A consequence of a fault is not a fault: one thing wrong in a good workspace is told once, whatever depends on it."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from beffroi.catalog import check_catalog
from tests.catalog.workspaces import EXAMPLES, check, copy_example, replace, write

_KEY = re.compile(r"( *(?:- )?)([a-z_]+):(.*)$")


def spoiled(text: str) -> Iterator[tuple[str, str]]:
    """Each way to spoil one line of a file: a syntax fault, a misspelt key, a key left out, a value of another kind."""
    lines = text.split("\n")
    yield "syntax", text + "\nfoo: bar: baz\n"
    yield "empty", ""
    yield "unknown", "zzzz: 1\n" + text
    for number, line in enumerate(lines):
        found = _KEY.match(line)
        if found is None:
            continue
        margin, key, value = found.groups()
        after = number + 1
        while after < len(lines) and lines[after].strip() and lines[after][: len(margin) + 1].isspace():
            after += 1
        yield f"{number + 1} misspelt", "\n".join([*lines[:number], f"{margin}{key}e:{value}", *lines[number + 1 :]])
        yield f"{number + 1} left out", "\n".join([*lines[:number], *lines[after:]])
        if value.strip():
            for other in ("[[x]]", "qwerty"):
                yield (
                    f"{number + 1} {other}",
                    "\n".join([*lines[:number], f"{margin}{key}: {other}", *lines[number + 1 :]]),
                )


@pytest.mark.parametrize(("example", "step"), [("small", 7), ("every_kind", 61)])
def test_one_thing_wrong_is_told_once(example: str, step: int, tmp_path: Path) -> None:
    root = copy_example(example, tmp_path)
    cases = [
        (path.relative_to(root), name, text)
        for path in sorted(root.rglob("*.yaml"))
        for name, text in spoiled(path.read_text("utf-8"))
    ]
    for file, name, text in cases[::step]:
        good = (root / file).read_text("utf-8")
        (root / file).write_text(text, "utf-8")
        faults = check_catalog(root).faults
        assert len(faults) <= 1, (file, name, [str(fault.place) + " " + fault.code for fault in faults])
        if name in ("syntax", "empty", "unknown"):
            assert [fault.place.file for fault in faults if fault.place] == [str(file)]
        (root / file).write_text(good, "utf-8")


def test_a_broken_source_does_not_make_its_indicators_wrong(tmp_path: Path) -> None:
    root = copy_example("small", tmp_path)
    write(root, "sources/census/housing/source.yaml", "title: [\n")
    assert check(root) == [("sources/census/housing/source.yaml", 1, "yaml-syntax")]


def test_what_is_wrong_in_itself_is_told_beside_what_is_wrong_elsewhere(tmp_path: Path) -> None:
    """An indicator with two faults of its own, on a source that has another: three."""
    root = copy_example("small", tmp_path)
    replace(root, "sources/census/housing/source.yaml", "use: open", "use: opne")
    replace(root, "indicators/housing/vacancy_rate.yaml", "denominator: dwellings", "denominator: dweling")
    replace(root, "indicators/housing/vacancy_rate.yaml", "theme: housing", "theme: houses\nzzz: 1")
    assert check(root) == [
        ("indicators/housing/vacancy_rate.yaml", 3, "unknown-theme"),
        ("indicators/housing/vacancy_rate.yaml", 4, "unknown-key"),
        ("indicators/housing/vacancy_rate.yaml", 12, "unknown-column"),
        ("sources/census/housing/source.yaml", 4, "unknown-value"),
    ]


def test_one_missing_thing_is_one_fault_with_every_place(tmp_path: Path) -> None:
    root = copy_example("small", tmp_path)
    replace(root, "vocabulary/themes.yaml", "housing:", "lodging:")
    (fault,) = check_catalog(root).faults
    assert str(fault.place) == "indicators/housing/dwellings.yaml:3"
    assert fault.code == "unknown-theme"
    for place in ("vacancy_rate.yaml:3", "vacancy_change.yaml:3", "source.yaml:6", "table.yaml:3"):
        assert place in fault.message("fr")


def test_a_missing_table_is_one_fault_for_texts_and_requests(tmp_path: Path) -> None:
    root = copy_example("small", tmp_path)
    for name in ("source.yaml", "table.sql"):
        (root / "sources/census/housing" / name).unlink()
    (fault,) = check_catalog(root).faults
    assert fault.code == "unknown-table"
    assert "tables/housing/by_tenure/table.sql:2" in fault.message("fr")


def test_a_misplaced_file_is_the_only_fault(tmp_path: Path) -> None:
    """What refers to a declaration that is there under a wrong name refers to something."""
    root = copy_example("small", tmp_path)
    (root / "indicators/housing/vacancy_rate.yaml").rename(root / "indicators/housing/vacancy_rate.yml")
    assert check(root) == [("indicators/housing/vacancy_rate.yml", None, "unknown-file")]
    (root / "territories").rename(root / "territory")
    assert check(root) == [
        ("indicators/housing/vacancy_rate.yml", None, "unknown-file"),
        ("territory/", None, "unknown-folder"),
    ]


@pytest.mark.parametrize("name", ["themes", "units", "columns"])
def test_an_unreadable_vocabulary_is_one_fault(name: str, tmp_path: Path) -> None:
    root = copy_example("every_kind", tmp_path)
    write(root, f"vocabulary/{name}.yaml", "a: [\n")
    assert [code for _, _, code in check(root)] == ["yaml-syntax"]
    (root / f"vocabulary/{name}.yaml").rename(root / f"vocabulary/{name}.yml")
    assert [code for _, _, code in check(root)] == ["unknown-file"]


def test_examples_have_no_fault() -> None:
    for folder in sorted(EXAMPLES.iterdir()):
        assert check(folder) == [], folder.name
