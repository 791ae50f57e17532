"""What is exported: the one list of it. A new kind of page is one more line of ``_KINDS`` here and one of ``presses``.

A sheet is a page, or files that go together, in one of the languages or in all; it says what it is drawn from, so that
what has not changed is not drawn again.
"""

import hashlib
import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from beffroi.language import LANGUAGES
from beffroi.observe import VIEWS, Atlas
from beffroi.observe.biographies import list_former
from beffroi.observe.consents import may_list, may_list_entry, may_list_made, may_list_portrait
from beffroi.observe.layers import list_all_layers, list_images, list_layers
from beffroi.observe.pages import find_page, is_within, perimeter_of, places_of
from beffroi.observe.places import LEVEL_ORDER
from beffroi.observe.standings import Standing
from beffroi.observe.values import Measure
from beffroi.publish.addresses import CORRECTIONS_FORMS
from beffroi.publish.dcat import DCAT_FORMS
from beffroi.publish.geodata import GEODATA_EXPORTED
from beffroi.publish.layer_names import may_be_named

EVERYTHING = "everything"
"""What a sheet reads when it tells of the whole catalogue: all of it, but the text of pages under their titles."""


@dataclass(frozen=True)
class Sheet:
    """A page, or files, of the export.

    ``path`` is its address without its language; ``name`` what it is about (a page, an indicator…); ``territory`` the
    one in hand; ``reads`` what it is drawn from (``page:housing/index``, ``indicator:housing/rate``). ``family`` names
    those that come and go together; ``files`` the addresses that it gives when it is no page. ``listed`` is False for
    an address that leads to what another one shows.
    """

    kind: str
    path: str
    name: str = ""
    territory: str = ""
    reads: tuple[str, ...] = ()
    files: tuple[str, ...] = ()
    once: bool = False
    listed: bool = True

    @property
    def is_file(self) -> bool:
        return bool(self.files)

    @property
    def is_drawn(self) -> bool:
        """Whether it is drawn from the edition; ``run`` writes the others, of several editions or of all the files."""
        return self.kind not in ("feed", "manifest")

    @property
    def family(self) -> str:
        return find_family(self.path)

    @property
    def batch(self) -> str:
        """Sheets that are best drawn by the same process, one after another."""
        return f"{self.kind} {self.name}" if self.territory else self.kind


def find_family(path: str) -> str:
    """Which pages come and go together with the one at a path: a page for all its territories."""
    parts = path.strip("/").split("/")
    if parts[0] in LANGUAGES[1:]:
        parts = parts[1:]
    if parts[:1] == ["observatoires"]:
        return "/" + "/".join(parts[:3])
    if parts[:1] == ["territoires"]:
        return "/" + "/".join(parts[:2])
    return "/" + "/".join(parts)


def list_sheets(atlas: Atlas) -> tuple[Sheet, ...]:
    """Everything that an export of this edition holds, but the assets of the front-end and the lists for machines."""
    return tuple(sheet for kind in _KINDS for sheet in kind(atlas))


def _alone(atlas: Atlas) -> Iterator[Sheet]:
    for kind, path in (("home", "/"), ("observatories", "/observatoires"), ("catalogue", "/catalogue"),
                       ("search", "/recherche"), ("territories", "/territoires"),
                       ("accessibility", "/accessibilite")):  # fmt: skip
        yield Sheet(kind, path, reads=(EVERYTHING,))
    yield Sheet("corrections", "/corrections", reads=("corrections",))
    corrected = tuple(f"/corrections.{form}" for form in CORRECTIONS_FORMS)
    yield Sheet("corrected", "/corrections/fichiers", reads=("corrections",), files=corrected, once=True)
    yield Sheet("check", "/verifier", reads=("manifest",))
    indexes = ("/recherche/index.json", "/recherche/territoires.json")
    yield Sheet("indexes", indexes[0], reads=(EVERYTHING,), files=indexes)
    forms = tuple(f"/dcat.{form}" for form in DCAT_FORMS)
    yield Sheet("dcat", "/dcat", reads=(EVERYTHING,), files=forms, once=True)


def _observatories(atlas: Atlas) -> Iterator[Sheet]:
    for name, entry in atlas.catalogue["observatories"].items():
        if entry["pages"]:
            heads = (f"observatory:{name}", *(f"head:{page}" for page in entry["pages"]))
            yield Sheet("observatory", f"/observatoires/{name}", name, reads=heads, listed=False)
            for page in entry["pages"]:
                yield from _pages(atlas, page, heads)
            for picture in entry.get("pictures", ()):
                path = f"/images/{name}/{picture}"
                yield Sheet("picture", path, f"{name}/{picture}", reads=heads[:1], files=(path,), once=True)


