"""Whether a peer found the same figures as Beffroi: a fast wrong answer is no peer.

``python -m benchmarks.agreements WORKSPACE LAKE OUTPUT`` prints one line.
"""

import os
import sys
from pathlib import Path

import pandas as pd

KEYS = ["level", "territory", "period"]


def main(workspace: str, lake: str, output: str) -> None:
    """Compare every indicator that the peer wrote, where it has a value."""
    import beffroi

    os.environ["BEFFROI_LAKE"] = lake
    opened = beffroi.open(workspace)
    compared, differing = 0, 0
    for file in sorted(Path(output).glob("*.parquet")):
        if file.stem in ("table",):
            continue
        ours = opened.series(f"fiction/{file.stem}")[[*KEYS, "value"]]
        theirs = pd.read_parquet(file).astype({"period": "str", "level": "str", "territory": "str"})
        both = theirs.dropna(subset=["value"]).merge(ours, on=KEYS, how="left", suffixes=("", "_ours"))
        off = (both["value"] - both["value_ours"]).abs() > 1e-9 * both["value"].abs()
        compared += len(both)
        differing += int((off | both["value_ours"].isna()).sum())
    print(f"{compared:,} values, {differing:,} differ")


if __name__ == "__main__":
    main(*sys.argv[1:])
