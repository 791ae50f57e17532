"""The README's tour on the Artois workspace: what needs no data is run as it is written."""

import shutil
from pathlib import Path

from tests.docs.blocks import read_blocks
from tests.docs.sessions import commands_of, compare, run_beffroi
from tests.house.places import ROOT

RIGHT, WRONG = "numerator: vacant_dwellings\n", "numerator: vacant_dwelling\n"


def test_the_mistake_is_told_as_shown(tmp_path: Path) -> None:
    text = (ROOT / "README.md").read_text("utf-8")
    assert f"Write `{WRONG.strip()}` in" in text
    artois = tmp_path / "workspaces" / "artois"
    shutil.copytree(ROOT / "workspaces" / "artois", artois, ignore=shutil.ignore_patterns(".beffroi"))
    indicator = artois / "indicators" / "housing" / "vacancy_rate.yaml"
    indicator.write_text(indicator.read_text("utf-8").replace(RIGHT, WRONG), "utf-8")
    (shown,) = [
        shown
        for block in read_blocks(ROOT / "README.md")
        if block.language == "console"
        for command, shown in commands_of(block)
        if command == "beffroi check"
    ]
    fault = compare(shown, run_beffroi(["beffroi", "check"], tmp_path))
    assert fault is None, fault
