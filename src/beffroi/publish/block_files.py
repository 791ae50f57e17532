"""Files of a figure of a page: its values as CSV or XLSX, its drawing as SVG or PNG."""

import csv
import io
from collections.abc import Iterable

import xlsxwriter

from beffroi.errors import BeffroiError, fault
from beffroi.lake.series import SHOWN_COLUMNS
from beffroi.language import text
from beffroi.observe.blocks.bivariates import BivariateFigure
from beffroi.observe.blocks.spreads import SpreadFigure
from beffroi.observe.pages import FigureView, PageView
from beffroi.observe.standings import Reading
from beffroi.publish.drawings import draw_plate
from beffroi.publish.drawings.bivariates import draw_bivariate_plate
from beffroi.publish.drawings.blocks import draw_block_plate
from beffroi.publish.files import rasterise
from beffroi.publish.observatories import anchor_of, find_figure, formats_of
from beffroi.publish.sites import Site


def name_block_file(view: PageView, name: str, extension: str) -> str:
    """A file's name: page, territory, figure, and « donnees-fictives » where they are."""
    made_up = "_donnees-fictives" if view.synthetic else ""
    return f"{view.id.replace('/', '-')}_{view.place.level}-{view.place.code}_{name}{made_up}.{extension}"


def write_block_file(site: Site, view: PageView, name: str, extension: str, language: str) -> bytes:
    """A file of a figure; ``unknown-figure``, ``file-format-unknown`` when the figure has no such form."""
    part = find_figure(view, name)
    figure = part.figure
    assert figure is not None
    formats = formats_of(figure)
    if extension not in formats:
        raise BeffroiError(fault("file-format-unknown", name=extension, instead_of=extension, available=formats))
    if extension == "csv":
        return _write_csv(figure.readings)
    if extension == "xlsx":
        return _write_workbook(part, language)
    to = site.addresses(language)
    address = f"{to.whole(to.page(view.id, view.place if view.levels else None))}#{anchor_of(name)}"
    if isinstance(figure, SpreadFigure):
        question = figure.question
        sheet = site.sheet(question.level, language)
        hand = (question.territory.key, question.territory.short)
        plate = draw_plate(figure.figure, sheet, hand, language, site.accent, address)
    elif isinstance(figure, BivariateFigure):
        plate = draw_bivariate_plate(part, site.sheet(figure.level, language), language, site.accent, address)
    else:
        plate = draw_block_plate(part, language, site.accent, address)
    return plate.encode() if extension == "svg" else rasterise(plate)


def list_readings(readings: Iterable[Reading]) -> Iterable[tuple[object, ...]]:
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


def _write_csv(readings: Iterable[Reading]) -> bytes:
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(SHOWN_COLUMNS)
    writer.writerows(list_readings(readings))
    return out.getvalue().encode()


def _write_workbook(part: FigureView, language: str) -> bytes:
    assert part.figure is not None
    frame = part.figure.frame
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True})
    bold, wrap = book.add_format({"bold": True}), book.add_format({"text_wrap": True, "valign": "top"})
    sheet = book.add_worksheet(text("workbook.data", language))
    sheet.write_row(0, 0, SHOWN_COLUMNS, bold)
    sheet.freeze_panes(1, 0)
    for index, row in enumerate(list_readings(part.figure.readings), 1):
        for column, value in enumerate(row):
            if isinstance(value, str):
                sheet.write_string(index, column, value)
            elif isinstance(value, int | float):
                sheet.write_number(index, column, value)
    sheet.set_column(0, len(SHOWN_COLUMNS) - 1, 16)
    about = book.add_worksheet(text("workbook.about", language))
    about.set_column(0, 0, 24, bold)
    about.set_column(1, 1, 100, wrap)
    told = [
        *([(text("figure.fictitious", language), text("notice.synthetic", language))] if frame.synthetic else []),
        (text("workbook.figure", language), part.title or frame.title),
        *part.definitions,
        *((text("under.source", language), f"{source.words} · {source.licence}") for source in frame.sources),
        (text("workbook.geography", language), frame.geography),
        (text("workbook.edition", language), frame.edition),
        *((text("under.note", language), notice.words) for notice in frame.notices),
    ]
    for index, (label, words) in enumerate(told):
        about.write_string(index, 0, label)
        about.write_string(index, 1, words)
    book.close()
    return out.getvalue()


__all__ = ["list_readings", "name_block_file", "write_block_file"]
