"""What somebody can read in any answer or file, whatever its form, and how a number looks for in it."""

import gzip
import hashlib
import html
import io
import re
import sqlite3
import struct
import zipfile
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import unquote

import numpy as np
import pyarrow.parquet as pq
import pyogrio
import pypdfium2
import rasterio
from PIL import Image
from starlette.testclient import TestClient

from tests.lake.tile_readings import read_archive, read_tile


@dataclass(frozen=True)
class Seen:
    """What an address answered, with all that one can read in it."""

    address: str
    status: int
    headers: Mapping[str, str]
    text: str
    body: bytes = b""


def ask(client: TestClient, address: str, token: str | None = None) -> Seen:
    headers = {"authorization": f"Bearer {token}"} if token else {}
    answer = client.get(address, headers=headers, follow_redirects=False)
    return Seen(address, answer.status_code, answer.headers, read(answer.content, address), answer.content)


def read(body: bytes, address: str = "") -> str:
    """Everything written in an answer, whatever its form."""
    if body[:2] == b"PK":
        with zipfile.ZipFile(io.BytesIO(body)) as archive:
            return "\n".join(f"{name} {read(archive.read(name), name)}" for name in archive.namelist())
    if body[:4] == b"PAR1":
        table, file = pq.read_table(io.BytesIO(body)), pq.ParquetFile(io.BytesIO(body))
        groups = [file.metadata.row_group(rank).to_dict() for rank in range(file.num_row_groups)]
        return f"{table.to_pydict()} {table.schema.metadata} {groups}"
    if body[:7] == b"PMTiles":
        held = read_archive(body)
        vectors = held.header[14] == 1
        return f"{held.metadata} {[read_tile(tile) if vectors else read(tile) for tile in held.tiles.values()]}"
    if body[:4] in (b"II*\x00", b"II+\x00"):
        with rasterio.MemoryFile(body) as image, image.open() as opened:
            return f"{opened.tags()} {np.unique(opened.read()).astype(int).tolist()}"
    if body[:4] == b"\x89PNG":
        return f"picture {Image.open(io.BytesIO(body)).info}"
    if body[:4] == b"%PDF":
        document = pypdfium2.PdfDocument(body)
        pages = (page.get_textpage().get_text_bounded() for page in document)
        return "\n".join([*pages, str(document.get_metadata_dict())])
    if body[:15] == b"SQLite format 3":
        return _read_database(body)
    if body[:3] == b"fgb":
        return _read_features(body)
    if body[:2] == b"\x1f\x8b":
        return read(gzip.decompress(body), address)
    if address.partition("?")[0].endswith(".mvt") and body[:1] == b"\x1a":
        return str(read_tile(body))
    return html.unescape(unquote(body.decode("utf-8", "replace")))


def _read_database(body: bytes) -> str:
    with TemporaryDirectory() as folder:
        file = Path(folder) / "read.gpkg"
        file.write_bytes(body)
        connection = sqlite3.connect(file)
        names = [name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        said = [str(connection.execute(f'SELECT * FROM "{name}"').fetchall()) for name in names if "rtree" not in name]
        connection.close()
    return " ".join([*names, *said])


def _read_features(body: bytes) -> str:
    with TemporaryDirectory() as folder:
        file = Path(folder) / "read.fgb"
        file.write_bytes(body)
        meta, table = pyogrio.read_arrow(file)
    kept = [name for name in table.column_names if not name.startswith("wkb")]
    return f"{meta} {table.select(kept).to_pydict()}"


def join_digits(text: str) -> str:
    """Numbers without what parts their thousands."""
    return re.sub(r"(?<=\d)[\s,.\u00a0\u202f](?=\d)", "", text)


@dataclass(frozen=True)
class Traces:
    """How numbers and words would show: in digits once joined, in words as they are, in bytes."""

    digits: tuple[str, ...]
    words: tuple[str, ...]
    packed: tuple[bytes, ...]

    def found(self, seen: Seen) -> list[str]:
        """The traces that are in an answer: in its body read, its headers, its address aside, and its bare bytes."""
        text = f"{seen.text} {dict(seen.headers)}"
        digits, low = join_digits(text), text.lower()
        found = [one for one in self.digits if _stands(one, digits)]
        found += [one for one in self.words if one.lower() in low]
        bare = gzip.decompress(seen.body) if seen.body[:2] == b"\x1f\x8b" else seen.body
        return found + [one.hex() for one in self.packed if one in bare]


def _stands(number: str, text: str) -> bool:
    """Whether a number of many digits is anywhere, or one of few stands by itself."""
    if number not in text:
        return False
    return len(number) > 6 or re.search(rf"(?<!\d){number}(?!\d)", text) is not None


def trace(numbers: Iterable[int], words: Iterable[str] = (), files: Iterable[bytes] = ()) -> Traces:
    """Traces of numbers: whole, rounded to four digits and more, in scientific notation, as a share of a million, in
    the bytes of the formats that hold numbers; of words; and of files by their fingerprints. Small numbers are met by
    chance: they are for twins to find."""
    digits: dict[str, None] = {}
    packed: dict[bytes, None] = {}
    numbers = [number for number in numbers if len(str(number)) > _TELLING]
    for number in numbers:
        digits |= dict.fromkeys(_digits(number))
        packed |= dict.fromkeys(_packings(number))
    marks = [mark[:12] for body in files for mark in _fingerprints(body)]
    marks += [mark[:16] for number in numbers for mark in _fingerprints(str(number).encode())]
    return Traces(tuple(digits), (*words, *marks), tuple(packed))


_TELLING = 4
"""Digits under which a number may be there by chance; what is rounded more is for twins to find."""


def _digits(number: int) -> Iterator[str]:
    whole = str(number)
    yield whole
    for kept in range(4, min(7, len(whole))):
        rounded = round(number, kept - len(whole))
        if len(str(rounded).rstrip("0")) < _TELLING:
            continue  # 8 000 000 says nothing of whence it comes
        yield str(rounded)  # 7 654 000
        mantissa = str(rounded)[:kept]
        if kept > 5:
            yield mantissa  # 7,65432 millions, 7.65432e6, 76.5432 %


def _packings(number: int) -> Iterator[bytes]:
    for form in ("<q", "<d", ">d", ">q"):
        yield struct.pack(form, number)
    yield (number * 1_000_000).to_bytes(10, "big")  # decimals of series


def _fingerprints(body: bytes) -> Iterator[str]:
    for name in ("md5", "sha1", "sha256", "sha512", "blake2b"):
        yield hashlib.new(name, body).hexdigest()


__all__ = ["Seen", "Traces", "ask", "join_digits", "read", "trace"]
