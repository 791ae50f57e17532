"""What the first readers would wait for, drawn ahead in small steps, between the answers of the server."""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager, suppress

from fastapi import FastAPI

from beffroi.access import PUBLIC
from beffroi.language import LANGUAGES
from beffroi.observe import resolve_question
from beffroi.publish import Site
from beffroi.publish.pages import Visit, render_explorer
from beffroi.serve.editions import Editions

_log = logging.getLogger("beffroi.serve")
_SCENES = 400
"""Small views drawn ahead, fewer than a site keeps."""


def prepare_while_idle(editions: Editions) -> Callable[[FastAPI], AbstractAsyncContextManager[None]]:
    """The life of an application that draws ahead from its start; readers come first, and no fault stops it."""

    @asynccontextmanager
    async def live(_: FastAPI) -> AsyncIterator[None]:
        task = asyncio.create_task(_prepare(editions))
        yield
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task

    return live


async def _prepare(editions: Editions) -> None:
    try:
        for _ in list_steps(editions.site(PUBLIC)):
            await asyncio.sleep(0)
    except Exception as error:  # Whoever asks is told what is wrong; a server starts all the same.
        _log.warning("nothing more is drawn ahead: %s", error)


def list_steps(site: Site) -> Iterator[None]:
    """Draw, a little at each step: the page of each indicator as one first comes to it, then the small views of its
    other periods, the latest first."""
    language, atlas = LANGUAGES[0], site.atlas
    usual = []
    for measure in atlas.released[:_SCENES]:
        question = resolve_question(atlas, {"indicator": [measure.id]}, language)
        render_explorer(site, Visit(language, "/explorer"), question)
        usual.append((measure, atlas.slice(measure, question.level, question.vintage).periods[::-1]))
        yield
    drawn = len(usual)
    for age in range(1, max((len(periods) for _, periods in usual), default=0)):
        for measure, periods in usual:
            if age < len(periods) and drawn < _SCENES:
                asked = {"indicator": [measure.id], "period": [periods[age]]}
                site.small_views(resolve_question(atlas, asked, language))
                drawn += 1
                yield


__all__ = ["list_steps", "prepare_while_idle"]
