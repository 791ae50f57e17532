"""One workspace with forty independent faults: all forty are told at once, each in its place, and nothing else."""

import shutil
from pathlib import Path

import pytest

from beffroi.catalog import check_catalog, load_catalog
from beffroi.errors import BeffroiError
from tests.catalog.workspaces import COUNTEREXAMPLES

FORTY = COUNTEREXAMPLES / "forty_at_once"


def expected() -> list[str]:
    return sorted(line for line in (FORTY / "expected.txt").read_text("utf-8").splitlines() if line)


def test_the_forty_and_nothing_else(tmp_path: Path) -> None:
    root = Path(shutil.copytree(FORTY, tmp_path / "forty", ignore=shutil.ignore_patterns("expected.txt")))
    result = check_catalog(root)
    assert sorted(f"{fault.place}  {fault.code}" for fault in result.faults) == expected()
    assert len(result.faults) == 40
    assert result.catalog is None
    for fault in result.faults:
        for language in ("fr", "en"):
            # Each fault says how to mend itself, in words or by what was probably meant.
            assert fault.nearest or fault.remedy(language) or fault.code == "yaml-syntax"


def test_they_are_raised_together(tmp_path: Path) -> None:
    root = Path(shutil.copytree(FORTY, tmp_path / "forty"))
    with pytest.raises(BeffroiError) as raised:
        load_catalog(root)
    assert len(raised.value.faults) == 40
    assert raised.value.exit_code == 2
