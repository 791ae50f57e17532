"""Routes of observatories: pages around a territory, figures and their files, and a partner's ones for that partner."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from beffroi.access import Reader
from beffroi.lake.releases import Release
from beffroi.serve import create_app
from tests.observe.invented import PICTURE
from tests.observe.paged import HELD, build_paged_release, make_page
from tests.serve.conftest import TOKEN

BEARER = {"authorization": f"Bearer {TOKEN}"}
HTML = {"accept": "text/html"}
JSON = {"accept": "application/json"}
HELD_PAGE = "/observatoires/housing/index/commune/99002"
THEIRS = "/observatoires/reserved/index/commune/99002"
WORDS = ("Observatoire réservé", "Page du partenaire", "Logements privés vacants depuis deux ans", "reserved")


class PagedShelf:
    """Gives releases with observatories, as a lake does."""

    def __init__(self) -> None:
        self._made: dict[Reader, Release] = {}

    def open(self, reader: Reader) -> Release:
        if reader not in self._made:
            self._made[reader] = build_paged_release(reader)
        return self._made[reader]


@pytest.fixture(scope="module")
def paged_shelf() -> PagedShelf:
    return PagedShelf()


@pytest.fixture
def client(paged_shelf: PagedShelf, assets_folder: Path) -> Iterator[TestClient]:
    app = create_app(
        paged_shelf.open, tokens={"ddtm": TOKEN}, base_url="https://observatoire.exemple", assets_folder=assets_folder
    )
    with TestClient(app, base_url="https://observatoire.exemple", follow_redirects=False) as client:
        yield client


def code(client: TestClient, path: str) -> tuple[int, str]:
    answer = client.get(path, headers=JSON)
    return answer.status_code, answer.json()["faults"][0]["code"]


def test_the_list_an_observatory_and_its_pages_answer(client: TestClient) -> None:
    assert "Se loger" in client.get("/observatoires").text
    opened = client.get("/observatoires/housing")
    assert (opened.status_code, opened.headers["location"]) == (303, "/observatoires/housing/index")
    assert "<h1>" in client.get("/observatoires/housing/index").text
    assert "Se loger à Bellefosse" in client.get(HELD_PAGE).text
    assert "Housing in Bellefosse" in client.get(f"/en{HELD_PAGE}").text


@pytest.mark.parametrize(
    ("asked", "held"),
    [("Bellefosse", "commune/99002"), ("99002", "commune/99002"), ("epci:900000011", "epci/900000011")],
)
def test_a_name_in_the_form_becomes_the_address_of_a_territory(client: TestClient, asked: str, held: str) -> None:
    answer = client.get("/observatoires/housing/index", params={"territoire": asked})
    assert (answer.status_code, answer.headers["location"]) == (303, f"/observatoires/housing/index/{held}")
    english = client.get("/en/observatoires/housing/index", params={"territoire": asked})
    assert english.headers["location"] == f"/en/observatoires/housing/index/{held}", "the language is kept"


def test_an_empty_form_stays_on_the_page(client: TestClient) -> None:
    assert client.get("/observatoires/housing/index?territoire=").status_code == 200


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("/observatoires/nothing", "unknown-observatory"),
        ("/observatoires/housing/nothing", "unknown-page-asked"),
        ("/observatoires/nothing/index", "unknown-page-asked"),
        ("/observatoires/housing/index/commune/00000", "unknown-territory"),
        ("/observatoires/housing/index?territoire=Nullepart-sur-Rien", "unknown-territory"),
        ("/observatoires/housing/method/commune/99002", "territory-without-page"),
        (f"{HELD_PAGE}/figures/nothing", "unknown-figure"),
        (f"{HELD_PAGE}/figures/nothing.csv", "unknown-figure"),
        (f"{HELD_PAGE}/figures/prix.csv", "unknown-figure"),
        ("/images/housing/nothing.png", "unknown-picture"),
        ("/images/nothing/plan.png", "unknown-picture"),
    ],
)
def test_what_is_not_there_is_said(client: TestClient, path: str, expected: str) -> None:
    assert code(client, path) == (404, expected)


def test_a_form_that_a_figure_does_not_have_is_said(client: TestClient) -> None:
    status, found = code(client, f"{HELD_PAGE}/figures/cles.svg")
    assert found == "file-format-unknown"
    assert 400 <= status < 500


@pytest.mark.parametrize(
    "path", ["/observatoires/housing/index/commune/%2e%2e", "/images/housing/..%2f..%2fetc%2fpasswd"]
)
def test_odd_addresses_open_nothing(client: TestClient, path: str) -> None:
    assert client.get(path, headers=JSON).status_code in (303, 307, 404)


@pytest.mark.parametrize(
    ("extension", "media"), [("csv", "text/csv"), ("svg", "image/svg+xml"), ("png", "image/png"),
                             ("xlsx", "application/vnd.openxmlformats")],
)  # fmt: skip
def test_a_figure_gives_its_files(client: TestClient, extension: str, media: str) -> None:
    answer = client.get(f"{HELD_PAGE}/figures/nuage.{extension}")
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith(media)
    assert f"housing-index_commune-99002_nuage_donnees-fictives.{extension}" in answer.headers["content-disposition"]


def test_a_figure_may_be_embedded_elsewhere_and_a_page_may_not(client: TestClient) -> None:
    figure, page = client.get(f"{HELD_PAGE}/figures/nuage"), client.get(HELD_PAGE)
    assert figure.status_code == 200
    policies = [answer.headers.get("content-security-policy", "") for answer in (figure, page)]
    assert "frame-ancestors 'none'" not in policies[0]
    assert "frame-ancestors 'none'" in policies[1] or "frame-ancestors 'self'" in policies[1]


def test_a_picture_has_its_bytes(client: TestClient) -> None:
    answer = client.get("/images/housing/plan.png")
    assert (answer.content, answer.headers["content-type"]) == (PICTURE, "image/png")


def test_a_text_in_french_only_says_so_in_english(client: TestClient) -> None:
    words = "The text of this page exists in French only"
    assert words in client.get("/en/observatoires/housing/method").text
    assert words not in client.get(f"/en{HELD_PAGE}").text


@pytest.mark.parametrize(
    "path",
    [
        "/observatoires", "/en/observatoires", "/", "/recherche?q=partenaire", "/recherche?q=reserve",
        "/api/search?q=reserve", HELD_PAGE, "/catalogue",
    ],
)  # fmt: skip
def test_the_public_finds_no_trace_of_a_partners_observatory(client: TestClient, path: str) -> None:
    client.get(path, headers=BEARER)
    text = client.get(path).text
    assert not [word for word in WORDS if word in text.replace("q=reserve", "")]


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("/observatoires/reserved", "unknown-observatory"),
        ("/observatoires/reserved/index", "unknown-page-asked"),
        (THEIRS, "unknown-page-asked"),
        (f"{THEIRS}/figures/rang", "unknown-page-asked"),
        (f"{THEIRS}/figures/rang.csv", "unknown-page-asked"),
        (f"{THEIRS}/figures/rang.svg", "unknown-page-asked"),
        ("/images/reserved/secret.png", "unknown-picture"),
    ],
)
def test_the_public_is_told_that_there_is_no_such_thing(client: TestClient, path: str, expected: str) -> None:
    assert client.get(path, headers=BEARER).status_code in (200, 303), "the partner has it"
    assert code(client, path) == (404, expected)
    fault = client.get(path, headers=JSON).json()["faults"][0]
    # What was asked may be said again; nothing that was not asked may be.
    assert not [word for word in WORDS[:3] if word in str(fault)]
    assert not [name for name in fault["available"] if "reserved" in name]


def test_what_a_partner_is_shown_is_never_kept(client: TestClient) -> None:
    for path in (HELD_PAGE, THEIRS, f"{THEIRS}/figures/rang.csv", "/images/reserved/secret.png", "/observatoires"):
        assert client.get(path, headers=BEARER).headers["cache-control"] == "private, no-store", path


def test_public_pages_are_kept_by_their_edition(client: TestClient) -> None:
    first = client.get(HELD_PAGE)
    again = client.get(HELD_PAGE, headers={"if-none-match": first.headers["etag"]})
    assert again.status_code == 304


def test_an_address_outside_of_the_perimeter_says_where_to_look(assets_folder: Path) -> None:
    page = make_page("housing/index", {"fr": HELD}) | {"perimeter": ["epci:900000011"]}
    release = build_paged_release(more={"housing/index": page})
    app = create_app(lambda _: release, base_url="https://observatoire.exemple", assets_folder=assets_folder)
    with TestClient(app, base_url="https://observatoire.exemple", follow_redirects=False) as watching:
        assert watching.get(HELD_PAGE).status_code == 200
        outside = "/observatoires/housing/index/commune/99024"
        answer = watching.get(outside, headers=HTML)
        assert answer.status_code == 404
        for link in ("/observatoires/housing/index", "/territoires/commune/99024"):
            assert f'<a href="{link}">{link}</a>' in answer.text
        assert '<a href="/en/territoires/commune/99024">' in watching.get(f"/en{outside}", headers=HTML).text
        assert code(watching, outside) == (404, "territory-outside-perimeter")
        assert code(watching, f"{outside}/figures/carte.csv") == (404, "territory-outside-perimeter")
        named = watching.get("/observatoires/housing/index", params={"territoire": "99024"})
        assert (named.status_code, named.headers["location"]) == (303, outside)


MOVED = f"{HELD_PAGE}?periode-carte=2016"


def test_an_address_keeps_the_period_of_a_figure(client: TestClient) -> None:
    opened, moved = client.get(HELD_PAGE).text, client.get(MOVED).text
    assert '<option value="2021" selected>' in opened
    assert '<option value="2016" selected>' in moved
    assert "/observatoires/housing/index/figures/carte.csv?periode=2016" in moved, "its files are of that period"
    assert "/figures/carte.map.svg?periode=2016" in moved or "map" not in moved
    assert "housing/index#carte@commune:99002/2016" in moved
    assert 'action="/observatoires/housing/index/commune/99002#figure-carte"' in moved, "a form, where nothing is run"
    assert '<input type="hidden" name="periode-carte" value="2016">' in moved, "other forms carry it"
    assert f'<link rel="canonical" href="https://observatoire.exemple{HELD_PAGE}">' in moved


def test_another_territory_is_taken_at_the_same_period(client: TestClient) -> None:
    asked = {"territoire": "Arnelle", "periode-carte": "2016", "periode-rien": ""}
    answer = client.get("/observatoires/housing/index", params={**asked, "territoire": "99003"})
    assert answer.headers["location"] == "/observatoires/housing/index/commune/99003?periode-carte=2016"


def test_a_figure_alone_and_its_files_are_of_the_period_asked(client: TestClient) -> None:
    alone = client.get(f"{HELD_PAGE}/figures/carte?periode=2016").text
    assert "2016" in alone[alone.index("figure-title") : alone.index("</h1>")]
    assert f'action="{HELD_PAGE}/figures/carte"' in alone
    values = client.get(f"{HELD_PAGE}/figures/carte.csv?periode=2016")
    assert ",2016," in values.text
    assert ",2021," not in values.text
    assert "_carte_2016_" in values.headers["content-disposition"]


@pytest.mark.parametrize("path", [f"{HELD_PAGE}?periode-carte=1999", f"{HELD_PAGE}/figures/carte?periode=1999"])
def test_a_period_that_a_figure_has_not_is_said(client: TestClient, path: str) -> None:
    assert code(client, path) == (404, "figure-period-unknown")


def test_a_figure_gives_its_specification_and_a_table_none(client: TestClient) -> None:
    answer = client.get(f"{HELD_PAGE}/figures/nuage.vl.json")
    assert answer.headers["content-type"].startswith("application/vnd.vegalite")
    assert answer.json()["data"]["values"]
    drawn = client.get(f"{HELD_PAGE}/figures/carte.vl.json?periode=2016").json()
    assert "/donnees/housing/vacancy_rate.geojson?level=commune&period=2016" in json.dumps(drawn)
    page = client.get(HELD_PAGE).text
    assert 'figures/nuage.vl.json" download>Vega-Lite</a>' in page
    for name in ("cles", "tableau", "flux"):
        assert f"figures/{name}.vl.json" not in page
        assert code(client, f"{HELD_PAGE}/figures/{name}.vl.json")[1] == "file-format-unknown"
