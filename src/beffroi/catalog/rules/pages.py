"""What pages must be: blocks and references that name what there is, shown to nobody who may not see it."""

from collections.abc import Callable, Iterator
from typing import Any

from beffroi.catalog.blocks import (
    Bar,
    Block,
    Choropleth,
    Circles,
    FigureBlock,
    Flow,
    Image,
    Include,
    KeyYears,
    Line,
    Multiples,
    OfPlaces,
    Passage,
    Pyramid,
    Scatter,
    Target,
)
from beffroi.catalog.observatories import Observatory
from beffroi.catalog.pages import SAID
from beffroi.catalog.reading.pages import WrittenProse
from beffroi.catalog.reading.shapes import UNREAD, unread, wholly_read
from beffroi.catalog.references import PLACE_FORMS, find_references, read_value
from beffroi.catalog.rules.cycles import find_cycles
from beffroi.catalog.rules.drafts import (
    BlockDraft,
    Draft,
    Drafts,
    MapDraft,
    PageDraft,
    TextDraft,
    check_reference,
    check_repeats,
)
from beffroi.catalog.rules.indicators import indicator_audience, reachable_levels, tables_of
from beffroi.catalog.rules.sources import check_themes
from beffroi.catalog.rules.tables import check_audience
from beffroi.catalog.rules.workspaces import CODES, check_code
from beffroi.errors import Fault, Place, fault

ADDED_UP = ("count", "sum")
"""Kinds of indicators that are amounts: drawn as circles, piled, never as shades."""

WATCHED = ("epci", "commune")
"""Levels, besides groupings, of what an observatory may watch over."""

INDICATOR_KEYS = ("indicator", "x", "y", "size")
BREAKDOWN_KEYS = ("breakdown", "left", "right")


def check_observatory(draft: Draft[Observatory], drafts: Drafts) -> Iterator[Fault]:
    """The faults of one ``observatory.yaml``."""
    observatory = draft.value
    yield from check_themes(draft, drafts)
    yield from check_audience(draft, drafts, observatory.audience, "audience")
    yield from check_repeats(draft, observatory.pages, "pages")
    yield from _check_perimeter(draft, drafts)
    if observatory.state in ("validated", "adopted") and observatory.act is None:
        yield draft.fault("missing-key", "act", name="act")
    if unread(observatory.pages):
        return
    written = {page.id.partition("/")[2] for page in drafts.pages.known.values() if page.observatory == draft.id}
    written |= {name.partition("/")[2] for name in drafts.pages.broken if name.startswith(f"{draft.id}/")}
    for index, name in enumerate(observatory.pages):
        if name not in written:
            yield draft.fault("unknown-page", "pages", index, name=name, instead_of=name, available=written)
    for name in sorted(written - set(observatory.pages)):
        place = Place(f"observatories/{draft.id}/{name}.md", 1)
        yield fault("page-not-listed", place, name=name, file=draft.document.file)


def _check_perimeter(draft: Draft[Observatory], drafts: Drafts) -> Iterator[Fault]:
    """Groupings that are declared, or codes that may be those of an EPCI or a commune: their lists say which exist."""
    perimeter = draft.value.perimeter
    if perimeter is None or unread(perimeter):
        return
    several = isinstance(perimeter, list)
    if several:
        yield from check_repeats(draft, perimeter, "perimeter")
        if not perimeter:
            yield draft.fault("empty-value", "perimeter", name="perimeter")
    for index, named in enumerate(perimeter if several else [perimeter]):
        path = ("perimeter", index) if several else ("perimeter",)
        level, _, code = str(named).rpartition(":")
        if unread(named):
            continue
        if level in ("", "grouping"):
            yield from check_reference(draft, drafts.groupings, code, "unknown-grouping", *path)
        elif level in WATCHED:
            yield from check_code(draft, level, code, *path)
        else:
            available = ("grouping", *WATCHED)
            yield draft.fault("unknown-value", *path, value=level, instead_of=level, available=available)


def check_page(page: PageDraft, drafts: Drafts) -> Iterator[Fault]:
    """The faults of one page, in each of its languages."""
    for text in page.texts.values():
        if text.head is not None:
            yield from _check_head(text.head, drafts)
        yield from _check_text(text, page, drafts)


def check_fragment(name: str, text: TextDraft, drafts: Drafts) -> Iterator[Fault]:
    """The faults of a text that pages include."""
    yield from _check_text(text, PageDraft(name, name.partition("/")[0], {}), drafts)


