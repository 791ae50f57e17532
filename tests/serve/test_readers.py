"""Who sees what: a partner's values go to that partner alone, and into no shared place."""

import pytest
from starlette.testclient import TestClient

from tests.serve.conftest import TOKEN

SECRET = "land/private_vacancy"
WORDS = "Logements privés vacants depuis deux ans"
BEARER = {"authorization": f"Bearer {TOKEN}"}
EVERYWHERE = (
    "/", "/explorer", "/catalogue", "/recherche?q=vacants", "/api/indicators", "/api/search?q=vacants",
    "/sources/insee/census", "/tables/insee/census", "/api/openapi.json",
)  # fmt: skip
DIRECT = (
    f"/explorer?indicator={SECRET}", f"/indicateurs/{SECRET}", f"/donnees/{SECRET}.csv",
    f"/api/series?indicator={SECRET}", f"/api/indicators/{SECRET}", f"/figures/map.svg?indicator={SECRET}",
    f"/integrer?indicator={SECRET}", f"/api/figure?indicator={SECRET}",
)  # fmt: skip


@pytest.mark.parametrize("path", EVERYWHERE)
def test_the_public_finds_no_trace_of_it(client: TestClient, path: str) -> None:
    client.get(path, headers=BEARER)
    answer = client.get(path)
    assert answer.status_code == 200
    assert SECRET not in answer.text
    assert WORDS not in answer.text


@pytest.mark.parametrize("path", DIRECT)
def test_the_public_is_told_that_there_is_no_such_thing(client: TestClient, path: str) -> None:
    assert client.get(path, headers=BEARER).status_code == 200
    answer = client.get(path, headers={"accept": "application/json"})
    assert answer.status_code == 404
    assert answer.json()["faults"][0]["code"] == "unknown-indicator"


@pytest.mark.parametrize("path", [*EVERYWHERE, *DIRECT])
def test_what_a_partner_is_shown_is_never_kept(client: TestClient, path: str) -> None:
    headers = client.get(path, headers=BEARER).headers
    assert headers["cache-control"] == "private, no-store"
    assert "etag" not in headers


def test_a_token_in_an_address_becomes_a_cookie_and_leaves_the_address(client: TestClient) -> None:
    answer = client.get(f"/en/explorer?view=table&token={TOKEN}")
    assert answer.status_code == 303
    assert answer.headers["location"] == "/en/explorer?view=table"
    cookie = answer.headers["set-cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    assert "Secure" in cookie
    assert WORDS in client.get("/catalogue").text, "the cookie opens what the token opens"


def test_a_token_that_opens_nothing_is_refused(client: TestClient) -> None:
    headers = {"authorization": "Bearer faux", "accept": "application/json"}
    answer = client.get("/catalogue", headers=headers)
    assert answer.status_code == 403
    assert answer.json()["faults"][0]["code"] == "token-unknown"


STALE = {"cookie": "beffroi_token=perime", "accept": "application/json"}


@pytest.mark.parametrize("path", ["/catalogue", "/api/indicators"])
def test_a_stale_cookie_is_forgotten_and_what_is_public_is_served(client: TestClient, path: str) -> None:
    answer = client.get(path, headers=STALE)
    assert (answer.status_code, answer.content) == (200, client.get(path).content)
    assert answer.headers["set-cookie"].startswith("beffroi_token=; Path=/; Max-Age=0")
    assert answer.headers["cache-control"] == "private, no-store"
    assert "set-cookie" not in client.get(path).headers


@pytest.mark.parametrize("path", [f"/api/indicators/{SECRET}", "/api/indicators/land/nothing_at_all"])
def test_what_is_not_public_says_that_the_cookie_opens_nothing_any_more(client: TestClient, path: str) -> None:
    answer = client.get(path, headers=STALE)
    assert answer.status_code == 403
    assert answer.json()["faults"][0]["code"] == "token-forgotten"
    assert "Max-Age=0" in answer.headers["set-cookie"]
    assert client.get(path).status_code == 404


def test_an_address_with_a_wrong_token_is_refused(client: TestClient) -> None:
    assert client.get("/?token=faux").status_code == 403


def test_an_empty_token_is_no_token(client: TestClient) -> None:
    assert client.get("/catalogue", headers={"authorization": "Bearer "}).status_code == 200
