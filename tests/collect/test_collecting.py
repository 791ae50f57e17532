"""From a source to its snapshots: the first location that answers, the lock, editions, offline."""

import json
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from beffroi.catalog.sources import Source
from beffroi.collect import Advance, Collected, Session, collect_all, collect_source
from beffroi.collect.locations import packages
from beffroi.collect.locations.errands import Errand, Fetched
from beffroi.errors import BeffroiError
from tests.collect.invented import Desk, codes, make_source
from tests.collect.servers import Asked, Reply, Site, serve

PACKAGE = {"package": {"registry": "pypi", "name": "valbrume", "version": "1.0"}}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "sources" / "valbrume" / "rows"
    folder.mkdir(parents=True)
    return folder


@pytest.fixture
def pages() -> dict[str, bytes]:
    """What the site answers, by path; a test may change it."""
    return {"/rows.csv": b"code\n62001\n"}


@pytest.fixture
def site(pages: dict[str, bytes]) -> Iterator[Site]:
    def answer(asked: Asked) -> Reply:
        if asked.path not in pages:
            return Reply(status=404)
        etag = f'"{len(pages[asked.path])}"'
        if asked.headers.get("if-none-match") == etag:
            return Reply(status=304)
        return Reply(pages[asked.path], headers={"ETag": etag})

    with serve(answer) as running:
        yield running


def http(site: Site, path: str = "/rows.csv") -> dict[str, Any]:
    return {"http": {"url": site.url + path}, "allow_private": True}


def collect(desk: Desk, source: Source, folder: Path, **how: Any) -> Collected:
    return collect_source("valbrume/rows", source, folder, desk.store, session=Session({}, lambda _: None), **how)


def lock_of(folder: Path) -> dict[str, Any]:
    document: dict[str, Any] = json.loads((folder / "source.lock").read_text("utf-8"))
    return document["parts"]


def test_a_snapshot_says_all_that_is_known_of_its_bytes(desk: Desk, folder: Path, site: Site) -> None:
    seen: list[tuple[int, int | None]] = []
    collected = collect(desk, make_source(http(site)), folder, progress=lambda done, total: seen.append((done, total)))
    (snapshot,) = collected.snapshots
    assert (snapshot.source, snapshot.part, snapshot.label) == ("valbrume/rows", (), "")
    assert snapshot.path.read_bytes() == b"code\n62001\n"
    assert (snapshot.location, snapshot.kind, snapshot.etag) == (1, "http", '"11"')
    assert snapshot.address == f"{site.url}/rows.csv"
    assert snapshot.fetched.endswith("+00:00")
    assert seen[-1] == (11, 11)
    assert collected.fetched
    assert lock_of(folder)[""] == {
        "sha256": snapshot.sha256, "bytes": 11, "fetched": snapshot.fetched, "address": snapshot.address,
        "location": 1, "kind": "http", "licence": "lov2", "etag": '"11"',
    }  # fmt: skip


def test_what_is_kept_is_not_asked_for_again(desk: Desk, folder: Path, site: Site) -> None:
    source = make_source(http(site))
    first = collect(desk, source, folder)
    text = (folder / "source.lock").read_bytes()
    again = collect(desk, source, folder)
    assert again.snapshots == first.snapshots
    assert not again.fetched
    assert len(site.asked) == 1
    assert (folder / "source.lock").read_bytes() == text


def test_locations_are_asked_in_order_and_every_reason_is_kept(desk: Desk, folder: Path, site: Site) -> None:
    source = make_source(
        http(site, "/gone.csv"), {"http": {"url": "http://169.254.169.254/"}}, http(site), http(site, "/other.csv")
    )
    collected = collect(desk, source, folder)
    assert collected.snapshots[0].location == 3
    reasons = [attempt.reason.code if attempt.reason else None for attempt in collected.attempts]
    assert reasons == ["http-status", "address-refused", None]


def test_when_nobody_answers_every_reason_is_told(desk: Desk, folder: Path, site: Site) -> None:
    deposit = {"deposit": {"name": "x.csv", "ask": "la commune"}}
    with pytest.raises(BeffroiError) as refused:
        collect(desk, make_source(http(site, "/gone.csv"), deposit), folder)
    assert codes(refused.value) == ["source-unreachable"]
    (fault,) = refused.value.faults
    assert [cause.code for cause in fault.causes] == ["http-status", "deposit-missing"]
    assert "la commune" in fault.render("fr")
    assert fault.to_json()["causes"][0]["code"] == "http-status"
    assert str(fault.place) == "sources/valbrume/rows/source.yaml"
    assert not (folder / "source.lock").exists()