def _pages(atlas: Atlas, page: str, heads: tuple[str, ...]) -> Iterator[Sheet]:
    """A page as it opens, and for each territory that has it; it is shown at the first of its addresses."""
    entry = find_page(atlas, page)
    shown = {_parent(atlas, name) for name in entry["indicators"]}
    reads = (f"page:{page}", *heads, *(f"indicator:{name}" for name in sorted({*entry["indicators"], *shown})))
    path = f"/observatoires/{page}"
    has_levels = any(text_of.get("levels") for text_of in entry["texts"].values())
    opening = places_of(atlas, page, LANGUAGES[0]) if not has_levels else ()
    held = places_of(atlas, page, LANGUAGES[0])
    perimeter = next(iter(perimeter_of(atlas, page, LANGUAGES[0])), atlas.perimeter(LANGUAGES[0]))
    keys = dict.fromkeys(place.key for place in (*opening, *held))
    texts = next(iter(entry["texts"].values()))
    if has_levels and texts.get("territory", "perimeter") == "perimeter":
        keys.setdefault(perimeter.key)
    yield Sheet("page", path, page, reads=reads, listed=not has_levels)
    for key in keys:
        yield Sheet("page", f"{path}/{key.replace(':', '/', 1)}", page, key, reads, listed=has_levels)
    if has_levels:
        yield Sheet("letters", f"{path}/territoires", page, reads=(f"page:{page}", *heads[:1]))


def _parent(atlas: Atlas, indicator: str) -> str:
    """The indicator that a category is a part of, or the indicator itself."""
    entry = atlas.catalogue["breakdowns"].get(indicator.rpartition("/")[0])
    return str(entry["of"]) if entry else indicator


def _portraits(atlas: Atlas) -> Iterator[Sheet]:
    language = LANGUAGES[0]
    gazetteer = atlas.gazetteer(atlas.release.reference_vintage, language)
    standing = Standing(atlas, language, atlas.perimeter(language), gazetteer.vintage)
    named = set(atlas.workspace.get("compare_with", ()))
    for level in LEVEL_ORDER:
        for place in gazetteer.by_level.get(level, ()):
            if is_within(standing, place) or place.key in named:
                path = f"/territoires/{level}/{place.code}"
                yield Sheet("portrait", path, level, place.key, reads=(EVERYTHING,))
    for former in list_former(atlas, language):
        path = f"/territoires/commune/{former.code}"
        yield Sheet("portrait", path, "commune", f"commune:{former.code}", reads=(EVERYTHING,), listed=False)


def _entries(atlas: Atlas) -> Iterator[Sheet]:
    for kind, shelf, folder in (("source", "sources", "sources"), ("table", "tables", "tables"),
                                ("indicator", "indicators", "indicateurs")):  # fmt: skip
        for name in atlas.catalogue[shelf]:
            yield Sheet(kind, f"/{folder}/{name}", name, reads=("lineage", f"{kind}:{name}"))


def _explorer(atlas: Atlas) -> Iterator[Sheet]:
    """The explorer at its opening, and each indicator in its usual state, seen in every way."""
    if not atlas.released:
        return
    first = atlas.released[0]
    yield Sheet("explorer", "/explorer", f"{first.id} ", reads=("options", f"indicator:{first.id}"), listed=False)
    for measure in atlas.released:
        reads = ("options", f"indicator:{measure.id}")
        yield Sheet("explorer", f"/explorer/{measure.id}", f"{measure.id} ", reads=reads)
        usual = _usual_view(atlas, measure)
        for view in (view for view in VIEWS if view != usual):
            path = f"/explorer/{measure.id}/{view}"
            yield Sheet("explorer", path, f"{measure.id} {view}", reads=reads, listed=False)


def _usual_view(atlas: Atlas, measure: Measure) -> str:
    """How the explorer opens on an indicator (``resolve_question``): its map, where there are contours to draw."""
    levels = atlas.levels_of(measure)
    level = "commune" if "commune" in levels else levels[0]
    return "map" if atlas.release.contours(level).num_rows else "ranking"


def _series(atlas: Atlas) -> Iterator[Sheet]:
    for measure in atlas.released:
        path = f"/donnees/{measure.id}"
        files = tuple(f"{path}.{extension}" for extension in ("csv", "xlsx", "parquet"))
        yield Sheet("series", path, measure.id, reads=(f"indicator:{measure.id}",), files=files)


