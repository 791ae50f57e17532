"""Files of a figure of a page: its values as CSV or XLSX, its drawing as SVG or PNG."""

from collections.abc import Iterable
from typing import Any

from beffroi.errors import BeffroiError, fault
from beffroi.lake.series import write_rows
from beffroi.language import text
from beffroi.observe.blocks.bivariates import BivariateFigure
from beffroi.observe.blocks.kinds import BlockFigure
from beffroi.observe.blocks.specifications import specify_block
from beffroi.observe.blocks.spreads import SpreadFigure
from beffroi.observe.pages import FigureView, PageView
from beffroi.observe.standings import Reading
from beffroi.publish.addresses import Addresses
from beffroi.publish.drawings import draw_plate
from beffroi.publish.drawings.bivariates import draw_bivariate_plate
from beffroi.publish.drawings.blocks import draw_block_plate
from beffroi.publish.files import Concealed, Notes, lay_workbook, note_values, rasterise
from beffroi.publish.observatories import SPECIFIED, anchor_of, find_figure, formats_of, is_shared, refer
from beffroi.publish.page_maps import EXTENSION as MAP
from beffroi.publish.page_maps import is_map, write_map
from beffroi.publish.pages import dump
from beffroi.publish.sites import Site


def name_block_file(view: PageView, name: str, extension: str, *, shared: bool = False) -> str:
    """A file's name: page, territory unless it is ``shared`` by all, figure, the period that it was moved to,
    « donnees-fictives » where they are."""
    made_up = "_donnees-fictives" if view.synthetic else ""
    place = "" if shared else f"_{view.place.level}-{view.place.code}"
    period = f"_{view.periods[name]}" if name in view.periods else ""
    return f"{view.id.replace('/', '-')}{place}_{name}{period}{made_up}.{extension}"


def write_block_file(
    site: Site, view: PageView, name: str, extension: str, language: str, *, shared: bool = False
) -> bytes:
    """A file of a figure, no territory being marked when it is ``shared`` by all; ``unknown-figure``,
    ``file-format-unknown`` when the figure has no such form."""
    part = find_figure(view, name)
    figure = part.figure
    assert figure is not None
    if shared and extension == MAP and is_map(figure):
        return write_map(site, part, language)
    formats = formats_of(figure) if is_shared(figure) or not shared else ()
    if extension not in formats:
        raise BeffroiError(fault("file-format-unknown", name=extension, instead_of=extension, available=formats))
    if extension == "csv":
        return write_rows(list_readings(figure.readings))
    if extension == "xlsx":
        title = part.title or figure.frame.title
        return lay_workbook(
            site.atlas, title, list_readings(figure.readings), note_figure(view, name, language), language
        )
    to = site.addresses(language)
    if extension == SPECIFIED:
        return dump(specify_block(figure, part.title, _contours(to, figure)))
    place = view.place if view.levels and not shared else None
    moved = {name: part.moved} if part.moved else None
    address = f"{to.whole(to.page(view.id, place, moved))}#{anchor_of(name)}"
    if isinstance(figure, SpreadFigure):
        question = figure.question
        sheet = site.sheet(question.level, language)
        hand = ("", "") if shared else (question.territory.key, question.territory.short)
        plate = draw_plate(figure.figure, sheet, hand, language, site.accent, address)
    elif isinstance(figure, BivariateFigure):
        sheet = site.sheet(figure.level, language)
        plate = draw_bivariate_plate(part, sheet, language, site.accent, address, marked=not shared)
    else:
        plate = draw_block_plate(part, language, site.accent, address)
    return plate.encode() if extension == "svg" else rasterise(plate)


def note_figure(view: PageView, name: str, language: str) -> Notes:
    """What the workbook of a figure says beside its values; ``unknown-figure``."""
    part = find_figure(view, name)
    assert part.figure is not None
    return note_values(_about(view, part, language), _list_hidden(part.figure.readings), language)


def _contours(to: Addresses, figure: BlockFigure) -> str | None:
    """Where a map finds its shapes, with its values; None for what is no map."""
    if not isinstance(figure, SpreadFigure):
        return None
    question = figure.question
    return to.whole(to.data(question.measure, "geojson", level=question.level, period=question.period))


def list_readings(readings: Iterable[Reading]) -> Iterable[tuple[Any, ...]]:
    """Rows in the order of ``SHOWN_COLUMNS``, each once."""
    seen: set[tuple[object, ...]] = set()
    for each in readings:
        value = each.value
        row = (
            each.measure.id, each.place.level, value.territory, value.label, value.period, value.value,
            value.numerator, value.denominator, value.observations, value.status, value.confidentiality,
            value.reliability,
        )  # fmt: skip
        if row[:5] not in seen:
            seen.add(row[:5])
            yield row


def _list_hidden(readings: Iterable[Reading]) -> Iterable[Concealed]:
    """The hidden values of a figure, each once."""
    hidden = {
        (each.measure.id, each.place.key, each.value.period): (each.measure, each.place, each.value, each.instead)
        for each in readings
        if each.value.state == "confidential"
    }
    return hidden.values()


def _about(view: PageView, part: FigureView, language: str) -> Iterable[tuple[str, str]]:
    """What there is to know of a figure's values: which it is, what they are, whom they come from, what to beware
    of."""
    assert part.figure is not None
    frame = part.figure.frame
    if frame.synthetic:
        yield text("figure.fictitious", language), text("notice.synthetic", language)
    yield text("workbook.figure", language), part.title or frame.title
    yield text("page.reference", language), refer(view, part.name)
    yield from part.definitions
    for source in frame.sources:
        yield text("under.source", language), f"{source.words} · {source.licence}"
    yield text("workbook.geography", language), frame.geography
    yield text("workbook.edition", language), frame.edition
    for notice in frame.notices:
        yield text("under.note", language), notice.words


__all__ = ["list_readings", "name_block_file", "note_figure", "write_block_file"]
