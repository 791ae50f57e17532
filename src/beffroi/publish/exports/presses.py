"""Drawing the sheets of an export: each becomes one or more files, its links made for where they stand."""

import hashlib
import os
import re
import shutil
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory

from beffroi.errors import BeffroiError
from beffroi.observe import Atlas, resolve_question
from beffroi.observe.biographies import Former
from beffroi.observe.pages import FigureView
from beffroi.publish import explorer_pages, maps, observatories, pages, portraits, proofs
from beffroi.publish.assets import Assets
from beffroi.publish.block_files import write_block_file
from beffroi.publish.cards import write_card
from beffroi.publish.dcat import write_dcat
from beffroi.publish.exports import letters
from beffroi.publish.exports.inventories import Sheet, list_sheets, may_list_sheet
from beffroi.publish.exports.signposts import FileAddresses, Signposts, place_file, place_page
from beffroi.publish.files import write_data
from beffroi.publish.geodata import GEODATA_CRS, write_geodata
from beffroi.publish.image_files import write_areas
from beffroi.publish.layer_names import write_names
from beffroi.publish.page_maps import EXTENSION, is_map
from beffroi.publish.pages import Export, Visit
from beffroi.publish.qgis_projects import write_project
from beffroi.publish.sites import Site

_CHART = re.compile(r'<svg class="(?:chart|map|[^"]*plot)[^>]*>.*?</svg>', re.DOTALL)

LOST = "/404.html"
"""What a server of files shows at an address where there is nothing."""

Leaf = tuple[str, bytes | Path]
"""A file: its path from the root of the tree, and what it holds; a large one is itself a file, to be moved there."""


@dataclass(frozen=True)
class Drawn:
    """A sheet in one language, drawn: its files, the families that its links belong to, what its charts are (one word
    for each), whether search engines may list it, and why it could not be drawn."""

    leaves: tuple[Leaf, ...]
    ways: tuple[str, ...]
    charts: frozenset[bytes]
    listed: bool
    error: BeffroiError | None = None


class Press:
    """An edition with what is needed to draw any sheet of it; ``base_url`` is where the files will be."""

    def __init__(self, atlas: Atlas, assets: Assets, base_url: str, export: Export) -> None:
        self.atlas, self.export = atlas, export
        # A card is shared by its whole address, and a catalogue names whole ones: without one, they say nothing.
        self.sheets = tuple(sheet for sheet in list_sheets(atlas) if base_url or sheet.kind not in ("card", "dcat"))
        self.signposts = Signposts(
            self.sheets, export.languages, base_url, export.server, self._usual, ("svg", EXTENSION, *export.formats)
        )
        self.site = Site(atlas, assets, base_url, lambda language, base: FileAddresses(language, base, self.signposts))
        dress = (f"/tokens-{self.site.tokens_version}.css", "/icon.svg", *(f"/assets/{name}" for name in assets.files))
        self.signposts.add((*dress, LOST))
        self._states: dict[str, Mapping[str, str]] = {}
        self._scratch: TemporaryDirectory[str] | None = None

    @property
    def scratch(self) -> Path:
        """Where large files wait to be moved; it goes with the press."""
        self._scratch = self._scratch or TemporaryDirectory(prefix="beffroi-press-")
        return Path(self._scratch.name)

    def _usual(self, indicator: str) -> Mapping[str, str]:
        """The state in which the explorer shows an indicator when nothing else is asked."""
        if indicator not in self._states:
            found = resolve_question(self.atlas, {"indicator": [indicator]}, self.export.languages[0])
            self._states[indicator] = {
                "level": found.level, "period": found.period, "vintage": str(found.vintage), "view": found.view,
            }  # fmt: skip
        return self._states[indicator]

    def draw(self, sheet: Sheet, language: str) -> Drawn:
        """A sheet in a language. What cannot be drawn is told on a page in its place, never left out in silence."""
        self._ways: set[str] = set()
        self._charts: set[bytes] = set()
        try:
            leaves = tuple(_DRAWERS[sheet.kind](self, sheet, language))
            listed = sheet.listed and may_list_sheet(self.atlas, sheet)
            return Drawn(leaves, tuple(sorted(self._ways)), frozenset(self._charts), listed)
        except BeffroiError as error:
            if sheet.is_file:
                return Drawn((), (), frozenset(), False, error)
            said = error.to_json(language)["faults"]
            html = pages.render_error(self.site, self.visit(sheet, language), error.http_status, said)
            leaf = self.page(place_page(sheet.path, language), html)
            return Drawn((leaf,), tuple(sorted(self._ways)), frozenset(), False, error)

    def visit(self, sheet: Sheet, language: str) -> Visit:
        return Visit(language, sheet.path, export=self.export)

    def draw_lost(self, language: str) -> tuple[str, bytes]:
        """The page of addresses where there is nothing: its links begin at the root of the host, for it is shown
        anywhere."""
        path = place_file(LOST, language)
        html = pages.render_lost(self.site, Visit(language, LOST, export=self.export))
        return path, self.signposts.bind(html, path, set(), anywhere=True).encode()

    def page(self, folder: str, html: str) -> Leaf:
        """A page as a file: the ``index.html`` of its folder."""
        path = f"{folder}index.html"
        self._charts.update(hashlib.blake2b(chart.encode(), digest_size=12).digest() for chart in _CHART.findall(html))
        return path, self.signposts.bind(html, path, self._ways).encode()


