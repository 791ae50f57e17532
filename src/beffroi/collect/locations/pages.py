"""Pages of an API put one after another: one document, written as it comes, never held whole in memory.

An API that goes round in circles, stops before the end that it announced, or answers something else than what its
kind promises is a fault: half a dataset is worse than none.
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlencode, urljoin, urlsplit, urlunsplit

from beffroi.collect.locations.downloads import Downloader
from beffroi.errors import BeffroiError, fault

JSON_HEADERS = {"Accept": "application/geo+json, application/json"}


@dataclass(frozen=True)
class Page:
    """Items of one page; how many there are in all when the API says; the other members of the first page."""

    items: list[Any]
    matched: int | None
    rest: Mapping[str, Any]
    next: str | None = None


def with_query(url: str, query: Mapping[str, str | int]) -> str:
    """``url`` with ``query`` added to what it already asks."""
    parts = urlsplit(url)
    asked = dict(parse_qsl(parts.query, keep_blank_values=True)) | {key: str(value) for key, value in query.items()}
    return urlunsplit(parts._replace(query=urlencode(asked, safe="${}:,/")))


def ask_json(downloader: Downloader, url: str, file: Path) -> dict[str, Any]:
    """The JSON object at ``url``; ``answer-unreadable`` when it is something else."""
    downloader.download(url, file, headers=JSON_HEADERS)
    try:
        document = json.loads(file.read_bytes())
    except ValueError as error:
        start = file.read_bytes()[:200].decode("utf-8", "replace").strip()
        raise unreadable(url, start or "…") from error
    if not isinstance(document, dict):
        raise unreadable(url, type(document).__name__)
    return document


def read_page(document: Mapping[str, Any], url: str, items: str, matched: str) -> Page:
    """The page in ``document``: its list under ``items``, its total under ``matched``, its link to the next."""
    found = document.get(items)
    if not isinstance(found, list):
        raise unreadable(url, ", ".join(sorted(document)) or "{}")
    count = document.get(matched)
    rest = {key: value for key, value in document.items() if key != items}
    links = document.get("links")
    link = document.get("next")
    for entry in links if isinstance(links, list) else []:
        if isinstance(entry, dict) and entry.get("rel") == "next":
            link = entry.get("href")
    following = urljoin(url, link) if isinstance(link, str) and link else None
    return Page(found, count if isinstance(count, int) and not isinstance(count, bool) else None, rest, following)


def follow(downloader: Downloader, url: str, file: Path, items: str, matched: str) -> Iterator[Page]:
    """Pages from ``url`` on, by the link that each gives to the next."""
    seen: set[str] = set()
    following: str | None = url
    while following:
        if following in seen:
            raise BeffroiError(fault("pages-endless", address=_bare(url)))
        seen.add(following)
        page = read_page(ask_json(downloader, following, file), following, items, matched)
        yield page
        following = page.next if page.items else None


def write_items(pages: Iterable[Page], file: Path, url: str, *, features: bool) -> None:
    """Write every item into ``file``: a GeoJSON FeatureCollection (with the CRS that the first page states), or a
    JSON list. ``pages-incomplete`` when there are not as many as announced."""
    count, matched = 0, None
    with file.open("w", encoding="utf-8") as stream:
        opened = False
        for page in pages:
            if not opened:
                crs = page.rest.get("crs")
                named = f'"crs": {json.dumps(crs, ensure_ascii=False)}, ' if crs else ""
                stream.write(f'{{"type": "FeatureCollection", {named}"features": [\n' if features else "[\n")
                opened = True
            matched = page.matched if page.matched is not None else matched
            for item in page.items:
                stream.write((",\n" if count else "") + json.dumps(item, ensure_ascii=False))
                count += 1
        stream.write("\n]}\n" if features else "\n]\n")
    if matched is not None and count != matched:
        raise BeffroiError(fault("pages-incomplete", address=_bare(url), got=count, expected=matched))


def unreadable(url: str, got: str) -> BeffroiError:
    """``answer-unreadable``: what the address answered instead."""
    return BeffroiError(fault("answer-unreadable", address=_bare(url), got=got))


def _bare(url: str) -> str:
    return urlunsplit(urlsplit(url)._replace(query=""))
