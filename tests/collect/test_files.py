"""What is on this machine, or in an object store: files, folders, deposits."""

import os
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path

import fsspec
import pytest

from beffroi.collect.locations import Fetched, Known
from beffroi.errors import BeffroiError
from tests.collect.invented import codes

Fetch = Callable[..., Fetched]


def test_a_file_is_taken_as_it_is(fetch: Fetch, tmp_path: Path) -> None:
    (tmp_path / "rows.csv").write_bytes(b"code\n62001\n")
    fetched = fetch({"file": {"path": "rows.csv"}})
    assert fetched.file is not None
    assert fetched.file.read_bytes() == b"code\n62001\n"


def test_a_file_that_is_not_there_is_named_with_its_neighbours(fetch: Fetch, tmp_path: Path) -> None:
    (tmp_path / "communes_2021.csv").touch()
    with pytest.raises(BeffroiError) as refused:
        fetch({"file": {"path": "commune_2021.csv"}})
    assert codes(refused.value) == ["local-file-not-found"]
    assert refused.value.faults[0].nearest == "communes_2021.csv"


def test_a_folder_gives_the_same_bytes_whenever_its_files_are_the_same(fetch: Fetch, tmp_path: Path) -> None:
    folder = tmp_path / "year"
    (folder / "sub").mkdir(parents=True)
    (folder / "b.csv").write_text("b")
    (folder / "sub" / "a.csv").write_text("a")
    first = fetch({"file": {"path": "year"}}).file
    os.utime(folder / "b.csv", (1, 1))
    second = fetch({"file": {"path": "year"}}).file
    assert first is not None
    assert second is not None
    assert first.read_bytes() == second.read_bytes()
    assert zipfile.ZipFile(first).namelist() == ["b.csv", "sub/a.csv"]


def test_a_shapefile_brings_its_companions(fetch: Fetch, tmp_path: Path) -> None:
    for name in ("zae.shp", "zae.dbf", "zae.shx", "other.shp"):
        (tmp_path / name).write_text(name)
    fetched = fetch({"file": {"path": "zae.shp"}})
    assert fetched.file is not None
    assert zipfile.ZipFile(fetched.file).namelist() == ["zae.dbf", "zae.shp", "zae.shx"]


def test_a_file_over_the_limit_is_refused(fetch: Fetch, tmp_path: Path) -> None:
    (tmp_path / "rows.csv").write_bytes(b"x" * 100)
    with pytest.raises(BeffroiError) as refused:
        fetch({"file": {"path": "rows.csv"}, "max_bytes": 99})
    assert codes(refused.value) == ["download-too-large"]


def test_a_deposit_is_found_or_one_is_told_whom_to_ask(fetch: Fetch, tmp_path: Path) -> None:
    declared = {"deposit": {"name": "lovac.csv", "ask": {"fr": "la DDTM", "en": "the State's local service"}}}
    with pytest.raises(BeffroiError) as refused:
        fetch(declared)
    assert codes(refused.value) == ["deposit-missing"]
    assert "la DDTM" in refused.value.faults[0].message("fr")
    assert "the State's local service" in refused.value.faults[0].message("en")
    (tmp_path / "deposits").mkdir()
    (tmp_path / "deposits" / "lovac.csv").write_bytes(b"code\n")
    assert fetch(declared).file


def test_a_deposit_stays_in_its_folder(fetch: Fetch, tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("x")
    with pytest.raises(BeffroiError) as refused:
        fetch({"deposit": {"name": "../secret", "ask": "personne"}})
    assert codes(refused.value) == ["deposit-outside"]


def test_an_object_is_read_from_its_store(fetch: Fetch) -> None:
    with fsspec.open("memory://bucket/rows.csv", "wb") as stream:
        stream.write(b"code\n62001\n")
    fetched = fetch({"object_store": {"url": "memory://bucket/rows.csv"}})
    assert fetched.file is not None
    assert fetched.file.read_bytes() == b"code\n62001\n"
    with pytest.raises(BeffroiError) as refused:
        fetch({"object_store": {"url": "memory://bucket/rows.csv"}, "max_bytes": 5})
    assert codes(refused.value) == ["download-too-large"]


def test_an_object_whose_mark_is_the_same_is_not_read(fetch: Fetch, monkeypatch: pytest.MonkeyPatch) -> None:
    class Store:
        def info(self, path: str) -> dict[str, object]:
            return {"ETag": '"v1"', "size": 3}

    monkeypatch.setattr(fsspec.core, "url_to_fs", lambda url, **options: (Store(), url))
    assert fetch({"object_store": {"url": "s3://bucket/rows.csv"}}, Known('"v1"')).file is None


def test_an_object_that_is_not_there(fetch: Fetch) -> None:
    with pytest.raises(BeffroiError) as refused:
        fetch({"object_store": {"url": "memory://bucket/absent.csv"}})
    assert codes(refused.value) == ["object-unreadable"]


def test_a_store_whose_client_is_not_installed(fetch: Fetch, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "gcsfs", None)
    with pytest.raises(BeffroiError) as refused:
        fetch({"object_store": {"url": "gs://bucket/rows.csv"}})
    assert codes(refused.value) == ["object-store-client-missing"]


@pytest.mark.parametrize("url", ["http://127.0.0.1/rows.csv", "sftp://host/rows.csv", "zip://a.csv::file:///x.zip"])
def test_an_object_store_is_no_way_round_the_checks_of_the_web(fetch: Fetch, url: str) -> None:
    with pytest.raises(BeffroiError) as refused:
        fetch({"object_store": {"url": url}, "allow_private": True})
    assert codes(refused.value) == ["address-invalid"]


def test_a_store_on_a_private_network_is_refused_unless_allowed(fetch: Fetch) -> None:
    options = {"endpoint_url": "http://127.0.0.1:9000"}
    with pytest.raises(BeffroiError) as refused:
        fetch({"object_store": {"url": "s3://bucket/rows.csv", "options": options}})
    assert codes(refused.value) == ["address-refused"]


def test_a_key_typed_in_the_options_is_refused(fetch: Fetch) -> None:
    with pytest.raises(BeffroiError) as refused:
        fetch({"object_store": {"url": "s3://bucket/rows.csv", "options": {"secret": "hunter2"}}})
    assert codes(refused.value) == ["secret-in-address"]
    assert "hunter2" not in str(refused.value)