def _plain(render: Callable[[Site, Visit], str]) -> Callable[[Press, Sheet, str], Iterator[Leaf]]:
    """A page that is about nothing but itself."""

    def draw(press: Press, sheet: Sheet, language: str) -> Iterator[Leaf]:
        yield press.page(place_page(sheet.path, language), render(press.site, press.visit(sheet, language)))

    return draw


def _draw_observatory(press: Press, sheet: Sheet, language: str) -> Iterator[Leaf]:
    """An observatory opens on its first page."""
    siblings = observatories.list_pages(press.site, sheet.name, language)
    html = letters.render_move(press.site, press.visit(sheet, language), siblings[0])
    yield press.page(place_page(sheet.path, language), html)


def _draw_page(press: Press, sheet: Sheet, language: str) -> Iterator[Leaf]:
    site, folder = press.site, place_page(sheet.path, language)
    visit = press.visit(sheet, language)
    yield press.page(folder, observatories.render_page(site, visit, sheet.name, sheet.territory or None))
    # What all territories share goes with the page as it opens, the rest with that of each.
    shared, first = not sheet.territory, language == press.export.languages[0]
    view = observatories.look_at(site, sheet.name, language, sheet.territory or None)
    for part in view.parts:
        if not isinstance(part, FigureView) or part.figure is None:
            continue
        if observatories.is_shared(part.figure) is not shared:
            continue
        formats = [each for each in observatories.formats_of(part.figure) if each in press.export.formats]
        for extension in (*formats, *([EXTENSION] if shared and is_map(part.figure) else ())):
            if first or extension != "csv":
                body = write_block_file(site, view, part.name, extension, language, shared=shared)
                yield place_file(f"{sheet.path}/figures/{part.name}.{extension}", language), body


def _draw_letters(press: Press, sheet: Sheet, language: str) -> Iterator[Leaf]:
    html = letters.render_page_letters(press.site, press.visit(sheet, language), sheet.name)
    yield press.page(place_page(sheet.path, language), html)


def _draw_search(press: Press, sheet: Sheet, language: str) -> Iterator[Leaf]:
    entries = letters.list_found(press.site, press.signposts, language)
    html = letters.render_search_letters(press.site, press.visit(sheet, language), entries)
    yield press.page(place_page(sheet.path, language), html)


def _draw_indexes(press: Press, sheet: Sheet, language: str) -> Iterator[Leaf]:
    search, territories = sheet.files
    found = letters.list_found(press.site, press.signposts, language)
    index = place_file(search, language)
    yield index, letters.index_found(found, index)
    yield place_file(territories, language), letters.index_territories(press.site, press.sheets, language)


def _draw_portrait(press: Press, sheet: Sheet, language: str) -> Iterator[Leaf]:
    level, _, code = sheet.territory.partition(":")
    place = portraits.find_place(press.site, level, code, language)
    former = place if isinstance(place, Former) else None
    shown = place.heirs[0] if isinstance(place, Former) else place
    html = portraits.render_portrait(press.site, press.visit(sheet, language), shown, former)
    yield press.page(place_page(sheet.path, language), html)


def _draw_picture(press: Press, sheet: Sheet, language: str) -> Iterator[Leaf]:
    observatory, _, name = sheet.name.partition("/")
    yield sheet.path.lstrip("/"), press.atlas.release.picture(observatory, name)


def _draw_card(press: Press, sheet: Sheet, language: str) -> Iterator[Leaf]:
    yield place_file(sheet.path, language), write_card(press.site, sheet.name, language)


def _draw_entry(press: Press, sheet: Sheet, language: str) -> Iterator[Leaf]:
    html = pages.render_entry(press.site, press.visit(sheet, language), sheet.kind, sheet.name)
    yield press.page(place_page(sheet.path, language), html)


def _draw_explorer(press: Press, sheet: Sheet, language: str) -> Iterator[Leaf]:
    indicator, _, view = sheet.name.partition(" ")
    question = resolve_question(press.atlas, {"indicator": [indicator], "view": [view]}, language)
    visit = replace(press.visit(sheet, language), path=sheet.path)
    yield press.page(place_page(sheet.path, language), explorer_pages.render_explorer(press.site, visit, question).text)


def _draw_series(press: Press, sheet: Sheet, language: str) -> Iterator[Leaf]:
    """The whole series of an indicator. CSV and Parquet are for programs: they are the same in every language."""
    measure = press.atlas.measure(sheet.name)
    series = press.atlas.release.series(measure.id)
    for file in sheet.files:
        extension = file.rpartition(".")[2]
        if extension == "xlsx" or language == press.export.languages[0]:
            yield place_file(file, language), write_data(extension, press.atlas, measure, series, language)


