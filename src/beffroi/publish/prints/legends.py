"""What a sheet says beside its map: the legend in the words of the page, and what the sheet says of itself."""

from collections.abc import Iterator, Sequence
from typing import Any

from beffroi.language import format_date, format_number, pick, text
from beffroi.observe.frames import SourceName
from beffroi.observe.layers import LayerView
from beffroi.observe.maps import LayerShown
from beffroi.publish.prints.contours import Bearing
from beffroi.publish.prints.grounds import PaperGround, round_scale
from beffroi.publish.prints.orders import PrintOrder
from beffroi.publish.prints.plates import Plate
from beffroi.publish.prints.symbols import Ink, draw_swatch
from beffroi.publish.sites import Site

SEEN = 1.0
"""Millimetres of paper beyond which a pixel is seen as a square."""
_ADOPTED = ("validated", "adopted")


def write_legend(shown: Sequence[LayerShown], plate: Plate, ink: Ink, unit: float, language: str) -> list[Any]:
    """The layers of a sheet with their symbols and words; a layer of which the sheet has nothing says so."""
    found = []
    for each in shown:
        layer = each.layer
        rows = []
        for entry in layer.legend:
            swatch = draw_swatch(layer, entry, each.opacity, ink, unit)
            words = entry.words or layer.title
            rows.append({"svg": swatch.svg, "width": swatch.width, "height": swatch.height, "words": words})
        # A layer of one symbol is its own title.
        alone = len(rows) == 1 and not layer.legend[0].words
        notes = [layer.method] if layer.method else []
        notes += layer.notices
        if not plate.drawn.get(layer.id):
            notes.append(text("print.nothing_here", language))
        found.append({"title": layer.title, "column": layer.legend_title, "rows": rows, "alone": alone, "notes": notes})
    return found


def write_facts(
    site: Site, order: PrintOrder, ground: PaperGround, plate: Plate, too_close: Sequence[tuple[LayerView, Bearing]],
    language: str,
) -> list[str]:  # fmt: skip
    """The paragraphs in small letters: projection, doubts, state, sources, edition."""
    facts = [*_tell_ground(ground, language), *_tell_doubts(order, ground, plate, too_close, language)]
    entry = order.view.entry
    if entry["declared_state"] not in _ADOPTED or entry.get("act"):
        said = text(f"state_of.{entry['declared_state']}", language)
        if act := entry.get("act"):
            said += f", {pick(act['title'], language)}, {format_date(act['date'], language)}"
        facts.append(text("print.state", language, state=said))
    facts.append(" ".join(_tell_sources(site, order, language)))
    return facts


def is_draft(order: PrintOrder) -> bool:
    """Whether nobody has answered for the map yet."""
    return order.view.entry["declared_state"] not in _ADOPTED


def _tell_ground(ground: PaperGround, language: str) -> Iterator[str]:
    stretch = format_number(abs(ground.factor - 1) * 100, 2, language)
    drift = format_number(max(0.01, ground.drift * 100), 2, language)
    way = "longer" if ground.factor > 1 else "shorter"
    yield text(f"print.projection_{way}", language, stretch=stretch, drift=drift)
    lean = abs(ground.north)
    if lean < 0.05:
        yield text("print.north_up", language)
    else:
        side = text("print.right" if ground.north > 0 else "print.left", language)
        yield text("print.north_leans", language, degrees=format_number(lean, 1, language), side=side)


def _tell_doubts(
    order: PrintOrder, ground: PaperGround, plate: Plate, too_close: Sequence[tuple[LayerView, Bearing]], language: str
) -> Iterator[str]:
    for layer, bearing in too_close:
        bears = format_number(bearing.scale, 0, language)
        if bearing.why:
            yield text("print.borne", language, layer=layer.title, bears=bears, why=bearing.why)
        else:
            spacing = format_number(bearing.spacing, 0, language)
            yield text("print.generalised", language, layer=layer.title, spacing=spacing, bears=bears)
    for each in chosen(order):
        yield from _tell_pixels(each.layer, ground, language)
    if plate.nameless:
        key = "print.nameless_one" if plate.nameless == 1 else "print.nameless_many"
        yield text(key, language, count=format_number(plate.nameless, 0, language))
    if order.view.absent:
        yield text("print.absent", language)


def _tell_pixels(layer: LayerView, ground: PaperGround, language: str) -> Iterator[str]:
    """That the pixels of an image are seen, when they are: it is coarser than the scale."""
    if layer.raster is None:
        return
    metres = layer.raster.pixel_m
    paper = metres * 1000 / ground.scale
    if paper > SEEN:
        # The size of a pixel on the ground is known to some thousandths: it is not to cost a step of the scale.
        bears = format_number(round_scale(0.99 * metres * 1000 / SEEN), 0, language)
        size = format_number(metres, 0 if metres >= 10 else 1, language)
        said = format_number(paper, 1, language)
        yield text("raster.coarse", language, layer=layer.title, size=size, paper=said, bears=bears)


def _tell_sources(site: Site, order: PrintOrder, language: str) -> Iterator[str]:
    layers: list[LayerView] = [each.layer for each in chosen(order)]
    sources = {source.id: source for layer in layers for source in layer.sources}
    if sources:
        yield text("print.sources", language, sources=_join_sources(list(sources.values()), language))
    if any(layer.entry["kind"] == "territories" for layer in layers):
        yield text("figure.geography", language, vintage=site.atlas.release.reference_vintage) + "."
    if any(layer.synthetic for layer in layers) or site.atlas.workspace.get("synthetic"):
        yield text("figure.fictitious", language) + "."


def _join_sources(sources: Sequence[SourceName], language: str) -> str:
    """Sources by licence; the day when they were fetched is said once, when it is the same for all."""
    days = {source.fetched[:10] if source.fetched else None for source in sources}
    day = next(iter(days)) if len(days) == 1 else None
    fetched = text("figure.fetched", language, date=format_date(day, language)) if day else ""
    by_licence: dict[str, list[str]] = {}
    for source in sources:
        by_licence.setdefault(source.licence, []).append(source.words.removesuffix(fetched))
    between = " ; " if language == "fr" else "; "
    return between.join(f"{between.join(words)} ({licence})" for licence, words in by_licence.items()) + fetched


def chosen(order: PrintOrder) -> tuple[LayerShown, ...]:
    """The layers that are printed, from top to bottom."""
    return tuple(shown for shown in order.view.layers if shown.layer.id in order.layers)


__all__ = ["chosen", "is_draft", "write_facts", "write_legend"]
