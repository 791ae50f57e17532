"""The accessibility statement: what the law asks, linked from every page, true to what is declared."""

import dataclasses
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from beffroi.serve import create_app
from tests.observe.invented import build_release
from tests.serve.conftest import Shelf

AUDIT = {
    "audited": "2026-03-12", "by": "Cabinet Personne", "criteria_met": 60, "criteria_applicable": 70,
    "sample": ["/", "/catalogue"], "report": "https://observatoire.exemple/audit", "why": "Des cartes sans tableau.",
}  # fmt: skip


def test_without_an_audit_the_site_says_that_it_does_not_conform(client: TestClient) -> None:
    assert 'href="/accessibilite">Accessibilité\u00a0: non conforme</a>' in client.get("/catalogue").text
    page = client.get("/accessibilite").text
    assert "Non conforme, audit non réalisé" in page
    assert "n°\u00a02005-102" in page
    assert "Défenseur des droits" in page
    assert "\u00a0%" not in page, "no rate without an audit"
    assert "Not conforming, audit not made" in client.get("/en/accessibilite").text


@pytest.fixture
def audited(shelf: Shelf, assets_folder: Path) -> TestClient:
    release = build_release()
    workspace = {**release.catalogue["workspace"], "accessibility": AUDIT,
                 "identity": {"accent": "#9a3412", "contact": "equipe@observatoire.exemple"}}  # fmt: skip
    told = dataclasses.replace(release, catalogue={**release.catalogue, "workspace": workspace})
    return TestClient(create_app(lambda reader: told, assets_folder=assets_folder))


def test_an_audit_gives_its_rate_its_date_its_sample_and_its_faults(audited: TestClient) -> None:
    page = audited.get("/accessibilite").text
    for words in ("Accessibilité\u00a0: partiellement conforme", "85,7\u00a0%", "60 sur 70", "12 mars 2026",
                  "Cabinet Personne", 'href="/catalogue">/catalogue', "https://observatoire.exemple/audit",
                  "Des cartes sans tableau.", "mailto:equipe@observatoire.exemple"):  # fmt: skip
        assert words in page, words
    assert "audit non réalisé" not in page
    assert "85.7% of the criteria" in audited.get("/en/accessibilite").text
