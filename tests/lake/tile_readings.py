"""Archives and vector tiles read back, slowly and plainly, from what their formats say."""

import gzip
import json
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import shapely


@dataclass(frozen=True)
class Read:
    """A feature of a tile: what it carries, its shape in units of the tile."""

    said: dict[str, Any]
    shape: Any


@dataclass(frozen=True)
class Archive:
    """An archive: its header's numbers, what it says of itself, its tiles by zoom, x and y."""

    header: tuple[int, ...]
    metadata: dict[str, Any]
    tiles: dict[tuple[int, int, int], bytes]


def read_archive(file: Path | bytes) -> Archive:
    body = file if isinstance(file, bytes) else file.read_bytes()
    magic, version, *header = struct.unpack("<7sB11Q4B2B4iB2i", body[:127])
    assert (magic, version) == (b"PMTiles", 3)
    root, root_size, said, said_size, leaves, _, data, _ = header[:8]
    packed = header[13] == 2
    tiles: dict[tuple[int, int, int], bytes] = {}

    def walk(start: int, size: int) -> None:
        for number, place, length, run in entries(gzip.decompress(body[start : start + size])):
            if run == 0:
                walk(leaves + place, length)
            held = body[data + place : data + place + length]
            for further in range(run):
                tiles[place_of(number + further)] = gzip.decompress(held) if packed else held

    assert root + root_size <= 16_384
    walk(root, root_size)
    return Archive(tuple(header), json.loads(gzip.decompress(body[said : said + said_size])), tiles)


def entries(directory: bytes) -> list[tuple[int, int, int, int]]:
    numbers = varints(directory)
    count = next(numbers)
    ids, last = [], 0
    for _ in range(count):
        last += next(numbers)
        ids.append(last)
    runs = [next(numbers) for _ in range(count)]
    sizes = [next(numbers) for _ in range(count)]
    places: list[int] = []
    for rank in range(count):
        said = next(numbers)
        places.append(places[-1] + sizes[rank - 1] if said == 0 else said - 1)
    return list(zip(ids, places, sizes, runs, strict=True))


def place_of(number: int) -> tuple[int, int, int]:
    """The tile of a number along the Hilbert curves, as the format's authors write it."""
    zoom = 0
    while number >= 4**zoom:
        number -= 4**zoom
        zoom += 1
    x = y = 0
    side = 1
    while side < 1 << zoom:
        right = 1 & (number // 2)
        lower = 1 & (number ^ right)
        if lower == 0:
            if right:
                x, y = side - 1 - x, side - 1 - y
            x, y = y, x
        x, y = x + side * right, y + side * lower
        number //= 4
        side *= 2
    return zoom, x, y


def varints(body: bytes) -> Iterator[int]:
    value = shift = 0
    for byte in body:
        value |= (byte & 0x7F) << shift
        shift += 7
        if byte < 0x80:
            yield value
            value = shift = 0


def fields(body: bytes) -> Iterator[tuple[int, Any]]:
    """Number and content of each field of a message."""
    place = 0

    def varint() -> int:
        nonlocal place
        value = shift = 0
        while True:
            byte = body[place]
            place += 1
            value |= (byte & 0x7F) << shift
            shift += 7
            if byte < 0x80:
                return value

    while place < len(body):
        key = varint()
        if key & 7 == 0:
            yield key >> 3, varint()
        elif key & 7 == 1:
            yield key >> 3, struct.unpack_from("<d", body, place)[0]
            place += 8
        else:
            size = varint()
            yield key >> 3, body[place : place + size]
            place += size


def read_tile(tile: bytes) -> dict[str, list[Read]]:
    """Features of each part of a tile."""
    found = {}
    for number, part in fields(tile):
        assert number == 3
        held: dict[int, list[Any]] = {}
        for field, value in fields(part):
            held.setdefault(field, []).append(value)
        assert (held[15], held[5]) == ([2], [4096])
        keys = [key.decode() for key in held.get(3, [])]
        values = [_value(value) for value in held.get(4, [])]
        found[held[1][0].decode()] = [_feature(one, keys, values) for one in held.get(2, [])]
    return found


def _value(body: bytes) -> Any:
    ((field, value),) = fields(body)
    if field == 1:
        return value.decode()
    if field == 6:
        return (value >> 1) ^ -(value & 1)
    return bool(value) if field == 7 else value


def _feature(body: bytes, keys: list[str], values: list[Any]) -> Read:
    held = dict(fields(body))
    tags = list(varints(held[2]))
    said = {keys[key]: values[value] for key, value in zip(tags[::2], tags[1::2], strict=True)}
    return Read(said, _shape(held[3], list(varints(held[4]))))


def _shape(kind: int, commands: list[int]) -> Any:
    strokes: list[list[tuple[int, int]]] = []
    x = y = place = 0
    while place < len(commands):
        command, count = commands[place] & 7, commands[place] >> 3
        place += 1
        if command == 7:
            assert kind == 3
            continue
        for _ in range(count):
            x += (commands[place] >> 1) ^ -(commands[place] & 1)
            y += (commands[place + 1] >> 1) ^ -(commands[place + 1] & 1)
            place += 2
            if command == 1 and (kind != 1 or not strokes):
                strokes.append([])
            strokes[-1].append((x, y))
    if kind == 1:
        return shapely.MultiPoint(strokes[0])
    if kind == 2:
        assert all(len(stroke) > 1 for stroke in strokes)
        return shapely.MultiLineString(strokes)
    surfaces: list[tuple[list[Any], list[Any]]] = []
    for ring in strokes:
        assert len(ring) > 2
        turned = sum(a[0] * b[1] - b[0] * a[1] for a, b in zip(ring, [*ring[1:], ring[0]], strict=True))
        assert turned != 0
        if turned > 0:
            surfaces.append((ring, []))
        else:
            surfaces[-1][1].append(ring)
    return shapely.MultiPolygon(surfaces)
