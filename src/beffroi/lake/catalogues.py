"""The catalogue of an edition as one reader may see it.

What is not for the reader is not there; neither are the names that only that would have, nor what could be told from
it: of what a lent file holds, neither the number of rows nor any mark of its bytes, on which a guess can be tried.
"""

from collections.abc import Collection, Mapping
from typing import Any

from beffroi.access import Audience, Reader, allows

_SHELVES = ("sources", "tables", "indicators", "observatories", "pages", "layers", "maps")
_TELLING = ("rows", "sha256", "bytes", "object")
"""What an entry says of a table's bytes."""


def open_catalogue(reader: Reader, catalogue: dict[str, Any]) -> dict[str, Any]:
    """The catalogue without what the reader may not see: sources, tables, indicators, layers, and the themes and units
    that only those use, for a theme's name tells what there is. ``catalogue`` is changed."""
    secret = set() if reader.builds else list_secret(catalogue.get("tables", {}))
    told, kept = _Mentions(), _Mentions()
    for kind in _SHELVES:
        for name, entry in list(catalogue.setdefault(kind, {}).items()):
            if allows(reader, Audience(entry.get("audience", "public"))):
                kept.add(entry)
            else:
                told.add(entry)
                del catalogue[kind][name]
    if named := catalogue.get("workspace", {}).get("portrait"):
        catalogue["workspace"]["portrait"] = [name for name in named if name in catalogue["indicators"]]
    breakdowns = catalogue.setdefault("breakdowns", {})
    for name, entry in list(breakdowns.items()):
        if entry["of"] not in catalogue["indicators"]:
            del breakdowns[name]
    available = {name for name, entry in catalogue["layers"].items() if entry["object"]}
    for entry in catalogue["maps"].values():
        entry |= _open_map(entry, available)
    for entry in catalogue["indicators"].values():
        entry |= _open_lineage(entry, catalogue)
    _open_secret(catalogue, secret)
    for name in told.themes - kept.themes:
        catalogue["themes"].pop(name, None)
    for name in told.units - kept.units:
        catalogue["units"].pop(name, None)
    return catalogue


def list_secret(tables: Mapping[str, Any]) -> set[str]:
    """Tables under secrecy, and those that are made of them; or were, of one that is there no more."""
    found = {name for name, entry in tables.items() if entry.get("secrecy") or entry.get("secret")}
    while further := {
        name for name, entry in tables.items() if name not in found and found & set(entry.get("inputs", ()))
    }:
        found |= further
    return found


def _open_lineage(entry: Mapping[str, Any], catalogue: Mapping[str, Any]) -> dict[str, Any]:
    """What an indicator says of that from which it comes, without what the reader does not see; ``cited`` names the
    sources that one has to cite all the same."""
    tables = [name for name in entry.get("tables", ()) if name in catalogue["tables"]]
    coverage = {
        vintage: [each for each in covered if each["table"] in tables]
        for vintage, covered in (entry.get("coverage") or {}).items()
    }
    opened: dict[str, Any] = {
        "tables": tables,
        "sources": [name for name in entry.get("sources", ()) if name in catalogue["sources"]],
        "cited": [each for each in entry.get("cited", ()) if each["id"] not in catalogue["sources"]],
        "coverage": coverage if entry.get("coverage") is not None else None,
    }
    if len(tables) < len(entry.get("tables", ())):
        # How rows are chosen names columns of what is not theirs to know.
        opened |= dict.fromkeys(_CHOOSING & set(entry))
    return opened


_CHOOSING = {"table", "column", "where", "numerator", "denominator", "weight", "protection"}


def _open_secret(catalogue: Mapping[str, Any], secret: Collection[str]) -> None:
    """Take away what is said of the bytes of tables under secrecy, and of the files that they come from."""
    for name in secret & catalogue["tables"].keys():
        entry = catalogue["tables"][name]
        entry |= dict.fromkeys(_TELLING)
        source = catalogue["sources"].get(entry.get("source"))
        for snapshot in source["snapshots"] if source else ():
            snapshot |= {"sha256": None, "bytes": None}


def _open_map(entry: Mapping[str, Any], layers: Collection[str]) -> dict[str, Any]:
    """What of a map speaks of its layers, without those that are not there for the reader."""
    swipe = entry.get("swipe")
    return {
        "layers": [shown for shown in entry["layers"] if shown["layer"] in layers],
        "swipe": swipe if swipe and {swipe["left"], swipe["right"]} <= set(layers) else None,
    }


class _Mentions:
    """Themes and units that entries of a catalogue name."""

    def __init__(self) -> None:
        self.themes: set[str] = set()
        self.units: set[str] = set()

    def add(self, entry: Mapping[str, Any]) -> None:
        self.themes.update(entry.get("themes", ()), {entry["theme"]} if "theme" in entry else ())
        parts = (entry, *entry.get("columns", {}).values(), *entry.get("attributes", ()))
        self.units.update(unit for each in parts if isinstance(unit := each.get("unit"), str))


__all__ = ["list_secret", "open_catalogue"]
