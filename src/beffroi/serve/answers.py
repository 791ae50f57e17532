"""Answers kept whole: the bytes of public pages by edition and address, compressed once, within a bound.

What a partner sees is never put here.
"""

import hashlib
from collections import OrderedDict
from dataclasses import dataclass, field

from beffroi.errors import BeffroiError, FaultClass
from beffroi.publish.blocks import Block, gzip_parts

_WORTH = 900
"""Bytes under which compressing is not worth it."""
_LONG = 200_000
"""Bytes from which compressing takes a thread of its own: two milliseconds, some ten times what a thread costs."""
_COMPRESSED = ("text/", "application/json", "application/geo+json", "application/schema+json",
               "application/vnd.oai.openapi+json", "image/svg+xml", "application/vnd.vegalite",
               "application/atom+xml", "application/xml", "application/vnd.mapbox-vector-tile")  # fmt: skip


@dataclass
class Answer:
    """A whole response, its body in ``parts``. ``packed`` is made when first asked for."""

    status: int
    media_type: str
    parts: tuple[bytes, ...] = ()
    headers: tuple[tuple[bytes, bytes], ...] = ()
    packed: bytes | None = field(default=None, repr=False)

    @property
    def body(self) -> bytes:
        return self.parts[0] if len(self.parts) == 1 else b"".join(self.parts)

    @property
    def size(self) -> int:
        """Bytes of the body."""
        return sum(map(len, self.parts))

    @property
    def compressible(self) -> bool:
        return self.size > _WORTH and self.media_type.startswith(_COMPRESSED)

    @property
    def long_to_pack(self) -> bool:
        """Whether compressing would keep other readers waiting: blocks are compressed for many pages at once."""
        return self.packed is None and sum(len(p) for p in self.parts if not isinstance(p, Block)) > _LONG

    def pack(self) -> bytes:
        """The body, compressed; the same bytes at every call and on every day."""
        if self.packed is None:
            self.packed = gzip_parts(self.parts)
        return self.packed

    @property
    def weight(self) -> int:
        return self.size + len(self.packed or b"") + 200


def list_headers(error: BeffroiError) -> tuple[tuple[bytes, bytes], ...]:
    """What an answer to a fault says beside its words: the methods that the address has, when it has not this one."""
    allowed = (each.values["allowed"] for each in error.faults if each.fault_class is FaultClass.METHOD)
    return tuple((b"allow", str(methods).encode()) for methods in allowed)


class Answers:
    """The answers last asked for, at most ``limit`` bytes of them."""

    def __init__(self, limit: int) -> None:
        self._limit, self._weight = limit, 0
        self._kept: OrderedDict[str, tuple[Answer, int]] = OrderedDict()

    def find(self, key: str) -> Answer | None:
        found = self._kept.get(key)
        if found is None:
            return None
        self._kept.move_to_end(key)
        return found[0]

    def keep(self, key: str, answer: Answer) -> None:
        """Keep an answer, letting go of those asked for longest ago; one too large for the whole is not kept."""
        weight = answer.weight + (answer.size // 3 if answer.compressible else 0)
        if weight > self._limit // 4:
            return
        if key in self._kept:
            self._weight -= self._kept.pop(key)[1]
        self._kept[key] = (answer, weight)
        self._weight += weight
        while self._weight > self._limit:
            _, (_, gone) = self._kept.popitem(last=False)
            self._weight -= gone

    @property
    def weight(self) -> int:
        """Bytes kept, about."""
        return self._weight


def tag(edition: str, version: str, address: str) -> str:
    """The ETag of an address in an edition, drawn by one version of the front-end."""
    digest = hashlib.sha256("\n".join((edition, version, address)).encode())
    return f'"{digest.hexdigest()[:20]}"'


__all__ = ["Answer", "Answers", "tag"]
