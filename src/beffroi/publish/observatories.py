"""Pages of observatories as HTML: prose, figures and notes in the order of the text, around one territory."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from markupsafe import Markup

from beffroi.errors import BeffroiError, fault
from beffroi.observe.blocks.bivariates import BivariateFigure
from beffroi.observe.blocks.grids import GridFigure
from beffroi.observe.blocks.keys import KeyFiguresFigure
from beffroi.observe.blocks.kinds import BlockFigure
from beffroi.observe.blocks.specifications import is_specifiable
from beffroi.observe.blocks.spreads import SpreadFigure
from beffroi.observe.consents import may_list
from beffroi.observe.figures import Map, Ranking
from beffroi.observe.frames import licence_words
from beffroi.observe.pages import (
    DownloadsView,
    FigureView,
    ImageView,
    NoteView,
    PageHead,
    PageView,
    PartView,
    Prose,
    find_page,
    head_page,
    observe_page,
    perimeter_of,
)
from beffroi.observe.places import Place
from beffroi.observe.references import DOUBTS
from beffroi.publish.drawings.blocks import draw_block
from beffroi.publish.explorer_pages import draw, show_ranking
from beffroi.publish.page_maps import frame_map
from beffroi.publish.pages import Visit, render
from beffroi.publish.prose import Writing, write_prose
from beffroi.publish.sites import Site

TABLE_FORMATS = ("csv", "xlsx")
DRAWN_FORMATS = ("csv", "xlsx", "svg", "png")
SPECIFIED = "vl.json"


@dataclass(frozen=True)
class Sibling:
    """A page of an observatory as its neighbours name it."""

    id: str
    title: str
    summary: str
    levels: tuple[str, ...]


def list_pages(site: Site, observatory: str, language: str, place: Place | None = None) -> tuple[Sibling, ...]:
    """The pages of an observatory in order, titled for a territory where they are made for it."""
    found = []
    for page in find_observatory(site, observatory)["pages"]:
        head = _head(site, page, language, place)
        found.append(Sibling(page, head.title, head.summary, head.levels))
    return tuple(found)


def _head(site: Site, page: str, language: str, place: Place | None) -> PageHead:
    """The title of a page for a territory, or as it opens when it is not made for this one."""
    head = head_page(site.atlas, page, language, place) or head_page(site.atlas, page, language)
    assert head is not None
    return head


def look_at(
    site: Site, page: str, language: str, territory: str | None, periods: Mapping[str, str] | None = None
) -> PageView:
    """A page in the hands of a territory, its figures moved to ``periods`` by their names, kept."""
    return site.fragment(
        ("page", page, language, territory, *sorted((periods or {}).items())),
        lambda: observe_page(site.atlas, page, language, territory, periods),
    )


def find_observatory(site: Site, observatory: str) -> Any:
    """The entry of an observatory; ``unknown-observatory`` when the reader has none of that name."""
    known = site.atlas.catalogue["observatories"]
    if observatory not in known or not known[observatory]["pages"]:
        there = [name for name, entry in known.items() if entry["pages"]]
        raise BeffroiError(fault("unknown-observatory", name=observatory, instead_of=observatory, available=there))
    return known[observatory]


def render_observatories(site: Site, visit: Visit) -> str:
    """The list of observatories with their pages."""
    shelves = [
        {
            "id": name,
            "entry": entry,
            "pages": list_pages(site, name, visit.language),
            "perimeter": perimeter_of(site.atlas, entry["pages"][0], visit.language),
        }
        for name, entry in site.atlas.catalogue["observatories"].items()
        if entry["pages"]
    ]
    return render(site, visit, "observatories.html", shelves=shelves)


def render_page(
    site: Site, visit: Visit, page: str, territory: str | None = None, periods: Mapping[str, str] | None = None
) -> str:
    """A page in the hands of a territory, its figures moved to ``periods``, whole without a script."""
    view = look_at(site, page, visit.language, territory, periods)
    entry = find_page(site.atlas, page)
    observatory = find_observatory(site, view.observatory)
    writing = Writing(view.said, visit.language)
    repeats = _repeats(view)
    parts = _beside([(part, _part(site, visit, view, part, writing, repeats)) for part in view.parts])
    to = site.addresses(visit.language)
    return render(
        site, visit, "observatory_page.html",
        page=view,
        observatory=observatory,
        pages=list_pages(site, view.observatory, visit.language, view.place),
        parts=parts,
        headings=writing.headings,
        doubts=[state for state in DOUBTS if state in writing.doubts],
        sources=_sources(site, view),
        kept=entry["state"] == "kept",
        whole=to.whole(to.page(page, view.place if view.levels else None)),
        indexed=may_list(site.atlas, entry["indicators"]),
        card=f"observatoires/{page}",
    )  # fmt: skip


def _beside(parts: Sequence[tuple[PartView, Markup]]) -> list[Markup]:
    """The parts of a page in rows: a note stands in the margin of the prose that it is about and of what follows.

    A section, or a figure, begins a row of its own.
    """
    rows: list[list[tuple[PartView, Markup]]] = []
    for part in parts:
        kinds = {type(each) for each, _ in rows[-1]} if rows else set()
        follows = NoteView in kinds and isinstance(part[0], Prose) and not (Prose in kinds and _opens(part[0]))
        if kinds <= {Prose, NoteView} and (follows or (rows and isinstance(part[0], NoteView))):
            rows[-1].append(part)
        else:
            rows.append([part])
    return [_row(row) for row in rows]


def _opens(prose: Prose) -> bool:
    return prose.markdown.lstrip().startswith("#")


def _row(row: list[tuple[PartView, Markup]]) -> Markup:
    notes = Markup("").join(drawn for part, drawn in row if isinstance(part, NoteView))
    others = [drawn for part, drawn in row if not isinstance(part, NoteView)]
    if not notes:
        return Markup("").join(others)
    # Read in this order, the notes come after the first prose.
    rest = Markup('<div class="beside-rest">{}</div>').format(Markup("").join(others[1:])) if others[1:] else Markup("")
    first = Markup("").join(others[:1])
    return Markup('<div class="beside">{}<div class="margin">{}</div>{}</div>').format(first, notes, rest)


Repeats = frozenset[tuple[str, str]]
"""What figures say that one before them on the page said: (what, name of the figure)."""


def _repeats(view: PageView) -> Repeats:
    told: set[str] = set()
    found = set()
    for part in view.parts:
        if isinstance(part, FigureView) and part.figure is not None:
            for what, words in (("subtitle", part.figure.frame.subtitle), ("sentence", part.figure.frame.sentence)):
                if words in told:
                    found.add((what, part.name))
                told.add(words)
    return frozenset(found)


def _sources(site: Site, view: PageView) -> list[dict[str, Any]]:
    """The sources of a page's figures, each once, with where its producer tells of it."""
    named = {
        source.id: source
        for part in view.parts
        if isinstance(part, FigureView) and part.figure is not None
        for source in part.figure.frame.sources
    }
    about = site.atlas.catalogue["sources"]
    return [
        {
            "id": name, "words": source.words, "licence": source.licence, "open": source.open,
            "homepage": about.get(name, {}).get("homepage") or "",
        }
        for name, source in named.items()
    ]  # fmt: skip


