"""What an edition published, to whom, under which rules, and what an attacker found: nouns, counts, and never a value.

Filled by who builds, shown to who audits and to the partner who lent the data.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

Words = Mapping[str, str]
"""A text by language."""


@dataclass(frozen=True)
class LevelCount:
    """Figures of an indicator at one level, in the geography of the audit: ``given``; ``confidential`` by a rule (C);
    ``dependent``, hidden so that those are not found (D); ``withheld`` (N); ``missing``, of which there is none."""

    level: str
    given: int
    confidential: int
    dependent: int
    withheld: int
    missing: int

    @property
    def hidden(self) -> int:
        return self.confidential + self.dependent + self.withheld


@dataclass(frozen=True)
class AuditedIndicator:
    """An indicator as it was published. ``elsewhere``: figures in the other geographies that were released;
    ``state`` is ``kept`` when an earlier edition's figures were published again."""

    id: str
    title: Words
    audience: str
    state: str
    tables: tuple[str, ...]
    periods: tuple[str, ...]
    levels: tuple[LevelCount, ...]
    elsewhere: int
    synthetic: bool


@dataclass(frozen=True)
class Attempt:
    """What the attacker tried for one audience: every hidden figure unless not ``whole``, and how many he ``found``
    closer than was asked. ``known_elsewhere``: confidential ones that anybody can have from others. How many of the
    hidden ones are ``confidential`` themselves is not told to those who are not told which."""

    audience: str
    cells: int
    published: int
    confidential: int | None
    known_elsewhere: int | None
    tried: int | None
    found: int
    whole: bool


@dataclass(frozen=True)
class AuditedGroup:
    """Indicators that were protected together. ``rules`` are the texts of secrecy then in force, each with its
    ``table`` or its ``indicator``; ``remembered`` counts the earlier editions whose figures were held against this one.
    ``tells_kinds``: whether the audience is told which hidden values are confidential by themselves.
    """

    name: str
    indicators: tuple[AuditedIndicator, ...]
    others: int
    method: str
    rules: tuple[Mapping[str, Any], ...]
    attempts: tuple[Attempt, ...]
    remembered: int
    tells_kinds: bool = True


@dataclass(frozen=True)
class AuditedLayer:
    """A layer as it was published: so many features, None for an image."""

    id: str
    title: Words
    audience: str
    features: int | None
    download: bool


@dataclass(frozen=True)
class AuditedBytes:
    """A file that was received; without its sha256 nor its size where the audience is not told them."""

    part: str
    sha256: str
    bytes: int | None
    fetched: str


@dataclass(frozen=True)
class AuditedSource:
    """A source with its terms. ``is_over``: its agreement had ended when the edition was built."""

    id: str
    title: Words
    producer: str
    licence: str
    use: str
    basis: Words
    agreement: str
    until: str
    is_over: bool
    secrecy: Words
    secrecy_set_by: str
    outputs: tuple[str, ...]
    personal_data: bool
    retention: str
    synthetic: bool
    received: tuple[AuditedBytes, ...]


@dataclass(frozen=True)
class Audit:
    """An edition as one audits it, for ``audience``; None for who builds. ``alone`` are indicators that no rule of
    secrecy concerns; ``root`` is that of the tree of that audience, empty where the edition has none."""

    edition: str
    built: str
    version: str
    audience: str | None
    title: Words
    publisher: str
    vintage: int
    synthetic: bool
    groups: tuple[AuditedGroup, ...]
    alone: tuple[AuditedIndicator, ...]
    layers: tuple[AuditedLayer, ...]
    sources: tuple[AuditedSource, ...]
    corrections: tuple[Mapping[str, Any], ...]
    root: str
    leaves: int

    @property
    def indicators(self) -> tuple[AuditedIndicator, ...]:
        return (*(each for group in self.groups for each in group.indicators), *self.alone)

    def to_json(self) -> dict[str, Any]:
        return asdict(self)


__all__ = [
    "Attempt", "Audit", "AuditedBytes", "AuditedGroup", "AuditedIndicator", "AuditedLayer", "AuditedSource",
    "LevelCount", "Words",
]  # fmt: skip
