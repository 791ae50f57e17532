"""What the first readers would wait for, drawn ahead in small steps, between the answers of the server."""

import asyncio
import logging
import time
from collections.abc import AsyncIterator, Callable, Iterator
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
_SCENES, _MAPS = 400, 80
"""Small views and maps drawn ahead, fewer than a site keeps."""


def prepare(editions: Editions, seconds: float) -> Callable[[FastAPI], AbstractAsyncContextManager[None]]:
    """The life of an application that draws ahead: for so many ``seconds`` before it answers anybody, then while
    nobody waits. No fault stops it."""

    @asynccontextmanager
    async def live(_: FastAPI) -> AsyncIterator[None]:
        ready = asyncio.Event()
        task = asyncio.create_task(_prepare(editions, time.monotonic() + seconds, ready))
        await ready.wait()
        yield
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task

    return live


async def _prepare(editions: Editions, until: float, ready: asyncio.Event) -> None:
    try:
        for _ in list_steps(editions.site(PUBLIC)):
            if time.monotonic() > until:
                ready.set()
                await asyncio.sleep(0)
    except Exception as error:  # Whoever asks is told what is wrong; a server starts all the same.
        _log.warning("nothing more is drawn ahead: %s", error)
    ready.set()


def list_steps(site: Site) -> Iterator[None]:
    """Draw, a little at each step: the page of each indicator as one first comes to it, two portraits, then the
    small views of its other periods, the latest first, then their maps, which one goes through by moving the period."""
    language, atlas = LANGUAGES[0], site.atlas
    visit = Visit(language, "/explorer")
    usual = []
    for measure in atlas.released[:_SCENES]:
        question = resolve_question(atlas, {"indicator": [measure.id]}, language)
        gzip_parts(render_explorer(site, visit, question).parts)
        usual.append((measure, atlas.slice(measure, question.level, question.vintage).periods[::-1]))
        yield
    for place in _first_portraits(site):
        render_portrait(site, visit, place)
        yield
    ages = range(1, max((len(periods) for _, periods in usual), default=0))
    others = [(measure.id, periods[age]) for age in ages for measure, periods in usual if age < len(periods)]
    for indicator, period in others[:_SCENES]:
        views = site.small_views(resolve_question(atlas, {"indicator": [indicator], "period": [period]}, language))
        gzip_parts((views.map, views.ranking, views.distribution))
        yield
    for indicator, period in others[:_MAPS]:
        question = resolve_question(atlas, {"indicator": [indicator], "period": [period]}, language)
        gzip_parts(render_explorer(site, visit, question).parts)
        yield


def _first_portraits(site: Site) -> list[Place]:
    """The perimeter and its largest commune: with them the values of every level are read."""
    language = LANGUAGES[0]
    gazetteer = site.atlas.gazetteer(site.atlas.release.reference_vintage, language)
    communes = sorted(gazetteer.by_level.get("commune", ()), key=lambda place: -(place.population or 0))
    return [place for place in (site.atlas.perimeter(language), *communes[:1]) if place.key in gazetteer.places]


__all__ = ["list_steps", "prepare"]
