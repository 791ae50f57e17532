"""Building again: when nothing changed among many declared things, and when one text did.

Times are the middle one of several processes. « After start-up » is the call of ``build`` alone; « command » is the
whole ``beffroi build``, interpreter and imports included.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any

from benchmarks.processes import must, run_beffroi, run_python
from benchmarks.reports import print_table, print_title

_TIMES = 5
HEADS = ("", "after start-up, s", "aim, s", "stat of the same files, s", "imports, s", "command, s", "made again")


@dataclass(frozen=True)
class Rebuild:
    """What a build of a workspace already built took."""

    built: float
    looked: float
    started: float
    command: float
    made: int
    things: int


def main(things: int = 1_000, indicators: int = 30, workspace: Path | None = None) -> None:
    """Measure on ``things`` declared things, then on ``workspace`` (a copy of it), or a made-up one of that size."""
    with TemporaryDirectory(prefix="beffroi-bench-") as name:
        many = Path(name) / "many"
        must(run_python("benchmarks.workspaces", "many", many, things))
        print_title(f"Building again, {things:,} declared things")
        first = must(run_beffroi("build", many))
        indicator = many / "indicators/fiction/indicator_7.yaml"
        rows = [
            tell_rebuild("nothing changed", measure_rebuild(many), "0.3"),
            tell_rebuild("one text saved again, the same", measure_rebuild(many, indicator.touch)),
            tell_rebuild("one definition reworded", measure_rebuild(many, lambda: _reword(indicator))),
            tell_rebuild("one indicator measured otherwise", measure_rebuild(many, lambda: _remeasure(indicator))),
        ]
        print(f"The first build of all took {first.seconds:.1f} s ({first.processor_seconds:.1f} s of processor).\n")
        print_table(HEADS, rows)
    with TemporaryDirectory(prefix="beffroi-bench-") as name:
        observatory = Path(name) / "observatory"
        said = _prepare(observatory, indicators, workspace)
        print_title(f"Building again, {said}")
        file = _chosen(observatory)
        rows = [
            tell_rebuild("nothing changed", measure_rebuild(observatory)),
            tell_rebuild("one definition reworded", measure_rebuild(observatory, lambda: _reword(file)), "1"),
            tell_rebuild(
                "one indicator measured otherwise", measure_rebuild(observatory, lambda: _remeasure(file)), "1"
            ),
        ]
        print_table(HEADS, rows)


def _prepare(target: Path, indicators: int, workspace: Path | None) -> str:
    if workspace is None:
        must(run_python("benchmarks.workspaces", "observatory", target, indicators))
        said = f"a made-up observatory of 322 communes and {indicators} indicators"
    else:
        must(run_python("benchmarks.copies", workspace, target))
        said = f"a copy of {workspace.name}"
    run_beffroi("build", target)
    return said


def _chosen(workspace: Path) -> Path:
    """The indicator to change: the vacancy rate where there is one, otherwise the first."""
    vacancy = workspace / "indicators/housing/vacancy_rate.yaml"
    return vacancy if vacancy.exists() else sorted((workspace / "indicators").rglob("*.yaml"))[0]


def measure_rebuild(workspace: Path, change: Callable[[], Any] | None = None) -> Rebuild:
    """The middle of several builds, each after ``change``; then as many of the whole command."""
    inside, outside = [], []
    for _ in range(_TIMES):
        if change:
            change()
        inside.append(json.loads(must(run_python("benchmarks.builds", workspace)).output))
    for _ in range(_TIMES):
        if change:
            change()
        outside.append(run_beffroi("build", workspace).seconds)
    last = inside[-1]["states"]
    return Rebuild(
        median(one["built"] for one in inside),
        median(one["looked"] for one in inside),
        median(one["started"] for one in inside),
        median(outside),
        last.get("built", 0),
        sum(last.values()),
    )


def tell_rebuild(name: str, found: Rebuild, aim: str = "") -> list[str]:
    """A line of a table under ``HEADS``."""
    times = (f"{found.looked:.4f}", f"{found.started:.2f}", f"{found.command:.2f}")
    return [name, f"{found.built:.3f}", aim, *times, f"{found.made} of {found.things}"]


def _reword(file: Path) -> None:
    """Lengthen the definition by one word."""
    lines = file.read_text("utf-8").splitlines()
    at = next(n for n, line in enumerate(lines) if line.startswith("title:"))
    if lines[at] == "title:":
        at += 1
    file.write_text("\n".join([*lines[:at], f"{lines[at]} bis", *lines[at + 1 :]]) + "\n", "utf-8")


def _remeasure(file: Path) -> None:
    """Say that a year long past is provisional, another one each time: the series has to be measured again."""
    lines = file.read_text("utf-8").splitlines()
    said = next((line for line in lines if line.startswith("provisional:")), 'provisional: ["1950"]')
    year = int(said.split('"')[1]) + 1
    kept = [line for line in lines if line != said]
    file.write_text("\n".join([*kept, f'provisional: ["{year}"]']) + "\n", "utf-8")
