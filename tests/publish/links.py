"""A checker of the links of a tree of files, as a browser on a plain web server would follow them."""

import re
from collections.abc import Iterator
from functools import cache
from html import unescape
from pathlib import Path
from urllib.parse import unquote, urljoin, urlsplit

_LINK = re.compile(r'\s(?:href|src|action|data-source|data-base)="([^"]*)"|url\(([^)"\']+)\)')
_ANCHOR = re.compile(r'\sid="([^"]+)"')
_HOST = "http://files.test/"


def find_dead_links(root: Path, base_url: str = "") -> list[str]:
    """Links of pages and style sheets that lead to no file or no anchor of the tree, as « page -> link »."""
    dead = []
    folder = f"/{base_url.rstrip('/').partition('://')[2].partition('/')[2]}/" if base_url else "/"
    for page in _list_pages(root):
        here = _HOST + page.relative_to(root).as_posix().removesuffix("index.html")
        for link in _links_of(page):
            if base_url and link.startswith(f"{base_url.rstrip('/')}/"):
                link = urljoin(_HOST, link[len(base_url.rstrip("/")) + 1 :])
            elif link.startswith(folder):
                link = urljoin(_HOST, link[len(folder) :])
            target = urljoin(here, link)
            if target.startswith(_HOST) and not _answers(root, target):
                dead.append(f"{page.relative_to(root)} -> {link}")
    return dead


def find_rooted_links(root: Path) -> list[str]:
    """Links that begin at the root of a host: they break in a folder of one. The page of lost addresses has no other,
    for it is shown anywhere."""
    return [f"{page.relative_to(root)} -> {link}" for page in _list_pages(root) for link in _links_of(page)
            if link.startswith("/") and page.name != "404.html"]  # fmt: skip


def _list_pages(root: Path) -> Iterator[Path]:
    yield from (path for path in root.rglob("*") if path.suffix in {".html", ".css"} and ".beffroi" not in path.parts)


def _links_of(page: Path) -> Iterator[str]:
    text = page.read_text("utf-8")
    # Words shown as code (« intégrer ») hold addresses that nobody follows from here.
    text = re.sub(r"<code>.*?</code>", "", text, flags=re.DOTALL)
    for found in dict.fromkeys(_LINK.findall(text)):
        link = unescape(found[0] or found[1])
        if link and not link.startswith(("mailto:", "data:")):
            yield link


def _answers(root: Path, target: str) -> bool:
    parts = urlsplit(target)
    path = root / unquote(parts.path).lstrip("/")
    if parts.path.endswith("/"):
        path = path / "index.html"
    if not path.is_file():
        return False
    return not parts.fragment or path.suffix != ".html" or unquote(parts.fragment) in _anchors(path)


@cache
def _anchors(page: Path) -> frozenset[str]:
    return frozenset(unescape(each) for each in _ANCHOR.findall(page.read_text("utf-8")))
