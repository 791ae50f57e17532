"""National size: a CSV of sales to five indicators at every level, beside pandas and beside bare DuckDB queries.

All start from the same file, just written, hence in the system's cache, and end with the same figures on disk. What
Beffroi does besides (snapshot and its sha256, contract, order of the key, lineage, editions) is in its time.
"""

import json
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.processes import Run, must, run_beffroi, run_python
from benchmarks.reports import Line, print_runs, print_title

AIMS = {
    "bare DuckDB": "time at most 1.5",
    "bare DuckDB, ordered": "time at most 1.5",
    "pandas": "time at most 0.2",
    "pandas, tuned": "time at most 0.2",
    "Beffroi, 100 MB allowed": "finishes, or fails clearly",
}
THREADS = 2


def main(rows: Sequence[int] = (300_000,), communes: int = 35_000, memory: str = "2GB") -> None:
    """Measure at each number of ``rows``; the engines may use ``memory`` and two threads."""
    for count in rows:
        with TemporaryDirectory(prefix="beffroi-bench-") as folder:
            _measure(Path(folder), count, communes, memory)


def _measure(folder: Path, rows: int, communes: int, memory: str) -> None:
    workspace = folder / "workspace"
    must(run_python("benchmarks.workspaces", "national", workspace, communes, rows))
    size = (workspace / "sources/fictif/transactions/transactions.csv").stat().st_size
    print_title(
        f"{rows:,} sales ({size / 1e6:.0f} MB of CSV), {communes:,} communes, {memory} allowed, {THREADS} threads"
    )
    lines = [Line("Beffroi", _build(workspace, folder / "lake", memory))]
    if lines[0].run and not lines[0].run.failed:
        print(_stages(folder / "lake"))
    peers = {
        "bare DuckDB": ("with_duckdb", "kept", memory, THREADS),
        "bare DuckDB, ordered": ("with_duckdb", "ordered", memory, THREADS),
        "pandas": ("with_pandas", "plain"),
        "pandas, tuned": ("with_pandas", "tuned"),
    }
    for name, (module, *arguments) in peers.items():
        output = folder / name.replace(" ", "_")
        output.mkdir()
        run = run_python(f"benchmarks.peers.{module}", workspace, output, *arguments)
        same = (
            "" if run.failed else run_python("benchmarks.agreements", workspace, folder / "lake", output).output.strip()
        )
        lines.append(Line(name, run, same))
    lines.append(Line("Beffroi, 100 MB allowed", _build(workspace, folder / "narrow", "100MB")))
    print_runs(lines, "Beffroi", aims=AIMS)


def _build(workspace: Path, lake: Path, memory: str) -> Run:
    environment = {"BEFFROI_LAKE": str(lake), "BEFFROI_MEMORY": memory, "BEFFROI_THREADS": str(THREADS)}
    return run_beffroi("build", workspace, environment=environment)


def _stages(lake: Path) -> str:
    """Where the time of the build went, as it says itself."""
    items = json.loads((lake / "runs/000001/run.json").read_text("utf-8"))["items"]
    spent: dict[str, float] = {}
    for item in items:
        shown = item["name"] in ("fictif/transactions", "fiction/median_price")
        name = f"{item['stage']} {item['name'].rpartition('/')[2]}" if shown else f"other {item['stage']}"
        spent[name] = spent.get(name, 0) + item["seconds"]
    return "Beffroi by stage: " + ", ".join(f"{name} {seconds:.2f} s" for name, seconds in spent.items()) + "\n"
