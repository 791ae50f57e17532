"""Arrays of numbers in one file, read where they lie: opening it costs nothing, and only what is touched is read.

A head of JSON says where each array is; the same arrays give the same bytes.
"""

import json
import mmap
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

_MAGIC = b"BFARRAYS"
_ALIGNED = 64

Arrays = Mapping[str, npt.NDArray[Any]]


def write_arrays(file: Path, arrays: Arrays) -> None:
    """Write arrays by name, in the order given."""
    said, place = {}, 0
    for name, array in arrays.items():
        said[name] = {"type": array.dtype.str, "shape": list(array.shape), "at": place}
        place += -(-array.nbytes // _ALIGNED) * _ALIGNED
    head = json.dumps(said, separators=(",", ":")).encode()
    start = len(_MAGIC) + 8 + len(head)
    with file.open("wb") as stream:
        stream.write(_MAGIC + len(head).to_bytes(8, "little") + head + b" " * (-start % _ALIGNED))
        for array in arrays.values():
            stream.write(np.ascontiguousarray(array).data)
            stream.write(b"\0" * (-array.nbytes % _ALIGNED))


def open_arrays(file: Path) -> Arrays:
    """The arrays of a file, to be read only. They go on when the file is removed."""
    with file.open("rb") as stream:
        body = mmap.mmap(stream.fileno(), 0, access=mmap.ACCESS_READ)
    size = int.from_bytes(body[len(_MAGIC) : len(_MAGIC) + 8], "little")
    start = len(_MAGIC) + 8 + size
    said = json.loads(body[len(_MAGIC) + 8 : start])
    first = start + -start % _ALIGNED
    found = {}
    for name, one in said.items():
        count = int(np.prod(one["shape"], dtype=np.int64))
        array = (
            np.frombuffer(body, np.dtype(one["type"]), count, first + one["at"]) if count else np.empty(0, one["type"])
        )
        found[name] = array.reshape(one["shape"])
    return found


__all__ = ["Arrays", "open_arrays", "write_arrays"]
