"""Maps on paper over HTTP: the form says what cannot be, the PDF is for those who may see, and is drawn once."""

import pytest
from starlette.testclient import TestClient

from beffroi.run import build
from beffroi.serve import create_app
from tests.run.conftest import Trial
from tests.run.layered import add_layers

TOKEN = "un-jeton-pour-essayer"
KEY = {"authorization": f"Bearer {TOKEN}"}


@pytest.fixture(scope="module")
def client(tmp_path_factory, assets_folder):
    trial = add_layers(Trial(tmp_path_factory.mktemp("printed") / "trial"))
    assert not build(trial.workplace).own_faults
    app = create_app(trial.workplace.lake.release, tokens={"dreal": TOKEN}, assets_folder=assets_folder)
    with TestClient(app) as client:
        yield client


def test_a_sheet_is_given_whole_and_once_per_question(client, monkeypatch):
    answer = client.get("/cartes/housing.pdf?format=A3&echelle=2000000")
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "application/pdf"
    assert answer.content.startswith(b"%PDF-")
    assert 'filename="housing_A3_1-2000000_donnees-fictives.pdf"' in answer.headers["content-disposition"]
    assert client.head("/cartes/housing.pdf?format=A3&echelle=2000000").content == b""
    monkeypatch.setattr("beffroi.serve.prints.write_print", None)
    assert client.get("/cartes/housing.pdf?format=a3&echelle=1:2000000").content == answer.content
    assert client.get("/en/cartes/housing.pdf?format=A4&echelle=99").status_code == 400


@pytest.mark.parametrize(
    ("query", "status"),
    [("format=A9", 400), ("echelle=-1", 400), ("centre=2,91", 400), ("territoire=nulle-part", 404),
     ("couche=housing/owned", 404), ("echelle=1000000", 413), ("atlas=rien", 400)],
)  # fmt: skip
def test_what_cannot_be_printed_says_why_in_the_file_and_in_the_form(client, query, status):
    assert client.get(f"/cartes/housing.pdf?{query}").status_code == status
    form = client.get(f"/cartes/housing/imprimer?{query}")
    assert form.status_code == status
    assert 'role="alert"' in form.text
    assert "<form" in form.text


def test_the_form_shows_the_frame_and_keeps_what_was_asked(client):
    page = client.get("/cartes/housing/imprimer?format=A3&territoire=Aubel&couche=housing/sites&orientation=portrait")
    assert page.status_code == 200
    assert page.text.count('class="print-frame"') == 1
    assert "<option selected>A3</option>" in page.text
    assert 'value="Aubel"' in page.text
    assert 'value="housing/sites" checked' in page.text
    assert 'value="housing/communes" checked' not in page.text
    assert 'formaction="/cartes/housing.pdf"' in page.text
    assert client.get("/cartes/housing/imprimer?atlas=commune").text.count('class="print-frame"') == 3
    assert "Paper size" in client.get("/en/cartes/housing/imprimer").text


def test_a_map_leads_to_its_form(client):
    assert 'href="/cartes/housing/imprimer"' in client.get("/cartes/housing").text


def test_what_is_lent_is_printed_for_whom_it_is_lent_to(client):
    for address in ("/cartes/lent.pdf", "/cartes/lent/imprimer"):
        assert client.get(address).status_code == 404
        given = client.get(address, headers=KEY)
        assert given.status_code == 200
        assert given.headers["cache-control"] == "private, no-store"
    assert client.get("/cartes/lent.pdf").status_code == 404