def render_embedded(site: Site, visit: Visit, page: str, territory: str | None, name: str, period: str = "") -> str:
    """One figure of a page alone, moved to a period if one is asked for, for other sites."""
    view = look_at(site, page, visit.language, territory, {name: period} if period else None)
    figure = find_figure(view, name)
    drawn = _figure(site, visit, view, figure, 1, frozenset())
    whole = f"{_cite(site, visit, view, figure)}#{anchor_of(name)}"
    return render(site, visit, "embedded_block.html", view=figure, body=drawn, whole=whole)


def _cite(site: Site, visit: Visit, view: PageView, part: FigureView) -> str:
    """The address of the page where a figure stands, at the period that it shows."""
    to = site.addresses(visit.language)
    moved = {part.name: part.moved} if part.moved else None
    return to.whole(to.page(view.id, view.place if view.levels else None, moved))


def find_figure(view: PageView, name: str) -> FigureView:
    """The figure of a page by its name; ``unknown-figure`` when it has none."""
    figures = {part.name: part for part in view.parts if isinstance(part, FigureView)}
    if name not in figures or figures[name].figure is None:
        raise BeffroiError(fault("unknown-figure", name=name, instead_of=name, available=figures))
    return figures[name]


def is_tabular(figure: BlockFigure) -> bool:
    """Whether a figure is words and numbers alone, which its sentence would only say again."""
    return isinstance(figure, GridFigure | KeyFiguresFigure)


