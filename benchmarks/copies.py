"""A copy of a workspace with what was built of it, so that a measure changes nothing in it.

``python -m benchmarks.copies WORKSPACE TARGET``. What the lake never writes twice is linked rather than copied.
"""

import os
import shutil
import sys
from pathlib import Path

_LINKED = ("/.beffroi/objects/", "/.beffroi/snapshots/")


def main(workspace: str, target: str) -> None:
    """Copy the folder."""
    shutil.copytree(Path(workspace), Path(target), copy_function=_copy, ignore=shutil.ignore_patterns("scratch"))


def _copy(source: str, target: str) -> str:
    if any(part in source for part in _LINKED):
        try:
            os.link(source, target)
            return target
        except OSError:
            pass  # another disk: the bytes are copied
    return shutil.copy2(source, target)


if __name__ == "__main__":
    main(*sys.argv[1:])
