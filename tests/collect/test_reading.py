"""Parts and members one under another, shapes, fingerprints, and what is remembered."""

import json
from pathlib import Path
from shutil import copytree
from typing import Any

import pytest

from beffroi.collect import raw_relations
from beffroi.errors import BeffroiError
from tests.collect.invented import Desk, codes, make_source, rows_of
from tests.collect.test_archives import zip_of

YEARS = [{"vintage": "2021"}, {"vintage": "2022"}]


def by_year(desk: Desk, *contents: bytes) -> list[Any]:
    return [desk.keep(data, (("vintage", str(2021 + n)),)) for n, data in enumerate(contents)]


def sorted_rows(relation: Any) -> list[dict[str, Any]]:
    return sorted(rows_of(relation), key=str)


def test_parts_come_one_under_another_with_their_variables(desk: Desk) -> None:
    source = make_source(parts=YEARS)
    relation = raw_relations(source, by_year(desk, b"code,n\n01,1\n", b"n,code,x\n2,02,a\n"), desk.scratch)["rows"]
    assert dict(relation.columns) == dict.fromkeys(["code", "n", "vintage", "x"], "VARCHAR")
    assert sorted_rows(relation) == [
        {"code": "01", "n": "1", "vintage": "2021", "x": None},
        {"code": "02", "n": "2", "vintage": "2022", "x": "a"},
    ]
    assert sorted(relation.files.values()) == ["valbrume/rows (vintage=2021)", "valbrume/rows (vintage=2022)"]


def test_members_come_one_under_another(desk: Desk) -> None:
    data = zip_of({"d/01.csv": b"code\n01\n", "d/02.csv": b"code,vma\n02,50\n", "notice.txt": b""})
    assert desk.rows(data, "d/*.csv", format="csv") == [{"code": "01", "vma": None}, {"code": "02", "vma": "50"}]


def test_a_location_may_have_files_of_another_form(desk: Desk) -> None:
    """The producer gives a zip of CSV, the archive a bare JSON; both give the same relation."""
    csv = {"format": "csv", "delimiter": ";", "rename": {"CODGEO": "code"}}
    source = make_source(
        {"http": {"url": "https://www.valbrume.example/{vintage}.zip"}},
        {"file": {"path": "a.json"}, "files": {"rows": {"read": {"format": "json"}}}},
        files={"rows": {"member": "rows_{vintage}.csv", "read": csv}},
        parts=YEARS,
    )
    first = desk.keep(zip_of({"rows_2021.csv": b"CODGEO\n01\n", "notice.txt": b""}), (("vintage", "2021"),), 1)
    second = desk.keep(b'[{"code": "02"}]', (("vintage", "2022"),), 2)
    assert sorted_rows(raw_relations(source, [first, second], desk.scratch)["rows"]) == [
        {"code": "01", "vintage": "2021"},
        {"code": "02", "vintage": "2022"},
    ]


def test_a_part_that_was_not_collected_is_never_left_out_in_silence(desk: Desk) -> None:
    with pytest.raises(BeffroiError) as refused:
        raw_relations(make_source(parts=YEARS), by_year(desk, b"code\n01\n"), desk.scratch)
    assert codes(refused.value) == ["part-missing"]
    assert refused.value.faults[0].values == {"part": "vintage=2022"}


def test_parts_that_do_not_go_together(desk: Desk) -> None:
    source = make_source(files={"rows": {"read": {"format": "json"}}}, parts=YEARS)
    snapshots = by_year(desk, b'[{"x": [{"a": 1}]}]', b'[{"x": {"b": 2}}]')
    with pytest.raises(BeffroiError) as refused:
        raw_relations(source, snapshots, desk.scratch)
    assert codes(refused.value) == ["parts-unlike"]


