"""What the first readers would wait for, drawn ahead in small steps, between the answers of the server."""

import asyncio
import logging
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager, suppress

from fastapi import FastAPI

from beffroi.access import PUBLIC
from beffroi.language import LANGUAGES
from beffroi.observe import resolve_question
from beffroi.observe.places import Place
from beffroi.publish import Site
from beffroi.publish.blocks import gzip_parts
from beffroi.publish.explorer_pages import render_explorer
from beffroi.publish.pages import Visit
from beffroi.publish.portraits import render_portrait
from beffroi.serve.editions import Editions

_log = logging.getLogger("beffroi.serve")
_SCENES, _PAGES, _MAPS = 400, 40, 40
"""Small views drawn ahead, of all languages, then pages of indicators and further maps, in each: what a site keeps."""
_LOOK_AGAIN = 5.0
"""Seconds from one look for a new edition to the next: it costs the reading of one line."""

Pause = Callable[[float], Awaitable[None]]


def prepare(editions: Editions, seconds: float) -> Callable[[FastAPI], AbstractAsyncContextManager[None]]:
    """The life of an application that draws ahead: for so many ``seconds`` before it answers anybody, then while
    nobody waits; an edition that is published later is drawn ahead too. No fault stops it."""

    @asynccontextmanager
    async def live(_: FastAPI) -> AsyncIterator[None]:
        ready = asyncio.Event()
        task = asyncio.create_task(keep_ready(editions, time.monotonic() + seconds, ready))
        await ready.wait()
        yield
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task

    return live


async def keep_ready(editions: Editions, until: float, ready: asyncio.Event, pause: Pause = asyncio.sleep) -> None:
    """Draw each edition ahead as it comes, until cancelled; ``ready`` is set when readers may be answered."""
    last = ""
    while True:
        try:
            site = editions.site(PUBLIC)
            if site.edition != last:
                last = site.edition
                await _draw_ahead(site, until, ready, pause)
        except Exception as error:  # Whoever asks is told what is wrong; a server starts all the same.
            _log.warning("nothing more is drawn ahead: %s", error)
        ready.set()
        await pause(_LOOK_AGAIN)


async def _draw_ahead(site: Site, until: float, ready: asyncio.Event, pause: Pause) -> None:
    for _ in list_steps(site):
        if time.monotonic() > until:
            ready.set()
            await pause(0)


def list_steps(site: Site) -> Iterator[None]:
    """Draw, a little at each step: the page of each indicator as one first comes to it, two portraits, in each language
    of the workspace; then the small views of the other periods, the latest first, which are the same in all of them;
    then their maps, which one goes through by moving the period."""
    atlas = site.atlas
    languages = [language for language in LANGUAGES if language in atlas.workspace["languages"]]
    for language in languages:
        visit = Visit(language, "/explorer")
        for measure in atlas.released[:_PAGES]:
            question = resolve_question(atlas, {"indicator": [measure.id]}, language)
            gzip_parts(render_explorer(site, visit, question).parts)
            yield
        for place in _first_portraits(site, language):
            render_portrait(site, visit, place)
            yield
    others = _other_periods(site, languages[0])
    for indicator, period in others[:_SCENES]:
        asked = {"indicator": [indicator], "period": [period]}
        views = site.small_views(resolve_question(atlas, asked, languages[0]))
        gzip_parts((views.map, views.ranking, views.distribution))
        yield
    for indicator, period in others[:_MAPS]:
        for language in languages:
            question = resolve_question(atlas, {"indicator": [indicator], "period": [period]}, language)
            gzip_parts(render_explorer(site, Visit(language, "/explorer"), question).parts)
            yield


def _other_periods(site: Site, language: str) -> list[tuple[str, str]]:
    """Each indicator with each of its periods but the last, the latest of them all first."""
    atlas, usual = site.atlas, []
    for measure in atlas.released[:_SCENES]:
        question = resolve_question(atlas, {"indicator": [measure.id]}, language)
        usual.append((measure, atlas.slice(measure, question.level, question.vintage).periods[::-1]))
    ages = range(1, max((len(periods) for _, periods in usual), default=0))
    return [(measure.id, periods[age]) for age in ages for measure, periods in usual if age < len(periods)]


def _first_portraits(site: Site, language: str) -> list[Place]:
    """The perimeter and its largest commune: with them the values of every level are read."""
    gazetteer = site.atlas.gazetteer(site.atlas.release.reference_vintage, language)
    communes = sorted(gazetteer.by_level.get("commune", ()), key=lambda place: -(place.population or 0))
    return [place for place in (site.atlas.perimeter(language), *communes[:1]) if place.key in gazetteer.places]


__all__ = ["keep_ready", "list_steps", "prepare"]
