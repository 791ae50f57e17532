"""A full or closed disk, a lake that somebody touched, settings that mean nothing: told, and nothing is lost."""

import errno
import json
import os
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from beffroi import cli
from beffroi.access import PUBLIC
from beffroi.cli import commands
from beffroi.cli.running import as_faults
from beffroi.errors import BeffroiError
from beffroi.lake.editions import build_lock
from beffroi.run import build
from beffroi.serve import create_app
from tests.run.conftest import Trial

SERVED = {"99001": 150, "99003": 150, "99004": 200}


def run(*words: str, capsys: pytest.CaptureFixture[str]) -> tuple[int, str]:
    """Exit code and what is written of a command, run in this process."""
    before, sys.argv = sys.argv, ["beffroi", *words]
    try:
        cli.main()
        code = 0
    except SystemExit as end:
        code = int(end.code or 0)
    finally:
        sys.argv = before
    out, err = capsys.readouterr()
    return code, out + err


def served(house: Trial) -> dict[str, int]:
    series = house.workplace.lake.release(PUBLIC).series("housing/dwellings", level="commune")
    return dict(zip(series["territory"].to_pylist(), map(int, series["value"].to_pylist()), strict=True))


def codes(error: BeffroiError) -> set[str]:
    return {fault.code for fault in error.faults}


