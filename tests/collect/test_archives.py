"""Members taken out of archives, and archives that mean harm."""

import bz2
import gzip
import io
import lzma
import tarfile
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from beffroi.collect.archives import ArchiveLimits, Member, open_members
from beffroi.errors import BeffroiError
from tests.collect.invented import codes

Open = Callable[..., list[Member]]


@pytest.fixture
def take(tmp_path: Path) -> Open:
    def take_out(
        data: bytes, member: str | None = None, limits: ArchiveLimits | None = None, companions: str | None = None
    ) -> list[Member]:
        file = tmp_path / "bytes"
        file.write_bytes(data)
        return open_members(
            file, member, tmp_path / "scratch", label="valbrume/rows", fingerprint=str(hash(data)),
            companions=companions, limits=limits,
        )  # fmt: skip

    return take_out


def zip_of(files: Mapping[str, bytes], compression: int = zipfile.ZIP_DEFLATED) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", compression) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return out.getvalue()


def tar_of(files: Mapping[str, bytes], mode: str = "w:gz", *others: tarfile.TarInfo) -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode=mode) as archive:  # type: ignore[call-overload]
        for name, data in files.items():
            entry = tarfile.TarInfo(name)
            entry.size = len(data)
            archive.addfile(entry, io.BytesIO(data))
        for entry in others:
            archive.addfile(entry)
    return out.getvalue()


def contents(members: list[Member]) -> dict[str, bytes]:
    return {member.name: member.path.read_bytes() for member in members}


FILES = {"data/b.csv": b"b", "data/a.csv": b"a", "notice.txt": b"n"}


@pytest.mark.parametrize(
    "data",
    [zip_of(FILES), *(tar_of(FILES, mode) for mode in ("w", "w:gz", "w:bz2", "w:xz"))],
    ids=["zip", "tar", "tar.gz", "tar.bz2", "tar.xz"],
)
def test_members_by_name_and_by_pattern(take: Open, data: bytes) -> None:
    assert contents(take(data, "notice.txt")) == {"notice.txt": b"n"}
    assert contents(take(data, "data/*.csv")) == {"data/a.csv": b"a", "data/b.csv": b"b"}


@pytest.mark.parametrize(
    "pack", [gzip.compress, bz2.compress, lzma.compress, lambda d: lzma.compress(d, lzma.FORMAT_ALONE)]
)
def test_a_single_compressed_file_needs_no_member(take: Open, pack: Callable[[bytes], bytes]) -> None:
    assert [member.path.read_bytes() for member in take(pack(b"code\n"))] == [b"code\n"]
    assert contents(take(zip_of({"d/c.csv.lzma": pack(b"code\n")}), "d/c.csv.lzma")) == {"d/c.csv.lzma": b"code\n"}


def test_a_file_that_is_no_archive_is_itself(take: Open) -> None:
    (member,) = take(b"code\n62001\n")
    assert member.name == ""
    assert member.path.name == "bytes"


def test_a_workbook_is_no_archive_to_us(take: Open) -> None:
    assert take(zip_of({"[Content_Types].xml": b"", "xl/a.xml": b""}))[0].name == ""


def test_an_archive_inside_another(take: Open) -> None:
    inner = tar_of({"fr_01.csv": b"1", "fr_02.csv": b"2", "readme": b""})
    outer = zip_of({"resources/fr.csv.tgz": inner, "setup.py": b""})
    assert contents(take(outer, "resources/fr.csv.tgz!fr_*.csv")) == {
        "resources/fr.csv.tgz!fr_01.csv": b"1",
        "resources/fr.csv.tgz!fr_02.csv": b"2",
    }
    assert contents(take(zip_of({"a.zip": outer}), "*.zip!*.tgz!fr_02.csv")) == {
        "a.zip!resources/fr.csv.tgz!fr_02.csv": b"2"
    }


def test_the_only_file_of_an_archive_needs_no_name(take: Open) -> None:
    assert contents(take(zip_of({"rows.csv": b"code\n"}))) == {"rows.csv": b"code\n"}
    with pytest.raises(BeffroiError) as refused:
        take(zip_of(FILES))
    assert codes(refused.value) == ["member-needed"]
    assert refused.value.faults[0].available == ("data/a.csv", "data/b.csv", "notice.txt")


def test_a_shapefile_comes_with_its_companions(take: Open) -> None:
    data = zip_of({"d/zae.shp": b"s", "d/zae.dbf": b"d", "d/zae.cpg": b"c", "d/other.dbf": b"o"})
    for member in (None, "d/zae.shp", "d/*.shp"):
        (found,) = take(data, member, companions=".shp")
        assert found.path.name == "zae.shp"
        assert sorted(path.name for path in found.path.parent.iterdir()) == ["zae.cpg", "zae.dbf", "zae.shp"]


def test_a_member_that_is_not_there_is_named_with_what_there_is(take: Open) -> None:
    for data in (zip_of(FILES), tar_of(FILES)):
        with pytest.raises(BeffroiError) as refused:
            take(data, "data/aa.csv")
        assert codes(refused.value) == ["member-not-found"]
        (fault,) = refused.value.faults
        assert fault.available == ("data/a.csv", "data/b.csv")
        assert fault.nearest == "data/a.csv"