def _draw_map(press: Press, sheet: Sheet, language: str) -> Iterator[Leaf]:
    html = maps.render_map(press.site, press.visit(sheet, language), sheet.name)
    yield press.page(place_page(sheet.path, language), html)


def _draw_map_config(press: Press, sheet: Sheet, language: str) -> Iterator[Leaf]:
    yield place_file(sheet.path, language), maps.write_config(press.site, sheet.name, language, exported=True)


def _draw_places(press: Press, sheet: Sheet, language: str) -> Iterator[Leaf]:
    yield place_file(sheet.path, language), maps.write_places(press.site, language)


def _draw_layer(press: Press, sheet: Sheet, language: str) -> Iterator[Leaf]:
    html = maps.render_layer(press.site, press.visit(sheet, language), sheet.name)
    yield press.page(place_page(sheet.path, language), html)


def _draw_tiles(press: Press, sheet: Sheet, language: str) -> Iterator[Leaf]:
    """The archive of the lake itself, under another name where the disk allows: it is large, and never changes."""
    archive = press.atlas.release.tiles(sheet.name)
    assert archive is not None  # it is in the list because it is there
    yield sheet.path.lstrip("/"), _lend(archive, press.scratch / f"{sheet.name.replace('/', '-')}.pmtiles")


def _lend(file: Path, made: Path) -> Path:
    """A file of the lake under another name, without its bytes being written again where the disk allows."""
    made.unlink(missing_ok=True)
    try:
        os.link(file, made)
    except OSError:
        shutil.copyfile(file, made)
    return made


def _draw_names(press: Press, sheet: Sheet, language: str) -> Iterator[Leaf]:
    yield sheet.path.lstrip("/"), write_names(press.atlas.release, sheet.name)


def _draw_layer_files(press: Press, sheet: Sheet, language: str) -> Iterator[Leaf]:
    """A layer as files, which may be too large for memory. CSV is for programs: it is the same in every language."""
    view = maps.look_at_layer(press.site, sheet.name, language)
    for file in sheet.files:
        extension = file.rpartition(".")[2]
        if extension != "csv" or language == press.export.languages[0]:
            made = press.scratch / f"{language}-{sheet.name.replace('/', '-')}.{extension}"
            made.unlink(missing_ok=True)
            write_geodata(press.atlas, view, extension, GEODATA_CRS[0], language, made)
            yield place_file(file, language), made


def _draw_image_files(press: Press, sheet: Sheet, language: str) -> Iterator[Leaf]:
    """An image and the table of what it covers, for programs: the same in every language."""
    if language != press.export.languages[0]:
        return
    view = maps.look_at_layer(press.site, sheet.name, language)
    for file in sheet.files:
        made = press.scratch / f"{sheet.name.replace('/', '-')}.tif"
        image = file.endswith(".tif")
        written = _lend(press.atlas.release.image_file(sheet.name), made) if image else write_areas(view, language)
        yield place_file(file, language), written


def _draw_map_project(press: Press, sheet: Sheet, language: str) -> Iterator[Leaf]:
    yield place_file(sheet.path, language), write_project(press.site, sheet.name, language, served=False)


def _draw_corrected(press: Press, sheet: Sheet, language: str) -> Iterator[Leaf]:
    """Every corrected figure; these files are for programs."""
    for file in sheet.files:
        yield place_file(file, language), proofs.write_corrections(press.atlas, file.rpartition(".")[2])


def _draw_dcat(press: Press, sheet: Sheet, language: str) -> Iterator[Leaf]:
    """The catalogue for other catalogues, whole."""
    for file in sheet.files:
        yield file.lstrip("/"), write_dcat(press.site, file.rpartition(".")[2], served=False)


_DRAWERS: Mapping[str, Callable[[Press, Sheet, str], Iterator[Leaf]]] = {
    "home": _plain(pages.render_home),
    "observatories": _plain(observatories.render_observatories),
    "catalogue": _plain(lambda site, visit: pages.render_catalogue(site, visit, {})),
    "accessibility": _plain(pages.render_accessibility),
    "territories": _plain(portraits.render_territories),
    "corrections": _plain(proofs.render_corrections),
    "corrected": _draw_corrected,
    "check": _plain(proofs.render_check),
    "search": _draw_search,
    "indexes": _draw_indexes,
    "dcat": _draw_dcat,
    "observatory": _draw_observatory,
    "page": _draw_page,
    "letters": _draw_letters,
    "picture": _draw_picture,
    "card": _draw_card,
    "portrait": _draw_portrait,
    "source": _draw_entry,
    "table": _draw_entry,
    "indicator": _draw_entry,
    "explorer": _draw_explorer,
    "series": _draw_series,
    "maps": _plain(maps.render_maps),
    "map": _draw_map,
    "map config": _draw_map_config,
    "places": _draw_places,
    "layer": _draw_layer,
    "tiles": _draw_tiles,
    "names": _draw_names,
    "layer files": _draw_layer_files,
    "image files": _draw_image_files,
    "map project": _draw_map_project,
}

__all__ = ["Drawn", "Leaf", "Press"]
