"""Workspaces to try: copies of the declared examples, changed a little."""

import shutil
from pathlib import Path

from beffroi.catalog import CheckResult, check_catalog

DECLARED = Path(__file__).parent.parent / "declared"
EXAMPLES = DECLARED / "examples"
COUNTEREXAMPLES = DECLARED / "counterexamples"


def copy_example(name: str, folder: Path) -> Path:
    """A copy of a whole example, in ``folder``."""
    return Path(shutil.copytree(EXAMPLES / name, folder / name))


def replace(root: Path, file: str, old: str, new: str) -> None:
    """Change a text that must be there."""
    text = (root / file).read_text("utf-8")
    assert old in text, f"{old!r} is not in {file}"
    (root / file).write_text(text.replace(old, new), "utf-8")


def write(root: Path, file: str, text: str) -> None:
    """Write a file and the folders that lead to it."""
    (root / file).parent.mkdir(parents=True, exist_ok=True)
    (root / file).write_text(text, "utf-8")


def told(result: CheckResult) -> list[tuple[str, int | None, str]]:
    """File, line and code of each fault, in order."""
    return [(fault.place.file, fault.place.line, fault.code) for fault in result.faults if fault.place]


def check(root: Path) -> list[tuple[str, int | None, str]]:
    return told(check_catalog(root))