def test_what_was_taken_out_once_is_not_taken_out_again(take: Open) -> None:
    first = take(zip_of(FILES), "data/a.csv")[0].path
    before = first.stat()
    again = take(zip_of(FILES), "data/a.csv")[0].path
    assert (again, again.stat().st_ino) == (first, before.st_ino)


def test_what_was_left_half_done_is_done_again(take: Open) -> None:
    path = take(zip_of(FILES), "data/a.csv")[0].path
    path.write_bytes(b"")
    assert take(zip_of(FILES), "data/a.csv")[0].path.read_bytes() == b"a"


@pytest.mark.parametrize("name", ["../evil.csv", "/etc/evil.csv", "a/../../evil.csv", "..\\evil.csv", "C:\\evil.csv"])
def test_a_name_that_leaves_the_folder_is_refused(take: Open, tmp_path: Path, name: str) -> None:
    for data in (zip_of({name: b"x", "good.csv": b"g"}), tar_of({name: b"x", "good.csv": b"g"})):
        for member in ("good.csv", "*"):
            with pytest.raises(BeffroiError) as refused:
                take(data, member)
            assert codes(refused.value) == ["archive-unsafe"]
    assert not list(tmp_path.rglob("*evil*"))


@pytest.mark.parametrize("kind", [tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.CHRTYPE, tarfile.FIFOTYPE])
def test_a_member_that_is_no_plain_file_is_refused(take: Open, kind: bytes) -> None:
    link = tarfile.TarInfo("rows.csv")
    link.type, link.linkname = kind, "/etc/passwd"
    with pytest.raises(BeffroiError) as refused:
        take(tar_of({}, "w:gz", link), "rows.csv")
    assert codes(refused.value) == ["archive-unsafe"]


def test_a_link_in_a_zip_is_refused(take: Open) -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        entry = zipfile.ZipInfo("rows.csv")
        entry.external_attr = 0o120777 << 16
        archive.writestr(entry, "/etc/passwd")
    with pytest.raises(BeffroiError) as refused:
        take(out.getvalue(), "rows.csv")
    assert codes(refused.value) == ["archive-unsafe"]


SMALL = ArchiveLimits(total_bytes=10_000_000, ratio=50, ratio_from=100_000, members=5)
ZEROS = b"\0" * 2_000_000


@pytest.mark.parametrize(
    ("data", "member"),
    [
        (zip_of({"rows.csv": ZEROS}), "rows.csv"),
        (gzip.compress(ZEROS), None),
        (lzma.compress(ZEROS), None),
        (tar_of({"rows.csv": ZEROS}), "rows.csv"),
        (tar_of({"aside.csv": ZEROS, "rows.csv": b"x"}), "rows.csv"),
        (zip_of({"a.zip": zip_of({"rows.csv": ZEROS})}), "a.zip!rows.csv"),
    ],
    ids=["zip", "gz", "xz", "tar", "tar-aside", "nested"],
)
def test_a_bomb_is_refused(take: Open, tmp_path: Path, data: bytes, member: str | None) -> None:
    with pytest.raises(BeffroiError) as refused:
        take(data, member, SMALL)
    assert codes(refused.value) == ["archive-too-large"]
    assert not list((tmp_path / "scratch").rglob("rows.csv"))


def test_more_bytes_than_allowed_are_refused_whatever_the_ratio(take: Open) -> None:
    limits = ArchiveLimits(total_bytes=1000)
    with pytest.raises(BeffroiError, match="archive-too-large"):
        take(zip_of({"rows.csv": bytes(range(256)) * 8}, zipfile.ZIP_STORED), "rows.csv", limits)


def test_an_endless_list_is_refused(take: Open) -> None:
    many = {f"{n}.csv": b"" for n in range(9)}
    for data in (zip_of(many), tar_of(many)):
        with pytest.raises(BeffroiError) as refused:
            take(data, "1.csv", SMALL)
        assert codes(refused.value) == ["archive-too-many"]


def test_a_damaged_archive_is_said_to_be(take: Open) -> None:
    whole = zip_of({"rows.csv": bytes(range(256)) * 40})
    damaged = whole[:60] + b"\xff" * 40 + whole[100:]
    for data in (damaged, whole[: len(whole) // 2], gzip.compress(b"x" * 9999)[:30], tar_of(FILES)[:60]):
        with pytest.raises(BeffroiError) as refused:
            take(data, "rows.csv")
        assert codes(refused.value) == ["archive-damaged"]


def test_a_locked_archive_is_said_to_be(take: Open) -> None:
    data = bytearray(zip_of({"rows.csv": b"secret rows"}))
    data[6] |= 1
    data[data.rindex(b"PK\x01\x02") + 8] |= 1
    with pytest.raises(BeffroiError) as refused:
        take(bytes(data), "rows.csv")
    assert codes(refused.value) == ["archive-encrypted"]


def test_a_member_of_what_is_no_archive(take: Open) -> None:
    with pytest.raises(BeffroiError) as refused:
        take(b"code\n", "rows.csv")
    assert codes(refused.value) == ["archive-expected"]
