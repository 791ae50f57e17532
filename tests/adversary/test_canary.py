"""Nothing that is for a partner comes out to the public or to another partner, by any of the ways out.

Two partners' data hold one value everywhere. Each reader crawls the whole site; then each asks for every address that
another one was shown, so that answers kept for one would come out to the other.
"""

import json
import re
from collections.abc import Iterable, Iterator
from urllib.parse import unquote, urljoin

import pytest
from starlette.testclient import TestClient

import beffroi
from beffroi.access import PUBLIC, partner
from beffroi.errors import BeffroiError
from beffroi.run import BuildOptions
from beffroi.run.consoles import build_in_console
from beffroi.run.explaining import explain
from beffroi.serve import create_app
from tests.adversary.readings import Seen, ask, join_digits
from tests.adversary.worlds import CANARY, TOKENS, WORDS
from tests.run.conftest import Trial

ZIBELINE = ("zibelin", "owners", "empty_homes", "propriétaires", "logements vides")
OCELOT = ("ocelot",)
SUMS = tuple(str(CANARY * times) for times in (1, 2, 3, 4, 5, 7))
"""What the values add up to in a commune, an EPCI and the whole: totals and derived hints."""

TWINS = {
    "zibeline": "zibelinx",
    "ocelot": "ocelet",
    "owners": "ownerx",
    "empty_homes": "empty_homex",
    "7654321": "7654329",
}
"""Names of secrets and values that a stranger may try, with others that are nothing at all."""

VIEWS = ("map", "ranking", "evolution", "distribution", "table")
SECRET = (
    "fur/zibelines",
    "housing/zibelines_per_dwelling",
    "housing/zibeline_growth",
    "housing/empty_homes",
    "fur/ocelots",
)
OPEN = ("housing/dwellings", "housing/vacancy_rate")
LINK = re.compile(r"""(?:href|src|action|data-source)=["']([^"']+)["']""")


@pytest.fixture(scope="module")
def client(built: Trial) -> Iterator[TestClient]:
    app = create_app(built.workplace.lake.release, tokens=TOKENS)
    with TestClient(app, base_url="http://beffroi.test", raise_server_exceptions=False) as client:
        yield client


def leaks(seen: Seen, words: Iterable[str], values: Iterable[str] = SUMS) -> list[str]:
    """Words and values of a secret in an answer."""
    text = f"{seen.text} {dict(seen.headers)}".lower()
    digits = join_digits(text)
    return [word for word in words if word.lower() in text] + [value for value in values if value in digits]


def starts() -> Iterator[str]:
    """Where a crawl begins: what no page links to is here too, secrets' own addresses above all."""
    yield from ("/", "/en/", "/explorer", "/catalogue", "/en/catalogue", "/api", "/health", "/robots.txt", "/icon.svg")
    yield from ("/dcat", "/dcat.ttl", "/dcat.rdf", "/dcat.jsonld")
    yield from ("/api/openapi.json", "/api/edition", "/api/indicators", "/en/api/indicators", "/api/sources")
    yield from (
        "/territoires",
        "/territoires/commune/99003",
        "/en/territoires/grouping/agency",
        "/territoires?nom=zibeline",
    )
    yield from ("/api/tables", "/api/territories", "/api/territories?q=aubel", "/nulle-part", "/en/nowhere")
    for word in ("zibeline", "ocelot", "logement", "7654321", "fur", "vide", "a"):
        yield from (f"/recherche?q={word}", f"/api/search?q={word}", f"/catalogue?q={word}")
    yield from ("/cartes", "/cartes/towns", "/cartes/towns.json", "/cartes/fur", "/cartes/fur.json")
    yield from ("/ogc", "/ogc/conformance", "/ogc/api", "/ogc/collections", "/en/ogc/collections?f=html")
    for layer in ("fur/zibelines", "housing/open"):
        yield from (f"/couches/{layer}", f"/couches/{layer}.csv", f"/couches/{layer}.geojson", f"/tuiles/{layer}.json")
        yield f"/tuiles/{layer}.pmtiles"
        yield from (f"/tuiles/{layer}/{zoom}/{x}/{y}.mvt" for zoom, x, y in ((0, 0, 0), (8, 129, 86), (9, 258, 173)))
        collection = f"/ogc/collections/{layer.replace('/', '.')}"
        yield from (collection, *(f"{collection}/{word}" for word in ("queryables", "schema", "tiles", "items?f=html")))
        yield from (f"{collection}/items", f"{collection}/items/99003", f"{collection}/tiles/WebMercatorQuad")
        yield from (f"{collection}/items?filter=zibelines%20%3D%207654321", f"{collection}/items?zibelines=7654321")
    image = "fur/zibeline_image"
    yield from (f"/couches/{image}{ending}" for ending in ("", ".tif", ".csv", ".gpkg", "/valeur?lon=2.1&lat=50.1"))
    yield from (f"/tuiles/{image}{ending}" for ending in (".json", ".pmtiles", "/0/0/0.png", "/6/32/21.png"))
    yield from ("/cartes/fur.qgz", "/cartes/fur.pdf?format=A4", "/en/couches/fur/zibeline_image")
    yield from ("/catalogue?theme=fur", "/api/indicators?theme=fur", "/donnees/housing/dwellings.zip")
    yield from ("/figures/map.bmp?indicator=housing/dwellings", "/explorer?indicator=housing/dwelling")
    for name in ("town/zibeline", "town/ocelot", "town/zibeline_share", "town/owners", "town/dwellings"):
        yield from (f"/sources/{name}", f"/tables/{name}", f"/api/sources/{name}", f"/en/api/tables/{name}")
    for indicator in (*SECRET, *OPEN):
        yield from (f"/indicateurs/{indicator}", f"/en/indicateurs/{indicator}", f"/api/indicators/{indicator}")
        yield from (f"/api/series?indicator={indicator}", f"/api/series?indicator={indicator}&vintage=2021")
        yield from (f"/donnees/{indicator}.{form}" for form in ("csv", "xlsx", "parquet", "geojson"))
        yield f"/api/figure?indicator={indicator}"
        for view in VIEWS:
            state = f"indicator={indicator}&period=2020&territory=commune:99003"
            yield f"/explorer?{state}&level=commune&view={view}"
            yield f"/en/explorer?{state}&level=epci&vintage=2021&view={view}"
            yield f"/figures/{view}.svg?{state}&level=commune"
            yield f"/figures/{view}.vl.json?{state}&level=epci"
        yield f"/integrer?indicator={indicator}"
        yield f"/figures/map.png?indicator={indicator}"


