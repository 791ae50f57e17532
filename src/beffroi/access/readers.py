"""Readers, audiences, and the one rule between them."""

import re
from dataclasses import dataclass

_AUDIENCE = re.compile(r"public|partner:[a-z][a-z0-9_-]*")


@dataclass(frozen=True, order=True)
class Audience:
    """Those for whom something is meant: ``public`` or ``partner:<name>``."""

    name: str

    def __post_init__(self) -> None:
        if not _AUDIENCE.fullmatch(self.name):
            raise ValueError(f"{self.name!r} is not an audience: 'public' or 'partner:<name>'")

    @property
    def is_public(self) -> bool:
        return self.name == "public"

    def __str__(self) -> str:
        return self.name


@dataclass(frozen=True)
class Reader:
    """Somebody who asks: the audiences they belong to; ``builds`` only for who runs the build itself."""

    audiences: frozenset[Audience]
    builds: bool = False


PUBLIC = Reader(frozenset({Audience("public")}))
BUILDER = Reader(frozenset({Audience("public")}), builds=True)


def reader_of(audience: str) -> Reader:
    """A reader of ``audience`` (``public`` or ``partner:<name>``) who, like everybody, belongs to the public."""
    return Reader(frozenset({Audience("public"), Audience(audience)}))


def partner(name: str) -> Reader:
    """A reader who belongs to the partner ``name``."""
    return reader_of(f"partner:{name}")


def allows(reader: Reader, audience: Audience) -> bool:
    """Whether what is meant for ``audience`` may be seen by ``reader``."""
    return reader.builds or audience.is_public or audience in reader.audiences