def _maps(atlas: Atlas) -> Iterator[Sheet]:
    """Maps, with what their script asks for; the shelf of them where there is one, or a layer."""
    maps, layers = atlas.catalogue.get("maps", {}), _list_layers(atlas)
    if maps or layers:
        yield Sheet("maps", "/cartes", reads=(EVERYTHING,))
    for name, entry in maps.items():
        shown = [f"layer:{each['layer']}" for each in entry["layers"]]
        # What stands in the place of a hidden value may be of another level than the layer.
        joined = [one for each in entry["layers"] for one in _joined_to(atlas, each["layer"])]
        told = dict.fromkeys((*entry["indicators"], *joined))
        reads = (f"map:{name}", *shown, *(f"indicator:{each}" for each in told))
        yield Sheet("map", f"/cartes/{name}", name, reads=reads)
        yield Sheet("map config", f"/cartes/{name}.json", name, reads=reads, files=(f"/cartes/{name}.json",))
    if maps:
        yield Sheet("places", "/cartes/lieux.json", files=("/cartes/lieux.json",))


def _joined_to(atlas: Atlas, layer: str) -> tuple[str, ...]:
    """The indicators whose values a layer has."""
    return tuple(each["indicator"] for each in atlas.catalogue["layers"][layer].get("indicators", {}).values())


def _layers(atlas: Atlas) -> Iterator[Sheet]:
    """Layers: their page, the archive of their tiles and the names of their features, the same in every language."""
    for name in _list_layers(atlas):
        shown_on = (f"map:{each}" for each in atlas.catalogue["maps"])
        yield Sheet("layer", f"/couches/{name}", name, reads=(f"layer:{name}", *shown_on))
        if atlas.catalogue["layers"][name].get("tiles"):
            path = f"/tuiles/{name}.pmtiles"
            yield Sheet("tiles", path, name, reads=(f"layer:{name}",), files=(path,), once=True)
        if may_be_named(atlas.catalogue["layers"][name]):
            path = f"/couches/{name}.noms.json"
            yield Sheet("names", path, name, reads=(f"layer:{name}",), files=(path,), once=True)


def _list_layers(atlas: Atlas) -> tuple[str, ...]:
    return list_all_layers(atlas) if "layers" in atlas.catalogue else ()


def _layer_files(atlas: Atlas) -> Iterator[Sheet]:
    """Layers as files, for those that may be taken away; an image has its own and the table of what it covers."""
    if "layers" not in atlas.catalogue:
        return
    for name in list_images(atlas):
        path, entry = f"/couches/{name}", atlas.catalogue["layers"][name]
        table = (f"{path}.csv",) if entry.get("areas") else ()
        given = (*table, *((f"{path}.tif",) if entry.get("download") != "refused" else ()))
        if given:
            yield Sheet("image files", f"{path}/fichiers", name, reads=(f"layer:{name}",), files=given)
    for name in list_layers(atlas):
        if atlas.catalogue["layers"][name].get("download") != "refused":
            path = f"/couches/{name}"
            files = tuple(f"{path}.{extension}" for extension in GEODATA_EXPORTED)
            yield Sheet("layer files", f"{path}/fichiers", name, reads=(f"layer:{name}",), files=files)


def _map_projects(atlas: Atlas) -> Iterator[Sheet]:
    """Maps as projects of QGIS, on the GeoPackages that go with them."""
    layers = atlas.catalogue.get("layers", {})
    for name, entry in atlas.catalogue.get("maps", {}).items():
        shown = [each["layer"] for each in entry["layers"]]
        if shown and all(layers[each].get("download") != "refused" for each in shown):
            path = f"/cartes/{name}.qgz"
            yield Sheet("map project", path, name, reads=(EVERYTHING,), files=(path,))


def _cards(atlas: Atlas) -> Iterator[Sheet]:
    """One card for the site, each page and each indicator; a page has the same for all its territories."""
    yield Sheet("card", "/apercus/accueil.png", "accueil", files=("/apercus/accueil.png",))
    for page, entry in atlas.catalogue["pages"].items():
        name, path = f"observatoires/{page}", f"/apercus/observatoires/{page}.png"
        reads = (f"page:{page}", *(f"indicator:{name}" for name in entry["indicators"]))
        yield Sheet("card", path, name, reads=reads, files=(path,))
    for measure in atlas.released:
        name, path = f"explorer/{measure.id}", f"/apercus/explorer/{measure.id}.png"
        yield Sheet("card", path, name, reads=(f"indicator:{measure.id}",), files=(path,))


def _feeds(atlas: Atlas) -> Iterator[Sheet]:
    """Feeds are written from several editions, and the manifest from all the files of an export, by ``run``; they are
    here so that pages can lead to them."""
    yield Sheet("manifest", "/manifest.json", files=("/manifest.json",), once=True)
    for name in ("", *(f"/observatoires/{name}" for name, e in atlas.catalogue["observatories"].items() if e["pages"])):
        yield Sheet("feed", f"{name}/flux.xml", name.rpartition("/")[2], files=(f"{name}/flux.xml",))


