"""A file that is not YAML somewhere still tells its other faults, never one that follows from what is unreadable."""

from pathlib import Path

import pytest

from tests.catalog.workspaces import check, copy_example

FILE = "indicators/housing/vacancy_rate.yaml"
GOOD = """title: Taux de vacance
definition: Logements vacants pour cent logements.
theme: housing
unit: percent
kind: ratio
table: census/housing
numerator: vacant
denominator: dwellings
"""


def told(tmp_path: Path, text: str) -> list[tuple[int | None, str]]:
    root = copy_example("small", tmp_path)
    (root / FILE).write_text(text)
    return [(line, code) for file, line, code in check(root) if file == FILE]


def change(*pairs: tuple[str, str]) -> str:
    text = GOOD
    for old, new in pairs:
        assert old in text
        text = text.replace(old, new)
    return text


BROKEN = ("definition: Logements", "definition: Part : logements")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (change(BROKEN), [(2, "yaml-syntax")]),
        (change(BROKEN, ("unit: percent", "unite: percent")), [(2, "yaml-syntax"), (4, "unknown-key")]),
        (change(BROKEN, ("theme: housing", "theme: [housing]")), [(2, "yaml-syntax"), (3, "wrong-type")]),
        (change(BROKEN, ("denominator: dw", "numerator: dw")), [(2, "yaml-syntax"), (8, "duplicate-key")]),
        (change(BROKEN, ("numerator: vacant", "numerator: a : b")), [(2, "yaml-syntax"), (7, "yaml-syntax")]),
        (change(("denominator: ", "denominator:\n\t")), [(9, "yaml-tab")]),
        (change(("kind: ratio", "kind: ra : tio"), ("unit: percent", "unite: percent")), [(5, "yaml-syntax")]),
        (change(("title: Taux", 'title: "Taux'), ("unit: percent", "unite: percent")), [(1, "yaml-syntax")]),
        (change(("unit: percent", "unite: percent"), ("table: census", "table: [census"), ("numer", "nume")),
         [(4, "unknown-key"), (6, "yaml-syntax")]),
        (change(BROKEN, ("kind: ratio", "kind: rati")), [(2, "yaml-syntax"), (5, "unknown-value")]),
        (change(BROKEN, ("title: Taux de vacance\n", "")), [(1, "yaml-syntax")]),
    ],
)  # fmt: skip
def test_other_faults_are_told_and_none_is_invented(tmp_path: Path, text: str, expected: list[tuple[int, str]]) -> None:
    assert told(tmp_path, text) == expected


def test_the_vocabulary_and_the_workspace_tell_theirs(tmp_path: Path) -> None:
    root = copy_example("small", tmp_path)
    added = {"workspace.yaml": "strange: 1\n", "vocabulary/units.yaml": "shades: {decimal: 1}\n"}
    for file, more in added.items():
        (root / file).write_text((root / file).read_text() + "odd: a : b\n" + more)
    found = {(file, code) for file, _, code in check(root)}
    assert ("workspace.yaml", "yaml-syntax") in found
    assert ("workspace.yaml", "unknown-key") in found
    assert ("vocabulary/units.yaml", "yaml-syntax") in found
    assert ("vocabulary/units.yaml", "unknown-key") in found
    assert {file for file, _ in found} == {"workspace.yaml", "vocabulary/units.yaml"}
