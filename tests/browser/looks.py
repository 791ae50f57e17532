"""Looks at pages by axe-core and by what it leaves out, in every width and light, several pages at once.

A page is loaded once: its width and its light are then changed under it. Rules that light does not change are tried
once a width.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from playwright.sync_api import Page

from tests.browser.conftest import AXE

RULES = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice")
SEEN = ("color-contrast", "link-in-text-block", "target-size", "scrollable-region-focusable")
"""Rules whose answer depends on light or on room."""

LEFT_OUT = """() => {
  const found = [];
  const ids = [...document.querySelectorAll("[id]")].map((e) => e.id);
  for (const id of new Set(ids.filter((id, k) => ids.indexOf(id) < k))) found.push(`#${id} twice`);
  for (const name of ["aria-labelledby", "aria-describedby", "aria-controls"])
    for (const e of document.querySelectorAll(`[${name}]`))
      for (const id of e.getAttribute(name).split(" "))
        if (!document.getElementById(id)) found.push(`${name}: nothing is #${id}`);
  for (const table of document.querySelectorAll("table")) {
    if (!table.caption?.textContent.trim()) found.push(`no caption: ${table.className}`);
    if (!table.querySelector("th") || table.querySelector("th:not([scope])")) found.push(`heads: ${table.className}`);
  }
  for (const svg of document.querySelectorAll("main svg")) {
    const frame = svg.getBoundingClientRect();
    if (!frame.width || svg.parentElement.closest("svg") || getComputedStyle(svg).overflow === "visible") continue;
    if (svg.closest(".lineage-drawing")) continue;
    for (const text of svg.querySelectorAll("text")) {
      const box = text.getBoundingClientRect();
      if (box.width && (box.left < frame.left - 2 || box.right > frame.right + 2 || box.bottom > frame.bottom + 3))
        found.push(`cut: ${text.textContent}`);
    }
  }
  if (document.documentElement.scrollWidth > innerWidth) found.push(`${document.documentElement.scrollWidth} wide`);
  if (innerWidth <= 360)
    for (const e of document.querySelectorAll("button, input:not([type=hidden]):not([type=checkbox]), select"))
      if (e.offsetParent && Math.min(e.offsetHeight, e.offsetWidth) < 24) found.push(`small: ${e.outerHTML}`);
  return found;
}"""
"""What axe does not look at: ids, captions, words that a drawing cuts, pages that scroll sideways, small targets."""


@dataclass(frozen=True)
class Way:
    """One way to look: a width, a light, and whether only what these change is tried."""

    width: int
    scheme: str
    seen_only: bool = False


WHOLE = (Way(1280, "light"), Way(1280, "dark", True), Way(360, "light"), Way(360, "dark", True))
"""Every width in every light."""
TURNS = {
    "fr": (Way(1280, "light"), Way(360, "dark", True)),
    "en": (Way(360, "light"), Way(1280, "dark", True)),
}
"""The same four ways, shared by the two languages of a page."""


@dataclass(frozen=True)
class Look:
    """A page to look at, in some ways."""

    address: str
    ways: Sequence[Way]


def examine_all(pages: Sequence[Page], looks: Sequence[Look]) -> list[str]:
    """All that is wrong, with where and how; one page is read while the others are examined."""
    queue, found = iter(looks), list[str]()
    working = [_examine(page, queue) for page in pages]
    while working:
        for each in list(working):
            told = next(each, None)
            if told is None:
                working.remove(each)
            else:
                found += told
    return found


def _examine(page: Page, queue: Iterable[Look]) -> Iterator[list[str]]:
    """Each step begins an examination and tells what the one before it found."""
    told: list[str] = []
    for look in queue:
        page.goto(look.address)
        if page.locator("bf-atlas").count():
            page.locator("bf-atlas.live").wait_for()
        for way in look.ways:
            page.set_viewport_size({"width": way.width, "height": 800})
            page.emulate_media(color_scheme="dark" if way.scheme == "dark" else "light")
            only = {"type": "rule", "values": SEEN} if way.seen_only else {"type": "tag", "values": RULES}
            options = {"resultTypes": ["violations"], "runOnly": only, "preload": False}
            page.evaluate("options => { window.told = axe.run(document, options); }", options)
            yield told
            words = page.evaluate("""async () => (await window.told).violations.map(
                (each) => `${each.impact} ${each.id} ${each.nodes[0].html.slice(0, 300)}`)""")
            where = f"{look.address} {way.width} {way.scheme}"
            told = [f"{where}: {each}" for each in [*words, *page.evaluate(LEFT_OUT)]]
    yield told


__all__ = ["AXE", "TURNS", "WHOLE", "Look", "Way", "examine_all"]
