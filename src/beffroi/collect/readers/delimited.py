"""CSV in its French forms. The engine reads the file itself, streaming; only what it cannot read is staged.

Nothing is guessed: the columns come from the header, every one as text, so that codes keep their zeros. A line with
another number of cells than the header is a fault, never a line dropped.
"""

import codecs
import csv
from io import TextIOWrapper
from pathlib import Path

from beffroi.collect.readers.openings import Opened, Rows, name_columns
from beffroi.collect.relations import quote_name, quote_text
from beffroi.errors import BeffroiError, fault

_CHUNK = 1 << 22
_NOT_LATIN = bytes(range(0x80, 0xA0))


def read(opened: Opened) -> Rows:
    """The rows of a CSV file, all text; missing codes are NULL."""
    reading = opened.reading
    names = _read_names(opened)
    path, encoding = opened.path, reading.encoding
    if encoding == "cp1252":
        path, encoding = opened.stage(".csv", lambda file: _transcode(opened, file)), "utf-8"
    elif _mixes_newlines(opened):
        path = opened.stage(".csv", lambda file: _unify_newlines(opened.path, file))
    codes, awkward = _missing_codes(opened)
    columns = ", ".join(f"{quote_text(name)}: 'VARCHAR'" for name in names)
    options = {
        "auto_detect": "false",
        "header": "true" if reading.header_row else "false",
        "skip": str(max(reading.header_row - 1, 0)),
        "delim": quote_text(reading.delimiter),
        "quote": quote_text(reading.quote),
        "escape": quote_text(reading.quote),
        "encoding": quote_text(encoding),
        "nullstr": f"[{', '.join(quote_text(code) for code in codes)}]" if codes else "NULL",
        "columns": f"{{{columns}}}",
    }
    chosen = ", ".join(f"{name} = {value}" for name, value in options.items() if value != "NULL")
    sql = f"read_csv({quote_text(str(path))}, {chosen})"
    if awkward:
        listed = ", ".join(quote_text(code) for code in awkward)
        cleaned = ", ".join(
            f"CASE WHEN {quote_name(name)} NOT IN ({listed}) THEN {quote_name(name)} END AS {quote_name(name)}"
            for name in names
        )
        sql = f"(SELECT {cleaned} FROM {sql})"
    return Rows(sql, dict.fromkeys(names, "VARCHAR"), None, {str(path): opened.label})


def _read_names(opened: Opened) -> list[str]:
    """Names of the columns: those declared, else the header's; ``column_<n>`` for a file without either."""
    reading = opened.reading
    first = _first_row(opened)
    if reading.names is None:
        return name_columns(first if reading.header_row else [""] * len(first))
    if len(reading.names) != len(first):
        raise BeffroiError(
            fault("columns-miscounted", file=opened.label, declared=len(reading.names), found=len(first))
        )
    return list(reading.names)


def _first_row(opened: Opened) -> list[str]:
    """The cells of the header row, or of the first row when there is no header."""
    reading = opened.reading
    python_encoding = {"utf-8": "utf-8-sig", "latin-1": "latin-1", "cp1252": "cp1252"}[reading.encoding]
    with opened.path.open("rb") as raw, TextIOWrapper(raw, python_encoding, "surrogateescape", newline="") as text:
        try:
            for _ in range(max(reading.header_row - 1, 0)):
                text.readline()
            rows = (
                csv.reader(text, delimiter=reading.delimiter, quotechar=reading.quote)
                if reading.quote
                else csv.reader(text, delimiter=reading.delimiter, quoting=csv.QUOTE_NONE)
            )
            row = next((row for row in rows if row), None)
        except csv.Error as error:
            raise BeffroiError(fault("file-unreadable", file=opened.label, form="csv", reason=str(error))) from error
    if not row:
        raise BeffroiError(fault("file-empty", file=opened.label))
    if any("\udc80" <= letter <= "\udcff" for cell in row for letter in cell):
        raise BeffroiError(fault("file-encoding", file=opened.label, encoding=reading.encoding))
    return row


def _missing_codes(opened: Opened) -> tuple[list[str], list[str]]:
    """Codes of what is missing: those that the engine takes, and those that hold the delimiter or the quote."""
    special = [mark for mark in (opened.reading.delimiter, opened.reading.quote) if mark]
    awkward = [code for code in opened.reading.missing if any(mark in code for mark in special)]
    return [code for code in opened.reading.missing if code not in awkward], awkward


def _mixes_newlines(opened: Opened) -> bool:
    """Whether some lines end in CR LF and others in LF, which the engine refuses. One pass at the disk's speed, which
    also finds the characters of Windows (œ, €, ’) in a file said to be latin-1: ``line-encoding``."""
    pairs = feeds = 0
    last = b""
    with opened.path.open("rb") as stream:
        while chunk := stream.read(_CHUNK):
            if opened.reading.encoding == "latin-1" and len(chunk.translate(None, _NOT_LATIN)) != len(chunk):
                first = next(place for place, byte in enumerate(chunk) if byte in _NOT_LATIN)
                line = feeds + chunk.count(b"\n", 0, first) + 1
                raise BeffroiError(fault("line-encoding", file=opened.label, line=line, encoding="latin-1"))
            feeds += chunk.count(b"\n")
            pairs += chunk.count(b"\r\n") + (last == b"\r" and chunk.startswith(b"\n"))
            last = chunk[-1:]
    return 0 < pairs < feeds


def _unify_newlines(source: Path, target: Path) -> None:
    held = b""
    with source.open("rb") as stream, target.open("wb") as out:
        while chunk := stream.read(_CHUNK):
            chunk = held + chunk
            held = b"\r" if chunk.endswith(b"\r") else b""
            out.write((chunk[:-1] if held else chunk).replace(b"\r\n", b"\n"))
        out.write(held)


def _transcode(opened: Opened, target: Path) -> None:
    """Write the file again in UTF-8, a piece at a time; line ends are made the same on the way."""
    decoder = codecs.getincrementaldecoder("cp1252")()
    held = ""
    with opened.path.open("rb") as stream, target.open("wb") as out:
        try:
            while chunk := stream.read(_CHUNK):
                text = held + decoder.decode(chunk)
                held = "\r" if text.endswith("\r") else ""
                out.write((text[:-1] if held else text).replace("\r\n", "\n").encode("utf-8"))
        except UnicodeDecodeError as error:
            raise BeffroiError(fault("file-encoding", file=opened.label, encoding="cp1252")) from error
        out.write(held.encode("utf-8"))
