"""Where each address of the site is among files, and how a page names it from where it stands.

Pages are drawn with the addresses that a server answers. Here they become paths between files, so that the tree works
at the root of a host or in any folder of one. An address that no file answers leads to the living server when there is
one, and nowhere otherwise: the words beside it say why.
"""

import hashlib
import posixpath
import re
from collections.abc import Callable, Iterable, Mapping
from html import escape, unescape
from urllib.parse import parse_qs, unquote

from beffroi.language import LANGUAGES
from beffroi.publish.addresses import Addresses
from beffroi.publish.exports.inventories import Sheet, find_family

_LINK = re.compile(r' (href|action|src|data-source|data-explorer|data-lead|data-config|data-places)="(/(?!/)[^"]*)"')
_INDEXES = {"/api/search": "/recherche/index.json", "/api/territories": "/recherche/territoires.json"}
_SHARED = (".csv", ".parquet", ".tif")
"""Files for programs, the same in every language."""


class Signposts:
    """The files of an export by the address that they answer.

    ``usual`` gives, for an indicator, the state in which the explorer is exported: the value of each key.
    """

    def __init__(
        self, sheets: Iterable[Sheet], languages: tuple[str, ...], base_url: str, server: str,
        usual: Callable[[str], Mapping[str, str]], formats: tuple[str, ...],
    ) -> None:  # fmt: skip
        self.languages, self.base_url, self.server = languages, base_url.rstrip("/"), server.rstrip("/")
        self._usual, self._formats = usual, formats
        self._pages: dict[str, Sheet] = {}
        self._files: set[str] = set()
        families: dict[str, list[str]] = {}
        for sheet in sheets:
            families.setdefault(sheet.family, []).append(sheet.path)
            if sheet.is_file:
                self._files.update(sheet.files)
            else:
                self._pages[sheet.path] = sheet
        self._signatures = {
            name: hashlib.sha256("\n".join(sorted(paths)).encode()).hexdigest()[:12] for name, paths in families.items()
        }
        self._known: dict[str, tuple[str | None, str]] = {}
        self._written: dict[str, dict[str, tuple[str, str]]] = {}

    def add(self, files: Iterable[str]) -> None:
        """Further files that pages ask for, the same in every language: assets."""
        self._files.update(files)

    def find(self, address: str) -> str | None:
        """The path of the file or folder from the root of the tree (``indicateurs/housing/rate/``), fragment kept; an
        absolute address of the living server; None when nothing answers."""
        return self._find(address)[0]

    def _find(self, address: str) -> tuple[str | None, str]:
        if address not in self._known:
            self._known[address] = self._settle(address)
        return self._known[address]

    def _settle(self, address: str) -> tuple[str | None, str]:
        whole, _, fragment = address.partition("#")
        path, _, query = whole.partition("?")
        language, path = split_language(unquote(path))
        target = self._query(path, query, language) if query else self._path(path, language)
        if target is None and self.server and path not in _INDEXES:
            return self.server + address, find_family(path)
        if target is not None and fragment:
            target += f"#{fragment}"
        return target, find_family(path)

    def _path(self, path: str, language: str) -> str | None:
        path = _INDEXES.get(path, path).rstrip("/") or "/"
        if path in self._pages:
            return place_page(path, language)
        if path in self._files:
            return place_file(path, self.languages[0] if path.endswith(_SHARED) else language)
        start, figures, name = path.partition("/figures/")
        if not figures or start not in self._pages:
            return None
        extension = name.partition(".")[2]
        if extension not in self._formats:
            return None
        return place_file(path, self.languages[0] if extension == "csv" else language)

    def _query(self, path: str, query: str, language: str) -> str | None:
        if path in ("/recherche", "/catalogue", "/territoires"):
            return self._path(path, language)
        if path != "/explorer":
            return None
        asked = parse_qs(query, keep_blank_values=True)
        territory = asked.get("territory", [""])[-1]
        portrait = f"/territoires/{territory.replace(':', '/', 1)}"
        if territory and "compare" not in asked and portrait in self._pages:
            return place_page(portrait, language)
        name = asked.get("indicator", [""])[-1]
        page = f"/explorer/{name}"
        if page not in self._pages:
            return None
        usual = self._usual(name)
        same = all(asked[key][-1] == usual[key] for key in ("level", "period", "vintage") if key in asked)
        view = asked.get("view", [usual["view"]])[-1]
        there = page if view == usual["view"] else f"{page}/{view}"
        return place_page(there, language) if same and there in self._pages else None

    @property
    def folder(self) -> str:
        """Where the tree is on its host: ``/`` for its root, which is also what is taken when that is unknown."""
        _, _, path = self.base_url.partition("://")[2].partition("/")
        return f"/{path}/" if path else "/"

    def bind(self, html: str, path: str, ways: set[str], *, anywhere: bool = False) -> str:
        """A page with its links made for where it stands (``path``: its file), or from the root of its host when it is
        shown at ``anywhere``. The families that its links belong to are added to ``ways``: it must be drawn again when
        one of these comes or goes."""
        up = self.folder if anywhere else "../" * path.count("/")
        known = self._written.setdefault(up, {})

        def lead(found: re.Match[str]) -> str:
            written = found[0]
            if written not in known:
                target, family = self._find(unescape(found[2]))
                known[written] = ("" if target is None else f' {found[1]}="{escape(_from(up, target))}"', family)
            said, family = known[written]
            ways.add(family)
            return said

        return _LINK.sub(lead, html)

    def sign(self, ways: Iterable[str]) -> str:
        """What there is of each of these families, as one word that changes when any of them does."""
        known = "\n".join(f"{way} {self._signatures.get(way, '')}" for way in sorted(ways))
        return hashlib.sha256(known.encode()).hexdigest()[:16]


class FileAddresses(Addresses):
    """Addresses to cite are those of the files; without their root, those of the living server."""

    def __init__(self, language: str, base_url: str, signposts: Signposts) -> None:
        super().__init__(language, base_url)
        self._signposts = signposts

    def whole(self, address: str) -> str:
        posts = self._signposts
        target = posts.find(address)
        if target is None or target.startswith(("http://", "https://")):
            return target or address
        if posts.base_url:
            return f"{posts.base_url}/{target}"
        return f"{posts.server}{address}" if posts.server else f"/{target}"


def split_language(path: str) -> tuple[str, str]:
    """The language of a path, and the path without it."""
    for code in LANGUAGES[1:]:
        if path == f"/{code}" or path.startswith(f"/{code}/"):
            return code, path[len(code) + 1 :] or "/"
    return LANGUAGES[0], path


def place_page(path: str, language: str) -> str:
    """The folder of a page, from the root of the tree; nothing for the root itself."""
    return _prefix(language) + (f"{path.strip('/')}/" if path != "/" else "")


def place_file(path: str, language: str) -> str:
    """The path of a file, from the root of the tree."""
    return _prefix(language) + path.lstrip("/")


def _prefix(language: str) -> str:
    return "" if language == LANGUAGES[0] else f"{language}/"


def _from(up: str, target: str) -> str:
    if target.startswith(("http://", "https://")):
        return target
    return posixpath.join(up, target) or "./"


__all__ = ["FileAddresses", "Signposts", "place_file", "place_page", "split_language"]
