"""One build, timed from inside once everything is imported; and the least that it could do, a stat of each file.

``python -m benchmarks.builds WORKSPACE`` prints JSON: ``started`` (seconds of importing), ``built``, ``looked`` (stat
of the same files), ``states`` (how many things in which state). What is timed here has no start-up in it.
"""

import json
import os
import sys
import time
from collections import Counter
from pathlib import Path


def main(workspace: str) -> None:
    """Build, look at each file, print."""
    began = time.perf_counter()
    from beffroi.run import build, open_workplace
    from beffroi.settings import read_settings

    started = time.perf_counter()
    report = build(open_workplace(Path(workspace), read_settings()))
    built = time.perf_counter()
    files = [path for path in map(str, Path(workspace).rglob("*")) if "/.beffroi" not in path]
    listed = time.perf_counter()
    for file in files:
        os.stat(file)
    looked = time.perf_counter()
    print(
        json.dumps(
            {
                "started": started - began,
                "built": built - started,
                "looked": looked - listed,
                "files": len(files),
                "states": Counter(item.state for item in report.items),
            }
        )
    )


if __name__ == "__main__":
    main(sys.argv[1])
