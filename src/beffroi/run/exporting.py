"""The public edition written as files: what is stale drawn by several processes, then put in place at once.

What a page is drawn from has a key; a page whose key has not changed is left as it is, and goes on saying the edition
that it was drawn from. Workers are started afresh, never forked: each opens the lake by itself, as the public.
"""

import hashlib
import os
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass, replace
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from multiprocessing import get_context
from pathlib import Path

from beffroi.access import PUBLIC
from beffroi.errors import BeffroiError, Fault, fault
from beffroi.lake.editions import Edition
from beffroi.observe import Atlas
from beffroi.publish.assets import draw_icon, load_assets
from beffroi.publish.exports import Press, Sheet
from beffroi.publish.exports.inventories import Readings
from beffroi.publish.exports.presses import Leaf
from beffroi.publish.exports.signposts import place_file, place_page
from beffroi.publish.exports.trees import FORMAT, Kept, Manifest, Tree, size_of, write_leaf
from beffroi.publish.files import register_fonts
from beffroi.publish.notices import compare_editions, list_refused, write_feed, write_robots, write_sitemaps
from beffroi.publish.pages import Export
from beffroi.publish.proofs import write_manifest
from beffroi.run.workplaces import Workplace, open_workplace
from beffroi.settings import Settings

_VALUES = 4_000_000
"""Values that a process keeps: it goes through every page, one family after another."""
_BATCH = 80
"""Sheets, in all their languages, that a process draws at a time."""
_DATA = ("series", "layer files", "image files", "corrected")
"""Sheets that are files of data."""
_FEW = 40
"""Sheets under which starting a process would take longer than drawing."""


@dataclass(frozen=True)
class ExportOptions:
    """What is asked of an export.

    ``base_url`` is where the files will be (empty: unknown); ``server`` the address of a living server, if any;
    ``languages`` those of the workspace when empty; ``png`` also draws figures as PNG; ``workers`` how many processes.
    """

    base_url: str = ""
    server: str = ""
    languages: tuple[str, ...] = ()
    png: bool = False
    workers: int = 2


@dataclass(frozen=True)
class ExportReport:
    """What an export did: files in the tree, written and removed; sheets drawn and left; distinct charts drawn."""

    edition: str
    files: int
    written: int
    removed: int
    drawn: int
    kept: int
    charts: int
    seconds: float
    faults: tuple[Fault, ...] = ()


Progress = Callable[[int, int], None]
"""Called as sheets are drawn: how many, of how many."""


@dataclass(frozen=True)
class _Order:
    """What a process needs to draw as the others do."""

    root: Path
    settings: Settings
    edition: str
    options: ExportOptions
    assets: Path | None
    scratch: Path


@dataclass(frozen=True)
class _Made:
    """A sheet that a process drew, its files being in the scratch folder; ``spare`` are those that say why it could not
    be, for where no earlier ones are left."""

    sheet: str
    kept: Kept
    charts: frozenset[bytes]
    faults: tuple[Fault, ...] = ()
    spare: tuple[Leaf, ...] = ()


def export(
    workplace: Workplace, folder: Path, options: ExportOptions, progress: Progress | None = None, *,
    assets_folder: Path | None = None,
) -> ExportReport:  # fmt: skip
    """Write what the public may see of the edition that is served into ``folder``, and take away what is no more.

    ``no-edition``, ``export-folder-taken``, ``export-running``, ``export-language-unknown``. A page that cannot be
    drawn keeps its last files, or says why in their place; its faults are in the report.
    """
    began = time.monotonic()
    edition = workplace.lake.edition()
    release = workplace.lake.release(PUBLIC, edition.id)
    options = replace(options, languages=_languages(release.catalogue["workspace"]["languages"], options.languages))
    tree = Tree(folder)
    order = _Order(workplace.root, workplace.settings, edition.id, options, assets_folder, tree.scratch)
    with tree.hold():
        press = _open_press(order, workplace)
        before, old_files = tree.read()
        keys = _list_keys(press, options, edition)
        fresh = {name: kept for name, kept in before.sheets.items() if _is_fresh(press, keys, name, kept)}
        stale = [name for name in keys if name not in fresh]
        made = _draw(order, workplace, press, stale, progress or (lambda *_: None))
        dress = f"{press.site.assets.version} {press.site.tokens_version}"
        sheets = {**fresh, **_settle(tree, made, before, dress, keys, edition)}
        plain = _list_plain(workplace, press, sheets, edition) | _list_manifest(press, sheets, tree)
        sheets |= _write_plain(tree, plain, before)
        manifest = Manifest(edition.id, dress, dict(sorted(sheets.items())))
        written, removed = tree.swap(manifest, old_files)
        _open_press.cache_clear()
    return ExportReport(
        edition.id, len(manifest.files), written, removed, len(made), len(fresh),
        len(frozenset().union(*(each.charts for each in made))), time.monotonic() - began,
        tuple(one for each in made for one in each.faults),
    )  # fmt: skip


