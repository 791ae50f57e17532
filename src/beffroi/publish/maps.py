"""Pages of maps and of layers as HTML, whole without a script, and what the script of a map needs to know.

The legend, the text and the list of each layer are in the page; the map is first a picture. The script asks for one
file (``/cartes/<map>.json``), whose addresses are relative to it, so that it serves pages that are files as well.
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from markupsafe import Markup

from beffroi.lake.releases import FeatureQuery
from beffroi.language import format_number, pick, pick_symbol, text
from beffroi.observe.consents import may_list_made
from beffroi.observe.layers import (
    AttributeView,
    LayerView,
    has_points,
    list_all_layers,
    observe_absences,
    observe_layer,
)
from beffroi.observe.maps import MapView, Spot, boxes_of, list_maps, observe_map
from beffroi.observe.rasters import RasterView, format_hectares, format_share
from beffroi.observe.substitutes import HIDDEN
from beffroi.publish.geodata import GEODATA_EXPORTED, GEODATA_NAMES
from beffroi.publish.image_files import name_image
from beffroi.publish.layer_names import may_be_named
from beffroi.publish.map_pictures import Picture, draw_picture, draw_swatch, draw_symbol
from beffroi.publish.marks import MARKS
from beffroi.publish.pages import Visit, render
from beffroi.publish.prose import Writing, write_prose
from beffroi.publish.schema_org import describe_layer_dataset
from beffroi.publish.sites import Site
from beffroi.units import Unit

LISTED = 100
"""Features on a page of the list of a layer."""
_SEARCHED = ("commune", "epci", "grouping", "qpv_2024", "iris")
"""Levels whose territories one goes to by name, on a map."""
_WORDS = (
    "zoom_in", "zoom_out", "locate", "no_location", "attribution", "filter", "clear", "from", "to", "close", "share",
    "copied", "measure", "measure_how", "measured", "measured_area", "select", "selection_how", "selected",
    "more_selected", "seen_only", "csv", "swipe", "opacity", "here",
    "merged_one", "merged_many",
)  # fmt: skip

IGN = "https://data.geopf.fr/wmts?SERVICE=WMTS&REQUEST=GetTile&VERSION=1.0.0&STYLE=normal&TILEMATRIXSET=PM"
_BASES = {
    "plan": ("GEOGRAPHICALGRIDSYSTEMS.PLANIGNV2", "image/png", 19),
    "ortho": ("ORTHOIMAGERY.ORTHOPHOTOS", "image/jpeg", 19),
}


def look_at_map(site: Site, name: str, language: str) -> MapView:
    """A map in a language, kept."""
    return site.fragment(("map", name, language), lambda: observe_map(site.atlas, name, language))


def look_at_layer(site: Site, name: str, language: str) -> LayerView:
    """A layer in a language, kept."""
    return site.fragment(("layer", name, language), lambda: observe_layer(site.atlas, name, language))


def look_at_absences(site: Site, view: LayerView, language: str) -> Mapping[str, Mapping[str, str]]:
    """What there is in the place of the hidden values of a layer, kept."""
    return site.fragment(("absences", view.id, language), lambda: observe_absences(site.atlas, view, language))


def say_attribute(
    site: Site, view: LayerView, attribute: AttributeView, value: Any, fid: str, language: str
) -> str:  # fmt: skip
    """An attribute of a feature in words; where it says that a value is hidden, with what there is instead."""
    if value in HIDDEN and (words := look_at_absences(site, view, language).get(attribute.name, {}).get(fid)):
        return words
    return attribute.say(value, language)


def render_maps(site: Site, visit: Visit) -> str:
    """The list of maps, with those of their layers."""
    shown = [look_at_map(site, name, visit.language) for name in list_maps(site.atlas)]
    layers = [look_at_layer(site, name, visit.language) for name in list_all_layers(site.atlas)]
    return render(site, visit, "maps.html", maps=shown, layers=layers, number=_number(visit.language))


def render_map(site: Site, visit: Visit, name: str) -> str:
    """The page of a map."""
    language = visit.language
    view = look_at_map(site, name, language)
    writing = Writing(view.said, language)
    picture: Picture = site.body(("map picture", name, language), lambda: draw_picture(site.atlas.release, view))
    to = site.addresses(language)
    return render(
        site, visit, "map.html",
        map=view,
        absent=[_absent(site, each, language) for each in view.absent],
        prose=[Markup(write_prose(part.markdown, writing)) for part in view.parts],
        picture=Markup(picture.marks),
        height=picture.height,
        left_out=picture.left_out,
        same_legend=_same_legends(view),
        titles={shown.layer.id: shown.layer.title for shown in view.layers},
        symbols={shown.layer.id: [Markup(draw_symbol(shown.layer, each, shown.opacity)) for each in shown.layer.legend]
                 for shown in view.layers},
        live=json.dumps({key: text(f"map_live.{key}", language) for key in _WORDS}, ensure_ascii=False),
        number=_number(language),
        whole=to.whole(to.map(name)),
        indexed=all(may_list_made(site.atlas, shown.layer.entry) for shown in view.layers),
    )  # fmt: skip


def render_layer(site: Site, visit: Visit, name: str, after: int = 0) -> str:
    """The page of a layer: what it is, what its attributes mean, its features by the hundred, its files."""
    language = visit.language
    view = look_at_layer(site, name, language)
    if view.raster is not None:
        return _render_image(site, visit, view, view.raster)
    rows: list[tuple[str, list[str]]] = []
    following, listed = None, view.attributes
    if visit.export is None:
        found = site.atlas.release.features(name, FeatureQuery(after=max(0, after), limit=LISTED, geometry=False))
        fids = found["fid"].to_pylist()
        # An attribute that is the identifier is not said twice.
        listed = tuple(each for each in view.attributes if found[each.name].to_pylist() != fids)
        columns = [found[each.name].to_pylist() for each in listed]
        for row, fid in enumerate(fids):
            told = (say_attribute(site, view, each, columns[k][row], fid, language) for k, each in enumerate(listed))
            rows.append((fid, list(told)))
        following = found["n"][-1].as_py() if found.num_rows == LISTED else None
    maps = [look_at_map(site, each, language) for each in list_maps(site.atlas)]
    return render(
        site, visit, "layer.html",
        layer=view,
        rows=rows,
        listed=listed,
        known_by=_known_by(view, listed),
        after=after,
        following=following,
        maps=[each for each in maps if any(shown.layer.id == name for shown in each.layers)],
        symbols=[Markup(draw_symbol(view, each)) for each in view.legend],
        number=_number(language),
        structured=describe_layer_dataset(site, view, language),
        geodata_crs=(("", "layer.files_degrees"), ("2154", "layer.files_crs")),
        geodata_names=GEODATA_NAMES,
        geodata_exported=GEODATA_EXPORTED,
        indexed=may_list_made(site.atlas, view.entry),
    )  # fmt: skip


def _render_image(site: Site, visit: Visit, view: LayerView, raster: RasterView) -> str:
    """The page of a layer that is an image: what its values mean, how much ground each covers, its file."""
    language = visit.language
    maps = [look_at_map(site, each, language) for each in list_maps(site.atlas)]
    return render(
        site, visit, "layer_image.html",
        layer=view,
        raster=raster,
        maps=[each for each in maps if any(shown.layer.id == view.id for shown in each.layers)],
        symbols=[Markup(draw_symbol(view, each)) for each in view.legend],
        swatches=[Markup(draw_swatch(line.colour)) if line.colour else "" for line in raster.areas],
        hectares=lambda amount: format_hectares(amount, language),
        share=lambda part: format_share(part, language),
        place=site.atlas.perimeter(language).name,
        size=_weigh(view.entry["bytes"], language),
        file=name_image(view),
        number=_number(language),
        structured=describe_layer_dataset(site, view, language),
        indexed=may_list_made(site.atlas, view.entry),
    )  # fmt: skip


def _weigh(size: int, language: str) -> str:
    """The weight of a file as one reads it."""
    power = 3 if size >= 10**9 else 2 if size >= 10**6 else 1
    amount, name = size / 1000**power, "kMG"[power - 1]
    return f"{format_number(amount, 1 if amount < 10 else 0, language)}\u00a0{name}{'o' if language == 'fr' else 'B'}"


def write_config(site: Site, name: str, language: str, *, exported: bool = False) -> bytes:
    """What the script of a map asks for. ``exported``: for pages that are files, where no server answers."""
    view = look_at_map(site, name, language)
    up = "../" if language == "fr" else "../../"
    said = {
        "title": view.title,
        "language": language,
        "bounds": list(view.box),
        "opens": _spot(view.opens),
        "bookmarks": [{"title": title, **_spot(spot)} for title, spot in view.bookmarks],
        "base": _base(view.entry.get("base", "none"), language),
        "layers": [
            {
                **_layer(shown.layer, shown.shown, shown.opacity, up, language, exported=exported),
                "attributes": list(_attributes(site, shown.layer, language)),
            }
            for shown in view.layers
        ],
        "swipe": view.entry.get("swipe"),
        "marks": {
            name: MARKS[name] for name in sorted({_symbol(shown.layer) for shown in view.layers}) if name in MARKS
        },
    }
    return json.dumps(said, ensure_ascii=False, separators=(",", ":")).encode()


def write_places(site: Site, language: str) -> bytes:
    """The territories that one goes to by name: their name, what they are, what holds them."""
    atlas = site.atlas
    gazetteer = atlas.gazetteer(atlas.release.reference_vintage, language)
    found = []
    for level in _SEARCHED:
        boxes = boxes_of(atlas, level)
        found += [
            {
                "name": place.name,
                "detail": text(f"level_one.{level}", language),
                "bounds": [round(side, 5) for side in boxes[place.code]],
            }
            for place in gazetteer.by_level.get(level, ())
            if place.code in boxes
        ]
    return json.dumps(found, ensure_ascii=False, separators=(",", ":")).encode()


def base_hosts(entries: Iterable[Mapping[str, Any]]) -> frozenset[str]:
    """The hosts from which maps take their background, for the server to allow them and no other."""
    hosts = set()
    for entry in entries:
        base = _base(entry.get("base", "none"), "fr")
        if base:
            hosts.add("/".join(base["tiles"].split("/")[:3]))
    return frozenset(hosts)


def _absent(site: Site, name: str, language: str) -> tuple[str, str, str]:
    """A layer that could not be built: its id, its title, why."""
    entry = site.atlas.catalogue["layers"].get(name)
    if entry is None:
        return name, name, text("map.no_reason", language)
    reasons = (reason["message"] for reason in entry["reasons"])
    return name, pick(entry["title"], language), next(iter(reasons), text("map.no_reason", language))


def _same_legends(view: MapView) -> Mapping[str, str]:
    """By layer, the one above whose legend says the same, where a line parts both: it is said once."""
    beneath = view.beneath
    if beneath is None:
        return {}

    def said(layer: LayerView) -> list[tuple[str, str]]:
        return [(each.colour, each.words) for each in layer.legend]

    swipe: Mapping[str, str] = view.entry["swipe"]
    above = next(each for each in view.layers if each.layer.id in swipe.values() and each is not beneath)
    same = said(above.layer) == said(beneath.layer) and above.opacity == beneath.opacity
    return {beneath.layer.id: above.layer.id} if same else {}


def _spot(spot: Spot) -> dict[str, Any]:
    if spot.box is not None:
        return {"bounds": list(spot.box)}
    return {"centre": list(spot.centre or (0, 0)), "zoom": spot.zoom}


def _base(base: str | Mapping[str, Any], language: str) -> dict[str, Any] | None:
    if isinstance(base, Mapping):
        return {"tiles": base["tiles"], "attribution": pick(base["attribution"], language), "maxzoom": base["max_zoom"]}
    if base not in _BASES:
        return None
    layer, form, deepest = _BASES[base]
    tiles = f"{IGN}&LAYER={layer}&FORMAT={form}&TILEMATRIX={{z}}&TILEROW={{y}}&TILECOL={{x}}"
    return {"tiles": tiles, "attribution": text("map.base_ign", language), "maxzoom": deepest}


def _layer(view: LayerView, shown: bool, opacity: float, up: str, language: str, *, exported: bool) -> dict[str, Any]:
    entry = view.entry
    style = entry["style"]
    zoom, tiles = entry["zoom"], entry.get("tiles")
    form = view.raster.look.form if view.raster else "mvt"
    archive = (
        {"archive": f"{up}tuiles/{view.id}.pmtiles"}
        if tiles
        else {"each": f"{up}tuiles/{view.id}/{{z}}/{{x}}/{{y}}.{form}"}
    )
    popup = entry.get("popup")
    return {
        "id": view.id,
        "title": view.title,
        "shape": view.shape,
        "points": has_points(entry),
        "tiles": {**archive, "min": zoom["min"], "max": zoom["max"]},
        "image": _image(view, exported=exported),
        "items": None if exported or view.raster else f"{up}ogc/collections/{view.id.replace('/', '.')}/items",
        "names": f"{up}couches/{view.id}.noms.json" if exported and may_be_named(entry) else None,
        "bounds": [round(side, 6) for side in entry["bbox"]],
        "shown": shown,
        "opacity": opacity,
        "style": {
            "kind": style["kind"],
            "column": style.get("column"),
            "colour": style.get("colour", "cat-0"),
            "steps": [{"value": each.value, "colour": each.colour} for each in view.legend if each.colour != "land"
                      and (style["kind"] != "categories" or each.value is not None)],
            "rest": next((e.colour for e in view.legend if style["kind"] == "categories" and e.value is None), None),
            "outline": style.get("outline", True),
            "symbol": _symbol(view),
            "width": style.get("width", 1.5),
            "highest": style.get("highest") if style["kind"] == "circles" else None,
        },
        "labels": {"attribute": entry["labels"]["attribute"], "from": entry["labels"]["from_zoom"]}
                  if entry.get("labels") else None,
        "name": view.name,
        "popup": pick(popup, language) if popup else None,
        "sheet": [{"title": pick(part["title"], language), "attributes": part["attributes"]}
                  for part in entry.get("sheet", ())],
        "filters": [made for each in entry["filters"] if (made := _filter(view, each)) is not None],
    }  # fmt: skip


def _symbol(view: LayerView) -> str:
    return str(view.entry["style"].get("symbol", "circle"))


def _image(view: LayerView, *, exported: bool) -> dict[str, Any] | None:
    """What is said of an image besides its tiles: whether they are smoothed when they are enlarged, and where the value
    of a place is asked for (``lon`` and ``lat``)."""
    if view.raster is None:
        return None
    look = view.raster.look
    values = None if exported or look.kind == "rgb" else f"../couches/{view.id}/valeur"
    return {"smooth": look.resampling in ("bilinear", "average") and look.kind in ("ramp", "rgb"), "values": values}


def _attributes(site: Site, view: LayerView, language: str) -> Iterator[dict[str, Any]]:
    """What each attribute is called; beside a state, what is said of the features whose value is hidden. It is not in
    the tiles, which are the same in every language."""
    absences = look_at_absences(site, view, language)
    for each in view.attributes:
        yield {**_attribute(each, language), "absences": absences.get(each.name, {})}


def _attribute(each: AttributeView, language: str) -> dict[str, Any]:
    unit = _unit(each.unit, language) if each.unit else None
    words = dict(each.words)
    if each.type == "boolean":
        words = {"true": text("layer.yes", language), "false": text("layer.no", language), **words}
    return {"name": each.name, "title": each.title, "type": each.type, "unit": unit, "words": words,
            "stateOf": each.state_of or None}  # fmt: skip


def _unit(unit: Unit, language: str) -> dict[str, Any]:
    return {
        "symbol": pick_symbol(unit, 10, language), "one": pick_symbol(unit, 1, language), "decimals": unit.decimals,
        "grouped": unit.grouped,
    }  # fmt: skip


def _filter(view: LayerView, said: Mapping[str, Any]) -> dict[str, Any] | None:
    attribute = view.attribute(said["attribute"])
    title = attribute.title if attribute else said["attribute"]
    if said.get("values"):
        values = [each["value"] for each in said["values"]]
        return {"attribute": said["attribute"], "title": title, "kind": "values", "values": values}
    if isinstance(said.get("low"), int | float) and isinstance(said.get("high"), int | float):
        ends = {"low": said["low"], "high": said["high"]}
        return {"attribute": said["attribute"], "title": title, "kind": "range", **ends}
    return None


def _known_by(view: LayerView, listed: Iterable[AttributeView]) -> str:
    """What the identifier is called: the attribute that it repeats, when one does."""
    kept = {each.name for each in listed}
    return next((each.title for each in view.attributes if each.name not in kept), "fid")


def _number(language: str) -> Any:
    return lambda value: format_number(value, 0, language)


__all__ = [
    "base_hosts", "look_at_layer", "look_at_map", "render_layer", "render_map", "render_maps", "say_attribute",
    "write_config", "write_places",
]  # fmt: skip
