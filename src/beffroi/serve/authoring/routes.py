"""Addresses of the desk, under ``/redaction``, each with the function that answers it."""

import asyncio
import re
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from beffroi.errors import BeffroiError, fault
from beffroi.serve.authoring.forms import Form
from beffroi.serve.authoring.replies import AGAIN, Asked, reply_json
from beffroi.serve.authoring.studios import Reply, Studio, Typed
from beffroi.serve.authoring.tasks import (
    breakdowns,
    builds,
    editors,
    indicators,
    insertions,
    observatories,
    pictures,
    reviews,
    texts,
    workbooks,
)

_WAIT, _STEP = 20.0, 0.1
"""Seconds that a page waits for the next version, and between two looks at the files."""
_TASKS = (
    reviews, builds, observatories, editors, insertions, pictures, indicators, breakdowns, workbooks, texts,
)  # fmt: skip
_ROUTES: tuple[tuple[Any, ...], ...] = tuple(route for task in _TASKS for route in task.ROUTES)
"""Method, address, what answers; and for a form, what shows it again when something is wrong in it."""


async def answer_desk(studio: Studio, asked: Asked) -> Reply:
    """The answer to a request that is already let in; ``page-not-found``, ``method-refused``."""
    if asked.visit.path == "/redaction/etat":
        return await _wait(studio, asked)
    method = "GET" if asked.form is None else "POST"
    path = asked.visit.path.removeprefix("/redaction")
    there: list[str] = []
    for verb, pattern, handler, *again in _ROUTES:
        if found := re.fullmatch(pattern, path):
            there.append("GET, HEAD" if verb == "GET" else verb)
            if verb == method:
                return await asyncio.to_thread(_answer, studio, asked, handler, again, found.groups())
    if there:
        raise BeffroiError(fault("method-refused", asked=method, allowed=", ".join(there)))
    raise BeffroiError(fault("page-not-found", name=asked.visit.path))


def _answer(
    studio: Studio, asked: Asked, handler: Callable[..., Reply], again: Sequence[Callable[..., Reply]],
    names: Sequence[str],
) -> Reply:  # fmt: skip
    """The answer of a task; a form with something wrong in it is shown again as it was typed, with its fault."""
    try:
        return handler(studio, asked, *names)
    except BeffroiError as error:
        if not again or asked.form is None or error.http_status not in (400, 413, 422):
            raise
        typed = studio.keep_typed(Typed(asked.form.fields, error.faults))
        query = Form({**asked.query.fields, AGAIN: [typed]})
        return replace(again[0](studio, replace(asked, query=query, form=None), *names), status=error.http_status)


async def _wait(studio: Studio, asked: Asked) -> Reply:
    """The version of the texts, as soon as it is another than the one that the page has."""
    known, until = asked.query.one("version"), time.monotonic() + _WAIT
    while True:
        sketch = await asyncio.to_thread(studio.live.sketch)
        if sketch.version != known or studio.closing() or time.monotonic() > until:
            return reply_json({"version": sketch.version})
        await asyncio.sleep(_STEP)


__all__ = ["answer_desk"]
