"""« Ma commune » and portraits: every territory has an address, a name leads to it, and nobody is told a secret."""

import re

import pytest
from starlette.testclient import TestClient

from tests.serve.conftest import TOKEN

BEARER = {"authorization": f"Bearer {TOKEN}"}
SECRET = "Logements privés vacants depuis deux ans"


@pytest.mark.parametrize("key", ["commune/99002", "commune/99005", "epci/900000011", "grouping/pays"])
def test_every_level_has_its_portrait_in_both_languages(client: TestClient, key: str) -> None:
    french, english = client.get(f"/territoires/{key}"), client.get(f"/en/territoires/{key}")
    assert french.status_code == english.status_code == 200
    assert '<html lang="en">' in english.text
    assert "vicinity" in french.text
    assert "Données fictives" in french.text


@pytest.mark.parametrize(
    ("name", "address"),
    [
        ("Bellefosse", "/territoires/commune/99002"),
        ("ecaillon la foret", "/territoires/commune/99005"),
        ("99018", "/territoires/commune/99018"),
        ("Vieux-Dourlac", "/territoires/commune/99004?depuis=99900"),
    ],
)
def test_a_name_leads_to_a_portrait(client: TestClient, name: str, address: str) -> None:
    answer = client.get("/territoires", params={"nom": name})
    assert answer.status_code == 303
    assert answer.headers["location"] == address


def test_a_name_that_nobody_has_leads_to_the_nearest(client: TestClient) -> None:
    answer = client.get("/territoires", params={"nom": "Belefose<b>"})
    assert answer.status_code == 404
    assert "<b>" not in answer.text.split("<main", 1)[1].split("nobody", 1)[1][:200]
    assert 'href="/territoires/commune/99002"' in client.get("/territoires", params={"nom": "Belefosse"}).text


def test_the_page_lists_everybody(client: TestClient) -> None:
    page = client.get("/territoires").text
    assert len(set(re.findall(r'href="/territoires/commune/(99\d+)"', page))) == 25, "those of today and of yesterday"
    assert page.index("Écaillon-la-Forêt") < page.index("Fontaine-les-Saules"), "accents do not change the order"


def test_the_address_of_an_absorbed_commune_says_where_it_went(client: TestClient) -> None:
    moved = client.get("/territoires/commune/99900")
    assert moved.status_code == 303
    page = client.get(moved.headers["location"])
    assert "Vieux-Dourlac (99900) n’est plus une commune depuis le 1er janvier 2024" in page.text
    assert "n’est plus une commune" not in client.get("/territoires/commune/99002?depuis=99900").text


def test_a_territory_that_never_was_is_not_found(client: TestClient) -> None:
    answer = client.get("/territoires/commune/99999", headers={"accept": "application/json"})
    assert answer.status_code == 404
    assert answer.json()["faults"][0]["code"] == "unknown-territory"


def test_a_portrait_for_a_partner_is_kept_from_the_public(client: TestClient) -> None:
    partner = client.get("/territoires/commune/99002", headers=BEARER)
    assert SECRET in partner.text
    assert partner.headers["cache-control"] == "private, no-store"
    assert SECRET not in client.get("/territoires/commune/99002").text


def test_search_and_the_home_map_lead_to_portraits(client: TestClient) -> None:
    assert 'href="/territoires/commune/99002"' in client.get("/recherche?q=bellefosse").text
    assert 'href="/territoires/commune/99002"' in client.get("/").text
    assert "Ma commune" in client.get("/").text
    assert 'name="nom"' in client.get("/territoires").text
    assert 'href="/territoires/commune/99002"' in client.get("/explorer?territory=commune:99002").text
