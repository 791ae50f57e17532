"""The portrait of a territory, which nobody writes: where it lies, its figures among its peers, its themes.

Which figures, and in which order, follows from a rule: those that the workspace names (``portrait:``), then those that
it features, then one for each theme.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from beffroi.catalog.workspaces import PIECES, QPV
from beffroi.language import format_number, format_period, pick, pick_symbol, text
from beffroi.observe.atlases import Atlas
from beffroi.observe.biographies import Event, tell_events
from beffroi.observe.blocks.grids import Cell, cell_of
from beffroi.observe.frames import SourceName, name_sources, period_words, window_years
from beffroi.observe.likeness import Likeness, find_alike
from beffroi.observe.pages import head_page, is_within
from beffroi.observe.places import LEVEL_ORDER, Place
from beffroi.observe.references import say_change
from beffroi.observe.sentences import in_clause, in_clause_of, say_difference, say_rank
from beffroi.observe.standings import Reading, Standing
from beffroi.observe.substitutes import Substitute, say_reason
from beffroi.observe.values import Measure, State, Value
from beffroi.observe.vicinities import neighbours_of

FACTS = 12
"""Figures that open a portrait, at most."""

PEERS = (*PIECES, "commune", "epci")
"""Levels whose territories are told apart within the perimeter: those of the others hold one another or it."""

_HOLDERS = ("epci", "grouping")
"""Levels of which a part is told: nobody counts in shares of a region."""

_LARGER: Mapping[str, tuple[str, ...]] = {
    "iris": ("epci",), "commune": ("epci",), "epci": ("perimeter",), "grouping": ("departement", "region", "pays"),
    **dict.fromkeys(QPV, ("commune", "epci")),
}  # fmt: skip
"""By level, whose value stands beside that of a territory: the first of these that has one."""

_COLUMNS = ("epci", "perimeter", "departement", "region", "pays")
_COLUMNS_OF_QUARTER = ("commune", *_COLUMNS)


@dataclass(frozen=True)
class Fact:
    """One figure: ``number`` and its ``unit`` (a percentage has its sign), ``words`` that say where it stands.

    ``peers`` are the values of its peers and ``among`` that of its inter-communal body as shares of their extent, from
    the lowest to the highest; ``own`` its own. ``reason`` is why it is not there, or what to doubt in it; ``instead``
    what there is to read where it is hidden.
    """

    measure: Measure
    title: str
    period: str
    number: str
    unit: str
    words: str
    state: State
    reason: str
    history: tuple[Value, ...]
    peers: tuple[float, ...] = ()
    own: float | None = None
    among: float | None = None
    extent: tuple[str, str] = ("", "")
    instead: tuple[Substitute, ...] = ()


@dataclass(frozen=True)
class Line:
    """A line of a theme's table: an indicator, and its value in each territory of the columns.

    ``unit`` is told once, beside the title; a percentage keeps its sign in each cell.
    """

    measure: Measure
    title: str
    unit: str
    period: str
    cells: tuple[Cell, ...]


@dataclass(frozen=True)
class Sheet:
    """A theme: its lines, and the titles of indicators that are given inside the perimeter, but not at this level."""

    id: str
    title: str
    lines: tuple[Line, ...]
    elsewhere: tuple[str, ...]
    awaited: tuple[Measure, ...]
    """Indicators that are declared and not released."""


@dataclass(frozen=True)
class PageLink:
    """A page of an observatory that exists for the territory; ``themes`` are those of its observatory."""

    id: str
    title: str
    observatory: str
    themes: tuple[str, ...]
    held: bool
    """Whether the page is made for territories, and is to be opened in the hands of this one."""


@dataclass(frozen=True)
class Portrait:
    """All that a portrait says, in one language."""

    place: Place
    kind: str
    parents: tuple[tuple[str, tuple[Place, ...]], ...]
    area_km2: float | None
    neighbours: tuple[Place, ...]
    members: tuple[Place, ...]
    quarters: tuple[tuple[str, tuple[Place, ...]], ...]
    """QPV that lie in it, be it in part, by list, the one in force first."""
    events: tuple[Event, ...]
    facts: tuple[Fact, ...]
    columns: tuple[Place, ...]
    sheets: tuple[Sheet, ...]
    pages: tuple[PageLink, ...]
    likeness: Likeness | None
    sources: tuple[SourceName, ...]
    vintage: int
    synthetic: bool


def observe_portrait(atlas: Atlas, place: Place, language: str) -> Portrait:
    """The portrait of a territory of the reference vintage."""
    vintage = atlas.release.reference_vintage
    standing = Standing(atlas, language, place, vintage)
    sheets = tuple(_sheets(standing))
    facts = tuple(_fact(standing, measure) for measure in choose_facts(standing))
    gazetteer = standing.gazetteer
    shown = [fact.measure for fact in facts] + [line.measure for sheet in sheets for line in sheet.lines]
    sources = {source.id: source for m in shown for source in name_sources(atlas, m, language)}
    return Portrait(
        place=place,
        kind=text(f"level_one.{place.level}", language),
        parents=tuple(_parents(standing)),
        area_km2=_area(atlas, place),
        neighbours=neighbours_of(atlas, gazetteer, place) if place.level in ("commune", "epci") else (),
        members=_members(standing),
        quarters=tuple((level, held) for level in QPV if (held := standing.members(level))),
        events=tell_events(atlas, place, language),
        facts=facts,
        columns=_columns(standing),
        sheets=sheets,
        pages=tuple(_pages(standing)),
        likeness=find_alike(atlas, place, language),
        sources=tuple(sources.values()),
        vintage=vintage,
        synthetic=any(measure.synthetic for measure in shown),
    )


def choose_facts(standing: Standing) -> tuple[Measure, ...]:
    """The figures of a territory in order: those that the workspace names, those that it features, one for a theme.

    An indicator that is not given at the level of the territory leaves its place to the next.
    """
    atlas, level = standing.atlas, standing.place.level
    given = [m for m in atlas.told if level in m.entry["levels"]]
    named = [m for name in atlas.workspace.get("portrait") or () if (m := atlas.measures.get(name)) in given]
    found: dict[str, Measure] = {m.id: m for m in named if m is not None}
    found |= {m.id: m for m in given if m.entry.get("featured") and m.id not in found}
    themes = {m.entry["theme"] for m in found.values()}
    given = order_lines(given, standing.language)
    for theme in atlas.catalogue["themes"]:
        first = next((m for m in given if m.entry["theme"] == theme), None)
        if first is not None and theme not in themes:
            found[first.id] = first
    return tuple(found.values())[:FACTS]


def order_lines(measures: Iterable[Measure], language: str) -> list[Measure]:
    """What the workspace features first, then what compares from one territory to another, then amounts."""
    return sorted(
        measures, key=lambda m: (not m.entry.get("featured"), m.nature == "amount", m.title(language))
    )  # fmt: skip


def _fact(standing: Standing, measure: Measure) -> Fact:
    language, place = standing.language, standing.place
    title = measure.title(language)
    history = tuple(each.value for each in standing.history(measure, place, None, None))
    period = standing.settle(measure, None)
    said = period_words(measure, period, language)
    reading = standing.read(measure, place, period)
    if reading is None or reading.value.value is None:
        reason = say_reason(reading.value.reason if reading else "missing", language)
        state: State = reading.value.state if reading else "missing"
        instead = reading.instead if reading else ()
        words = "" if state == "confidential" else text("portrait.no_value_missing", language)
        return Fact(measure, title, said, "–", "", words, state, reason, history, instead=instead)
    value = reading.value
    reason = "" if value.state == "sure" else text(f"state.{value.state}", language)
    words = _sentence(standing, reading, history)
    bare, unit = strip_unit(measure, value.value, language)
    number = bare.say(value.value, language)
    peers, own, among, extent = _strip(standing, reading, bare)
    return Fact(measure, title, said, number, unit, words, value.state, reason, history, peers, own, among, extent)


def strip_unit(measure: Measure, value: float | None, language: str) -> tuple[Measure, str]:
    """A measure that says bare numbers, and the unit to tell beside them; a percentage keeps its sign."""
    unit = measure.unit
    symbol = pick_symbol(unit, value, language)
    if symbol == "%":
        return measure, ""
    if symbol.startswith("%"):
        percent = {"fr": "%", "en": "%"}
        return replace(measure, unit=replace(unit, symbol=percent, one={})), symbol.removeprefix("%").strip()
    return replace(measure, unit=replace(unit, symbol={}, one={})), symbol


def _sentence(standing: Standing, reading: Reading, history: tuple[Value, ...]) -> str:
    """Where a value stands: its rank, its gap with the body that holds it, how far it has come."""
    language, measure, value = standing.language, reading.measure, reading.value
    parts = []
    if value.state == "weak":
        parts.append(text("portrait.unranked", language))
    elif standing.place.level in PEERS:
        values = standing.slice(measure, standing.place.level)
        if rank := say_rank(values, standing.place, value, language):
            parts.append(rank)
    if value.state != "weak" and (gap := _say_gap(standing, reading)):
        parts.append(gap)
    if trend := say_trend(measure, history, value, language):
        parts.append(trend)
    joined = text("page.then", language).join(parts)
    return joined[:1].upper() + joined[1:] + ("." if joined else "")


def _say_gap(standing: Standing, reading: Reading) -> str:
    """How far a value is from that of the body that holds the territory: its share of it, for an amount."""
    language, measure, value = standing.language, reading.measure, reading.value.value
    others = standing.others(_LARGER.get(standing.place.level, ()))
    found = (standing.read(measure, other, reading.value.period) for other in others)
    read = next((each for each in found if each is not None and each.value.value is not None), None)
    if read is None or read.value.value is None or value is None:
        return ""
    other = read.place
    if measure.nature == "amount":
        held = other.key in standing.place.parents and other.level in _HOLDERS
        # A QPV that lies in two bodies is a share of neither.
        if not value or not read.value.value or not held or standing.find(other.level) not in (other, None):
            return ""
        share = format_number(100 * value / read.value.value, 1, language)
        return text("portrait.share", language, share=share, place=in_clause_of(other, language))
    if standing.place.level == "grouping":
        return text("page.named", language, title=other.name, words=measure.say(read.value.value, language))
    digits = measure.unit.decimals
    gap = round(value, digits) - round(read.value.value, digits)
    where = in_clause(other, language)
    if abs(gap) < 0.5 * 10.0**-digits:
        return text("portrait.same", language, place=where)
    key = "portrait.more" if gap > 0 else "portrait.less"
    return text(key, language, gap=say_difference(measure, abs(gap), language), place=where)


def say_trend(measure: Measure, history: tuple[Value, ...], last: Value, language: str) -> str:
    """What a value was at the first period that compares with it: no break between, no window in common."""
    if measure.is_change or last.value is None or last.state == "weak":
        return ""
    for before in history:
        if before.period >= last.period or before.value is None or before.state == "weak":
            continue
        early, late = window_years(measure, before.period), window_years(measure, last.period)
        if early and late and early[1] >= late[0]:
            continue
        if say_change(measure, before, last, language) is not None:
            was, when = measure.say(before.value, language), format_period(before.period, language)
            same = was == measure.say(last.value, language)
            return text("portrait.as_then" if same else "portrait.was", language, value=was, period=when)
    return ""


def _strip(
    standing: Standing, reading: Reading, bare: Measure
) -> tuple[tuple[float, ...], float | None, float | None, tuple[str, str]]:
    """Where a value lies among those of its peers, as shares of their extent; nothing for fewer than five."""
    measure, language = reading.measure, standing.language
    moment = standing.slice(measure, standing.place.level).moment(reading.value.period)
    numbers = [value.value for value in moment.ranked if value.value is not None]
    if standing.place.level not in PEERS or len(numbers) < 5 or reading.value.value is None:
        return (), None, None, ("", "")
    low, high = min(numbers), max(numbers)
    width = (high - low) or 1.0

    def share(number: float) -> float:
        return min(1.0, max(0.0, (number - low) / width))

    above = standing.find("epci") if standing.place.level != "epci" else None
    among = standing.read(measure, above, reading.value.period) if above and measure.nature != "amount" else None
    there = among.value.value if among is not None else None
    return (
        tuple(share(number) for number in numbers),
        share(reading.value.value),
        None if there is None else share(there),
        (bare.say(low, language), bare.say(high, language)),
    )


def _columns(standing: Standing) -> tuple[Place, ...]:
    wanted = _COLUMNS_OF_QUARTER if standing.place.is_quarter else _COLUMNS
    return (standing.place, *standing.others(wanted))


def _sheets(standing: Standing) -> Iterable[Sheet]:
    """Themes in the order of the vocabulary, each with what is released of it at this level."""
    atlas, language, level = standing.atlas, standing.language, standing.place.level
    columns = _columns(standing)
    for name, theme in atlas.catalogue["themes"].items():
        own = [measure for measure in atlas.told if measure.entry["theme"] == name]
        given = order_lines((measure for measure in own if level in measure.entry["levels"]), language)
        lines = tuple(_line(standing, measure, columns) for measure in given)
        # What is only given of the whole perimeter (an agency's own work) is not missing here.
        elsewhere = tuple(m.title(language) for m in own if m not in given and set(m.entry["levels"]) & set(PEERS))
        awaited = tuple(m for m in atlas.measures.values() if m.entry["theme"] == name and _is_awaited(atlas, m))
        if lines or awaited:
            yield Sheet(name, pick(theme["title"], language), lines, elsewhere, awaited)


def _line(standing: Standing, measure: Measure, columns: tuple[Place, ...]) -> Line:
    language = standing.language
    period = standing.settle(measure, None)
    bare, unit = strip_unit(measure, None, language)
    cells = tuple(_cell(standing, bare, place, period) for place in columns)
    return Line(measure, measure.title(language), unit, period_words(measure, period, language), cells)


def _cell(standing: Standing, measure: Measure, place: Place, period: str) -> Cell:
    """A value without its unit, which stands beside the title; its reason in two letters when it is not there."""
    language = standing.language
    reading = standing.read(measure, place, period)
    if reading is None:
        return Cell(text("portrait.short_missing", language), None, "missing", text("state.missing", language))
    cell = cell_of(reading, language)
    if cell.number is not None:
        return cell
    return replace(cell, said=text(f"portrait.short_{cell.state}", language))


def _is_awaited(atlas: Atlas, measure: Measure) -> bool:
    return not measure.released and measure.id not in atlas.categories


def _parents(standing: Standing) -> Iterable[tuple[str, tuple[Place, ...]]]:
    """What holds the territory, by level, the nearest first."""
    places = standing.gazetteer.places
    found = [places[key] for key in standing.place.parents if key in places]
    for level in LEVEL_ORDER:
        held = tuple(place for place in found if place.level == level)
        if held:
            yield level, held


def _members(standing: Standing) -> tuple[Place, ...]:
    """The largest territories that it is made of: EPCI of a grouping, communes of an EPCI, IRIS of a commune."""
    for level in ("epci", "commune", "iris"):
        if LEVEL_ORDER.index(level) < LEVEL_ORDER.index(standing.place.level):
            found = [each for each in standing.members(level) if is_within(standing, each)]
            if len(found) > 1:
                return tuple(found)
    return ()


def _area(atlas: Atlas, place: Place) -> float | None:
    """Square kilometres, when they are known."""

    def read() -> Mapping[str, float]:
        table = atlas.release.territories()
        rows = zip(*(table[name].to_pylist() for name in ("level", "code", "area_m2")), strict=True)
        return {f"{level}:{code}": area / 1e6 for level, code, area in rows if area is not None}

    return atlas.remember("areas", read).get(place.key)


def _pages(standing: Standing) -> Iterable[PageLink]:
    """Pages of observatories that exist for the territory, in the order of their observatories."""
    atlas, language, place = standing.atlas, standing.language, standing.place
    for entry in atlas.catalogue.get("observatories", {}).values():
        for page in entry["pages"]:
            head = head_page(atlas, page, language, place)
            if head is not None:
                title = pick(entry["title"], language)
                yield PageLink(page, head.title, title, tuple(entry.get("themes", ())), bool(head.levels))


__all__ = ["FACTS", "Fact", "Line", "PageLink", "Portrait", "Sheet", "choose_facts", "observe_portrait", "say_trend"]
