"""Pages of who writes: desk, editor, forms, what is read over before it is saved. Whole without a script."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from beffroi.catalog.reading.layouts import IMAGES
from beffroi.catalog.writing import Change, Line, compare
from beffroi.language import text
from beffroi.publish.pages import Visit, render, render_error
from beffroi.publish.sites import Site


@dataclass(frozen=True)
class Difference:
    """A file that is to change, as it is read over. ``gone`` when it is to be taken away; ``size`` in KiB for a
    workbook or a picture, which have no lines; ``picture`` is the path where the picture is seen; ``came_from`` is the
    name that the file had."""

    file: str
    new: bool
    gone: bool
    lines: tuple[Line, ...]
    size: int | None = None
    picture: str = ""
    came_from: str = ""


def differ(change: Change, before: bytes | None, came_from: str = "") -> Difference:
    """The difference of a change with what the file holds, under the name that it ``came_from`` if it has another."""
    after, gone = change.text, change.content is None
    if after is None:
        held = change.content if change.content is not None else before or b""
        name = change.file.removeprefix("observatories/")
        shown = f"/redaction/images/{name}" if change.file.lower().endswith(IMAGES) else ""
        return Difference(change.file, before is None, gone, (), len(held) // 1024 + 1, shown)
    lines = compare(None if before is None else before.decode("utf-8"), after)
    return Difference(change.file, before is None, gone, lines, came_from=came_from)


def render_writing(site: Site, visit: Visit, name: str, **values: Any) -> str:
    """A page of the desk, from ``templates/authoring/<name>.html``."""
    return render(site, visit, f"authoring/{name}.html", **values)


def render_part(site: Site, visit: Visit, name: str, **values: Any) -> str:
    """A part of a page of the desk, for the script that puts it in its place."""
    return render(site, visit, f"authoring/{name}.html", **values)


def render_preview(site: Site, page: str) -> str:
    """A page for the frame beside its text: without the header and the footer of the site, its links open elsewhere."""
    style = f'<link rel="stylesheet" href="/assets/{site.assets.authoring[1]}">' if site.assets.authoring else ""
    framed = page.replace("<head>", '<head>\n<base target="_blank">', 1).replace("</head>", f"{style}\n</head>", 1)
    return framed.replace('<body class="', '<body class="preview ', 1)


def main_of(page: str) -> str:
    """What stands between the header and the footer of a page."""
    start, end = page.index("<main"), page.index("</main>") + len("</main>")
    return page[start:end]


def render_refusal(site: Site, visit: Visit, status: int, faults: Sequence[Mapping[str, Any]]) -> str:
    """A page that says why something was not done."""
    site = site.over(site.atlas.release, site.bench) if site.bench else site
    site.bench = None
    return render_error(site, visit, status, list(faults))


def kind_words(kinds: Sequence[str], language: str) -> list[tuple[str, str]]:
    """Kinds of indicators with what they measure."""
    return [(kind, text(f"authoring.kind_{kind}", language)) for kind in kinds]


__all__ = [
    "Difference", "differ", "kind_words", "main_of", "render_part", "render_preview", "render_refusal",
    "render_writing",
]  # fmt: skip
