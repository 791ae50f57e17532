"""The catalogue for other catalogues is found by its address or by what one prefers, and has no other page."""

import pytest
from starlette.testclient import TestClient


@pytest.mark.parametrize(
    ("form", "media"), [("jsonld", "application/ld+json"), ("rdf", "application/rdf+xml"), ("ttl", "text/turtle")]
)
def test_each_form_has_its_address_and_is_what_one_prefers(client: TestClient, form: str, media: str) -> None:
    led = client.get("/dcat", headers={"accept": f"{media}, */*;q=0.1"})
    assert (led.status_code, led.headers["location"]) == (303, f"/dcat.{form}")
    assert led.headers["content-type"].startswith(media)
    answer = client.get(f"/dcat.{form}")
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith(media)
    assert "https://observatoire.exemple/dcat" in answer.text


def test_there_is_no_page_beyond_the_last(client: TestClient) -> None:
    assert client.get("/dcat.ttl?page=1").status_code == 200
    assert client.get("/dcat.ttl?page=2").status_code == 404
    assert client.get("/dcat.ttl?page=-1").status_code == 400
    assert client.get("/dcat.ttl?page=deux").status_code == 400
