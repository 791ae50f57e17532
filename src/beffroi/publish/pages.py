"""Pages of HTML: what each template needs, put together. Every page is whole without a script."""

import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from html import escape
from typing import Any
from urllib.parse import quote

from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape
from markupsafe import Markup

from beffroi.errors import fault
from beffroi.language import LANGUAGES, format_date, format_number, format_period, pick, text, typeset
from beffroi.observe import VIEWS
from beffroi.observe.conformities import observe_conformity
from beffroi.observe.consents import may_list_entry
from beffroi.observe.corrections import list_corrected
from beffroi.observe.frames import count_places, licence_words, name_sources
from beffroi.observe.homes import lately_updated, observe_observatories, observe_themes
from beffroi.observe.lineages import KINDS as LINEAGE_KINDS
from beffroi.observe.lineages import Lineage, Node, observe_lineage
from beffroi.observe.searches import search, shelve_hits
from beffroi.observe.shelves import KINDS, list_entries
from beffroi.publish.addresses import DATA_FORMATS, FILE_NAMES, Addresses
from beffroi.publish.dcat_terms import DCAT_FORMS, DCAT_NAMES
from beffroi.publish.drawings.lineages import draw_lineage
from beffroi.publish.drawings.maps import draw_names
from beffroi.publish.drawings.thumbnails import draw_sparkline
from beffroi.publish.schema_org import describe_indicator_dataset
from beffroi.publish.sites import Site
from beffroi.publish.tables import list_rows, table_bars, table_distribution, table_evolution

_STATES = ("released", "collected", "built", "kept", "unavailable", "blocked")
_FOUND = 100
"""Most things that a search shows, of which each shelf folds what comes after the first."""
_HYPHENED = re.compile(r"(?:\w+[’'])?\w+(?:-\w+)+")
_WORDS = re.compile(r"""\{\{ t\((["'])([a-z_.]+)\1\) \}\}""")


class _Worded(PackageLoader):
    """Templates with the words of one language in their place before they are compiled."""

    def __init__(self, language: str) -> None:
        super().__init__("beffroi.publish", "templates")
        self._language = language

    def get_source(self, environment: Environment, template: str) -> tuple[str, str, Callable[[], bool] | None]:
        source, file, is_fresh = super().get_source(environment, template)
        return _WORDS.sub(lambda found: escape(text(found[2], self._language)), source), file, is_fresh


