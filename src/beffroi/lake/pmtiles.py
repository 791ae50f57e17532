"""Archives of tiles in one file (PMTiles 3), which a browser reads by ranges of bytes.

Same tiles, same bytes: an archive holds no date, no program's name and no path. Tiles that hold the same are kept once.
"""

import gzip
import hashlib
import json
import struct
import zlib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import IO, Any

import numpy as np

from beffroi.geo.tile_messages import encode_numbers

_FIRST = 16_384
"""Bytes that readers ask for at first: the header and the root of the directory are within."""
_HEADER = "<7sB11Q4B2B4iB2i"
_HEADER_SIZE = 127
_NONE, _GZIP = 1, 2
TILE_FORMS = {"mvt": (_GZIP, 1), "png": (_NONE, 2), "webp": (_NONE, 4)}
"""How tiles of each form are packed, and the number of the form."""
_LEAF = 4_096
"""Entries of a leaf of the directory, at first."""


def pack(body: bytes) -> bytes:
    """Bytes as archives hold them: compressed, without the time at which they were."""
    return zlib.compress(body, 6, 31)


class ArchiveWriter:
    """Tiles in any order, then the archive of them; until then they are in ``aside``, a file to read and write."""

    def __init__(self, aside: IO[bytes]) -> None:
        self._aside = aside
        self._places: dict[bytes, tuple[int, int]] = {}
        self._tiles: dict[int, tuple[int, int]] = {}
        self._end = 0

    def add(self, number: int, body: bytes) -> None:
        """Put in a tile, packed, by its number along the curve."""
        mark = hashlib.blake2b(body, digest_size=16).digest()
        if mark not in self._places:
            self._places[mark] = (self._end, len(body))
            self._aside.write(body)
            self._end += len(body)
        self._tiles[number] = self._places[mark]

    def finish(
        self, file: Path, zooms: tuple[int, int], bounds: Sequence[float], metadata: Mapping[str, Any],
        form: str = "mvt",
    ) -> None:  # fmt: skip
        """Write the archive: ``zooms`` first and last, ``bounds`` west, south, east, north, one of ``TILE_FORMS``."""
        numbers = sorted(self._tiles)
        moved: dict[int, int] = {}
        order: list[tuple[int, int]] = []
        end = 0
        for number in numbers:
            place, size = self._tiles[number]
            if place not in moved:
                moved[place] = end
                order.append((place, size))
                end += size
        entries = _list_entries([(number, moved[self._tiles[number][0]], self._tiles[number][1]) for number in numbers])
        root, leaves = _write_directory(entries)
        said = gzip.compress(json.dumps(metadata, ensure_ascii=False, sort_keys=True).encode(), mtime=0)
        west, south, east, north = (round(side * 10_000_000) for side in bounds)
        leaves_at = _HEADER_SIZE + len(root) + len(said)
        header = struct.pack(
            _HEADER, b"PMTiles", 3, _HEADER_SIZE, len(root), _HEADER_SIZE + len(root), len(said), leaves_at,
            len(leaves), leaves_at + len(leaves), end, len(numbers), len(entries), len(order), 1, _GZIP,
            *TILE_FORMS[form], *zooms, west, south, east, north, zooms[0], (west + east) // 2, (south + north) // 2,
        )  # fmt: skip
        with file.open("wb") as stream:
            for part in (header, root, said, leaves):
                stream.write(part)
            for place, size in order:
                self._aside.seek(place)
                stream.write(self._aside.read(size))


Entry = tuple[int, int, int, int]
"""Number of the first tile, where its bytes are, how many, how many tiles in a row have them."""


def _list_entries(tiles: Sequence[tuple[int, int, int]]) -> list[Entry]:
    entries: list[Entry] = []
    for number, place, size in tiles:
        if entries:
            first, last_place, _, run = entries[-1]
            if last_place == place and first + run == number:
                entries[-1] = (first, place, size, run + 1)
                continue
        entries.append((number, place, size, 1))
    return entries


def _write_directory(entries: Sequence[Entry]) -> tuple[bytes, bytes]:
    """The root of the directory and its leaves; no leaf where the root can hold all."""
    root = _encode_entries(entries)
    size = _LEAF
    while len(root) > _FIRST - _HEADER_SIZE or size == 0:
        leaves, heads = b"", []
        for first in range(0, len(entries), size):
            leaf = _encode_entries(entries[first : first + size])
            heads.append((entries[first][0], len(leaves), len(leaf), 0))
            leaves += leaf
        root = _encode_entries(heads)
        size *= 2
        if len(root) <= _FIRST - _HEADER_SIZE:
            return root, leaves
    return root, b""


def _encode_entries(entries: Sequence[Entry]) -> bytes:
    table = np.array(entries, np.int64).reshape(-1, 4)
    numbers, places, sizes, runs = table.T
    follows = np.zeros(len(table), np.bool_)
    follows[1:] = places[1:] == places[:-1] + sizes[:-1]
    said = np.concatenate([[len(table)], np.diff(numbers, prepend=0), runs, sizes, np.where(follows, 0, places + 1)])
    return gzip.compress(encode_numbers(said).data.tobytes(), mtime=0)


__all__ = ["TILE_FORMS", "ArchiveWriter", "pack"]
