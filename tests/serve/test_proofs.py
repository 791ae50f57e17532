"""What lets anybody check an edition, as a server gives it."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from beffroi.access import Reader
from beffroi.lake.manifests import read_manifest
from beffroi.lake.releases import Release
from beffroi.serve import create_app
from tests.observe.corrected import MANIFEST, RATE, correct
from tests.serve.conftest import TOKEN, Shelf


class Corrected(Shelf):
    def open(self, reader: Reader) -> Release:
        return correct(super().open(reader))


@pytest.fixture
def corrected(assets_folder: Path) -> Iterator[TestClient]:
    app = create_app(Corrected().open, tokens={"ddtm": TOKEN}, assets_folder=assets_folder)
    with TestClient(app, base_url="http://127.0.0.1", follow_redirects=False) as client:
        yield client


@pytest.mark.parametrize("path", ["/corrections", "/en/corrections", "/verifier", "/en/verifier"])
def test_pages_answer(corrected: TestClient, path: str) -> None:
    answer = corrected.get(path)
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("text/html")


def test_files_answer_with_their_names(corrected: TestClient) -> None:
    answer = corrected.get("/corrections.csv")
    assert answer.headers["content-disposition"] == 'attachment; filename="corrections.csv"'
    assert answer.text.startswith("on,edition,indicator,level,territory")
    assert corrected.get("/corrections.parquet").content.startswith(b"PAR1")
    assert corrected.get("/corrections.xlsx").status_code == 404
    assert read_manifest(corrected.get("/manifest.json").json()) == MANIFEST


def test_programs_are_told_the_root_proofs_and_corrections(corrected: TestClient) -> None:
    assert corrected.get("/api/edition").json()["root"] == MANIFEST.root
    assert corrected.get("/api/proof", params={"sha256": "c" * 64}).json()["of"] == f"series:{RATE}"
    unknown = corrected.get("/api/proof", params={"sha256": "f" * 64})
    assert (unknown.status_code, unknown.json()["faults"][0]["code"]) == (404, "leaf-unknown")
    assert corrected.get("/api/proof", params={"sha256": "nothing"}).status_code in (400, 422)
    told = corrected.get("/api/corrections").json()
    assert [each["number"] for each in told] == [2, 1]
    assert corrected.get("/api/corrections", params={"indicator": "mobility/accidents"}).json() == []
    assert corrected.get("/api/corrections", params={"indicator": "nothing/there"}).status_code == 404


def test_a_partner_is_told_of_their_own_besides(corrected: TestClient) -> None:
    own = corrected.get("/api/corrections", headers={"authorization": f"Bearer {TOKEN}"}).json()
    assert [each["number"] for each in own] == [3, 2, 1]
    assert corrected.get("/corrections.csv").text.count("2026-04-01") == 0


def test_an_edition_of_before_says_that_it_has_none(client: TestClient) -> None:
    assert client.get("/api/edition").json()["root"] is None
    absent = client.get("/manifest.json", headers={"accept": "application/json"})
    assert (absent.status_code, absent.json()["faults"][0]["code"]) == (404, "manifest-absent")
    assert client.get("/verifier").status_code == 200
