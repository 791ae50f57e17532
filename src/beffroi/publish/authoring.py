"""Pages of who writes: desk, editor, forms, what is read over before it is saved. Whole without a script."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from beffroi.catalog.writing import Change, Line, compare
from beffroi.language import text
from beffroi.publish.pages import Visit, render, render_error
from beffroi.publish.sites import Site


@dataclass(frozen=True)
class Difference:
    """A file that is to change, as it is read over. ``size`` in KiB for a workbook, which has no lines."""

    file: str
    new: bool
    lines: tuple[Line, ...]
    size: int | None = None


def differ(change: Change, before: bytes | None) -> Difference:
    """The difference of a change with what the file holds."""
    after = change.text
    if after is None:
        return Difference(change.file, before is None, (), len(change.content) // 1024 + 1)
    return Difference(change.file, before is None, compare(None if before is None else before.decode("utf-8"), after))


def render_writing(site: Site, visit: Visit, name: str, **values: Any) -> str:
    """A page of the desk, from ``templates/authoring/<name>.html``."""
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


__all__ = ["Difference", "differ", "kind_words", "main_of", "render_preview", "render_refusal", "render_writing"]
