"""Data as they come on a bad day: each is told in a sentence with its file and line, and costs readers nothing."""

import io
import json
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from beffroi.access import PUBLIC
from beffroi.errors import Fault
from beffroi.run import build
from tests.run.conftest import Trial

SOURCE = "sources/town/dwellings/source.yaml"
SELECT = "sources/town/dwellings/table.sql"
GOOD = "code;dwellings;vacant\n99001;50;5\n99002;100;15\n99003;150;30\n99004;200;10\n"
SERVED = {"99001": 150, "99003": 150, "99004": 200}


def csv(data: str | bytes) -> Callable[[Trial], None]:
    """The file of dwellings with these bytes."""
    return lambda house: give(house, "dwellings.csv", data.encode() if isinstance(data, str) else data)


def give(house: Trial, name: str, data: bytes) -> None:
    path = house.root / "sources/town/dwellings" / name
    path.write_bytes(data)
    if name != "dwellings.csv":
        house.replace(SOURCE, "dwellings.csv", name)
        house.remove("sources/town/dwellings/dwellings.csv")


def archive(data: bytes, member: str = "d.csv") -> Callable[[Trial], None]:
    def commit(house: Trial) -> None:
        house.replace(SOURCE, "{rows: {read:", f"{{rows: {{member: '{member}', read:")
        give(house, "dwellings.zip", data)

    return commit


def zipped(name: str, data: str | bytes) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as made:
        made.writestr(name, data)
    return stream.getvalue()


def other(name: str, form: str, data: bytes, more: str = "") -> Callable[[Trial], None]:
    def commit(house: Trial) -> None:
        house.replace(SOURCE, "{format: csv, delimiter: ';'}", f"{{format: {form}{more}}}")
        give(house, name, data)

    return commit


def workbook(*rows: list[Any], merged: str = "") -> bytes:
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    if merged:
        book.active.merge_cells(merged)
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def parquet(cut: int) -> bytes:
    stream = io.BytesIO()
    pq.write_table(pa.table({"code": ["99001"], "dwellings": ["1"], "vacant": ["1"]}), stream)
    return stream.getvalue()[:cut]


def select(sql: str) -> Callable[[Trial], None]:
    return lambda house: house.write(SELECT, sql)


TITLED = [["Commune", "Parc", None], ["code", "dwellings", "vacant"], ["99001", 50, 5]]
BAD: dict[str, tuple[Callable[[Trial], None], str, str, int, list[str]]] = {
    "empty": (csv(""), "file-empty", SOURCE, 10, ["rien"]),
    "header only": (csv("code;dwellings;vacant\n"), "table-empty", SOURCE, 11, ["vide"]),
    "commas for semicolons": (csv(GOOD.replace(";", ",")), "header-unsplit", SELECT, 1, ["« , »", "read.delimiter"]),
    "tabs for semicolons": (csv(GOOD.replace(";", "\t")), "header-unsplit", SELECT, 1, [r"« \t »"]),
    "a page of excuses": (csv("<!doctype html><html>503</html>\n"), "data-is-page", SELECT, 1, ["page web"]),
    "latin-1 said to be utf-8": (
        csv((GOOD + "9900é;1;1\n").encode("latin-1")), "line-encoding", SOURCE, 10, ["ligne 6", "cp1252"]),
    "utf-16": (csv(GOOD.encode("utf-16")), "file-encoding", SOURCE, 10, ["encoding"]),
    "line ends of three kinds": (
        csv(GOOD.replace("\n", "\r\n", 2).replace("30\n", "30\r")), "line-ends", SOURCE, 10, ["fins de ligne"]),
    "a line of five megabytes": (csv(GOOD + "9" * 5_000_000 + ";1;1\n"), "line-too-long", SOURCE, 10, ["ligne 6"]),
    "a quote that nobody closes": (csv(GOOD.replace("200", '"200')), "line-quote", SOURCE, 10, ["ligne 5", "quote"]),
    "a cell too many": (csv(GOOD.replace("150;30", "150;30;1")), "line-miscounted", SOURCE, 10, ["ligne 4", "4", "3"]),
    "spaces in thousands": (csv(GOOD.replace("200", "1 200")), "value-not-converted", SELECT, 1, ["1 200", "types"]),
    "a comma in a whole number": (csv(GOOD.replace("200", "0,5")), "value-not-converted", SELECT, 1, ["« 0,5 »"]),
    "a negative number of dwellings": (csv(GOOD.replace("200", "-200")), "value-outside-range", SOURCE, 18, ["99004"]),
    "a commune twice": (csv(GOOD + "99004;200;10\n"), "key-repeated", SOURCE, 13, ["99004, 2"]),
    "a commune without code": (csv(GOOD + ";200;10\n"), "key-missing", SOURCE, 13, ["1 ligne"]),
    "a header that changed": (
        csv(GOOD.replace("dwellings", "logements")), "unknown-column-in-sql", SELECT, 1, ["logements", "rename"]),
    "half of the lines": (csv("code;dwellings;vacant\n99001;50;5\n"), "rows-changed", SOURCE, 20, ["--accept"]),
    "an archive that swells": (
        archive(zipped("d.csv", b"0" * 100_000_000)), "archive-too-large", SOURCE, 10, ["sans fin"]),
    "an archive that climbs out": (
        archive(zipped("../../d.csv", GOOD), "*.csv"), "archive-unsafe", SOURCE, 10, ["../../d.csv"]),
    "a member elsewhere": (archive(zipped("data/D", "x")), "member-not-found", SOURCE, 10, ["data/D"]),
    "an archive cut short": (archive(zipped("d.csv", GOOD)[:60]), "archive-damaged", SOURCE, 10, ["--refresh"]),
    "merged titles above the header": (
        other("d.xlsx", "xlsx", workbook(*TITLED, merged="B1:C1")), "unknown-column-in-sql", SELECT, 1, ["Parc_2"]),
    "a workbook that is not": (other("d.xlsx", "xlsx", b"code;dwellings"), "file-unreadable", SOURCE, 10, ["xlsx"]),
    "a sheet that is not there": (
        other("d.xlsx", "xlsx", workbook(*TITLED), ", sheet: COM"), "sheet-not-found", SOURCE, 10, ["COM"]),
    "a parquet cut short": (other("d.parquet", "parquet", parquet(-40)), "file-unreadable", SOURCE, 10, ["parquet"]),
    "a parquet damaged inside": (
        other("d.parquet", "parquet", parquet(4) + b"\0" * 40 + parquet(99999)[44:]), "data-unreadable", SELECT, 1, []),
    "a json cut short": (other("d.json", "json", b'{"a": [1,'), "file-unreadable", SOURCE, 10, ["json"]),
    "an endless question": (
        select("with recursive r(n) as (select 1 union all select n + 1 from r)\n"
               "select code, cast(n as bigint) as dwellings, 1 as vacant from rows, r\n"),
        "engine-time", SELECT, 1, ["1 s", "build_seconds"]),
    "a sum too large": (
        select("select code, cast(dwellings as bigint) * 9223372036854775807 as dwellings, 1 as vacant from rows\n"),
        "value-not-computed", SELECT, 1, ["Overflow"]),
}  # fmt: skip


