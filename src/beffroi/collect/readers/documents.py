"""JSON: a list of objects, at the top or at a path inside; what is nested keeps its structure.

Types are the JSON's own: text stays text even when it looks like a date, so that another edition does not change them.
"""

import json
import re
from pathlib import Path
from typing import Any

import duckdb

from beffroi.collect.readers.openings import Opened, Rows, describe
from beffroi.collect.relations import quote_text
from beffroi.errors import BeffroiError, fault

_GUESSED = re.compile(r"\b(DATE|TIME|TIMESTAMP|TIMESTAMP WITH TIME ZONE|TIMESTAMP_S|TIMESTAMP_MS|TIMESTAMP_NS|UUID)\b")


def read(opened: Opened) -> Rows:
    """The objects of the list, one by row. Faults: ``records-not-found``, ``file-empty``, ``file-unreadable``."""
    path = opened.stage(".json", lambda file: _stage_records(opened, file)) if opened.reading.records else opened.path
    size = max(path.stat().st_size, 1 << 24)
    options = f"format = 'auto', maximum_object_size = {min(size, 0xFFFFFFFF)}"
    try:
        described = describe(f"read_json({quote_text(str(path))}, {options}, sample_size = -1)")
    except duckdb.Error as error:
        reason = str(error).partition("\n")[0].replace(str(path), opened.label)
        raise BeffroiError(fault("file-unreadable", file=opened.label, form="json", reason=reason)) from error
    if list(described) == ["json"]:
        raise BeffroiError(fault("file-empty", file=opened.label))
    columns = {name: _GUESSED.sub("VARCHAR", kind).replace(" WITH TIME ZONE", "") for name, kind in described.items()}
    typed = ", ".join(f"{quote_text(name)}: {quote_text(kind)}" for name, kind in columns.items())
    sql = f"read_json({quote_text(str(path))}, {options}, columns = {{{typed}}})"
    return Rows(sql, columns, None, {str(path): opened.label})


def _stage_records(opened: Opened, target: Path) -> None:
    """Write the list that is at the path, one object by line."""
    try:
        document: Any = json.loads(opened.path.read_bytes())
    except ValueError as error:
        raise BeffroiError(fault("file-unreadable", file=opened.label, form="json", reason=str(error))) from error
    records = opened.reading.records or ""
    for step in records.split("."):
        inside = document if isinstance(document, dict) else {}
        if step not in inside:
            raise BeffroiError(
                fault("records-not-found", file=opened.label, path=records, instead_of=step, available=inside)
            )
        document = inside[step]
    if not isinstance(document, list):
        raise BeffroiError(fault("records-not-found", file=opened.label, path=records))
    with target.open("w", encoding="utf-8") as stream:
        for item in document:
            stream.write(json.dumps(item, ensure_ascii=False) + "\n")