def find_include_circles(drafts: Drafts) -> Iterator[tuple[list[str], Fault]]:
    """Included texts that include themselves, with one fault a circle."""
    read = {
        name: [(part.value.text, part) for part in text.parts if isinstance(part, BlockDraft) and _includes(part)]
        for name, text in drafts.fragments.known.items()
    }
    for cycle in find_cycles({name: [other for other, _ in found] for name, found in read.items()}):
        after = cycle[1 % len(cycle)]
        part = next(part for other, part in read[cycle[0]] if other == after)
        circle = " → ".join((*cycle, cycle[0]))
        yield list(cycle), fault("circular-reference", part.place("text"), circle=circle)


def _includes(part: BlockDraft) -> bool:
    return isinstance(part.value, Include) and not unread(part.value.text)


def _check_head(draft: Draft[Any], drafts: Drafts) -> Iterator[Fault]:
    head = draft.value
    yield from check_repeats(draft, head.levels, "levels")
    for index, level in enumerate(() if unread(head.levels) else head.levels):
        if level not in drafts.levels:
            yield draft.fault("level-not-kept", "levels", index, name=level, also="", available=drafts.levels)
    yield from check_whom(draft, drafts, head.territory, "territory")
    for index, whom in enumerate(() if unread(head.compared) else head.compared):
        yield from check_whom(draft, drafts, whom, "compared", index)


def _check_text(text: TextDraft, page: PageDraft, drafts: Drafts) -> Iterator[Fault]:
    names: set[str] = set()
    head = () if text.head is None else [(text.head.place(key), getattr(text.head.value, key)) for key in HEAD_SAID]
    for place, said in head:
        if isinstance(said, str):
            yield from check_references(said, place, page, drafts)
    for part in text.parts:
        if isinstance(part, WrittenProse):
            yield from check_references(part.markdown, Place(text.file, part.line), page, drafts)
        elif not unread(part.value):
            yield from _check_block(part, page, drafts)
            name = part.value.name
            if name is not None and not unread(name):
                if name in names:
                    yield part.fault("duplicate-value", "name", value=name)
                names.add(name)


HEAD_SAID = ("title", "summary")
"""Keys of the head of a page, or of a map, whose text may hold references."""


def check_references(text: str, start: Place, page: PageDraft | MapDraft, drafts: Drafts) -> Iterator[Fault]:
    """The faults of the references of a text whose first line is at ``start``, on a page or beside a map."""
    for found in find_references(text):
        place = Place(start.file, (start.line or 1) + found.line)
        if found.place is not None:
            form = found.place.form
            if form not in PLACE_FORMS:
                yield fault("unknown-value", place, value=form, instead_of=form, available=PLACE_FORMS)
            continue
        if found.indicator is None:
            yield fault("reference-unreadable", place, written=found.written)
            continue
        read = read_value(found, place.file, place.line or 1)
        if read is None:
            yield fault("reference-unreadable", place, written=found.written)
            continue
        document, reading = read
        yield from reading.faults
        draft: Draft[Any] = Draft(page.name, page.id, document, reading.value)
        yield from _check_indicator(draft, page, drafts, found.indicator, "indicator")
        yield from check_whom(draft, drafts, reading.value.territory, "territory")
        if reading.value.since is None and reading.value.show == "change":
            yield fault("missing-key", place, name="since")


def _check_block(part: BlockDraft, page: PageDraft, drafts: Drafts) -> Iterator[Fault]:
    block = part.value
    for key in SAID:
        said = getattr(block, key, None)
        if isinstance(said, str) and not isinstance(block, Include):
            yield from check_references(said, part.place(key), page, drafts)
    for name, path in named_indicators(block):
        yield from _check_indicator(part, page, drafts, name, *path)
    for name, path in named_breakdowns(block):
        yield from check_reference(part, drafts.breakdowns, name, "undeclared-breakdown", *path)
        found = drafts.breakdowns.find(name)
        if isinstance(found, Draft) and not unread(found.value.of):
            yield from _check_indicator(part, page, drafts, found.value.of, *path)
    if isinstance(block, FigureBlock):
        yield from check_whom(part, drafts, block.territory, "territory")
        for index, whom in enumerate(block.compared or ()):
            yield from check_whom(part, drafts, whom, "compared", index)
    for kind, check in _CHECKS.items():
        if isinstance(block, kind):
            yield from check(part, drafts)


def named_indicators(block: Block) -> list[tuple[str, tuple[str | int, ...]]]:
    """The indicators that a block names, with the key of each."""
    found: list[tuple[Any, tuple[str | int, ...]]] = [(getattr(block, key, None), (key,)) for key in INDICATOR_KEYS]
    several = getattr(block, "indicators", None)
    if several is not None and not unread(several):
        found += [(name, ("indicators", index)) for index, name in enumerate(several)]
    if isinstance(block, Flow) and not unread(block.links):
        found += [(link.indicator, ("links", index, "indicator")) for index, link in enumerate(block.links)]
    return [(name, path) for name, path in found if name is not None and not unread(name)]


