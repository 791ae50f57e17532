"""The addresses of a served workspace, as its API and its pages tell them: what the measures of pages ask for."""

import gzip
import json
import random
import re
from collections.abc import Sequence
from functools import cached_property
from urllib.parse import quote
from urllib.request import Request, urlopen

SEED = 59
_WITHIN = ("commune", "epci", "grouping")


class ServedSite:
    """What a server at ``base`` answers."""

    def __init__(self, base: str) -> None:
        self.base = base.rstrip("/")

    def fetch(self, path: str) -> tuple[int, str]:
        """The bytes that a page weighs when it is sent, compressed, and its text."""
        asked = Request(self.base + path, headers={"Accept": "text/html", "Accept-Encoding": "gzip"})
        with urlopen(asked, timeout=60) as answer:
            body = answer.read()
            packed = answer.headers.get("content-encoding") == "gzip"
        return len(body), (gzip.decompress(body) if packed else body).decode("utf-8", "replace")

    def places(self, level: str) -> list[str]:
        """The territories of a level as the end of an address, in order: ``commune/62498``."""
        with urlopen(f"{self.base}/api/territories?level={level}", timeout=60) as answer:
            return [f"{level}/{quote(each['code'])}" for each in json.load(answer)["territories"]]

    @cached_property
    def pages(self) -> tuple[str, ...]:
        """Pages of observatories, each once."""
        found = re.findall(r'href="(/observatoires/[^"/]+/[^"/]+)"', self.fetch("/observatoires")[1])
        return tuple(dict.fromkeys(found))

    def held_pages(self, count: int) -> list[str]:
        """So many addresses of pages in the hands of territories that have them, drawn from a fixed seed."""
        draw, found = random.Random(SEED), []
        places = {level: self.places(level) for level in _WITHIN}
        for page in self.pages:
            levels = [level for level in _WITHIN if self._has(page, places[level])]
            found += [f"{page}/{place}" for level in levels for place in places[level]]
        return draw.sample(found, min(count, len(found)))

    def _has(self, page: str, places: Sequence[str]) -> bool:
        return bool(places) and self._answers(f"{page}/{places[0]}")

    def _answers(self, path: str) -> bool:
        try:
            self.fetch(path)
        except OSError:
            return False
        return True


__all__ = ["SEED", "ServedSite"]
