"""Where the parts of the project are, for the tests of the house."""

import subprocess
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent.parent
SOURCES = ROOT / "src" / "beffroi"


@cache
def modules() -> tuple[Path, ...]:
    """Every Python module of the package and of the scripts."""
    return tuple(sorted([*SOURCES.rglob("*.py"), *(ROOT / "scripts").glob("*.py")]))


def tracked_files() -> list[Path]:
    """Every file that git tracks; the test is skipped outside a checkout (in an unpacked sdist, say)."""
    done = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        pytest.skip("not a git checkout")
    return [ROOT / name for name in done.stdout.split("\0") if name and (ROOT / name).exists()]
