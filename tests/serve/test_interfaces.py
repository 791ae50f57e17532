"""The interface for programs: typed, described, strict."""

import pytest
from starlette.testclient import TestClient


def test_it_is_described_by_openapi(client: TestClient) -> None:
    document = client.get("/api/openapi.json").json()
    series = document["paths"]["/api/series"]["get"]
    assert series["responses"]["200"]["content"]["application/json"]["schema"]["$ref"].endswith("/Series")
    assert series["responses"]["404"]["content"]["application/json"]["schema"]["$ref"].endswith("/Faults")
    assert all(path.startswith(("/api/", "/health")) for path in document["paths"])


def test_health_says_which_edition_and_its_age(client: TestClient) -> None:
    answer = client.get("/health")
    assert answer.json()["edition"] == "000001"
    assert answer.json()["age_seconds"] >= 0
    assert answer.json()["indicators"] == 4
    assert answer.json()["unavailable"] == 1
    assert answer.headers["cache-control"] == "no-store"


def test_a_series_has_its_rows_its_source_and_its_geography(client: TestClient) -> None:
    found = client.get("/api/series?indicator=housing/vacancy_rate&level=commune&period=2021").json()
    assert len(found["rows"]) == 24
    assert found["geography"] == "Géographie au 01/01/2026"
    assert found["synthetic"] is True
    assert found["licence"] == "Licence Ouverte 2.0"
    secret = next(row for row in found["rows"] if row["territory"] == "99010")
    assert secret["value"] is None
    assert secret["confidentiality"] == "C"


def test_a_series_of_a_territory_at_another_geography(client: TestClient) -> None:
    found = client.get("/api/series?indicator=mobility/accidents&territory=commune:99002&vintage=2021").json()
    assert {row["territory"] for row in found["rows"]} == {"99002"}
    assert len(found["rows"]) == 11
    assert found["vintage"] == 2021


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("indicator=none", "unknown-indicator"),
        ("indicator=land/median_price", "indicator-unavailable"),
        ("indicator=housing/vacancy_rate&level=pays", "unknown-level"),
        ("indicator=housing/vacancy_rate&period=1900", "unknown-period"),
        ("indicator=housing/vacancy_rate&territory=commune:0", "unknown-territory"),
        ("indicator=housing/vacancy_rate&vintage=1999", "vintage-not-released"),
        ("", "request-malformed"),
    ],
)
def test_programs_are_answered_strictly(client: TestClient, query: str, code: str) -> None:
    answer = client.get(f"/api/series?{query}")
    assert answer.status_code in {400, 404}
    assert answer.json()["faults"][0]["code"] == code


def test_indicators_are_listed_with_their_state(client: TestClient) -> None:
    found = {each["id"]: each for each in client.get("/en/api/indicators").json()}
    assert found["land/median_price"]["state"] == "unavailable"
    assert found["housing/vacancy_rate"]["title"] == "Housing vacancy rate"
    assert len(client.get("/api/indicators?theme=mobility").json()) == 1
    one = client.get("/api/indicators/mobility/accidents").json()
    assert one["breaks"] == {"2018": "le relevé des blessés hospitalisés a changé"}
    assert client.get("/api/indicators/land/median_price").json()["reasons"][0]["code"] == "source-unreachable"


def test_a_field_completes_itself(client: TestClient) -> None:
    found = client.get("/api/territories?q=ecail").json()
    assert found["territories"][0]["key"] == "commune:99005"
    assert client.get("/api/territories?level=epci").json()["territories"][0]["level"] == "epci"
    hits = client.get("/api/search?q=accidents").json()["hits"]
    assert hits[0]["address"] == "/indicateurs/mobility/accidents"


def test_the_words_of_a_figure_can_be_had(client: TestClient) -> None:
    found = client.get("/api/figure?indicator=housing/vacancy_rate&territory=commune:99002&view=map").json()
    assert found["sentence"].startswith("Bellefosse")
    assert sum(each["count"] for each in found["classes"]) == 22


def test_the_catalogue_can_be_had(client: TestClient) -> None:
    sources = {each["id"]: each for each in client.get("/api/sources").json()}
    assert sources["dvf/statistics"]["verified_against"] == "none"
    assert client.get("/api/sources/insee/census").json()["snapshots"][0]["sha256"]
    assert client.get("/api/tables").json()
    assert client.get("/api/tables/insee/census").json()["sql"].startswith("select")
    assert client.get("/api/edition").json()["reference_vintage"] == 2026
