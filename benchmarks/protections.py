"""One protection, measured from within: ``python -m benchmarks.protections population 1`` or ``survey …``, as JSON.

It is run as a child, so that its peak of memory is its own.
"""

import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import numpy as np

from beffroi.secrecy import Problem, attack, suppress
from beffroi.secrecy.suppression import QUICK, THOROUGH, USUAL
from benchmarks.populations import make_populations
from benchmarks.processes import HERE
from benchmarks.surveys import Survey, add_groupings, make_survey, protect_as, tabulate

EFFORTS = {"quick": QUICK, "usual": USUAL, "thorough": THOROUGH}

Result = TypeVar("Result")


def population(years: str, effort: str) -> dict[str, Any]:
    """What is found of the made-up counts before, what is hidden, what is found after."""
    problem = make_populations(int(years))
    before, first = timed(lambda: attack(problem, problem.sensitive))
    return {"before": int(before.exposed.sum()), "before_seconds": first, **protected(problem, effort)}


def protected(problem: Problem, effort: str) -> dict[str, Any]:
    """Ours: seconds, loss, and what the attacker finds of it."""
    found, seconds = timed(lambda: suppress(problem, effort=EFFORTS[effort]))
    after, attacked = timed(lambda: attack(problem, found.hidden))
    second = found.hidden & ~problem.sensitive
    return {
        "cells": len(problem.values),
        "atoms": len(problem.atoms),
        "primary": int(problem.sensitive.sum()),
        "secondary": int(second.sum()),
        "loss": found.loss,
        "bound": found.bound,
        "share": float(problem.weights[second].sum() / problem.weights.sum()),
        "value": float(problem.values[second].sum() / problem.values.sum()),
        "seconds": seconds,
        "after": int(after.exposed.sum()),
        "untested": int(after.untested.sum()),
        "after_seconds": attacked,
    }


def survey(communes: str, others: str, kind: str, rules: str, method: str, effort: str) -> dict[str, Any]:
    """The table by the reference tool, and here (unless ``effort`` is « none »); then with overlapping groupings."""
    made = make_survey(int(communes), others=int(others), counts=kind == "counts", mean=7.0)
    table = tabulate(made)
    theirs = reference(made, rules, method)
    if theirs is None:
        return {"failed": True}
    status = np.array([theirs["cells"][key][0] for key in table.keys])
    margin = np.array([theirs["cells"][key][1] for key in table.keys])
    primary, secondary = status == "U", status == "M"
    problem = protect_as(table.problem, primary, margin)
    wide = add_groupings(made, problem, 8)
    told = np.append(primary | secondary, np.zeros(len(wide.values) - len(problem.values), bool))
    ours = {"ours": protected(problem, effort), "wide": protected(wide, effort)} if effort in EFFORTS else {}
    return {
        **ours,
        "cells": len(problem.values),
        "theirs": {
            "secondary": int(secondary.sum()),
            "loss": float(problem.weights[secondary].sum()),
            "seconds": theirs["seconds"],
            "after": int(attack(problem, primary | secondary).exposed.sum()),
            "wide": int(attack(wide, told).exposed.sum()),
        },
    }


def reference(made: Survey, rules: str, method: str) -> dict[str, Any] | None:
    """What the reference tool makes of it; None where it is missing, or died."""
    with tempfile.TemporaryDirectory() as folder:
        hierarchies = {name: made.hierarchy(name) for name, codes in made.levels.items() if max(codes)[0] > 1}
        records = {"codes": made.codes, "amounts": made.amounts.tolist(), "hierarchies": hierarchies}
        (Path(folder) / "records.json").write_text(json.dumps(records), "utf-8")
        command = [sys.executable, "-m", "benchmarks.peers.with_tauargus", folder, rules, method]
        if subprocess.run(command, cwd=HERE, capture_output=True, check=False).returncode:
            return None
        done = json.loads((Path(folder) / "protected.json").read_text("utf-8"))
    return {
        "seconds": done["seconds"],
        "cells": {tuple(codes): (status, low) for codes, status, low, _ in done["cells"]},
    }


def timed(ask: Callable[[], Result]) -> tuple[Result, float]:
    """What was asked, and the seconds of processor that it took: all of it runs in one thread."""
    started = time.process_time()
    return ask(), time.process_time() - started


if __name__ == "__main__":
    print(json.dumps({"population": population, "survey": survey}[sys.argv[1]](*sys.argv[2:])))
