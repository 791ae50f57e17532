"""Every way out of the world of a lent file: addresses to begin with, and all that they lead to."""

import re
from collections.abc import Iterable, Iterator, Sequence
from urllib.parse import urljoin

from starlette.testclient import TestClient

from tests.adversary.readings import Seen, ask

LINK = re.compile(r"""(?:href|src|action|data-source)=["']([^"']+)["']""")
MEASURES = (
    "lent/jobs", "lent/establishments", "lent/pay_per_job", "lent/median_pay", "lent/growth", "lent/jobs_by_kind/a",
    "lent/pay", "town/homes",
)  # fmt: skip
LAYERS = ("lent/jobs", "lent/rates", "lent/pays")
VIEWS = ("map", "ranking", "evolution", "distribution", "table")
PLACES = ("commune:99001", "commune:99003", "commune:99005", "epci:999000001", "grouping:agency", "grouping:border")
FIGURES = (
    "cles", "carte", "ronds", "rang", "repartition", "courbe", "barres", "aire", "multiples", "pente", "nuage",
    "croisee", "tableau", "annees", "flux",
)  # fmt: skip


def starts(measures: Sequence[str] = MEASURES, layers: Sequence[str] = LAYERS) -> Iterator[str]:
    """Addresses of every kind, those to which no page leads among others."""
    yield from ("/", "/en/", "/catalogue", "/api", "/health", "/robots.txt", "/flux.xml", "/explorer")
    yield from ("/dcat.ttl", "/dcat.rdf", "/dcat.jsonld", "/observatoires/otters/flux.xml", "/apercus/accueil.png")
    yield from ("/api/openapi.json", "/api/edition", "/api/indicators", "/api/sources", "/api/tables")
    yield from ("/sources/lent/otters", "/tables/lent/otters", "/api/sources/lent/otters", "/api/tables/lent/otters")
    yield from ("/recherche?q=emplois", "/recherche?q=castor", "/api/search?q=emplois", "/api/search?q=99999")
    yield from ("/corrections", "/corrections.csv", "/api/corrections", "/verifier", "/manifest.json")
    yield from ("/nulle-part", "/explorer?indicator=lent/job", "/explorer?indicator=lent/jobs&period=1999")
    for measure in measures:
        yield from (f"/indicateurs/{measure}", f"/api/indicators/{measure}")
        yield from (f"/api/series?indicator={measure}", f"/api/series?indicator={measure}&level=commune&period=2020")
        yield from (f"/donnees/{measure}.{form}" for form in ("csv", "xlsx", "parquet"))
        yield f"/donnees/{measure}.geojson?level=commune&period=2020"
        for view in VIEWS:
            state = f"indicator={measure}&level=commune&period=2020&territory=commune:99001&view={view}"
            yield from (f"/explorer?{state}", f"/api/figure?{state}")
            yield from (f"/figures/{view}.{form}?indicator={measure}&level=commune" for form in ("svg", "vl.json"))
        yield f"/en/explorer?indicator={measure}&level=epci&territory=epci:999000001"
        yield f"/integrer?indicator={measure}&level=commune&view=table"
    yield from (f"/apercus/explorer/{measures[0]}.png", f"/figures/ranking.png?indicator={measures[0]}&level=commune")
    for place in PLACES:
        level, _, code = place.partition(":")
        yield from (f"/territoires/{level}/{code}", f"/observatoires/otters/index/{level}/{code}")
    yield from ("/en/territoires/commune/99001", "/en/observatoires/otters/index/commune/99001")
    for held in ("commune/99001", "epci/999000001"):
        for figure in FIGURES:
            address = f"/observatoires/otters/index/{held}/figures/{figure}"
            yield from (address, *(f"{address}.{form}" for form in ("csv", "xlsx", "svg", "vl.json")))
    for layer in layers:
        yield from (f"/couches/{layer}", f"/tuiles/{layer}.pmtiles", f"/tuiles/{layer}.json")
        yield from (f"/couches/{layer}.{form}" for form in ("csv", "geojson", "gpkg", "fgb", "parquet", "shp.zip"))
        yield from (f"/tuiles/{layer}/{zoom}/{x}/{y}.mvt" for zoom, x, y in ((0, 0, 0), (8, 129, 86), (9, 259, 173)))
        yield from _collection(layer)
    for name in ("jobs", "pays"):
        yield from (f"/cartes/{name}", f"/cartes/{name}.json", f"/cartes/{name}.qgz", f"/cartes/{name}.pdf?format=A4")
        yield f"/cartes/{name}/imprimer"
    yield from ("/cartes", "/cartes/lieux.json", "/ogc", "/ogc/api", "/ogc/collections", "/ogc/collections?f=html")


def _collection(layer: str) -> Iterator[str]:
    """What OGC tools ask: extents of values, conditions on them, sizes of what answers to them."""
    address = f"/ogc/collections/{layer.replace('/', '.')}"
    column = {"lent/jobs": "jobs", "lent/rates": "rate", "lent/pays": "pay"}[layer]
    yield from (address, *(f"{address}/{word}" for word in ("queryables", "schema", "tiles", "items", "items?f=html")))
    yield from (f"{address}/items/{code}" for code in ("99001", "99003", "99004"))
    for condition in (
        f"{column} > 4000000", f"{column} < 1000000", f"{column} = 7111111", f"{column} IS NULL",
        f"{column}_status = 'confidential'", f"{column} BETWEEN 3000000 AND 8000000",
    ):  # fmt: skip
        yield f"{address}/items?limit=3&filter={condition.replace(' ', '%20')}"
    yield f"{address}/items?{column}=7111111"
    yield f"{address}/items?sortby={column}"


def crawl(client: TestClient, token: str | None, begin: Iterable[str], depth: int = 1) -> dict[str, Seen]:
    """What every address answers, and what the pages among them link to, ``depth`` links away; by address."""
    seen: dict[str, Seen] = {}
    waiting = list(dict.fromkeys(begin))
    for left in range(depth, -1, -1):
        found: dict[str, None] = {}
        for address in waiting:
            answer = seen[address] = ask(client, address, token)
            if left and "<html" in answer.text:
                links = (urljoin(address, link).partition("#")[0] for link in LINK.findall(answer.text))
                found |= dict.fromkeys(link for link in links if link.startswith("/") and not _is_another_state(link))
        waiting = [address for address in found if address not in seen]
    return seen


def _is_another_state(address: str) -> bool:
    """States that differ by the territory or the comparison alone come by hundreds, and are drawn by the same code."""
    return "explorer?" in address or "integrer?" in address or "/en/" in address or "figures/" in address


__all__ = ["FIGURES", "LAYERS", "MEASURES", "PLACES", "VIEWS", "crawl", "starts"]
