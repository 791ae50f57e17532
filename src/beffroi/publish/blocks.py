"""A page as parts of bytes: those that many pages share are drawn once, encoded once and compressed once.

Parts are joined into one stream of gzip. Between them the compressor forgets what came before, so that a part
compressed for one page may stand in any other.
"""

import struct
import zlib
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

_LEVEL = 4
_HEAD = b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\xff"
"""Gzip without a name nor a day: the same bytes whenever they are made."""


class Block(bytes):
    """Bytes that many pages share. ``deflated`` is made when first asked for, and kept with them."""

    def __html__(self) -> str:
        """What stands for the block in a template, until the page is put together around it."""
        return f"\x00{id(self)}\x00"

    @cached_property
    def deflated(self) -> bytes:
        press = _press()
        return press.compress(self) + press.flush(zlib.Z_FULL_FLUSH)


@dataclass(frozen=True)
class Page:
    """A page of HTML in the order of its parts."""

    parts: tuple[bytes, ...]

    @classmethod
    def around(cls, blocks: Iterable[Block], chunks: Iterable[str]) -> "Page":
        """The page that a template gives in ``chunks``, each block in its place."""
        held = {block.__html__(): block for block in blocks}
        parts: list[bytes] = []
        said: list[str] = []
        for chunk in chunks:
            if (block := held.get(chunk)) is None:
                said.append(chunk)
            else:
                parts += ("".join(said).encode(), block)
                said = []
        return cls((*parts, "".join(said).encode()))

    @property
    def text(self) -> str:
        return b"".join(self.parts).decode()


def gzip_parts(parts: Iterable[bytes]) -> bytes:
    """One stream of gzip, the same bytes at every call and on every day; blocks are taken as they are kept."""
    press, check, size = _press(), 0, 0
    pieces = [_HEAD]
    for part in parts:
        check, size = zlib.crc32(part, check), size + len(part)
        if isinstance(part, Block):
            pieces.append(part.deflated)
        else:
            pieces += (press.compress(part), press.flush(zlib.Z_FULL_FLUSH))
    return b"".join((*pieces, press.flush(), struct.pack("<LL", check, size & 0xFFFFFFFF)))


def _press() -> "zlib._Compress":
    return zlib.compressobj(_LEVEL, zlib.DEFLATED, -zlib.MAX_WBITS)


__all__ = ["Block", "Page", "gzip_parts"]