def test_a_file_that_changed_upstream_is_a_new_edition(
    desk: Desk, folder: Path, site: Site, pages: dict[str, bytes]
) -> None:
    source = make_source(http(site))
    old = collect(desk, source, folder).snapshots[0]
    pages["/rows.csv"] = b"code\n62001\n62002\n"
    assert collect(desk, source, folder).snapshots[0] == old
    collected = collect(desk, source, folder, refresh=True)
    new = collected.snapshots[0]
    assert new.sha256 != old.sha256
    assert old.path.read_bytes() == b"code\n62001\n"
    assert [note.code for note in collected.notes] == ["edition-new"]
    locked = lock_of(folder)[""]
    assert locked["sha256"] == new.sha256
    assert [one["sha256"] for one in locked["earlier"]] == [old.sha256]


def test_a_refresh_of_what_did_not_change_is_cheap_and_leaves_the_lock(desk: Desk, folder: Path, site: Site) -> None:
    source = make_source(http(site))
    first = collect(desk, source, folder)
    text = (folder / "source.lock").read_bytes()
    again = collect(desk, source, folder, refresh=True)
    assert site.asked[1].headers["if-none-match"] == '"11"'
    assert again.snapshots == first.snapshots
    assert not again.fetched
    assert (folder / "source.lock").read_bytes() == text


def test_a_refresh_that_fails_keeps_what_there_is(
    desk: Desk, folder: Path, site: Site, pages: dict[str, bytes]
) -> None:
    source = make_source(http(site))
    first = collect(desk, source, folder)
    pages.clear()
    again = collect(desk, source, folder, refresh=True)
    assert again.snapshots == first.snapshots
    assert [note.code for note in again.notes] == ["refresh-failed"]


def test_a_lock_without_its_bytes_has_them_fetched_again(desk: Desk, folder: Path, site: Site, tmp_path: Path) -> None:
    source = make_source(http(site))
    collect(desk, source, folder)
    text = (folder / "source.lock").read_bytes()
    collected = collect(Desk(tmp_path / "elsewhere"), source, folder)
    assert collected.fetched
    assert collected.notes == ()
    assert (folder / "source.lock").read_bytes() == text


def test_a_location_that_is_not_declared_any_more_no_longer_counts(
    desk: Desk, folder: Path, site: Site, pages: dict[str, bytes]
) -> None:
    collect(desk, make_source(http(site)), folder)
    pages["/rows2.csv"] = b"code\n62003\n"
    collected = collect(desk, make_source(http(site, "/rows2.csv")), folder)
    assert collected.snapshots[0].path.read_bytes() == b"code\n62003\n"


def give_package(monkeypatch: pytest.MonkeyPatch, *contents: bytes) -> list[str]:
    """Let the registry's client bring these bytes, one fetch after another; gives what was asked for."""
    asked: list[str] = []
    remaining = list(contents)

    def fetch(location: Any, errand: Errand) -> Fetched:
        asked.append(location.package.version)
        (errand.incoming / "package").write_bytes(remaining.pop(0))
        return Fetched(errand.incoming / "package")

    monkeypatch.setattr(packages, "fetch", fetch)
    return asked