def _languages(declared: Sequence[str], asked: Sequence[str]) -> tuple[str, ...]:
    for name in asked:
        if name not in declared:
            raise BeffroiError(fault("export-language-unknown", name=name, instead_of=name, available=declared))
    return tuple(language for language in declared if not asked or language in asked)


@cache
def _open_press(order: _Order, workplace: Workplace | None = None) -> Press:
    """The edition with what draws it; opened once by each process."""
    assets = load_assets(order.assets) if order.assets else load_assets()
    register_fonts(str(assets.fonts))
    opened = workplace or open_workplace(order.root, order.settings)
    atlas = Atlas(opened.lake.release(PUBLIC, order.edition), values=_VALUES)
    formats = ("csv", "svg", "png") if order.options.png else ("csv", "svg")
    told = Export(order.options.server.rstrip("/"), order.options.languages, formats)
    return Press(atlas, assets, order.options.base_url.rstrip("/"), told)


def _list_keys(press: Press, options: ExportOptions, edition: Edition) -> dict[str, str]:
    """Every sheet in every language (``fr /explorer``) with the key of what it is drawn from."""
    readings = Readings(press.atlas, edition.objects)
    asked = f"{options.base_url} {options.server} {options.languages} {options.png}"
    site = press.site
    ground = (FORMAT, mark_code(), site.assets.version, site.tokens_version, asked, readings.ground)
    keys = {}
    for sheet in press.sheets:
        if not sheet.is_drawn:
            continue
        for language in options.languages[:1] if sheet.once else options.languages:
            parts = (*ground, sheet.kind, sheet.path, language, readings.sign(sheet.reads))
            keys[f"{language} {sheet.path}"] = hashlib.sha256("\n".join(map(str, parts)).encode()).hexdigest()[:24]
    return keys


def _is_fresh(press: Press, keys: Mapping[str, str], name: str, kept: Kept) -> bool:
    """Whether a sheet was drawn from the same things, and what its links lead to is there as it was."""
    return keys.get(name) == kept.key and press.signposts.sign(kept.ways) == kept.sign


@cache
def mark_code() -> str:
    """The fingerprint of all that decides what a page looks like: the package's own modules, templates and words."""
    digest = hashlib.sha256()

    def read(folder: Traversable) -> None:
        for path in sorted(folder.iterdir(), key=lambda each: each.name):
            if path.is_dir() and path.name not in ("assets", "__pycache__", "cli", "serve"):
                read(path)
            elif path.name.endswith((".py", ".html", ".toml", ".css")):
                digest.update(path.name.encode() + b"\0" + path.read_bytes())

    read(files("beffroi"))
    return digest.hexdigest()[:24]


def _draw(
    order: _Order, workplace: Workplace, press: Press, stale: Sequence[str], progress: Progress
) -> list[_Made]:  # fmt: skip
    """Draw what is stale: by itself when it is little, else by as many processes as asked."""
    batches = _share(press, stale)
    if len(stale) <= _FEW or order.options.workers == 1:
        made: list[_Made] = []
        for batch in batches:
            made += _draw_batch(order, batch, workplace)
            progress(len(made), len(stale))
        return made
    made = []
    with ProcessPoolExecutor(order.options.workers, get_context("spawn")) as pool:
        for done in as_completed([pool.submit(_draw_batch, order, batch) for batch in batches]):
            made += done.result()
            progress(len(made), len(stale))
    return made


def _share(press: Press, stale: Sequence[str]) -> list[tuple[str, ...]]:
    """Sheets by what they read, a sheet in all its languages together; the largest families first."""
    kinds = {sheet.path: sheet.batch for sheet in press.sheets}
    families: dict[str, dict[str, list[str]]] = {}
    for name in stale:
        path = name.partition(" ")[2]
        families.setdefault(kinds[path], {}).setdefault(path, []).append(name)
    batches = []
    for held in sorted(families.values(), key=len, reverse=True):
        groups = list(held.values())
        batches += [groups[first : first + _BATCH] for first in range(0, len(groups), _BATCH)]
    return [tuple(name for group in batch for name in group) for batch in batches]


def _draw_batch(order: _Order, names: Sequence[str], workplace: Workplace | None = None) -> list[_Made]:
    """Draw sheets into the scratch folder. Run by each process."""
    press = _open_press(order, workplace)
    by_path = _by_path(press)
    made = []
    for name in names:
        language, _, path = name.partition(" ")
        drawn = press.draw(by_path[path], language)
        sizes = {leaf: size_of(body) for leaf, body in drawn.leaves}
        if drawn.error is None:
            for leaf, body in drawn.leaves:
                write_leaf(order.scratch, leaf, body)
        kept = Kept("", sizes, drawn.ways, press.signposts.sign(drawn.ways), drawn.listed)
        if drawn.error is None:
            made.append(_Made(name, kept, drawn.charts))
        else:
            made.append(_Made(name, kept, frozenset(), drawn.error.faults, drawn.leaves))
    return made


