"""The same tables protected by τ-ARGUS, the tool of statistical offices, as ``pytauargus`` runs it.

``python -m benchmarks.peers.with_tauargus FOLDER RULES METHOD`` reads ``records.json`` there and writes
``protected.json``: for each cell its codes, what became of it (S safe, U primary, M secondary, E empty), and the
margins that were used, with the seconds of processor that protecting took.
"""

import json
import os
import sys
import time
from pathlib import Path
from typing import Any

from pytauargus import protect


def main(folder: str, rules: str, method: str) -> None:
    """Protect, write what became of each cell."""
    where = Path(folder).resolve()
    # It writes files where it runs, and dies of those that another run left there.
    os.chdir(where)
    given: dict[str, Any] = json.loads((where / "records.json").read_text("utf-8"))
    records = {**given["codes"], "amount": given["amounts"]}
    names = list(given["codes"])
    hierarchies = {}
    for name, text in given["hierarchies"].items():
        (where / f"{name}.hrc").write_text(text, "utf-8")
        hierarchies[name] = str(where / f"{name}.hrc")
    started = time.process_time()
    done = protect(
        records,
        names,
        "amount",
        safety_rules=rules,
        suppress=method,
        hrc=hierarchies,
        hierleadstring="@",
        decimals=0,
        workdir=str(where),
    )
    seconds = time.process_time() - started
    cells = [[[row[name] for name in names], row["status"], row["lower"], row["upper"]] for row in done.tables[0].rows]
    (where / "protected.json").write_text(json.dumps({"seconds": seconds, "cells": cells}), "utf-8")


if __name__ == "__main__":
    main(*sys.argv[1:])