def named_breakdowns(block: Block) -> list[tuple[str, tuple[str | int, ...]]]:
    """The breakdowns that a block names, with the key of each."""
    found = ((getattr(block, key, None), (key,)) for key in BREAKDOWN_KEYS)
    return [(name, path) for name, path in found if name is not None and not unread(name)]


def known_measure(drafts: Drafts, name: str) -> Any:
    """The draft of an indicator, or of the parent of a breakdown's member; None when there is none."""
    if name in drafts.indicators.known:
        return drafts.indicators.known[name]
    breakdown, _, category = name.rpartition("/")
    found = drafts.breakdowns.find(breakdown)
    if isinstance(found, Draft) and category in found.value.categories:
        return drafts.indicators.find(found.value.of)
    return drafts.indicators.find(name)


def _check_indicator(
    draft: Draft[Any], page: PageDraft | MapDraft, drafts: Drafts, name: Any, *path: str | int
) -> Iterator[Fault]:
    found = known_measure(drafts, name)
    if found is None:
        yield from check_reference(draft, drafts.indicators, name, "undeclared-indicator", *path)
        return
    holder = page.head if isinstance(page, MapDraft) else drafts.observatories.find(page.observatory)
    if not isinstance(found, Draft) or not isinstance(holder, Draft):
        return
    audience, shown = indicator_audience(found, drafts), holder.value.audience
    if not unread(audience, shown) and audience not in ("public", shown):
        yield draft.fault("page-too-wide", *path, name=name, audience=audience, shown=shown)


def check_whom(draft: Draft[Any], drafts: Drafts, whom: Any, *path: str | int) -> Iterator[Fault]:
    """The faults of a territory as a page or a map names it."""
    if whom == "similar":
        yield from _check_similar(draft, drafts, path)
    if unread(whom) or not isinstance(whom, str) or ":" not in whom:
        return
    level, _, code = whom.partition(":")
    if level == "grouping":
        yield from check_reference(draft, drafts.groupings, code, "unknown-grouping", *path)
    elif level in CODES:
        yield from check_code(draft, level, code, *path)
    else:
        yield draft.fault("unknown-value", *path, value=level, instead_of=level, available=(*CODES, "grouping"))


def _check_similar(draft: Draft[Any], drafts: Drafts, path: tuple[str | int, ...]) -> Iterator[Fault]:
    """Those that are like the one in hand are several: they are compared with, and never taken in hand."""
    workspace = drafts.workspace.value if drafts.workspace else UNREAD
    if "compared" not in path:
        available = ("here", "perimeter", "commune", "epci", "departement", "region", "pays")
        yield draft.fault("unknown-value", *path, value="similar", instead_of="similar", available=available)
    elif not unread(workspace) and workspace.similar is None:
        yield draft.fault("similar-not-declared", *path)


def _kind(drafts: Drafts, name: Any) -> Any:
    found = None if unread(name) or name is None else known_measure(drafts, name)
    return getattr(found.value, "kind", None) if isinstance(found, Draft) else None


def _unit(drafts: Drafts, name: str) -> Any:
    found = known_measure(drafts, name)
    return found.value.unit if isinstance(found, Draft) and not unread(found.value.unit) else None


def _exactly_one(*keys: str) -> Callable[[BlockDraft, Drafts], Iterator[Fault]]:
    def check(part: BlockDraft, drafts: Drafts) -> Iterator[Fault]:
        said = [key for key in keys if getattr(part.value, key) is not None]
        if len(said) != 1:
            yield part.fault("exactly-one-of", *said[1:2], keys=", ".join(keys), found=", ".join(said) or "–")
        several = getattr(part.value, "indicators", None)
        if several is not None and not unread(several):
            units = {unit for name in several if (unit := _unit(drafts, name)) is not None}
            if len(units) > 1:
                yield part.fault("figure-units-differ", "indicators", units=", ".join(sorted(units)))

    return check


def _check_places(part: BlockDraft, drafts: Drafts) -> Iterator[Fault]:
    """Figures of all the territories of a level: the level is kept, and every indicator of the figure reaches it."""
    level = part.value.level
    if unread(level):
        return
    if level not in drafts.levels:
        yield part.fault("level-not-kept", "level", name=level, also="", available=drafts.levels)
        return
    for name, path in named_indicators(part.value):
        found = known_measure(drafts, name)
        if not isinstance(found, Draft):
            continue
        published = getattr(found.value, "kind", None) == "published"
        reachable = reachable_levels(tables_of(found, drafts), drafts, published=published)
        given = found.value.levels or reachable
        if not unread(reachable, given) and level not in given:
            yield part.fault("figure-level-missing", *path, name=name, level=level, available=given)