def _by_path(press: Press) -> Mapping[str, Sheet]:
    return press.site.fragment("sheets by path", lambda: {sheet.path: sheet for sheet in press.sheets})


def _settle(
    tree: Tree, made: Iterable[_Made], before: Manifest, dress: str, keys: Mapping[str, str], edition: Edition
) -> dict[str, Kept]:
    """What the manifest will say of what was drawn. What could not be is left as it was, or will be tried again."""
    settled = {}
    for each in made:
        last = before.sheets.get(each.sheet)
        if each.faults and last is not None and before.dress == dress:
            settled[each.sheet] = replace(last, key="")
        else:
            for leaf, body in each.spare:
                tree.write(leaf, body)
            key = "" if each.faults else keys[each.sheet]
            settled[each.sheet] = replace(each.kept, key=key, built=edition.built)
    return settled


def _list_plain(
    workplace: Workplace, press: Press, sheets: Mapping[str, Kept], edition: Edition
) -> dict[str, bytes]:  # fmt: skip
    """Files that are not drawn from one sheet: assets, icon, feeds, site map, robots, the page of lost addresses."""
    site, options = press.site, press.export
    plain = {f"assets/{name}": unroot(body, kind) for name, (body, kind) in site.assets.files.items()}
    plain[f"tokens-{site.tokens_version}.css"] = site.tokens.encode()
    plain["icon.svg"] = draw_icon(site.accent).encode()
    plain |= _write_feeds(workplace, press, edition)
    base_url, known = press.signposts.base_url, _by_path(press)
    if base_url:
        listed = [
            (place_page(name.partition(" ")[2], name.partition(" ")[0]), kept.built)
            for name, kept in sorted(sheets.items())
            if kept.listed and not known[name.partition(" ")[2]].is_file
        ]
        plain |= write_sitemaps(listed, base_url)
    plain["robots.txt"] = write_robots(base_url, list_refused(press.atlas))
    plain |= dict(press.draw_lost(language) for language in options.languages)
    if options.languages[0] != "fr":
        folder = place_page("/", options.languages[0])
        plain["index.html"] = (
            f'<!doctype html><html lang="{options.languages[0]}"><meta charset="utf-8"><title>…</title>'
            f'<meta http-equiv="refresh" content="0; url={folder}"><a href="{folder}">{folder}</a></html>'
        ).encode()
    return plain


def _list_manifest(press: Press, sheets: Mapping[str, Kept], tree: Tree) -> dict[str, bytes]:
    """The manifest of the edition, with a tree of the data files as they are in this export: workbooks and layers say
    the edition that they were written from."""
    release, kinds = press.atlas.release, {sheet.path: sheet.kind for sheet in press.sheets}
    if release.manifest() is None:
        return {}
    held = [path for name, kept in sheets.items() if kinds[name.partition(" ")[2]] in _DATA for path in kept.files]
    return {"manifest.json": write_manifest(release, {path: tree.hash(path) for path in held})}


def unroot(body: bytes, kind: str) -> bytes:
    """A style sheet names its neighbours from where it stands."""
    return body.replace(b"url(/assets/", b"url(") if kind.startswith("text/css") else body


def _write_feeds(workplace: Workplace, press: Press, edition: Edition) -> dict[str, bytes]:
    renewals = compare_editions(workplace.lake.history(PUBLIC, edition.id))
    catalogue, base_url = press.atlas.catalogue, press.signposts.base_url
    written = {}
    for sheet in press.sheets:
        if sheet.kind != "feed":
            continue
        for language in press.export.languages:
            file = place_file(sheet.path, language)
            start = f"{base_url}/" if base_url else "../" * file.count("/")

            def lead(path: str, start: str = start, language: str = language) -> str:
                place = place_file if path.endswith(".xml") else place_page
                return start + place(path, language)

            written[file] = write_feed(catalogue, renewals, language, lead, sheet.name)
    return written


def _write_plain(tree: Tree, plain: Mapping[str, bytes], before: Manifest) -> dict[str, Kept]:
    """Files that are known by what they hold: those that have not changed are left in their place."""
    written = {}
    for path, body in plain.items():
        name, key = f"- {path}", hashlib.sha256(body).hexdigest()[:24]
        last = before.sheets.get(name)
        if last is None or last.key != key:
            tree.write(path, body)
        written[name] = Kept(key, {path: len(body)})
    return written


def count_workers() -> int:
    """Processes that an export uses unless it is told: one for each processor that it may use."""
    return max(1, len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1)


__all__ = ["ExportOptions", "ExportReport", "count_workers", "export", "mark_code", "unroot"]