def test_coordinates_of_two_systems_do_not_go_together(desk: Desk) -> None:
    def collection(**crs: Any) -> bytes:
        feature = {"type": "Feature", "properties": {}, "geometry": {"type": "Point", "coordinates": [1, 2]}}
        return json.dumps({"type": "FeatureCollection", **crs, "features": [feature]}).encode()

    lambert = {"crs": {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::2154"}}}
    source = make_source(files={"rows": {"read": {"format": "geojson"}}}, parts=YEARS)
    with pytest.raises(BeffroiError) as refused:
        raw_relations(source, by_year(desk, collection(), collection(**lambert)), desk.scratch)
    assert codes(refused.value) == ["crs-mixed"]


def test_all_the_faults_of_all_the_files_are_told_at_once(desk: Desk) -> None:
    files = {
        "rows": {"read": {"format": "csv", "rename": {"CODE": "c", "labl": "l"}}},
        "notes": {"member": "x.csv", "read": {"format": "csv"}},
        "good": {"read": {"format": "csv"}},
    }
    with pytest.raises(BeffroiError) as refused:
        raw_relations(make_source(files=files), [desk.keep(b"code,label\n01,Lens\n")], desk.scratch)
    assert codes(refused.value) == ["file-column-missing", "file-column-missing", "archive-expected"]
    first = refused.value.faults[0]
    assert (first.nearest, first.available) == ("code", ("code", "label"))
    assert first.place is not None
    assert (first.place.file, first.place.key) == ("sources/valbrume/rows/source.yaml", "files.rows")


@pytest.mark.parametrize(
    ("read", "code"),
    [
        ({"types": {"m": "integer"}}, "file-column-missing"),
        ({"wide": {"keep": ["cod"], "columns": "^p"}}, "file-column-missing"),
        ({"wide": {"keep": ["code"], "columns": r"^p(\d{4})$"}}, "wide-column-missing"),
        ({"rename": {"n": "code"}}, "column-taken"),
    ],
)
def test_columns_that_are_not_there_or_twice(desk: Desk, read: dict[str, Any], code: str) -> None:
    assert codes(desk.refusal(b"code,n\n01,1\n", format="csv", **read)) == [code]


def test_a_variable_does_not_hide_a_column(desk: Desk) -> None:
    with pytest.raises(BeffroiError) as refused:
        raw_relations(make_source(parts=YEARS[:1]), by_year(desk, b"Vintage\n1999\n"), desk.scratch)
    assert codes(refused.value) == ["column-taken"]


def test_a_wide_table_renamed_then_turned_then_typed(desk: Desk) -> None:
    data = b"CODGEO;P20_POP;P21_POP;note\n01;5 922;\n".replace(b";\n", b";;x\n")
    read = {
        "delimiter": ";",
        "rename": {"CODGEO": "code"},
        "wide": {"keep": ["code"], "columns": r"^P(\d{2})_POP$", "value": "population"},
        "types": {"population": "integer"},
    }
    assert desk.rows(data, format="csv", **read) == [
        {"code": "01", "period": "20", "population": 5922},
        {"code": "01", "period": "21", "population": None},
    ]


def test_the_fingerprint_follows_bytes_and_reading_not_folders(desk: Desk, tmp_path: Path) -> None:
    other = Desk(tmp_path / "elsewhere")
    base = desk.relation(b"code\n1\n", format="csv").fingerprint
    assert other.relation(b"code\n1\n", format="csv").fingerprint == base
    changed = [
        desk.relation(b"code\n2\n", format="csv"),
        desk.relation(b"code\n1\n", format="csv", missing=["s"]),
        raw_relations(make_source(parts=YEARS[:1]), by_year(desk, b"code\n1\n"), desk.scratch)["rows"],
    ]
    assert len({base, *(relation.fingerprint for relation in changed)}) == 4


def test_what_was_read_once_is_remembered_until_its_files_go(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    data = zip_of({"rows.csv": b"code\n01\n"})
    first = desk.relation(data, "rows.csv", format="csv")
    with monkeypatch.context() as patched:
        patched.setattr("beffroi.collect.reading._read_piece", None)
        assert desk.relation(data, "rows.csv", format="csv") == first
    for path in first.files:
        Path(path).unlink()
    assert rows_of(desk.relation(data, "rows.csv", format="csv")) == [{"code": "01"}]


def test_a_copied_lake_reads_its_own_files(tmp_path: Path) -> None:
    data = zip_of({"rows.csv": b"code\n01\n"})
    Desk(tmp_path / "first").relation(data, "rows.csv", format="csv")
    copytree(tmp_path / "first", tmp_path / "copy")
    copied = Desk(tmp_path / "copy").relation(data, "rows.csv", format="csv")
    assert all(Path(path).is_relative_to(tmp_path / "copy") for path in copied.files)