def _check_shades(part: BlockDraft, drafts: Drafts) -> Iterator[Fault]:
    if _kind(drafts, part.value.indicator) in ADDED_UP:
        yield part.fault("amount-in-shades", "indicator", name=part.value.indicator)


def _check_circles(part: BlockDraft, drafts: Drafts) -> Iterator[Fault]:
    kind = _kind(drafts, part.value.indicator)
    if kind is not None and not unread(kind) and kind not in (*ADDED_UP, "change"):
        yield part.fault("ratio-in-circles", "indicator", name=part.value.indicator)


def _check_amounts(*keys: str) -> Callable[[BlockDraft, Drafts], Iterator[Fault]]:
    def check(part: BlockDraft, drafts: Drafts) -> Iterator[Fault]:
        for name, path in named_indicators(part.value):
            kind = _kind(drafts, name)
            if path[-1] in keys and kind is not None and not unread(kind) and kind not in ADDED_UP:
                wanted = ", ".join(ADDED_UP)
                yield part.fault("unsuitable-indicator", *path, name=name, kind=kind, wanted=wanted)

    return check


def _check_flow(part: BlockDraft, drafts: Drafts) -> Iterator[Fault]:
    """Bands are amounts of one unit, and nothing goes back to where it came from."""
    yield from _check_amounts("indicator")(part, drafts)
    links = part.value.links
    if not wholly_read(links):
        return
    units = {unit for link in links if (unit := _unit(drafts, link.indicator)) is not None}
    if len(units) > 1:
        yield part.fault("figure-units-differ", "links", units=", ".join(sorted(units)))
    ends: dict[str, list[str]] = {link.target: [] for link in links}
    for link in links:
        ends.setdefault(link.source, []).append(link.target)
    for cycle in find_cycles(ends):
        yield part.fault("circular-reference", "links", circle=" → ".join((*cycle, cycle[0])))


def _check_pyramid(part: BlockDraft, drafts: Drafts) -> Iterator[Fault]:
    sides = [drafts.breakdowns.find(getattr(part.value, key)) for key in ("left", "right")]
    if not all(isinstance(side, Draft) for side in sides):
        return
    left, right = (list(side.value.categories) for side in sides)
    if left != right:
        yield part.fault("pyramid-categories-differ", "right", left=", ".join(left), right=", ".join(right))


def _check_target(part: BlockDraft, drafts: Drafts) -> Iterator[Fault]:
    name = part.value.indicator
    found = None if unread(name) else known_measure(drafts, name)
    if isinstance(found, Draft) and not unread(found.value.targets) and not found.value.targets:
        yield part.fault("indicator-without-target", "indicator", name=name)


def _check_image(part: BlockDraft, drafts: Drafts) -> Iterator[Fault]:
    there = drafts.images.get(part.id.partition("/")[0], [])
    name = part.value.file
    if not unread(name) and name not in there:
        yield part.fault("missing-image", "file", name=name, instead_of=name, available=there)


def _check_include(part: BlockDraft, drafts: Drafts) -> Iterator[Fault]:
    """An included text exists, and is meant for those who see the page."""
    name = part.value.text
    yield from check_reference(part, drafts.fragments, name, "unknown-included-text", "text")
    if unread(name):
        return
    mine, other = (drafts.observatories.find(each.partition("/")[0]) for each in (part.id, name))
    if isinstance(mine, Draft) and isinstance(other, Draft):
        audience, shown = other.value.audience, mine.value.audience
        if not unread(audience, shown) and audience not in ("public", shown):
            yield part.fault("page-too-wide", "text", name=name, audience=audience, shown=shown)


def _check_passage(part: BlockDraft, drafts: Drafts) -> Iterator[Fault]:
    for index, whom in enumerate(() if unread(part.value.territories) else part.value.territories):
        yield from check_whom(part, drafts, whom, "territories", index)
    if not part.value.territories and not part.value.shown_for:
        yield part.fault("at-least-one-of", keys="shown_for, territories")


def _check_years(part: BlockDraft, drafts: Drafts) -> Iterator[Fault]:
    if not unread(part.value.years):
        yield from check_repeats(part, [year.period for year in part.value.years], "years")


_CHECKS: dict[type[Block], Callable[[BlockDraft, Drafts], Iterator[Fault]]] = {
    OfPlaces: _check_places,
    Line: _exactly_one("indicator", "breakdown", "indicators"),
    Bar: _exactly_one("breakdown", "indicators"),
    Multiples: _exactly_one("indicator", "breakdown"),
    Choropleth: _check_shades,
    Circles: _check_circles,
    Scatter: _check_amounts("size"),
    Flow: _check_flow,
    Pyramid: _check_pyramid,
    Target: _check_target,
    Image: _check_image,
    Include: _check_include,
    Passage: _check_passage,
    KeyYears: _check_years,
}
