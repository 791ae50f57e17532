"""Bytes kept for ever, and the lock that says which."""

import json
import os
from hashlib import sha256
from pathlib import Path

import pytest

from beffroi.collect.locks import Lock, LockedPart, LockEntry, read_lock, write_lock
from beffroi.collect.snapshots import SnapshotStore, hash_file
from beffroi.errors import BeffroiError
from tests.collect.invented import Desk, codes


def entry(letter: str = "a", fetched: str = "2026-06-01T10:00:00+00:00") -> LockEntry:
    return LockEntry(letter * 64, 10, fetched, "pypi:valbrume@1.0", 2, "package", "lov2")


def test_bytes_are_kept_under_their_sha256(desk: Desk) -> None:
    snapshot = desk.keep(b"code\n62001\n")
    assert snapshot.sha256 == sha256(b"code\n62001\n").hexdigest()
    assert snapshot.path == desk.folder / "lake" / "snapshots" / snapshot.sha256[:2] / snapshot.sha256
    assert (snapshot.path.read_bytes(), snapshot.bytes) == (b"code\n62001\n", 11)
    assert hash_file(snapshot.path) == (snapshot.sha256, 11)
    desk.store.verify(snapshot.sha256)


def test_what_is_kept_is_never_written_again(desk: Desk) -> None:
    first = desk.keep(b"same").path.stat()
    again = desk.keep(b"same").path.stat()
    assert (first.st_ino, first.st_mtime_ns) == (again.st_ino, again.st_mtime_ns)
    assert first.st_mode & 0o222 == 0


def test_nothing_half_fetched_stays(desk: Desk) -> None:
    def fail() -> None:
        with desk.store.incoming() as incoming:
            (incoming / "body").write_bytes(b"half")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    assert list((desk.store.folder / "incoming").iterdir()) == []
    assert desk.store.verify_all() == []


def test_what_a_killed_process_left_is_swept(desk: Desk) -> None:
    old, recent = desk.store.folder / "incoming" / "old", desk.store.folder / "incoming" / "recent"
    for folder in (old, recent):
        folder.mkdir(parents=True)
    os.utime(old, (1, 1))
    desk.keep(b"x")
    assert (old.exists(), recent.exists()) == (False, True)


def test_damaged_bytes_are_found(desk: Desk) -> None:
    good, bad, gone = desk.keep(b"good"), desk.keep(b"bad"), "0" * 64
    bad.path.chmod(0o644)
    bad.path.write_bytes(b"BAD")
    assert desk.store.has(good.sha256, 4)
    assert not desk.store.has(good.sha256, 5)
    assert not desk.store.has(gone, 4)
    for sha in (bad.sha256, gone):
        with pytest.raises(BeffroiError) as refused:
            desk.store.verify(sha)
        assert codes(refused.value) == ["snapshot-damaged"]
    with pytest.raises(BeffroiError) as refused:
        desk.store.verify_all()
    assert [fault.values["sha256"] for fault in refused.value.faults] == [bad.sha256]
    bad.path.unlink()
    assert desk.store.verify_all() == [good.sha256]


def test_a_lock_is_read_as_it_was_written(tmp_path: Path) -> None:
    later = LockedPart(entry("a")).succeed(entry("b", "2026-07-01T10:00:00+00:00"))
    lock = Lock({"vintage=2022": LockedPart(entry("c")), "vintage=2021": later})
    write_lock(tmp_path, lock)
    text = (tmp_path / "source.lock").read_text("utf-8")
    assert read_lock(tmp_path) == lock
    assert list(json.loads(text)["parts"]) == ["vintage=2021", "vintage=2022"]
    assert later.current.sha256 == "b" * 64
    assert [one.sha256 for one in later.earlier] == ["a" * 64]
    write_lock(tmp_path, read_lock(tmp_path))
    assert (tmp_path / "source.lock").read_text("utf-8") == text


def test_no_lock_is_an_empty_one(tmp_path: Path) -> None:
    assert read_lock(tmp_path) == Lock()


@pytest.mark.parametrize(
    "text",
    [
        "{",
        "[]",
        '{"format": 2, "parts": {}}',
        '{"format": 1}',
        '{"format": 1, "parts": {"": {"sha256": "../../etc/passwd"}}}',
        json.dumps({"format": 1, "parts": {"": {**entry().__dict__, "sha256": "../../etc/passwd"}}}),
        json.dumps({"format": 1, "parts": {"": {**entry().__dict__, "host": "x"}}}),
    ],
)
def test_what_is_no_lock_is_refused(tmp_path: Path, text: str) -> None:
    (tmp_path / "source.lock").write_text(text)
    with pytest.raises(BeffroiError) as refused:
        read_lock(tmp_path)
    assert codes(refused.value) == ["lock-unreadable"]


def test_a_store_is_made_of_its_folder_alone(tmp_path: Path) -> None:
    assert SnapshotStore(tmp_path / "absent").verify_all() == []
    assert not (tmp_path / "absent").exists()