def served(house: Trial) -> dict[str, int]:
    series = house.workplace.lake.release(PUBLIC).series("housing/dwellings", level="commune")
    return dict(zip(series["territory"].to_pylist(), map(int, series["value"].to_pylist()), strict=True))


@pytest.mark.parametrize("name", BAD)
def test_bad_data_are_told_and_cost_nothing(house: Trial, name: str) -> None:
    commit, code, file, line, words = BAD[name]
    commit(house)
    if code == "engine-time":
        house.replace("workspace.yaml", "synthetic: true", "limits: {build_seconds: 1}\nsynthetic: true")
    report = build(house.workplace)
    assert not report.tracebacks
    (found,) = [fault for item in report.items for fault in item.reasons if not item.blocked_by]
    assert (found.code, found.place and found.place.file, found.place and found.place.line) == (code, file, line)
    said = found.render("fr")
    assert all(word in said for word in words), said
    assert found.remedy("fr") or found.nearest, said
    assert str(house.root) not in said, "a path of the machine is for nobody to read"
    assert served(house) == SERVED
    house.restore("sources/town/dwellings/source.yaml")


@pytest.mark.parametrize("text", [b"\xef\xbb\xbf" + GOOD.encode(), GOOD.replace("\n", "\r\n", 2).encode()])
def test_what_is_only_odd_is_read(house: Trial, text: bytes) -> None:
    """A byte-order mark, CR LF among LF."""
    give(house, "dwellings.csv", text.replace(b"200", b"201"))
    assert not build(house.workplace).of("kept", "blocked")
    assert served(house) == {**SERVED, "99004": 201}


def test_codes_that_are_nowhere_are_counted(house: Trial) -> None:
    give(house, "dwellings.csv", (GOOD + "99999;40;4\n").encode())
    build(house.workplace)
    assert served(house) == {**SERVED, "unlocated": 40}


def polygon(ring: list[list[float]]) -> str:
    feature = {
        "type": "Feature",
        "properties": {"code": "99001"},
        "geometry": {"type": "Polygon", "coordinates": [ring]},
    }
    return json.dumps({"type": "FeatureCollection", "features": [feature]})


@pytest.mark.parametrize(
    ("ring", "code"),
    [
        ([[2.0, 50.0], [2.1, 50.1], [2.1, 50.0], [2.0, 50.1], [2.0, 50.0]], "geometry-invalid"),
        ([[50.0, 2.0], [50.1, 2.0], [50.1, 2.1], [50.0, 2.1], [50.0, 2.0]], "geometry-swapped"),
        ([[652000, 6862000], [652100, 6862000], [652100, 6862100], [652000, 6862000]], "geometry-outside-crs"),
    ],
)
def test_contours_of_a_bad_day(house: Trial, ring: list[list[float]], code: str) -> None:
    """A bow tie, latitude first, metres said to be degrees."""
    house.write("sources/town/contours/contours.geojson", polygon(ring))
    report = build(house.workplace)
    found: list[Fault] = [fault for item in report.items for fault in item.reasons if not item.blocked_by]
    assert [fault.code for fault in found] == [code]
    assert "99001" in found[0].render("fr")
    assert found[0].place
    assert found[0].place.file == "sources/town/contours/source.yaml"
    assert house.workplace.lake.release(PUBLIC).contours("commune").num_rows == 3


def test_two_files_of_a_source_may_be_bad_at_once(house: Trial, tmp_path: Path) -> None:
    house.replace(SOURCE, "files: {rows:", "files: {others: {read: {format: json}}, rows:")
    house.write(SELECT, "select code, 1 as dwellings, 1 as vacant from rows union all select x, 1, 1 from others\n")
    give(house, "dwellings.csv", GOOD.encode("utf-16"))
    report = build(house.workplace)
    codes = {fault.code for item in report.items for fault in item.reasons if not item.blocked_by}
    assert codes == {"file-encoding", "file-unreadable"}
