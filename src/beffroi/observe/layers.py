"""Layers in words: what there is on a map, what each colour means, what the attributes of a feature are called."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from beffroi.lake.releases import TilePlan, mix_ramp
from beffroi.language import format_number, format_value, pick, pick_symbol, text, typeset
from beffroi.observe.atlases import Atlas
from beffroi.observe.classes import Classes, circle_steps
from beffroi.observe.frames import SourceName, cite_sources
from beffroi.observe.rasters import (
    RasterView,
    format_share,
    observe_raster,
    say_intervals,
    stops_of,
    symbol_of,
    words_of_lines,
)
from beffroi.observe.substitutes import HIDDEN, say_reason, word_absences
from beffroi.observe.values import read_unit
from beffroi.units import Unit

PALETTE = ("cat-0", "cat-1", "cat-2", "cat-3", "cat-4", "cat-5", "cat-6")
IMAGE = "raster"
"""The kind of layers that are images."""
REST = "grey-2"
"""Colour of what a legend does not tell apart."""


@dataclass(frozen=True)
class LegendEntry:
    """One line of a legend: a colour (a token, or ``#rrggbb``), what it means, how many features have it.

    ``share`` is the radius of a circle as a part of the largest, None where it is no circle. ``value`` is that of a
    category, the lower limit of a class (None for the lowest), or the amount of a shade. ``part`` says in words how
    much of the perimeter an image covers so.
    """

    colour: str
    words: str
    count: int | None = None
    share: float | None = None
    value: Any = None
    part: str = ""


@dataclass(frozen=True)
class AttributeView:
    """An attribute as it is called; ``words`` say what its coded values mean.

    ``state_of`` names the attribute whose state it says, where it is one; empty otherwise.
    """

    name: str
    title: str
    type: str
    definition: str
    unit: Unit | None
    words: Mapping[str, str]
    state_of: str = ""

    def say(self, value: Any, language: str) -> str:
        """A value as a page says it; an en dash when there is none."""
        if value is None or value == "" or value != value:
            return "–"
        if (found := self.words.get(code_of(value))) is not None:
            return found
        if isinstance(value, bool):
            return text("layer.yes" if value else "layer.no", language)
        if isinstance(value, int | float):
            if self.unit is not None:
                return format_value(value, self.unit, language)
            whole = isinstance(value, int) or float(value).is_integer()
            return str(int(value)) if whole else format_number(value, 2, language)
        return str(value)


@dataclass(frozen=True)
class LayerView:
    """A layer as a page shows it; ``shape`` is polygon, line, point or image, ``notices`` what to know before reading.

    An image has neither attributes nor features: ``raster`` tells of it.
    """

    id: str
    title: str
    description: str
    entry: Mapping[str, Any]
    shape: str
    legend: tuple[LegendEntry, ...]
    legend_title: str
    method: str
    attributes: tuple[AttributeView, ...]
    name: str | None
    notices: tuple[str, ...]
    sources: tuple[SourceName, ...]
    count: int
    synthetic: bool
    raster: RasterView | None = None

    def attribute(self, name: str) -> AttributeView | None:
        return next((each for each in self.attributes if each.name == name), None)


def list_layers(atlas: Atlas) -> tuple[str, ...]:
    """The layers of features that the reader has, in the order of their ids."""
    return tuple(name for name in list_all_layers(atlas) if atlas.catalogue["layers"][name]["kind"] != IMAGE)


def list_images(atlas: Atlas) -> tuple[str, ...]:
    """The layers that the reader has and that are images, in the order of their ids."""
    return tuple(name for name in list_all_layers(atlas) if atlas.catalogue["layers"][name]["kind"] == IMAGE)


def list_all_layers(atlas: Atlas) -> tuple[str, ...]:
    """The layers that the reader has, features and images, in the order of their ids."""
    found: Mapping[str, Any] = atlas.catalogue["layers"]
    return tuple(sorted(name for name, entry in found.items() if entry["object"] is not None))


def observe_layer(atlas: Atlas, name: str, language: str) -> LayerView:
    """A layer in words; ``unknown-layer-asked`` when the reader has none of that name."""
    entry = atlas.release.layer(name)
    if entry["kind"] == IMAGE:
        return _observe_image(atlas, name, entry, language)
    titles = _titles(entry["style"], language)
    attributes = tuple(_attribute(atlas, each, titles, language) for each in entry["attributes"])
    named = entry.get("name") or ("name" if entry["kind"] == "territories" else None)
    legend, column, method = _legend(entry, attributes, language)
    return LayerView(
        id=name,
        title=pick(entry["title"], language),
        description=pick(entry["description"], language),
        entry=entry,
        shape=shape_of(entry["geometry_types"]),
        legend=legend,
        legend_title=column,
        method=method,
        attributes=attributes,
        name=named if named in {each.name for each in attributes} else None,
        notices=tuple(_notices(entry, language)),
        sources=cite_sources(atlas, entry, language),
        count=entry["count"],
        synthetic=entry["synthetic"],
    )


def observe_absences(atlas: Atlas, view: LayerView, language: str) -> Mapping[str, Mapping[str, str]]:
    """For each attribute that says a state, by feature, why a hidden value is so and what there is to read instead.

    Of layers of territories alone; features of which nothing is told here have the words of their state.
    """
    found = {}
    for attribute in view.attributes:
        said = view.entry["indicators"].get(attribute.state_of) if attribute.state_of else None
        measure = atlas.measures.get(said["indicator"]) if said else None
        if said and measure and measure.released and "period" in said:
            level, period, vintage = view.entry["level"], said["period"], said["vintage"]
            found[attribute.name] = word_absences(atlas, measure, level, period, vintage, language)
    return found


def _observe_image(atlas: Atlas, name: str, entry: Mapping[str, Any], language: str) -> LayerView:
    unit = read_unit(atlas.catalogue, entry["unit"]) if entry.get("unit") else None
    raster = observe_raster(entry, unit, language)
    style = entry["style"]
    title = raster.title if style["kind"] in ("classes", "ramp") else ""
    symbol = symbol_of(unit, language)
    method = text(f"raster.method_{style.get('method', 'quantile')}", language) if style["kind"] == "classes" else ""
    method += f" {text('map.sampled', language)}" if style["kind"] == "classes" and style.get("sampled") else ""
    return LayerView(
        id=name,
        title=pick(entry["title"], language),
        description=pick(entry["description"], language),
        entry=entry,
        shape="image",
        legend=tuple(_image_legend(entry, raster, language)),
        legend_title=f"{title} ({symbol})" if title and symbol else title,
        method=method,
        attributes=(),
        name=None,
        notices=tuple(_notices(entry, language)),
        sources=cite_sources(atlas, entry, language),
        count=entry["count"],
        synthetic=entry["synthetic"],
        raster=raster,
    )


def _image_legend(entry: Mapping[str, Any], raster: RasterView, language: str) -> Iterable[LegendEntry]:
    style = entry["style"]
    words = words_of_lines(entry, raster.unit, language)
    if style["kind"] == "ramp":
        mixed = mix_ramp(style["colours"], len(words))
        for colour, said, stop in zip(mixed, words, stops_of(style), strict=True):
            yield LegendEntry(colour, said, value=stop)
        return
    parts = {line.words: format_share(line.share, language) for line in raster.areas if raster.inside}
    limits = (None, *style.get("limits", ()))
    values = [each["value"] for each in style["values"]] if style["kind"] == "categories" else limits
    for rank, (colour, said) in enumerate(zip(style["colours"], words, strict=True)):
        yield LegendEntry(colour, said, value=values[rank] if rank < len(values) else None, part=parts.get(said, ""))


def shape_of(kinds: Sequence[str]) -> str:
    """What features are drawn as: surfaces as soon as there is one, else lines, else points."""
    if any("Polygon" in kind for kind in kinds):
        return "polygon"
    return "line" if any("Line" in kind for kind in kinds) else "point"


def has_points(entry: Mapping[str, Any]) -> bool:
    """Whether tiles hold a point for each surface: where its circle stands, or its name."""
    surfaces = shape_of(entry["geometry_types"]) == "polygon"
    return surfaces and (entry["style"]["kind"] == "circles" or bool(entry.get("labels")))


def plan_tiles(entry: Mapping[str, Any]) -> TilePlan:
    """What tiles of a layer hold, by its entry: above the deepest zoom, heavy ones have the attributes alone that
    drawing, labels and filters need."""
    labels = entry.get("labels") or {}
    needed = [entry["style"].get("column"), labels.get("attribute"), *(each["attribute"] for each in entry["filters"])]
    brief = tuple(dict.fromkeys(name for name in needed if name))
    return TilePlan(entry["zoom"]["min"], entry["zoom"]["max"], brief, has_points(entry))


def code_of(value: Any) -> str:
    """A coded value as a name of its words: ``true`` and ``false`` as programs write them."""
    return str(value).lower() if isinstance(value, bool) else str(value)


def _titles(style: Mapping[str, Any], language: str) -> Mapping[str, Mapping[str, str]]:
    """By attribute, what the legend calls its values: the popup, the sheet and the list say them likewise."""
    if style["kind"] != "categories":
        return {}
    titled = ((each["value"], each["title"]) for each in style["values"] if each.get("title"))
    return {style["column"]: {code_of(value): typeset(pick(title, language)) for value, title in titled}}


def _attribute(
    atlas: Atlas, entry: Mapping[str, Any], titles: Mapping[str, Mapping[str, str]], language: str
) -> AttributeView:
    words = titles.get(entry["name"], {})
    if "status_of" in entry:
        words = {state: say_reason(state, language) for state in _STATES}
    return AttributeView(
        entry["name"],
        pick(entry["title"], language),
        entry["type"],
        pick(entry["definition"], language) if entry.get("definition") else "",
        read_unit(atlas.catalogue, entry["unit"]) if entry.get("unit") else None,
        words,
        entry.get("status_of", ""),
    )


_STATES = ("sure", "provisional", "estimated", "weak", *HIDDEN, "impossible", "uncollected", "missing")


def _legend(
    entry: Mapping[str, Any], attributes: Iterable[AttributeView], language: str
) -> tuple[tuple[LegendEntry, ...], str, str]:
    """Lines of the legend, what they are of, how limits were found."""
    style = entry["style"]
    column = next((each for each in attributes if each.name == style.get("column")), None)
    title = column.title if column else ""
    if column and column.unit and (symbol := pick_symbol(column.unit, 10, language)):
        title = f"{title} ({symbol})"
    if style["kind"] == "categories":
        return tuple(_categories(style, column, language)), title, ""
    if style["kind"] == "classes":
        method = text(f"map.method_{style.get('method', 'quantile')}", language)
        method += f" {text('map.sampled', language)}" if style.get("sampled") else ""
        return tuple(_classes(style, column, language)), title, method
    if style["kind"] == "circles":
        return tuple(_circles(style, column, language)), title, ""
    return (LegendEntry(style.get("colour", "cat-0"), "", entry["count"]),), "", ""


def _categories(style: Mapping[str, Any], column: AttributeView | None, language: str) -> Iterable[LegendEntry]:
    palette = iter(PALETTE * 2)
    for each in style["values"]:
        title = pick(each["title"], language) if each.get("title") else ""
        said = title or (column.say(each["value"], language) if column else str(each["value"]))
        colour = each.get("colour") or next(palette)
        yield LegendEntry(colour, typeset(said), each["count"], value=each["value"])
    if style.get("rest") and style.get("others"):
        yield LegendEntry(REST, pick(style["rest"], language), style["others"])


def _classes(style: Mapping[str, Any], column: AttributeView | None, language: str) -> Iterable[LegendEntry]:
    limits, counts = tuple(style["limits"]), style["counts"]
    ramp = "div" if style.get("ramp") == "diverging" else "seq"
    low, high = style["lowest"], style["highest"]
    shades = Classes(limits, low or 0.0, high or 0.0, style["decimals"], style.get("diverging_at"))
    said = say_intervals(limits, style["decimals"], column.unit if column else None, language)
    for index, (count, words) in enumerate(zip(counts, said, strict=True)):
        shade = shades.shade(index) if len(counts) <= 7 else index
        yield LegendEntry(f"{ramp}-{shade}", words, count, value=limits[index - 1] if index else None)
    if style.get("missing"):
        yield LegendEntry("land", text("map.missing", language), style["missing"])


def _circles(style: Mapping[str, Any], column: AttributeView | None, language: str) -> Iterable[LegendEntry]:
    highest = style["highest"] or 0.0
    for step in circle_steps(highest):
        share = (step / highest) ** 0.5 if highest else 0.0
        yield LegendEntry(
            style.get("colour", "cat-0"), column.say(step, language) if column else str(step), share=share
        )


def _notices(entry: Mapping[str, Any], language: str) -> Iterable[str]:
    if entry.get("note"):
        yield pick(entry["note"], language)
    for key in ("without_geometry", "repaired"):
        if count := entry.get(key):
            words = "one" if count == 1 else "many"
            yield text(f"map.{key}_{words}", language, count=format_number(count, 0, language))
    if entry["state"] == "kept":
        yield text("map.kept", language)


__all__ = [
    "IMAGE", "REST", "AttributeView", "LayerView", "LegendEntry", "code_of", "has_points", "list_all_layers",
    "list_images", "list_layers", "observe_absences", "observe_layer", "plan_tiles", "shape_of",
]  # fmt: skip