@cache
def _templates(language: str) -> Environment:
    environment = Environment(
        loader=_Worded(language),
        autoescape=select_autoescape(["html"]),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    environment.filters.update(whole=_keep_whole, typeset=typeset)
    environment.globals.update(
        date=format_date,
        number=format_number,
        period=format_period,
        pick=pick,
        views=VIEWS,
        licence=licence_words,
        places=count_places,
        conformity=observe_conformity,
        file_names=FILE_NAMES,
        write_to=write_to,
        list_rows=list_rows,
        table_bars=table_bars,
        table_distribution=table_distribution,
        table_evolution=table_evolution,
    )
    return environment


def write_to(contact: str, subject: str = "") -> str:
    """Where one writes: the page that a workspace declares, or a letter to its address."""
    if contact.startswith(("http://", "https://")):
        return contact
    return f"mailto:{contact}{f'?subject={quote(subject)}' if subject else ''}"


def _keep_whole(words: str) -> Markup:
    """Words as HTML of which no hyphenated name is cut at the end of a line."""
    return Markup(_HYPHENED.sub(r'<span class="whole">\g<0></span>', escape(words)))


class Sparse(dict[str, Any]):
    """An entry of the catalogue, where a key that it does not have reads as nothing rather than as a mistake."""

    def __missing__(self, key: str) -> None:
        return None


def sparse(value: Any) -> Any:
    """``value`` with every mapping in it made sparse."""
    if isinstance(value, Mapping):
        return Sparse({key: sparse(each) for key, each in value.items()})
    return [sparse(each) for each in value] if isinstance(value, list) else value


@dataclass(frozen=True)
class Export:
    """What a page knows of the files that it becomes one of: what stands in the place of what a server does.

    ``server`` is the address of a living server, empty when there is none; ``languages`` those that are written;
    ``formats`` the forms of the files of figures.
    """

    server: str = ""
    languages: tuple[str, ...] = LANGUAGES
    formats: tuple[str, ...] = ("csv", "svg")


@dataclass(frozen=True)
class Visit:
    """Who looks at which page: the language, the path without its language, its query, and whether as a partner.

    ``export`` is there when the page becomes a file.
    """

    language: str = "fr"
    path: str = "/"
    query: str = ""
    partner: bool = False
    export: Export | None = None


def render(site: Site, visit: Visit, template: str, **values: Any) -> str:
    """A page from its template, with what every page has."""
    return "".join(generate(site, visit, template, **values))


def generate(site: Site, visit: Visit, template: str, **values: Any) -> Iterator[str]:
    """The same page piece by piece, for those that keep large pieces apart."""
    language = visit.language
    written = visit.export.languages if visit.export else LANGUAGES
    others = [code for code in site.atlas.workspace["languages"] if code != language and code in written]
    query = f"?{visit.query}" if visit.query else ""
    return _templates(language).get_template(template).generate(
        site=site,
        visit=visit,
        language=language,
        to=site.addresses(language),
        workspace=sparse(site.atlas.workspace),
        edition=site.atlas.release.edition,
        assets=site.assets,
        export=visit.export,
        indexed=values.pop("indexed", True),
        card=values.pop("card", "accueil"),
        other=next(({"code": code, "address": Addresses(code).path(visit.path) + query} for code in others), None),
        t=lambda key, **more: text(key, language, **more),
        words=lambda entry: pick(entry or {}, language),
        **values,
    )  # fmt: skip


def render_home(site: Site, visit: Visit) -> str:
    """The home page: who watches over what, a search, the territory, what is observed."""
    language, atlas = visit.language, site.atlas
    perimeter = atlas.perimeter(language)
    communes = atlas.gazetteer(atlas.release.reference_vintage, language).by_level.get("commune", ())
    examples = [place.name for place in sorted(communes, key=lambda p: -(p.population or 0))[:2]]
    examples += [measure.title(language).lower() for measure in atlas.released[:1]]
    themes = observe_themes(atlas, language)
    observed = observe_observatories(atlas, language)
    courses = {shelf.id: shelf.figure.history for shelf in observed if shelf.figure}
    return render(
        site, visit, "home.html",
        perimeter=perimeter,
        count=count_places(len(communes), "commune", language),
        examples=", ".join(examples),
        map=Markup(_home_map(site, language)),
        ground=site.ground("commune"),
        themes=themes,
        observed=observed,
        sparks={name: Markup(draw_sparkline(history)) for name, history in courses.items() if len(history) > 1},
        lately=lately_updated(atlas),
    )  # fmt: skip


def _home_map(site: Site, language: str) -> str:
    sheet = site.sheet("commune", language)
    if sheet is None:
        return ""
    gazetteer = site.atlas.gazetteer(site.atlas.release.reference_vintage, language)
    to = site.addresses(language)

    def draw() -> str:
        pieces = []
        for code, outline in sheet.outlines.items():
            place = gazetteer.places.get(f"commune:{code}")
            path = f'<path class="land" d="{outline.path}"/>'
            if place is None:
                pieces.append(path)
                continue
            where = escape(to.portrait(place))
            title = f"<title>{escape(place.name)}</title>"
            pieces.append(f'<a href="{where}" data-code="{escape(code)}" tabindex="-1">{title}{path}</a>')
        pieces += [f'<path class="outer" d="{path}"/>' for path in sheet.limits]
        return "".join(pieces) + draw_names(sheet)

    return site.fragment(("home", language), draw)


def render_catalogue(site: Site, visit: Visit, asked: Mapping[str, str]) -> str:
    """The catalogue: filters, a list, the lineage of all of it."""
    language = visit.language
    filters = {key: asked.get(key, "") for key in ("q", "theme", "kind", "state")}
    entries = list_entries(site.atlas, language, words=filters["q"], theme=filters["theme"], kind=filters["kind"],
                           state=filters["state"])  # fmt: skip
    lineage = site.fragment(("lineage", language), lambda: observe_lineage(site.atlas.catalogue, language))
    themes = {name: pick(theme["title"], language) for name, theme in site.atlas.catalogue["themes"].items()}
    return render(
        site, visit, "catalogue.html", entries=entries, filters=filters, kinds=KINDS, themes=themes,
        states=_STATES, dcat_forms={form: (DCAT_NAMES[form], media) for form, media in DCAT_FORMS.items()},
        **_lineage(site, lineage, language),
    )  # fmt: skip


def render_entry(site: Site, visit: Visit, kind: str, name: str) -> str:
    """The page of a source, a table or an indicator."""
    language = visit.language
    entry = site.atlas.catalogue[{"source": "sources", "table": "tables", "indicator": "indicators"}[kind]][name]
    focus = next(each for each in LINEAGE_KINDS if each == kind)
    lineage = observe_lineage(site.atlas.catalogue, language, (focus, name))
    values: dict[str, Any] = {}
    if kind == "indicator":
        measure = site.atlas.measures[name]
        values = {"measure": measure, "data_formats": DATA_FORMATS, "levels": site.atlas.levels_of(measure),
                  "corrected": list_corrected(site.atlas, language, name)}  # fmt: skip
        cited = name_sources(site.atlas, measure, language)
        values["closed"] = [source for source in cited if not source.open]
        values["structured"] = describe_indicator_dataset(site, measure, cited, language)
        if measure.released:
            values["card"] = f"explorer/{name}"
    return render(
        site, visit, f"{kind}.html", id=name, entry=sparse(entry), indexed=may_list_entry(site.atlas, kind, name),
        **values, **_lineage(site, lineage, language),
    )  # fmt: skip


def _lineage(site: Site, lineage: Lineage, language: str) -> dict[str, Any]:
    to = site.addresses(language)

    def lead(node: Node) -> str:
        return to.about(node.kind, node.id)

    body, width, height = draw_lineage(lineage, lead)
    links: list[tuple[Node, list[Node], list[Node]]] = [(node, [], []) for node in lineage.nodes]
    for start, end in lineage.ties:
        links[start][2].append(lineage.nodes[end])
        links[end][1].append(lineage.nodes[start])
    return {"lineage": Markup(body), "lineage_size": (width, height), "links": links}


def render_search(site: Site, visit: Visit, words: str) -> str:
    found = search(site.atlas, words, visit.language, limit=_FOUND)
    return render(site, visit, "search.html", found=found, shelves=shelve_hits(found.hits))


def dump(specification: Mapping[str, Any]) -> bytes:
    """A specification as the bytes of a file."""
    return json.dumps(specification, ensure_ascii=False, indent=1).encode()


def render_api(site: Site, visit: Visit, routes: list[tuple[str, str]]) -> str:
    """The page that says what the JSON interface gives."""
    return render(site, visit, "api.html", routes=routes)


def render_accessibility(site: Site, visit: Visit) -> str:
    """The accessibility statement that the law asks for, linked from the foot of every page."""
    statement = observe_conformity(site.atlas.workspace, site.atlas.release.edition.built)
    rate = "" if statement.share is None else format_number(100 * statement.share, 1, visit.language)
    contact = site.atlas.workspace.get("identity", {}).get("contact") or ""
    return render(
        site, visit, "accessibility.html",
        statement=statement, contact=contact, rate=f"{rate}\u00a0%" if visit.language == "fr" else f"{rate}%",
    )  # fmt: skip


def render_lost(site: Site, visit: Visit) -> str:
    """The page that a server of files shows at an address where there is none, whichever it is."""
    said = fault("page-not-found", name="").to_json(visit.language) | {"message": text("export.lost", visit.language)}
    return render_error(site, visit, 404, [said])


def render_error(site: Site, visit: Visit, status: int, faults: list[Mapping[str, Any]]) -> str:
    """A page that says what is wrong and what to do."""
    titles = {404: "title_unknown", 403: "title_access", 400: "title_usage", 422: "title_usage"}
    key = titles.get(status, "title_internal")
    if any(fault["code"] in {"indicator-unavailable", "nothing-released"} for fault in faults):
        key = "title_unavailable"
    elif any(fault["code"] == "page-not-found" for fault in faults):
        key = "title_not_found"
    title = text(f"error.{key}", visit.language)
    to = site.addresses(visit.language)
    linked = [
        {**fault, "message": typeset(fault["message"]), "remedy": link_paths(typeset(fault["remedy"] or ""), to)}
        for fault in faults
    ]
    return render(site, visit, "error.html", title=title, faults=linked, status=status, indexed=False)


def link_paths(words: str, to: Addresses) -> Markup:
    """A sentence as HTML, the addresses of pages that it names (``/territoires/commune/62498``) made links."""
    pieces = _PATHS.split(words[:1].upper() + words[1:])
    linked = [
        Markup('<a href="{}">{}</a>').format(to.path(each), to.path(each)) if rank % 2 else Markup.escape(each)
        for rank, each in enumerate(pieces)
    ]
    return Markup("").join(linked)


_PATHS = re.compile(r"(/(?:observatoires|territoires)(?:/[\w-]+)+)")
"""Addresses that a message may name."""


__all__ = [
    "Export", "Visit", "dump", "generate", "render", "render_accessibility", "render_api", "render_catalogue",
    "render_entry", "render_error", "render_home", "render_lost", "render_search", "write_to",
]  # fmt: skip