def test_a_published_version_that_changed_is_an_alarm(
    desk: Desk, folder: Path, tmp_path: Path, site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    give_package(monkeypatch, b"wheel", b"altered")
    source = make_source(PACKAGE, http(site))
    collect(desk, source, folder)
    text = (folder / "source.lock").read_bytes()
    with pytest.raises(BeffroiError) as refused:
        collect(Desk(tmp_path / "elsewhere"), source, folder)
    assert codes(refused.value) == ["package-altered"]
    assert site.asked == []
    assert (folder / "source.lock").read_bytes() == text


def test_another_version_of_a_package_is_a_new_edition(
    desk: Desk, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    give_package(monkeypatch, b"wheel 1", b"wheel 2")
    collect(desk, make_source(PACKAGE), folder)
    newer = {"package": {**PACKAGE["package"], "version": "2.0"}}
    collected = collect(desk, make_source(newer), folder)
    assert collected.snapshots[0].address == "pypi:valbrume@2.0"
    assert [note.code for note in collected.notes] == ["edition-new"]


def test_parts_are_fetched_and_locked_one_by_one(desk: Desk, folder: Path, site: Site, pages: dict[str, bytes]) -> None:
    pages |= {"/2021.csv": b"a\n1\n", "/2022.csv": b"a\n2\n"}
    source = make_source(http(site, "/{year}.csv"), parts=[{"year": "2021"}, {"year": "2022"}, {"year": "2023"}])
    with pytest.raises(BeffroiError) as refused:
        collect(desk, source, folder)
    assert refused.value.faults[0].values["source"] == "valbrume/rows (year=2023)"
    assert list(lock_of(folder)) == ["year=2021", "year=2022"]
    pages["/2023.csv"] = b"a\n3\n"
    collected = collect(desk, source, folder)
    assert [snapshot.part for snapshot in collected.snapshots] == [
        (("year", "2021"),), (("year", "2022"),), (("year", "2023"),)
    ]  # fmt: skip
    assert site.paths.count("/2021.csv") == 1


def test_offline_asks_nobody(desk: Desk, folder: Path, site: Site) -> None:
    source = make_source(http(site), PACKAGE)
    with pytest.raises(BeffroiError) as refused:
        collect(desk, source, folder, offline=True)
    assert codes(refused.value) == ["source-offline"]
    assert [cause.code for cause in refused.value.faults[0].causes] == ["location-offline"] * 2
    assert site.asked == []
    kept = collect(desk, source, folder)
    assert collect(desk, source, folder, offline=True).snapshots == kept.snapshots


def test_offline_still_reads_this_machine(desk: Desk, folder: Path, site: Site) -> None:
    (folder / "rows.csv").write_bytes(b"code\n")
    collected = collect(desk, make_source(http(site), {"file": {"path": "rows.csv"}}), folder, offline=True)
    assert collected.snapshots[0].kind == "file"
    assert site.asked == []


def test_a_file_of_this_machine_is_read_again_when_it_is_touched(desk: Desk, folder: Path) -> None:
    source = make_source({"file": {"path": "rows.csv"}})
    (folder / "rows.csv").write_bytes(b"code\n1\n")
    first = collect(desk, source, folder)
    assert not collect(desk, source, folder).fetched
    (folder / "rows.csv").write_bytes(b"code\n1\n2\n")
    second = collect(desk, source, folder)
    assert [note.code for note in second.notes] == ["edition-new"]
    (folder / "rows.csv").unlink()
    assert collect(desk, source, folder).snapshots == second.snapshots
    assert first.snapshots[0].path.exists()


def test_a_lock_that_cannot_be_read_stops_the_source(desk: Desk, folder: Path, site: Site) -> None:
    (folder / "source.lock").write_text("<<<<<<< HEAD")
    with pytest.raises(BeffroiError) as refused:
        collect(desk, make_source(http(site)), folder)
    assert codes(refused.value) == ["lock-unreadable"]
    assert str(refused.value.faults[0].place) == "sources/valbrume/rows/source.lock:1"


def test_a_password_in_a_location_stops_the_source(desk: Desk, folder: Path) -> None:
    source = make_source({"http": {"url": "https://agent:hunter2@127.0.0.1/"}})
    with pytest.raises(BeffroiError) as refused:
        collect(desk, source, folder)
    assert codes(refused.value) == ["secret-in-address"]


def test_what_nobody_foresaw_is_a_reason_like_another(
    desk: Desk, folder: Path, site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(location: object, errand: object) -> Fetched:
        raise LookupError("what?")

    monkeypatch.setattr(packages, "fetch", fail)
    collected = collect(desk, make_source(PACKAGE, http(site)), folder)
    reason = collected.attempts[0].reason
    assert reason is not None
    assert reason.code == "location-failed"
    assert "LookupError" in reason.message()


def test_sources_are_collected_together_and_none_stops_another(desk: Desk, tmp_path: Path, site: Site) -> None:
    sources = {"a/good": make_source(http(site)), "b/bad": make_source(http(site, "/gone"))}
    for name in sources:
        (tmp_path / "sources" / name).mkdir(parents=True)
    seen: list[Advance] = []
    collected = collect_all(sources, tmp_path, desk.store, progress=seen.append)
    assert list(collected) == ["a/good", "b/bad"]
    assert collected["a/good"].faults == ()
    assert [fault.code for fault in collected["b/bad"].faults] == ["source-unreachable"]
    assert Advance("a/good", 11, 11) in seen
    assert (tmp_path / "sources" / "a" / "good" / "source.lock").exists()


def test_a_package_that_two_sources_share_is_fetched_once(
    desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = give_package(monkeypatch, b"wheel")
    sources = {name: make_source(PACKAGE) for name in ("a/one", "b/two")}
    for name in sources:
        (tmp_path / "sources" / name).mkdir(parents=True)
    collected = collect_all(sources, tmp_path, desk.store)
    assert asked == ["1.0"]
    assert {one.snapshots[0].sha256 for one in collected.values()} == {collected["a/one"].snapshots[0].sha256}
    assert threading.active_count() < 10
