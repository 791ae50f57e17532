"""What one cites for a figure or a layer: its sources, those that the reader may not open among them.

Whoever reads a sum knows whose file was added up, and on which terms, be the file itself closed to them.
"""

from collections.abc import Iterator, Mapping
from typing import Any

Cited = tuple[str, Mapping[str, Any], bool]
"""Id, entry, and whether the reader may open it; the entry of a closed one has ``title producer licence`` and, where
its text says so, ``legal: {indexing}``."""


def list_cited(catalogue: Mapping[str, Any], entry: Mapping[str, Any]) -> Iterator[Cited]:
    """The sources of an entry of the catalogue (an indicator or a layer), in order, closed ones last."""
    for name in entry.get("sources", ()):
        if name in catalogue["sources"]:
            yield name, catalogue["sources"][name], True
    for each in entry.get("cited", ()):
        if each["id"] not in catalogue["sources"]:
            yield each["id"], each, False


__all__ = ["Cited", "list_cited"]