@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [
        ("THREADS", "abc", "nombre entier"),
        ("THREADS", "0", "nombre entier"),
        ("MEMORY", "beaucoup", "2GB"),
        ("LANGUAGE", "de", "fr ou en"),
        ("OFFLINE", "peut-être", "1 ou 0"),
        ("BASE_URL", "observatoire", "https://"),
        ("LAKE", __file__, "un dossier"),
        ("SCRATCH", __file__ + "/dedans", "un dossier"),
    ],
)
def test_a_setting_that_means_nothing(
    house: Trial, name: str, value: str, expected: str, monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    monkeypatch.setenv(f"BEFFROI_{name}", value)
    code, said = run("build", str(house.root), capsys=capsys)
    assert code == 64
    assert f"BEFFROI_{name}" in said
    assert value in said
    assert expected in said
    assert "setting-refused" in said


@contextmanager
def refusing(monkeypatch: pytest.MonkeyPatch, number: int) -> Iterator[None]:
    """A machine that refuses to bring anything to its disk."""

    def refuse(*_: object) -> None:
        raise OSError(number, os.strerror(number), "/lac/objets/x")

    with monkeypatch.context() as patched:
        patched.setattr(os, "fsync", refuse)
        yield


@pytest.mark.parametrize(
    ("number", "code", "exit_code"),
    [(errno.ENOSPC, "disk-full", 8), (errno.EDQUOT, "disk-full", 8), (errno.EROFS, "writing-refused", 64),
     (errno.EIO, "system-refused", 70)],
)  # fmt: skip
def test_a_disk_that_refuses(
    house: Trial, monkeypatch: pytest.MonkeyPatch, number: int, code: str, exit_code: int,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    house.replace("sources/town/dwellings/dwellings.csv", "99004;200", "99004;210")
    with refusing(monkeypatch, number):
        ended, said = run("build", "--refresh", str(house.root), capsys=capsys)
    assert code in said
    assert "Traceback" not in said
    assert ended == exit_code
    assert served(house) == SERVED
    build(house.workplace)
    assert served(house) == {**SERVED, "99004": 210}


def test_a_folder_that_is_not_ours(house: Trial, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(self: Path, *_: object, **__: object) -> None:
        raise PermissionError(errno.EACCES, "Permission denied", str(self))

    monkeypatch.setattr(Path, "mkdir", refuse)
    error = as_faults(_raised(lambda: build_lock(house.root / "ailleurs").__enter__()))
    assert codes(error) == {"writing-refused"}


def _raised(action: object) -> Exception:
    with pytest.raises(Exception) as caught:  # noqa: PT011
        action()  # type: ignore[operator]
    return caught.value


def test_what_nobody_foresaw_is_kept_in_a_file(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fail(*_: object) -> None:
        raise ZeroDivisionError("aïe")

    monkeypatch.setattr(commands, "_open", fail)
    code, said = run("check", capsys=capsys)
    assert code == 70
    assert "unforeseen" in said
    assert "Traceback" not in said
    file = Path(next(word for word in said.split() if word.endswith(".txt")))
    assert "aïe" in file.read_text("utf-8")
    file.unlink()


def test_a_second_build_waits_for_nothing(house: Trial) -> None:
    house.replace("sources/town/dwellings/dwellings.csv", "99004;200", "99004;210")
    with build_lock(house.workplace.lake.root), pytest.raises(BeffroiError) as caught:
        build(house.workplace)
    assert codes(caught.value) == {"build-running"}
    assert str(os.getpid()) in caught.value.faults[0].render()
    assert served(house) == SERVED


@pytest.mark.parametrize("pointer", ["000099\n", "../../etc/passwd", "\0", "", "é", "x" * 5000])
def test_a_pointer_written_by_hand(house: Trial, pointer: str) -> None:
    """It is told; readers of a server that runs notice nothing; a build mends it."""
    lake = house.workplace.lake
    with TestClient(create_app(lake.release), raise_server_exceptions=False) as client:
        assert client.get("/api/edition").json()["id"] == "000001"
        (lake.root / "current").write_text(pointer, "latin-1")
        assert client.get("/explorer?indicator=housing/dwellings").status_code == 200
    with pytest.raises(BeffroiError) as caught:
        house.workplace.lake.release(PUBLIC)
    assert codes(caught.value) <= {"unknown-edition", "no-edition"}
    build(house.workplace)
    assert served(house) == SERVED


@pytest.mark.parametrize("text", ["", "{", "[]", '{"format": 1}', '{"format": 99}', "\udcff"])
def test_an_edition_that_cannot_be_read(house: Trial, text: str) -> None:
    file = house.workplace.lake.root / "editions" / "000001.json"
    file.write_bytes(text.encode("utf-8", "surrogateescape"))
    with pytest.raises(BeffroiError) as caught:
        house.workplace.lake.release(PUBLIC)
    assert codes(caught.value) == {"edition-format"}
    assert build(house.workplace).edition == "000002"
    assert served(house) == SERVED


@pytest.mark.parametrize("damage", ["cut", "gone", "scrambled", "no manifest"])
def test_an_object_damaged_while_it_is_served(house: Trial, damage: str) -> None:
    """A fault with its words for whoever asks for it, everything else for the rest; a build makes it again."""
    lake = house.workplace.lake
    item = lake.objects_of(lake.edition(), "series")["housing/dwellings"]
    data = item.data.read_bytes()
    if damage == "cut":
        item.data.write_bytes(data[:200])
    elif damage == "gone":
        shutil.rmtree(item.folder)
    elif damage == "scrambled":
        item.data.write_bytes(data[:4] + bytes(len(data) - 8) + data[-4:])
    else:
        (item.folder / "manifest.json").write_text("{", "utf-8")
    # What was read before the damage is served from memory: the server starts after it.
    with TestClient(create_app(house.workplace.lake.release), raise_server_exceptions=False) as client:
        answer = client.get("/api/series?indicator=housing/dwellings")
        assert answer.status_code == 500
        assert answer.json()["faults"][0]["code"] == "object-damaged"
        assert answer.json()["faults"][0]["remedy"]
        assert client.get("/explorer?indicator=housing/vacancy_rate").status_code == 200
        if damage != "scrambled":
            build(house.workplace)
            assert client.get("/api/series?indicator=housing/dwellings").status_code == 200


def test_a_lake_deleted_while_it_is_served(house: Trial) -> None:
    lake = house.workplace.lake
    with TestClient(create_app(lake.release), raise_server_exceptions=False) as client:
        client.get("/api/series?indicator=housing/dwellings")
        shutil.rmtree(lake.root)
        assert client.get("/api/series?indicator=housing/dwellings").status_code == 200
        for address in ("/", "/api/series?indicator=housing/vacancy_rate"):
            answer = client.get(address)
            assert answer.status_code in (200, 500)
            assert "Traceback" not in answer.text
        build(house.workplace)
        assert client.get("/api/series?indicator=housing/vacancy_rate").status_code == 200
        assert client.get("/health").json()["edition"] == "000001"


@pytest.mark.parametrize(
    "text", ["", "\0", "{", "[1]", "<<<<<<< HEAD\n{}\n=======\n{}\n>>>>>>> autre\n", '{"format": 9}']
)
def test_a_lock_written_by_hand(house: Trial, text: str) -> None:
    lock = house.root / "sources/town/dwellings/source.lock"
    lock.write_text(text, "utf-8")
    house.replace("sources/town/dwellings/dwellings.csv", "99004;200", "99004;210")
    (found,) = build(house.workplace).own_faults
    assert found.code in {"lock-unreadable", "lock-format"}
    assert found.place
    assert found.place.file == "sources/town/dwellings/source.lock"
    assert found.remedy("fr")
    assert served(house) == SERVED


def test_a_lock_that_tells_other_bytes(house: Trial) -> None:
    """A sha256 changed by hand names bytes that are nowhere: they are asked for again, never taken on trust."""
    lock = house.root / "sources/town/dwellings/source.lock"
    written = json.loads(lock.read_text("utf-8"))
    right = written["parts"][""]["sha256"]
    written["parts"][""]["sha256"] = "0" * 64
    lock.write_text(json.dumps(written), "utf-8")
    house.replace("sources/town/dwellings/table.sql", "select", "select distinct")
    build(house.workplace)
    assert served(house) == SERVED
    assert json.loads(lock.read_text("utf-8"))["parts"][""]["sha256"] == right


def test_a_snapshot_changed_by_hand(house: Trial) -> None:
    """Bytes that are not as many as they were are asked for again."""
    for path in (house.workplace.lake.root / "snapshots").glob("*/*"):
        if b"99004;200" in path.read_bytes():
            path.chmod(0o644)
            path.write_bytes(path.read_bytes().replace(b"200", b"9990"))
    house.replace("sources/town/dwellings/table.sql", "select", "select distinct")
    build(house.workplace)
    assert served(house)["99004"] == 200
