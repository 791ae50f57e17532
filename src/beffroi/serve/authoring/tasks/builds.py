"""A build asked from the desk, and followed: each thing as it goes, then the edition with the pages to look at."""

import re
from typing import Any

from beffroi.publish.authoring import render_part
from beffroi.serve.authoring.replies import Asked, reply_json, reply_to, show
from beffroi.serve.authoring.runs import STAGES, Progress
from beffroi.serve.authoring.studios import Reply, Studio
from beffroi.serve.authoring.tasks.editors import title_of

_PLACES_SHOWN = 8


def start_build(studio: Studio, asked: Asked) -> Reply:
    """Build, and look at it; who only watches stays on the page that was shown."""
    assert asked.form is not None
    back = asked.form.one("retour")
    back = back if re.fullmatch(r"/(?!/)[\w/.:%-]*", back) else ""
    studio.start_build(back)
    if not studio.edits:
        return reply_to(back or "/")
    return reply_to(asked.path("/redaction/construction"))


def show_build(studio: Studio, asked: Asked) -> Reply:
    """The build that runs, or the last one; the desk when none was asked."""
    if studio.run is None:
        return reply_to(asked.path("/redaction"))
    progress = studio.run.progress()
    return show(studio, asked, "build", **_values(studio, asked, progress))


def follow_build(studio: Studio, asked: Asked) -> Reply:
    """The same, as it changes: the part of the page that tells it."""
    if studio.run is None:
        return reply_json({"version": "", "ended": True, "html": ""})
    progress = studio.run.progress()
    html = render_part(studio.site(), asked.visit, "progress", **_values(studio, asked, progress))
    return reply_json({"version": str(progress.version), "ended": progress.ended, "html": html})


def _values(studio: Studio, asked: Asked, progress: Progress) -> dict[str, Any]:
    places = _places(studio, asked, progress) if progress.ended else []
    return {"progress": progress, "stages": STAGES, "places": places}


def _places(studio: Studio, asked: Asked, progress: Progress) -> list[tuple[str, str]]:
    """Where to look once it is done: the page that the author came from, those that changed, then the indicators."""
    site = studio.site()
    atlas, to = site.atlas, site.addresses(asked.language)
    made = {stage: [step.name for step in progress.steps.get(stage, ()) if step.state == "built"] for stage in STAGES}
    pieces = progress.back.removeprefix("/en").strip("/").split("/")
    came = ["/".join(pieces[1:3])] if pieces[0] == "observatoires" and len(pieces) >= 3 else []
    pages = [page for page in dict.fromkeys([*came, *made["page"]]) if page in atlas.catalogue["pages"]]
    found = [(to.page(page), title_of(site, asked, page)) for page in pages]
    found += [(to.about("indicator", name), atlas.measures[name].title(asked.language))
              for name in made["indicator"] if name in atlas.measures]  # fmt: skip
    return found[:_PLACES_SHOWN]


ROUTES = (
    ("POST", "/construire", start_build),
    ("GET", "/construction", show_build),
    ("GET", "/construction/suite", follow_build),
)

__all__ = ["ROUTES"]
