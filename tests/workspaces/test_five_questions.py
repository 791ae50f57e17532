"""Who only reads a figure knows what it shows, where, when, from whom and how sure it is.

Asked of what is observed, not of its HTML: every figure of every page of both workspaces, as it opens and in the hands
of some territories of each level, in both languages. Artois needs an edition that was built, and skips without one.
"""

import dataclasses
import itertools
from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from beffroi.access import PUBLIC
from beffroi.errors import BeffroiError
from beffroi.lake import Release
from beffroi.language import format_date, format_period, typeset
from beffroi.observe import Atlas
from beffroi.observe.frames import Frame
from beffroi.observe.pages import FigureView, PageView, observe_page, places_of
from beffroi.observe.standings import Reading
from beffroi.run import open_workplace
from beffroi.settings import Settings
from tests.workspaces.benches import WORKSPACES

DECREES = ("2023-1314", "2014-1750")
"""What stands for the year of the geography where a figure is of QPV: the decree that drew them."""

DOUBTS = {"estimated", "weak", "confidential", "missing", "provisional"}
EACH_LEVEL = 2
"""Territories of a level in whose hands a page is read: its first and its last."""


@pytest.fixture(scope="module", params=["exemple", pytest.param("artois", marks=pytest.mark.real)])
def atlas(request: pytest.FixtureRequest) -> Atlas:
    if request.param == "exemple":
        released: Mapping[str, Release] = request.getfixturevalue("released")
        return Atlas(released["public"])
    try:
        return Atlas(open_workplace(WORKSPACES / "artois", Settings()).lake.release(PUBLIC))
    except BeffroiError as error:
        pytest.skip(f"workspaces/artois is not built: {error.faults[0].code}")


def views(atlas: Atlas, language: str) -> Iterator[PageView]:
    for page in atlas.catalogue["pages"]:
        yield observe_page(atlas, page, language)
        by_level = itertools.groupby(places_of(atlas, page, language), key=lambda place: place.level)
        for _, places in by_level:
            found = list(places)
            for place in {found[k * (len(found) - 1) // (EACH_LEVEL - 1)].key: None for k in range(EACH_LEVEL)}:
                yield observe_page(atlas, page, language, place)


def words_in(thing: Any) -> Iterator[str]:
    """Every word that a figure holds for its reader, its readings aside."""
    if isinstance(thing, str):
        yield thing
    elif dataclasses.is_dataclass(thing):
        for each in dataclasses.fields(thing):
            if each.name not in {"readings", "question", "measure", "place"}:
                yield from words_in(getattr(thing, each.name))
    elif isinstance(thing, Mapping):
        yield from itertools.chain.from_iterable(map(words_in, thing.values()))
    elif isinstance(thing, tuple | list):
        yield from itertools.chain.from_iterable(map(words_in, thing))


def lacks(view: PageView, part: FigureView, language: str, atlas: Atlas) -> Iterator[str]:
    """The questions that a figure leaves without an answer."""
    figure = part.figure
    assert figure is not None
    frame, readings = figure.frame, figure.readings
    told = " ".join((part.title, frame.title, frame.subtitle, frame.sentence))
    everything = " ".join((told, *words_in(figure)))
    yield from what(part, frame, told, readings, language)
    names = {name for each in (view.place, *(r.place for r in readings)) for name in (each.name, each.short) if name}
    if not any(name.lower() in told.lower() for name in names):
        yield f"where: {told}"
    if not any(told in frame.geography for told in (str(atlas.release.reference_vintage), *DECREES)):
        yield f"where, in which geography: {frame.geography}"
    periods = {format_period(each.value.period, language) for each in readings}
    if periods and not any(period in everything for period in periods):
        yield f"when: {told}"
    yield from whom(frame, atlas, language)
    yield from how_sure(frame, readings, everything)


def what(part: FigureView, frame: Frame, told: str, readings: tuple[Reading, ...], language: str) -> Iterator[str]:
    if not frame.title or not frame.sentence:
        yield "what: no title or no sentence"
    defined = dict(part.definitions)
    measures = {each.measure.id: each.measure for each in readings}
    for measure in measures.values():
        if not defined.get(measure.title(language)):
            yield f"what: no definition of {measure.id}"
    if len(measures) == 1:
        (measure,) = measures.values()
        if measure.title(language).lower() not in told.lower():
            yield f"what: {measure.title(language)} is not in « {told} »"
        if measure.unit_words(language) and not (frame.subtitle or measure.unit_words(language) in told):
            yield f"what: no unit in « {told} »"


def whom(frame: Frame, atlas: Atlas, language: str) -> Iterator[str]:
    line = frame.source_line(language)
    if not frame.sources or not frame.licences or frame.licences not in line:
        yield f"from whom: {line}"
    # Of a source that is not open to the reader, the indicators that come from it say whom to cite.
    lent = {one["id"]: one for entry in atlas.catalogue["indicators"].values() for one in entry["cited"]}
    for source in frame.sources:
        if typeset({**lent, **atlas.catalogue["sources"]}[source.id]["producer"]) not in source.words:
            yield f"from whom: no producer in {source.words}"
    if frame.sources and frame.sources[0].words not in line:
        yield f"from whom: {line} does not name {frame.sources[0].words}"
    if format_date(atlas.release.edition.built, language) not in frame.edition:
        yield f"from whom: {frame.edition} has no date"


def how_sure(frame: Frame, readings: tuple[Reading, ...], everything: str) -> Iterator[str]:
    kinds = {notice.kind for notice in frame.notices}
    for state in {each.value.state for each in readings} & DOUBTS:
        if state not in kinds:
            yield f"how sure: some values are {state}, and no notice says so ({sorted(kinds)})"
    if any(each.measure.synthetic for each in readings) != frame.synthetic or frame.synthetic != ("synthetic" in kinds):
        yield "how sure: made-up data are not said to be"
    if any(not notice.words for notice in frame.notices):
        yield "how sure: a notice says nothing"


@pytest.mark.parametrize("language", ["fr", "en"])
def test_every_figure_answers_the_five_questions(atlas: Atlas, language: str) -> None:
    found, seen = set(), 0
    for view in views(atlas, language):
        assert view.synthetic <= atlas.workspace["synthetic"], "a real workspace shows nothing made up"
        for part in view.parts:
            if isinstance(part, FigureView) and part.figure is None:
                assert part.absent, f"{view.id}#{part.name} says why it is not there"
            elif isinstance(part, FigureView):
                seen += 1
                found |= {
                    f"{view.id}#{part.name}@{view.place.key}: {words}" for words in lacks(view, part, language, atlas)
                }
    assert seen > 100
    assert not found, "\n".join(sorted(found))
