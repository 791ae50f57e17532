"""Editions are published by one rename, and survive whatever interrupts them."""

import os
import subprocess
import sys

import pytest

from beffroi.errors import BeffroiError
from beffroi.lake import EditionStore, ObjectStore
from beffroi.lake.editions import build_lock


def write(store: ObjectStore, key: str, text: str = "x"):
    def fill(file):
        file.write_text(text)
        return {"rows": 1, "columns": {}}

    return store.write(key, kind="table", name=key, audience="public", file="data.txt", fill=fill)


def test_the_pointer_moves_only_when_an_edition_is_complete(tmp_path):
    store = EditionStore(tmp_path)
    assert store.current() is None
    first = store.publish({"table:a": "k1"}, built="2026-01-01T00:00:00+00:00", version="0")
    assert store.current() == first
    second = store.publish({"table:a": "k2"}, built="2026-01-02T00:00:00+00:00", version="0")
    assert store.current() == second
    assert store.choose_older() == first
    assert store.current() == second, "choosing serves nothing"


def test_going_back_twice_goes_further_back(tmp_path):
    store = EditionStore(tmp_path)
    for number in range(1, 4):
        store.publish({"table:a": f"k{number}"}, built="2026-01-01T00:00:00+00:00", version="0")
    again = store.publish({"table:a": "k2"}, built="2026-01-02T00:00:00+00:00", version="0", restores="000002")
    assert store.current() == again
    assert store.choose_older().id == "000001", "not the one that was withdrawn"
    store.publish({"table:a": "k4"}, built="2026-01-03T00:00:00+00:00", version="0")
    assert store.choose_older() == again


def test_rolling_back_says_what_there_is(tmp_path):
    store = EditionStore(tmp_path)
    with pytest.raises(BeffroiError) as caught:
        store.choose_older()
    assert caught.value.faults[0].code == "no-older-edition"
    store.publish({}, built="2026-01-01T00:00:00+00:00", version="0")
    with pytest.raises(BeffroiError) as caught:
        store.choose_older("000009")
    assert caught.value.faults[0].code == "unknown-edition"
    assert caught.value.faults[0].available == ("000001",)


def test_an_edition_of_another_format_is_never_guessed(tmp_path):
    store = EditionStore(tmp_path)
    store.publish({}, built="2026-01-01T00:00:00+00:00", version="0")
    file = tmp_path / "editions" / "000001.json"
    file.write_text(file.read_text().replace('"format": 1', '"format": 99'))
    with pytest.raises(BeffroiError) as caught:
        store.current()
    assert caught.value.faults[0].code == "edition-format"


def test_an_object_is_whole_or_absent(tmp_path):
    store = ObjectStore(tmp_path / "objects")

    def fail(file):
        file.write_text("half")
        raise RuntimeError("interrupted")

    with pytest.raises(RuntimeError):
        store.write("k", kind="table", name="a", audience="public", file="data.txt", fill=fail)
    assert store.get("k") is None
    assert list(store.root.iterdir()) == []
    write(store, "k")
    (store.root / "k" / "data.txt").unlink()
    assert store.get("k") is None, "an object without its data is not there"
    assert write(store, "k").data.read_text() == "x", "and is made again"


def test_old_editions_and_their_objects_go_the_served_one_stays(tmp_path):
    store, objects = EditionStore(tmp_path), ObjectStore(tmp_path / "objects")
    for number in range(4):
        write(objects, f"k{number}")
        store.publish({"table:a": f"k{number}"}, built=f"2026-01-0{number + 1}T00:00:00+00:00", version="0")
    (tmp_path / "current").write_text("000001\n")
    assert store.forget(keep=1) == ["000002", "000003"]
    kept = {key for name in store.ids() for key in store.get(name).objects.values()}
    objects.collect_garbage(kept)
    assert objects.get("k0")
    assert not objects.get("k1")


def test_one_build_at_a_time_and_a_dead_one_holds_nothing(tmp_path):
    code = (
        "import os, pathlib, sys, time; from beffroi.lake.editions import build_lock\n"
        "with build_lock(pathlib.Path(sys.argv[1])):\n    print('held', flush=True); sys.stdin.read()"
    )
    other = subprocess.Popen(
        [sys.executable, "-c", code, str(tmp_path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert other.stdout.readline() == "held\n"
    with pytest.raises(BeffroiError) as caught, build_lock(tmp_path):
        pass
    assert caught.value.faults[0].code == "build-running"
    assert caught.value.faults[0].values["process"] == str(other.pid)
    os.kill(other.pid, 9)
    other.wait()
    with build_lock(tmp_path):
        pass