def crawl(client: TestClient, token: str | None, further: Iterable[str] = ()) -> dict[str, Seen]:
    """Every address that the starts lead to, two links away."""
    seen: dict[str, Seen] = {}
    waiting = list(dict.fromkeys([*starts(), *further]))
    for depth in range(3):
        found: dict[str, None] = {}
        for address in waiting:
            answer = seen[address] = ask(client, address, token)
            if depth < 2 and "<html" in answer.text:
                for link in LINK.findall(answer.text):
                    whole = urljoin(address, link).partition("#")[0]
                    if whole.startswith("/") and not _seen_enough(whole):
                        found[whole] = None
        waiting = [address for address in found if address not in seen]
    return seen


def _seen_enough(address: str) -> bool:
    """States that differ by the territory alone come by hundreds, and are drawn by the same code."""
    if address.startswith("/en/donnees/"):
        return True  # the same files, with English headings at most
    return "compare=" in address or re.search(r"territory=(?!commune:99003|grouping)", address) is not None


def test_no_reader_finds_what_is_for_another(client: TestClient) -> None:
    own = crawl(client, TOKENS["dreal"])
    assert any(str(CANARY) in join_digits(seen.text) for seen in own.values()), (
        "the partner does not see their own data"
    )
    stranger = crawl(client, None, further=own)
    other = crawl(client, TOKENS["cci"])
    again = {address: ask(client, address, TOKENS["dreal"]) for address in list(stranger)[:40]}
    for seen in stranger.values():
        assert_no_leak(client, None, seen, WORDS)
    for seen in other.values():
        assert_no_leak(client, TOKENS["cci"], seen, ZIBELINE, values=())
    for seen in (*own.values(), *again.values()):
        assert_no_leak(client, TOKENS["dreal"], seen, OCELOT, values=())
    assert all(seen.status < 500 for seen in (*own.values(), *stranger.values(), *other.values()))


def assert_no_leak(
    client: TestClient, token: str | None, seen: Seen, words: Iterable[str], values: Iterable[str] = SUMS
) -> None:
    """An answer holds nothing secret. One that was asked about a secret by name repeats that name at most, and has the
    status that any other name would have had."""
    twin = seen.address
    for secret, nothing in TWINS.items():
        twin = twin.replace(secret, nothing)
    if twin == seen.address:
        assert not leaks(seen, words, values), (seen.address, leaks(seen, words, values))
        return
    if not any(word in seen.address for word in words):
        return
    assert seen.status == ask(client, twin, token).status, seen.address
    said = seen.text
    for path in re.findall(r"[\w/]+", unquote(seen.address)):
        parts = path.split("/")
        spans = [(first, last) for first in range(len(parts)) for last in range(len(parts), first, -1)]
        for asked in ["/".join(parts[first:last]) for first, last in spans]:
            # The name that was asked for, as it was asked for, and nothing that merely begins like it.
            said = re.sub(rf"(?<!\w){re.escape(asked)}(?!\w)", "", said) if asked else said
    assert not leaks(Seen(twin, seen.status, seen.headers, said), words, values), seen.address


