"""Raw relations: what a file of a source gives, as rows, before anybody has selected from it.

Text only: this module opens nothing. The expression in ``sql`` is for the engine that ``lake`` runs.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class RawRelation:
    """One file of a source as rows.

    ``sql`` goes after FROM (``read_parquet('…')``, ``(SELECT …)``); ``columns`` gives the engine's type by name, in
    the order of the file; ``fingerprint`` changes when bytes, reading or reader change, never with a folder's name;
    ``crs`` is that of the geometry column (``EPSG:2154``), which is WKB in a BLOB, or None; ``files`` says what the
    paths inside ``sql`` are, in words for people: ``insee/rp_iris: data/iris.csv``.
    """

    name: str
    sql: str
    columns: Mapping[str, str]
    fingerprint: str
    crs: str | None = None
    files: Mapping[str, str] = field(default_factory=dict)


def quote_text(text: str) -> str:
    """``text`` as an SQL literal."""
    return "'" + text.replace("'", "''") + "'"


def quote_name(name: str) -> str:
    """``name`` as an SQL identifier."""
    return '"' + name.replace('"', '""') + '"'
