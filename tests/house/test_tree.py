"""What git tracks: text alone, of no machine in particular, and no heap of data."""

import re
from pathlib import Path

from tests.house.places import ROOT, tracked_files

LARGEST_DATA = 300_000
"""Bytes: beyond, data are collected from their producer, not kept with the code."""

PICTURES = {".png", ".jpg", ".webp", ".svg", ".ico", ".woff2"}

# Written in two halves, so that this file does not hold what it looks for.
HOSTS = ["pypi." + "org", "python" + "hosted.org", "npmjs." + "org", "npmjs." + "com", "deb.debian" + ".org"]
MACHINE_PATH = re.compile(
    r"(?<![\w./~-])/(?:" + "|".join(["ro" + "ot", "ho" + "me", "Us" + "ers", "wo" + "rk"]) + r")/"
)


def text_of(path: Path) -> str | None:
    try:
        return path.read_text("utf-8")
    except UnicodeDecodeError:
        return None


def test_no_registry_host_is_named() -> None:
    """Packages are asked of the registry that each machine is set up for, by the ordinary clients."""
    found = [
        f"{path.relative_to(ROOT)}: {host}"
        for path in tracked_files()
        if (content := text_of(path))
        for host in HOSTS
        if host in content
    ]
    assert not found


def test_no_path_of_a_machine_is_named() -> None:
    found = [
        f"{path.relative_to(ROOT)}:{number}"
        for path in tracked_files()
        if (content := text_of(path))
        for number, line in enumerate(content.splitlines(), 1)
        if MACHINE_PATH.search(line)
    ]
    assert not found


def test_no_heap_of_data_is_tracked() -> None:
    heavy = [str(path.relative_to(ROOT)) for path in tracked_files() if path.stat().st_size > LARGEST_DATA]
    assert not [name for name in heavy if not name.startswith("docs/images/")]


def test_what_is_declared_is_text() -> None:
    """Workspaces and sources are text in UTF-8; the invented files of ``exemple`` are in the forms of their readers."""
    strange = [
        str(path.relative_to(ROOT))
        for path in tracked_files()
        if path.relative_to(ROOT).parts[0] in {"workspaces", "src", "docs"}
        and path.suffix not in PICTURES
        and "data" not in path.relative_to(ROOT).parts
        and text_of(path) is None
    ]
    assert not strange


def test_real_workspaces_hold_no_data_but_the_agency_s_own() -> None:
    """Data come from their producers; the ledger of its own work is what an agency writes itself."""
    kinds, own = {".yaml", ".sql", ".md", ".lock"}, ROOT / "workspaces" / "artois" / "sources" / "agency"
    held = [path for path in tracked_files() if path.is_relative_to(ROOT / "workspaces" / "artois")]
    strange = [path for path in held if path.suffix not in kinds]
    assert not [str(path.relative_to(ROOT)) for path in strange if path.suffix != ".csv" or own not in path.parents]
