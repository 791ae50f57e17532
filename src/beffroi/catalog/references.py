"""References in prose: ``{{ mobility/killed, period: 2019, territory: epci, otherwise: "…" }}`` and ``{{ here.in }}``.

A page holds no typed number: it refers to one, and the reader's language and territory give its words.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Literal

from beffroi.catalog.declarations import Declaration, Identifier, Period, Text
from beffroi.catalog.observatories import Whom
from beffroi.catalog.reading.documents import Document, parse_document
from beffroi.catalog.reading.mismatches import Reading, read_declaration

PATTERN = re.compile(r"\{\{(.*?)\}\}", re.DOTALL)
"""What a reference looks like in a text."""

PLACE_FORMS = ("name", "in", "of", "level")
"""How a territory may be said: « Lens », « à Lens », « de Lens », « commune »."""

_PLACE = re.compile(r"(here|perimeter|commune|epci|arrondissement|departement|region|pays)(?:\.([a-z]+))?")
_INDICATOR = re.compile(r"[a-z][a-z0-9_]*(/[a-z][a-z0-9_]*)+")


class ValueReference(Declaration):
    """A value in a sentence."""

    indicator: Identifier
    """The indicator."""
    territory: Whom = "here"
    """Of which territory."""
    period: Period | None = None
    """At which period; that of the page, or the last one, when absent."""
    since: Period | None = None
    """For ``show: change``: from which period."""
    show: Literal["value", "change", "rank", "period"] = "value"
    """The value, how it changed, its rank among those of its level, or the period that it is of."""
    otherwise: Text | None = None
    """What stands in its place when it is not there."""


@dataclass(frozen=True)
class PlaceReference:
    """A territory in a sentence."""

    territory: str
    form: str


@dataclass(frozen=True)
class WrittenReference:
    """A reference as it is written: what it refers to, its options as YAML text, and its line, counted from 0."""

    written: str
    line: int
    place: PlaceReference | None
    indicator: str | None
    options: str


def find_references(text: str) -> Iterator[WrittenReference]:
    """Every reference of a text, in order. What refers to nothing known has neither place nor indicator."""
    for found in PATTERN.finditer(text):
        written = found.group(1).strip()
        line = text.count("\n", 0, found.start())
        head, _, options = written.partition(",")
        head = head.strip()
        if place := _PLACE.fullmatch(head):
            yield WrittenReference(
                written, line, PlaceReference(place.group(1), place.group(2) or "name"), None, options
            )
        else:
            yield WrittenReference(written, line, None, head if _INDICATOR.fullmatch(head) else None, options)


def read_value(found: WrittenReference, file: str, line: int) -> tuple[Document, Reading] | None:
    """A reference to a value, as if it were written in YAML at that line; None when it cannot be read."""
    options = f", {found.options}" if found.options.strip() else ""
    document, faults = parse_document("\n" * (line - 1) + f"{{indicator: {found.indicator}{options}}}", file)
    if document is None or faults:
        return None
    return document, read_declaration(ValueReference, document)


def settle_references(texts: Iterable[str]) -> dict[str, dict[str, Any]]:
    """What each reference of good texts refers to, by how it is written."""
    settled: dict[str, dict[str, Any]] = {}
    for found in (each for text in texts for each in find_references(text)):
        if found.place is not None:
            settled[found.written] = {"territory": found.place.territory, "form": found.place.form}
        elif (read := read_value(found, "", 1)) is not None:
            settled[found.written] = read[1].value.model_dump(mode="json", exclude_none=True)
    return settled


__all__ = [
    "PATTERN", "PLACE_FORMS", "PlaceReference", "ValueReference", "WrittenReference", "find_references", "read_value",
    "settle_references",
]  # fmt: skip