_KINDS: tuple[Callable[[Atlas], Iterable[Sheet]], ...] = (
    _alone, _observatories, _portraits, _entries, _explorer, _series, _maps, _layers, _layer_files, _map_projects,
    _cards, _feeds,
)  # fmt: skip
"""Every kind of thing that is exported."""


def may_list_sheet(atlas: Atlas, sheet: Sheet) -> bool:
    """Whether search engines may list what a sheet shows, which its page says too."""
    name = sheet.name.partition(" ")[0]
    if sheet.kind == "page":
        return may_list(atlas, find_page(atlas, name)["indicators"])
    if sheet.kind == "portrait":
        return may_list_portrait(atlas, sheet.name)
    if sheet.kind == "explorer":
        return may_list(atlas, [name])
    if sheet.kind in ("map", "layer"):
        layers = [each["layer"] for each in atlas.catalogue["maps"][name]["layers"]] if sheet.kind == "map" else [name]
        return all(may_list_made(atlas, atlas.catalogue["layers"][each]) for each in layers)
    return sheet.kind not in ("source", "table", "indicator") or may_list_entry(atlas, sheet.kind, name)


class Readings:
    """What sheets are drawn from, as words that change when it does. ``objects`` gives the key of each object of the
    edition that is not named in its catalogue (territories, contours)."""

    def __init__(self, atlas: Atlas, objects: Mapping[str, str]) -> None:
        self._catalogue, self._release = atlas.catalogue, atlas.release
        self._objects = objects
        self.mark = cache(self._mark)
        self.sign = cache(self._sign)

    @property
    def ground(self) -> str:
        """What every page has: the workspace, its words, its territories."""
        named = ("workspace", "themes", "units", "groupings", "breakdowns")
        kept = {key: self._catalogue.get(key) for key in named}
        return _hash([kept, {key: self._objects.get(key) for key in ("territories", "contours", "events")}])

    def _sign(self, reads: tuple[str, ...]) -> str:
        return _hash([self.mark(each) for each in reads])

    def _mark(self, label: str) -> str:
        """The fingerprint of one thing that a sheet reads."""
        kind, _, name = label.partition(":")
        catalogue = self._catalogue
        if kind == EVERYTHING:
            heads = [self.mark(f"head:{page}") for page in catalogue["pages"]]
            return _hash([{key: entry for key, entry in catalogue.items() if key != "pages"}, heads])
        if kind == "corrections":
            return _hash([self._release.corrections(), self.mark("options")])
        if kind == "manifest":
            found = self._release.manifest()
            return found.root if found else ""
        if kind == "lineage":
            shelves = ("sources", "tables", "indicators")
            kept = {s: {n: [e["title"], e["state"]] for n, e in catalogue[s].items()} for s in shelves}
            return _hash([kept, {n: e.get("inputs") for n, e in catalogue["tables"].items()}])
        if kind == "options":
            return _hash({n: [e["title"], e["state"], e["theme"]] for n, e in catalogue["indicators"].items()})
        if kind == "indicator":
            entry = catalogue["indicators"].get(name, {})
            return _hash([entry, [catalogue["sources"].get(source) for source in entry.get("sources", ())]])
        if kind == "layer":
            entry = catalogue["layers"].get(name, {})
            return _hash([entry, [catalogue["sources"].get(source) for source in entry.get("sources", ())]])
        if kind == "head":
            return self._mark_head(catalogue["pages"][name])
        if kind == "table":
            terms = [source.get("legal") for _, source in sorted(catalogue["sources"].items())]
            return _hash([catalogue["tables"].get(name), terms])
        shelf = {"page": "pages", "observatory": "observatories", "source": "sources", "map": "maps"}[kind]
        return _hash(catalogue[shelf].get(name))

    def _mark_head(self, page: Mapping[str, Any]) -> str:
        """A page as its neighbours name it: its title, its summary, and the values that these say."""
        kept = {}
        for language, text_of in page["texts"].items():
            words = f"{text_of['title']} {text_of.get('summary') or ''}"
            said = {key: settled for key, settled in text_of["references"].items() if key in words}
            shown = [self.mark(f"indicator:{each['indicator']}") for each in said.values() if "indicator" in each]
            held = [text_of.get(key) for key in ("title", "summary", "levels", "territory", "compared", "otherwise")]
            kept[language] = [held, said, shown]
        return _hash(kept)


def _hash(value: Any) -> str:
    words = json.dumps(value, sort_keys=True, ensure_ascii=False, default=str)
    return hashlib.sha256(words.encode()).hexdigest()[:24]


__all__ = ["EVERYTHING", "Readings", "Sheet", "find_family", "list_sheets", "may_list_sheet"]
