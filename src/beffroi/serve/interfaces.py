"""Routes of the interface for programs: JSON, described by OpenAPI at ``/api/openapi.json``."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Annotated, Any

from fastapi import APIRouter, Query
from starlette.requests import Request

from beffroi.errors import BeffroiError, fault
from beffroi.lake.series import SHOWN_COLUMNS, list_rows
from beffroi.language import pick, text
from beffroi.observe import resolve_question
from beffroi.observe.figures import Map
from beffroi.observe.frames import name_sources
from beffroi.observe.places import LEVEL_ORDER
from beffroi.observe.searches import say_kind, search, search_places
from beffroi.observe.shelves import list_entries
from beffroi.observe.substitutes import Hidden, list_hidden, say_reason
from beffroi.observe.values import Measure
from beffroi.publish.proofs import prove
from beffroi.publish.sites import Site
from beffroi.serve import shapes
from beffroi.serve.requests import asked_of, language_of, place_of, site_of, vintage_of

_FAULTS: dict[int | str, dict[str, Any]] = {status: {"model": shapes.Faults} for status in (400, 403, 404, 422, 503)}
router = APIRouter(responses=_FAULTS)

Words = Annotated[str, Query(max_length=200, description="Letters to look for; accents do not matter")]


@router.get("/health", summary="Whether the server answers, and from which edition")
async def health(request: Request) -> shapes.Health:
    site = site_of(request)
    edition = site.atlas.release.edition
    built = datetime.fromisoformat(edition.built)
    aware = built if built.tzinfo else built.replace(tzinfo=UTC)
    measures = site.atlas.measures.values()
    return shapes.Health(
        state="ok", edition=edition.id, built=edition.built, version=edition.version,
        age_seconds=max(0, int((datetime.now(UTC) - aware).total_seconds())),
        indicators=sum(m.released for m in measures), unavailable=sum(not m.released for m in measures),
    )  # fmt: skip


@router.get("/api/edition", summary="The edition that answers")
async def edition(request: Request) -> shapes.Edition:
    site = site_of(request)
    info, manifest = site.atlas.release.edition, site.atlas.release.manifest()
    return shapes.Edition(
        id=info.id, built=info.built, version=info.version, reference_vintage=site.atlas.release.reference_vintage,
        root=manifest.root if manifest else None,
    )  # fmt: skip


@router.get("/api/proof", summary="The way from the sha256 of a whole file up to the root of the edition")
async def proof(request: Request, sha256: Annotated[str, Query(pattern="^[0-9a-f]{64}$")]) -> shapes.Proof:
    return shapes.Proof(**prove(site_of(request).atlas.release, sha256))


@router.get("/api/corrections", summary="Published figures that were changed later, with why")
async def corrections(request: Request, indicator: str | None = None) -> list[shapes.Correction]:
    site = site_of(request)
    if indicator is not None:
        site.atlas.measure(indicator)
    return [shapes.Correction(**event) for event in site.atlas.release.corrections(indicator)]


@router.get("/api/indicators", summary="Indicators, released or not")
async def indicators(request: Request, theme: str | None = None) -> list[shapes.IndicatorLine]:
    site, language = site_of(request), language_of(request)
    return [
        shapes.IndicatorLine(**_indicator_line(site, measure, language))
        for measure in site.atlas.measures.values()
        if theme is None or measure.entry["theme"] == theme
    ]


@router.get("/api/indicators/{indicator:path}", summary="One indicator: what it means and where it comes from")
async def indicator(request: Request, indicator: str) -> shapes.Indicator:
    site, language = site_of(request), language_of(request)
    measure = site.atlas.measure(indicator)
    entry = measure.entry
    return shapes.Indicator(
        **_indicator_line(site, measure, language), definition=measure.definition(language),
        method=pick(entry.get("method") or {}, language) or None, note=pick(entry.get("note") or {}, language) or None,
        vintages=entry.get("vintages", []), tables=entry.get("tables", []), sources=entry.get("sources", []),
        breaks=measure.breaks(language), provisional=entry.get("provisional", []), window=entry.get("window"),
        coverage=entry.get("coverage"), reasons=entry.get("reasons", []),
    )  # fmt: skip


def _indicator_line(site: Site, measure: Measure, language: str) -> Mapping[str, Any]:
    to = site.addresses(language)
    return {
        "id": measure.id, "title": measure.title(language), "theme": measure.entry["theme"],
        "unit": measure.unit_words(language), "kind": measure.entry["kind"], "state": measure.entry["state"],
        "levels": list(site.atlas.levels_of(measure)), "periods": list(measure.entry.get("periods") or []),
        "synthetic": measure.synthetic, "address": to.whole(to.about("indicator", measure.id)),
    }  # fmt: skip


@router.get("/api/series", summary="Values of an indicator, narrowed by level, territory, period and vintage")
async def series(
    request: Request, indicator: str, level: str | None = None, territory: str | None = None, period: str | None = None,
    vintage: int | None = None,
) -> shapes.Series:  # fmt: skip
    site, language = site_of(request), language_of(request)
    measure = site.atlas.measure(indicator)
    if not measure.released:
        raise BeffroiError(fault("indicator-unavailable", name=indicator))
    year = vintage_of(site, vintage)
    place = place_of(site, territory, level, year, language) if territory else None
    rows = site.atlas.release.series(
        indicator, level=place.level if place else _known(level, "unknown-level", measure.entry["levels"]),
        territory=place.code if place else None, period=_known(period, "unknown-period", measure.entry["periods"]),
        vintage=year,
    )  # fmt: skip
    sources = name_sources(site.atlas, measure, language)
    return shapes.Series(
        indicator=indicator, title=measure.title(language), unit=measure.unit_words(language), vintage=year,
        geography=text("figure.geography", language, vintage=year), synthetic=measure.synthetic,
        source=[source.words for source in sources], edition=site.edition,
        licence=", ".join(dict.fromkeys(source.licence for source in sources)),
        rows=[shapes.Row(**dict(zip(SHOWN_COLUMNS, row, strict=True))) for row in list_rows(rows)],
        instead=[_instead(site, hidden, language) for hidden in list_hidden(site.atlas, measure, rows, language)],
    )  # fmt: skip


def _instead(site: Site, hidden: Hidden, language: str) -> shapes.Instead:
    to = site.addresses(language)
    return shapes.Instead(
        level=hidden.place.level, territory=hidden.place.code, period=hidden.value.period,
        why=say_reason(hidden.value.reason, language),
        values=[
            shapes.Substitute(
                kind=each.kind, level=each.place.level, territory=each.place.code, label=each.place.name,
                period=each.value.period, value=each.value.value or 0.0, said=each.say(language),
                address=to.whole(to.explore(each.measure, each.place)),
            )
            for each in hidden.instead
        ],
    )  # fmt: skip


def _known(value: str | None, code: str, available: list[str]) -> str | None:
    if value is not None and value not in available:
        raise BeffroiError(fault(code, name=value, instead_of=value, available=available))
    return value


@router.get("/api/territories", summary="Territories of a level, or those whose name has some letters")
async def territories(
    request: Request, q: Words = "", level: str | None = None, vintage: int | None = None
) -> shapes.Territories:
    site, language = site_of(request), language_of(request)
    year = vintage_of(site, vintage)
    _known(level, "unknown-level", list(LEVEL_ORDER))
    gazetteer = site.atlas.gazetteer(year, language)
    if q.strip():
        found = search_places(site.atlas, q, language, vintage=year)
        places = tuple(place for place in found if level is None or place.level == level)
    else:
        by_level = gazetteer.by_level
        places = tuple(p for name in LEVEL_ORDER if level in (None, name) for p in by_level.get(name, ()))
    return shapes.Territories(
        vintage=year,
        territories=[
            shapes.Territory(
                key=p.key, level=p.level, code=p.code, name=p.name, detail=say_kind(gazetteer, p, language),
                parents=list(p.parents), population=p.population,
            )
            for p in places
        ],
    )  # fmt: skip


@router.get("/api/search", summary="A commune, an indicator, a source, by a few letters")
async def find(request: Request, q: Words = "") -> shapes.Found:
    site, language = site_of(request), language_of(request)
    found = search(site.atlas, q, language, limit=12)
    to = site.addresses(language)
    return shapes.Found(
        words=found.words, nearest=found.nearest,
        hits=[
            shapes.Hit(
                kind=hit.kind, key=hit.key, title=hit.title, detail=hit.detail,
                address=to.hit(hit),
            )
            for hit in found.hits
        ],
    )  # fmt: skip


@router.get("/api/figure", summary="The words of a figure: title, sentence, notices, classes; the explorer's query")
async def figure(
    request: Request, indicator: str | None = None, level: str | None = None, period: str | None = None,
    territory: str | None = None, compare: Annotated[list[str] | None, Query()] = None, view: str | None = None,
    vintage: int | None = None,
) -> shapes.Figure:  # fmt: skip
    site, language = site_of(request), language_of(request)
    question = resolve_question(site.atlas, asked_of(request), language)
    seen = site.figure(question)
    frame, to = seen.frame, site.addresses(language)
    return shapes.Figure(
        view=question.view, title=frame.title, subtitle=frame.subtitle, sentence=frame.sentence,
        notices=[notice.words for notice in frame.notices], source=frame.source_line(language),
        geography=frame.geography, edition=frame.edition, synthetic=frame.synthetic,
        classes=[shapes.FigureClass(limits=c.words, shade=c.shade, count=c.count) for c in seen.legend]
        if isinstance(seen, Map) else [],
        address=to.whole(to.explorer(question)),
    )  # fmt: skip


@router.get("/api/sources", summary="Sources, with their licence and freshness")
async def sources(request: Request) -> list[shapes.CatalogueLine]:
    return _lines(request, "source")


@router.get("/api/tables", summary="Tables, with the sources that they come from")
async def tables(request: Request) -> list[shapes.CatalogueLine]:
    return _lines(request, "table")


def _lines(request: Request, kind: str) -> list[shapes.CatalogueLine]:
    site, language = site_of(request), language_of(request)
    to = site.addresses(language)
    return [
        shapes.CatalogueLine(
            id=e.id, title=e.title, state=e.state, producer=e.producer, licence=e.licence, verified_against=e.verified,
            fetched=e.fresh, synthetic=e.synthetic, address=to.whole(to.about(kind, e.id)),
        )
        for e in list_entries(site.atlas, language, kind=kind)
    ]  # fmt: skip


@router.get("/api/sources/{name:path}", summary="One source: terms, locations, bytes fetched")
async def source(request: Request, name: str) -> shapes.Described:
    return _described(request, "source", "sources", name)


@router.get("/api/tables/{name:path}", summary="One table: contract, SELECT, inputs")
async def table(request: Request, name: str) -> shapes.Described:
    return _described(request, "table", "tables", name)


def _described(request: Request, kind: str, shelf: str, name: str) -> shapes.Described:
    known = site_of(request).atlas.catalogue[shelf]
    if name not in known:
        raise BeffroiError(fault(f"{kind}-not-declared", name=name, instead_of=name, available=known))
    return shapes.Described(id=name, **known[name])


def list_routes() -> list[tuple[str, str]]:
    """Path and summary of each route, for the page that presents them."""
    return [(route.path, route.summary or "") for route in router.routes if hasattr(route, "summary")]  # type: ignore[attr-defined]


__all__ = ["list_routes", "router"]
