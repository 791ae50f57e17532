"""Files of layers are given by pieces to those who may see them; a few are written at a time, and kept a while."""

import threading
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from beffroi.errors import BeffroiError
from beffroi.run import build
from beffroi.serve import create_app
from beffroi.serve.deliveries import Stockroom
from tests.run.conftest import Trial
from tests.run.layered import add_layers

TOKEN = "un-jeton-pour-essayer"


@pytest.fixture(scope="module")
def client(tmp_path_factory, assets_folder):
    trial = add_layers(Trial(tmp_path_factory.mktemp("served") / "trial"))
    trial.replace("layers/housing/communes.yaml", "style:", "download: refused\nstyle:")
    assert not build(trial.workplace).own_faults
    app = create_app(trial.workplace.lake.release, tokens={"dreal": TOKEN}, assets_folder=assets_folder)
    with TestClient(app) as client:
        yield client


@pytest.mark.parametrize("extension", ["gpkg", "parquet", "fgb", "shp.zip", "csv", "geojson", "csv-metadata.json"])
def test_each_format_is_given_whole_in_both_systems(client, extension):
    for query in ("", "?crs=2154"):
        answer = client.get(f"/couches/housing/sites.{extension}{query}")
        assert answer.status_code == 200
        assert int(answer.headers["content-length"]) == len(answer.content) > 0
        assert "donnees-fictives" in answer.headers["content-disposition"]
        asked = client.head(f"/couches/housing/sites.{extension}{query}")
        assert (asked.content, asked.headers["content-length"]) == (b"", answer.headers["content-length"])


def test_a_file_that_one_has_already_is_not_given_again(client):
    mark = client.get("/couches/housing/sites.csv").headers["etag"]
    assert client.get("/couches/housing/sites.csv", headers={"if-none-match": mark}).status_code == 304


def test_what_may_not_be_taken_away_or_seen_is_refused(client):
    assert client.get("/couches/housing/communes.gpkg").status_code == 403
    assert "download" not in client.get("/couches/housing/communes").text.split('id="files"')[1].split("</section>")[0]
    assert client.get("/couches/housing/owned.gpkg").status_code == 404
    given = client.get("/couches/housing/owned.csv", headers={"authorization": f"Bearer {TOKEN}"})
    assert given.status_code == 200
    assert given.headers["cache-control"] == "private, no-store"
    assert client.get("/couches/housing/owned.csv").status_code == 404
    assert client.get("/couches/housing/sites.csv?crs=27572").status_code == 400


def test_a_layer_offers_its_files_on_its_page(client):
    page = client.get("/couches/housing/sites").text
    assert 'href="/couches/housing/sites.shp.zip?crs=2154"' in page


def test_a_file_is_written_once_for_all_who_ask_and_the_oldest_go():
    stock, made = Stockroom(limit=10), []

    def write(path: Path) -> None:
        made.append(path)
        path.write_bytes(b"123456")

    for _ in range(2):
        file, size = stock.open("a", "csv", write)
        with file:
            assert (file.read(), size) == (b"123456", 6)
    assert len(made) == 1
    stock.open("b", "csv", write)[0].close()
    stock.open("a", "csv", write)[0].close()
    assert len(made) == 3


def test_who_asks_while_others_are_served_is_told_to_come_back():
    stock, began, done = Stockroom(at_once=1, patience=0.01), threading.Event(), threading.Event()

    def slow(path: Path) -> None:
        began.set()
        done.wait(10)
        path.write_bytes(b"x")

    thread = threading.Thread(target=lambda: stock.open("a", "csv", slow)[0].close())
    thread.start()
    began.wait(10)
    for key in ("a", "b"):
        with pytest.raises(BeffroiError) as caught:
            stock.open(key, "csv", slow)
        assert caught.value.faults[0].code == "geodata-busy"
    done.set()
    thread.join()