def test_answers_of_partners_are_kept_by_nobody(client: TestClient) -> None:
    for address in ("/", "/explorer?indicator=housing/dwellings", "/donnees/housing/dwellings.csv", "/api/indicators"):
        mine, theirs = ask(client, address, TOKENS["dreal"]), ask(client, address)
        assert mine.headers["cache-control"] == "private, no-store"
        assert "etag" not in mine.headers
        assert theirs.headers["cache-control"].startswith("public")
        for seen in (mine, theirs):
            assert {"authorization", "cookie"} <= {word.strip().lower() for word in seen.headers["vary"].split(",")}


def test_a_mark_of_the_public_opens_nothing_to_nobody(client: TestClient) -> None:
    """A partner who shows the public's ETag gets their own page, not « unchanged »."""
    mark = ask(client, "/catalogue").headers["etag"]
    mine = client.get("/catalogue", headers={"authorization": f"Bearer {TOKENS['dreal']}", "if-none-match": mark})
    assert mine.status_code == 200
    assert "zibelin" in mine.text.lower()


def test_a_wrong_token_opens_nothing(client: TestClient) -> None:
    for token in ("x", TOKENS["dreal"] + "x", TOKENS["dreal"].upper(), "partner:dreal"):
        seen = ask(client, "/api/indicators", token)
        assert seen.status == 403
        assert not leaks(seen, WORDS)


def test_a_token_in_an_address_is_moved_out_of_it(client: TestClient) -> None:
    for path in ("/catalogue", "//voleur.example/", "/%0d%0aX-Voleur:%201"):
        answer = client.get(f"http://beffroi.test{path}?token={TOKENS['dreal']}", follow_redirects=False)
        assert answer.status_code == 303
        assert TOKENS["dreal"] not in answer.headers["location"]
        assert re.match(r"/(?!/)", answer.headers["location"])
        assert "x-voleur" not in answer.headers
        assert "HttpOnly" in answer.headers["set-cookie"]
    client.cookies.clear()


def test_secrecy_holds_for_the_partner_too(client: TestClient) -> None:
    rows = json.loads(ask(client, "/api/series?indicator=fur/ocelots&vintage=2021", TOKENS["cci"]).text)["rows"]
    by_code = {row["territory"]: row for row in rows}
    for code in ("99001", "99003", "99004"):
        # One unit alone; one firm with nearly all; two units.
        row = by_code[code]
        assert row["confidentiality"] == "C"
        assert [row[key] for key in ("value", "numerator", "denominator", "observations")] == [None] * 4
    # Taken from the total of the EPCI, it would give the one beside it away.
    assert (by_code["99002"]["value"], by_code["99002"]["confidentiality"]) == (None, "C")
    assert by_code["999000001"]["value"] == 4 * CANARY


def test_the_notebook_and_explain_know_who_asks(built: Trial) -> None:
    notebook = beffroi.open(built.root)
    assert set(notebook.indicators().index) == {"housing/dwellings", "housing/households", "housing/vacancy_rate"}
    workplace = built.workplace
    for indicator in SECRET:
        for reader in (PUBLIC, partner("dreal" if indicator == "fur/ocelots" else "cci")):
            with pytest.raises(BeffroiError) as caught:
                explain(workplace, indicator, level=None, territory="99003", period="2020", reader=reader)
            assert caught.value.faults[0].code == "unknown-indicator"
            assert indicator not in caught.value.faults[0].available
        with pytest.raises(BeffroiError):
            notebook.series(indicator)
    said = json.dumps(
        explain(workplace, "housing/dwellings", level=None, territory="99003", period="2020", reader=PUBLIC).to_json(),
        default=str,
    )
    assert not leaks(Seen("", 200, {}, said), WORDS)


def test_logs_hold_no_value(built: Trial, client: TestClient, capfd: pytest.CaptureFixture[str]) -> None:
    build_in_console(built.workplace, BuildOptions(refresh=True))
    ask(client, "/api/series?indicator=fur/zibelines", TOKENS["dreal"])
    ask(client, f"/api/series?indicator=fur/zibelines&token={TOKENS['dreal']}")
    written = "".join(capfd.readouterr())
    run = next(path for path in sorted((built.workplace.lake.root / "runs").glob("*/run.json")))
    for text in (written, run.read_text("utf-8")):
        assert not [value for value in SUMS if value in join_digits(text)]
        assert TOKENS["dreal"] not in text
