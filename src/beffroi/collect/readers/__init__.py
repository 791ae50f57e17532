"""Readers, by family of formats: the bytes of one file as rows.

A reader gives an SQL expression over the file itself when the engine can read it as it is, or over a file that it
stages under scratch. It renames and converts nothing: ``shapes`` does, for every family alike.
"""

from collections.abc import Callable, Mapping

from beffroi.collect.readers import delimited, documents, layers, parquets, workbooks
from beffroi.collect.readers.openings import Opened, Rows

READER_VERSION = 1
"""Raised when a reader reads otherwise: every relation then has another fingerprint."""

READERS: Mapping[str, Callable[[Opened], Rows]] = {
    "csv": delimited.read,
    "xlsx": workbooks.read,
    "json": documents.read,
    "geojson": layers.read,
    "shapefile": layers.read,
    "geopackage": layers.read,
    "flatgeobuf": layers.read,
    "parquet": parquets.read,
}

__all__ = ["READERS", "READER_VERSION", "Opened", "Rows"]
