"""Images in words: what each colour means, how much ground it covers, what a pixel is worth.

Whoever cannot see the picture has the table of areas: how much of the territory each line of the legend covers.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from beffroi.lake.releases import Look, RasterPlan
from beffroi.language import format_number, format_value, pick, pick_symbol, text, typeset
from beffroi.units import Unit

STOPS = 5
"""Amounts that a legend tells of a ramp."""
_PERCENT = 100.0


@dataclass(frozen=True)
class AreaLine:
    """How much ground a line of the legend covers: its words, its colour (None for what the map does not draw), its
    hectares, its share of what has a value (0 to 1)."""

    words: str
    colour: str | None
    hectares: float
    share: float


@dataclass(frozen=True)
class RasterView:
    """What a page says of an image.

    ``areas`` are in the perimeter (``inside``), of which the image covers the part ``covered`` (None when unknown), or
    in the whole image where it lies apart. ``facts`` are pairs of words. ``values``: a category by its number.
    """

    look: Look
    title: str
    unit: Unit | None
    categories: Mapping[int, str]
    areas: tuple[AreaLine, ...]
    inside: bool
    covered: float | None
    known_ha: float
    facts: tuple[tuple[str, str], ...]
    reliability: str
    pixel_m: float

    def say(self, value: float | None, language: str) -> str:
        """A value as a page says it; an en dash when there is none."""
        if value is None:
            return "–"
        if self.categories:
            other = text("raster.other", language, value=format_number(value, 0, language))
            return self.categories.get(int(value), other)
        if self.unit is not None:
            return format_value(value, self.unit, language)
        return format_number(value, 0 if float(value).is_integer() else 2, language)


def look_of(entry: Mapping[str, Any]) -> Look:
    """How an image is painted, by its entry."""
    style = entry["style"]
    values = tuple(each["value"] for each in style["values"]) if style["kind"] == "categories" else ()
    limits = tuple(style.get("limits", ())) if style["kind"] == "classes" else ()
    ends = (style["low"], style["high"]) if style["kind"] == "ramp" else (0.0, 1.0)
    return Look(style["kind"], tuple(style["colours"]), style["resampling"], values, limits, ends)


def plan_raster_tiles(entry: Mapping[str, Any]) -> RasterPlan:
    """What tiles of an image hold, by its entry."""
    return RasterPlan(entry["zoom"]["min"], entry["zoom"]["max"], look_of(entry))


def observe_raster(entry: Mapping[str, Any], unit: Unit | None, language: str) -> RasterView:
    """An image in words."""
    areas = entry.get("areas") or {"classes": [], "known_ha": 0.0, "inside": None}
    within = areas["inside"]
    inside = within is not None and within["known_ha"] > 0
    measured = within if inside else areas
    style = entry["style"]
    categories = {
        each["value"]: typeset(pick(each["title"], language))
        for each in (style["values"] if style["kind"] == "categories" else ())
    }
    return RasterView(
        look=look_of(entry),
        title=pick(entry["value"] if entry.get("value") else entry["title"], language),
        unit=unit,
        categories=categories,
        areas=tuple(_areas(entry, measured, unit, language)),
        inside=inside,
        covered=within["covered"] if inside else None,
        known_ha=measured["known_ha"],
        facts=tuple(_facts(entry, measured, inside, unit, language)),
        reliability=pick(entry["reliability"], language) if entry.get("reliability") else "",
        pixel_m=entry["pixel_m"],
    )


def words_of_lines(entry: Mapping[str, Any], unit: Unit | None, language: str) -> list[str]:
    """What the lines of a legend are called, in order: categories, then the rest where it has a name; classes; the
    amounts that a ramp goes through."""
    style = entry["style"]
    if style["kind"] == "categories":
        rest = [pick(style["rest"], language)] if style.get("rest") else []
        return [*(typeset(pick(each["title"], language)) for each in style["values"]), *rest]
    if style["kind"] == "classes":
        return say_intervals(style["limits"], style["decimals"], unit, language)
    if style["kind"] == "ramp":
        words = [_say_limit(stop, style, unit, language) for stop in stops_of(style)]
        return [text("raster.at_most", language, limit=words[0]), *words[1:-1],
                text("raster.at_least", language, limit=words[-1])]  # fmt: skip
    return []


def stops_of(style: Mapping[str, Any]) -> list[float]:
    """The amounts that a legend tells of a ramp, at even steps."""
    low, high = style["low"], style["high"]
    return [low + (high - low) * rank / (STOPS - 1) for rank in range(STOPS)]


def say_intervals(limits: Sequence[float], decimals: int, unit: Unit | None, language: str) -> list[str]:
    """Classes by their limits, from the lowest."""
    grouped = unit.grouped if unit else True
    said = [format_number(limit, decimals, language, grouped=grouped) for limit in limits]
    if not said:
        return [""]
    between = [text("map.between", language, low=low, high=high) for low, high in pairwise(said)]
    return [text("map.below", language, limit=said[0]), *between, text("map.above", language, limit=said[-1])]


def symbol_of(unit: Unit | None, language: str) -> str:
    """The symbol of a unit beside a title; nothing without one."""
    return pick_symbol(unit, 10, language) if unit else ""


def format_hectares(hectares: float, language: str) -> str:
    """Hectares as a table has them: whole from ten on."""
    return format_number(hectares, 0 if hectares >= 10 or hectares == 0 else 1 if hectares >= 1 else 2, language)


def format_share(share: float, language: str) -> str:
    """A share of 0 to 1 in per cent."""
    percent = share * _PERCENT
    if 0 < percent < 0.05:
        return text("raster.hardly", language)
    said = format_number(percent, 1 if percent < 99.95 else 0, language)
    return f"{said}\u202f%" if language == "fr" else f"{said}%"


def _areas(
    entry: Mapping[str, Any], measured: Mapping[str, Any], unit: Unit | None, language: str
) -> Iterator[AreaLine]:
    style, known = entry["style"], measured["known_ha"] or 1.0
    if style["kind"] == "ramp":
        words: list[str] = say_intervals(style.get("limits", []), style.get("decimals", 0), unit, language)
    else:
        words = words_of_lines(entry, unit, language)[: max(0, len(measured["classes"]) - 1)]
    colours = list(style["colours"])
    for rank, line in enumerate(measured["classes"][:-1]):
        colour = None if style["kind"] == "ramp" else colours[rank]
        yield AreaLine(words[rank], colour, line["ha"], line["ha"] / known)
    if style["kind"] == "categories" and measured["classes"] and (others := measured["classes"][-1])["pixels"]:
        drawn = bool(style.get("rest"))
        said = pick(style["rest"], language) if drawn else text("raster.unnamed", language)
        yield AreaLine(said, colours[-1] if drawn else None, others["ha"], others["ha"] / known)


def _facts(
    entry: Mapping[str, Any], measured: Mapping[str, Any], inside: bool, unit: Unit | None, language: str
) -> Iterator[tuple[str, str]]:
    def amount(value: float) -> str:
        return format_value(value, unit, language) if unit else format_number(value, 2, language)

    metres = entry["pixel_m"]
    size = format_number(metres, 0 if metres >= 10 else 1 if metres >= 1 else 2, language)
    count = " × ".join(format_number(entry[side], 0, language) for side in ("width", "height"))
    yield text("raster.pixel", language), text("raster.pixel_said", language, size=size, count=count)
    yield text("raster.crs", language), entry["crs"] or text("raster.crs_own", language)
    values = entry.get("values")
    if values and entry["style"]["kind"] in ("classes", "ramp"):
        ends = text("raster.ends_said", language, low=amount(values["min"]), high=amount(values["max"]))
        yield text("raster.ends", language), ends
        middle = values["quantiles"]["0.5"]
        yield text("raster.median", language), amount(middle)
        if measured.get("mean") is not None:
            key = "raster.mean_inside" if inside else "raster.mean"
            yield text(key, language), amount(measured["mean"])
    if values and values["nodata_share"] > 0:
        yield text("raster.nodata", language), format_share(values["nodata_share"], language)


def _say_limit(limit: float, style: Mapping[str, Any], unit: Unit | None, language: str) -> str:
    decimals = style.get("decimals", 2)
    return format_number(limit, decimals, language, grouped=unit.grouped if unit else True)


__all__ = [
    "STOPS", "AreaLine", "RasterView", "format_hectares", "format_share", "look_of", "observe_raster",
    "plan_raster_tiles", "say_intervals", "stops_of", "symbol_of", "words_of_lines",
]  # fmt: skip