def formats_of(figure: BlockFigure) -> tuple[str, ...]:
    """The files of a figure: no drawing of one without marks, no specification of what Vega-Lite cannot draw."""
    if is_tabular(figure):
        return TABLE_FORMATS
    return (*DRAWN_FORMATS, SPECIFIED) if is_specifiable(figure) else DRAWN_FORMATS


def is_shared(figure: BlockFigure) -> bool:
    """Whether a figure shows the same to every territory, save which one it marks."""
    return isinstance(figure, BivariateFigure) or (isinstance(figure, SpreadFigure) and not figure.own)


def _shared_forms(figure: BlockFigure, visit: Visit) -> tuple[str, ...]:
    """The files of a figure that every territory shares: its values, and among files its drawing, which marks none."""
    if not is_shared(figure):
        return ()
    return formats_of(figure) if visit.export else TABLE_FORMATS


def anchor_of(name: str) -> str:
    """Where a figure stands in its page."""
    return f"figure-{name}"


def refer(view: PageView, name: str) -> str:
    """The short reference of a figure, which ``beffroi explain`` resolves."""
    return f"{view.id}#{name}@{view.place.key}" + (f"/{view.periods[name]}" if name in view.periods else "")


def _part(site: Site, visit: Visit, view: PageView, part: PartView, writing: Writing, repeats: Repeats) -> Markup:
    if isinstance(part, Prose):
        return Markup('<div class="prose">') + Markup(write_prose(part.markdown, writing)) + Markup("</div>")
    if isinstance(part, NoteView):
        body = Markup(write_prose(part.markdown, replace(writing, headings=[])))
        return _markup(site, visit, "note.html", note=part, body=body, rank=_rank(writing))
    if isinstance(part, ImageView):
        licence = licence_words(part.licence, visit.language) if part.licence else ""
        source = site.addresses(visit.language).picture(view.observatory, part.file)
        return _markup(site, visit, "picture.html", picture=part, source=source, licence=licence)
    if isinstance(part, DownloadsView):
        return _markup(site, visit, "downloads.html", series=part.series)
    return _figure(site, visit, view, part, _rank(writing), repeats)


def _rank(writing: Writing) -> int:
    """How deep the title of a figure or of a note is: under a section, or at the level of one before the first."""
    return 3 if writing.headings else 2


def _figure(site: Site, visit: Visit, view: PageView, part: FigureView, rank: int, repeats: Repeats) -> Markup:
    anchor = anchor_of(part.name)
    if part.figure is None:
        return _markup(site, visit, "absent_block.html", view=part, anchor=anchor, rank=rank)
    figure = part.figure
    if isinstance(figure, SpreadFigure):
        template = "blocks/spread.html"
        is_drawn = isinstance(figure.figure, Map)
        drawn = frame_map(site, view, part, visit.language) if is_drawn else draw(site, figure.question)
        ranking = _rank_areas(site, figure)
        if ranking is not None:
            drawn |= {"ranking": ranking, "shown": show_ranking(ranking, visit.language),
                      "lead": site.leads(figure.question)}  # fmt: skip
    elif isinstance(figure, BivariateFigure):
        template, drawn = "blocks/bivariate.html", frame_map(site, view, part, visit.language)
    else:
        template, drawn = draw_block(figure)
    return _markup(
        site, visit, "block.html",
        view=part, figure=figure, frame=figure.frame, within=template, drawn=drawn, anchor=anchor, page=view, rank=rank,
        worded=is_tabular(figure) or ("sentence", part.name) in repeats,
        defined=("subtitle", part.name) not in repeats, formats=formats_of(figure), reference=refer(view, part.name),
        shared=_shared_forms(figure, visit),
        whole=_cite(site, visit, view, part),
    )  # fmt: skip


def _rank_areas(site: Site, spread: SpreadFigure) -> Ranking | None:
    """The ranking that a figure is, or that is the table of a map; None for a distribution, which has its own table."""
    figure = spread.figure
    if isinstance(figure, Map):
        figure = site.figure(replace(spread.question, view="ranking"))
    return figure if isinstance(figure, Ranking) else None


def _markup(site: Site, visit: Visit, name: str, **values: Any) -> Markup:
    return Markup(render(site, visit, name, **values))


__all__ = [
    "DRAWN_FORMATS", "SPECIFIED", "TABLE_FORMATS", "Sibling", "anchor_of", "find_figure", "find_observatory",
    "formats_of", "is_shared", "is_tabular", "list_pages", "look_at", "refer", "render_embedded",
    "render_observatories", "render_page",
]  # fmt: skip
