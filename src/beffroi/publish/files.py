"""Files to download: the same values as on the page, in the forms that others read.

Every form has the columns of ``SHOWN_COLUMNS`` and no other. A file of made-up data says so in its name and, where the
form has room for it, inside.
"""

import io
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np
import pyarrow as pa
import shapely
import vl_convert
import xlsxwriter

from beffroi.errors import BeffroiError, fault
from beffroi.lake.series import SHOWN_COLUMNS, list_rows, write_csv, write_parquet
from beffroi.language import format_date, format_period, pick, text
from beffroi.observe.atlases import Atlas
from beffroi.observe.frames import name_sources
from beffroi.observe.places import Place
from beffroi.observe.substitutes import Substitute, list_hidden, list_substitutes, say_reason
from beffroi.observe.values import Measure, Value
from beffroi.publish.tokens import TYPEFACE

MEDIA_TYPES: Mapping[str, str] = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "parquet": "application/vnd.apache.parquet",
    "geojson": "application/geo+json",
    "svg": "image/svg+xml",
    "map.svg": "image/svg+xml",
    "png": "image/png",
    "vl.json": "application/vnd.vegalite.v5+json",
}


def name_file(measure: Measure, extension: str, *narrowed: str) -> str:
    """A file's name: indicator, what it was narrowed to, and « donnees-fictives » where they are."""
    parts = [measure.id.replace("/", "-"), *(part for part in narrowed if part)]
    if measure.synthetic:
        parts.append("donnees-fictives")
    return f"{'_'.join(parts)}.{extension}"


def write_data(
    extension: str, atlas: Atlas, measure: Measure, series: pa.Table, language: str, level: str | None = None
) -> bytes:
    """A file of values; ``file-format-unknown`` when there is no such form (GeoJSON needs one level with contours)."""
    if extension == "csv":
        return write_csv(series)
    if extension == "xlsx":
        return write_workbook(atlas, measure, series, language)
    if extension == "parquet":
        return write_parquet(series.select(list(SHOWN_COLUMNS)), {"beffroi.notice": _notice(measure, language)})
    if extension == "geojson" and level:
        return write_geojson(atlas, measure, series, level, language)
    raise BeffroiError(fault("file-format-unknown", name=extension, available=("csv", "xlsx", "parquet", "geojson")))


def write_workbook(atlas: Atlas, measure: Measure, series: pa.Table, language: str) -> bytes:
    """The values, what they mean and come from, and where some are hidden what there is instead: a sheet each."""
    notes = note_series(atlas, measure, series, language)
    return lay_workbook(atlas, measure.title(language), list_rows(series), notes, language)


Concealed = tuple[Measure, Place, Value, Sequence[Substitute]]
"""A hidden value with what it is of, and what there is instead."""


@dataclass(frozen=True)
class Notes:
    """What a workbook says beside its values, sheet by sheet: what they are (``about``: label and words), and in the
    place of those that are ``hidden`` what there is (indicator, territory, period, why, instead), heads first."""

    about: tuple[tuple[str, ...], ...]
    hidden: tuple[tuple[str, ...], ...]


def note_series(atlas: Atlas, measure: Measure, series: pa.Table, language: str) -> Notes:
    """What the workbook of rows of a series, all of one vintage, says beside them."""
    hidden = ((measure, each.place, each.value, each.instead) for each in list_hidden(atlas, measure, series, language))
    vintage = series["vintage"][0].as_py() if series.num_rows else atlas.release.reference_vintage
    return note_values(_about(atlas, measure, vintage, language), hidden, language)


def note_values(about: Iterable[tuple[str, str]], hidden: Iterable[Concealed], language: str) -> Notes:
    """What there is to know ``about`` values, and of those that are ``hidden``."""
    lines = tuple(_hidden_lines(hidden, language))
    heads = tuple(
        text(f"workbook.hidden_{head}", language) for head in ("indicator", "place", "period", "why", "instead")
    )
    return Notes(tuple(about), (heads, *lines) if lines else ())


def _hidden_lines(hidden: Iterable[Concealed], language: str) -> Iterator[tuple[str, ...]]:
    for measure, place, value, instead in hidden:
        period, why = format_period(value.period, language), say_reason(value.reason, language)
        yield measure.title(language), place.name, period, why, list_substitutes(instead, language) or "–"


def lay_workbook(
    atlas: Atlas, title: str, rows: Iterable[tuple[Any, ...]], notes: Notes, language: str
) -> bytes:  # fmt: skip
    """A workbook of ``rows``, in the order of ``SHOWN_COLUMNS``, and of what is said beside them."""
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True, "default_date_format": "yyyy-mm-dd"})
    # The day is that of the edition: the same edition gives the same bytes.
    built = datetime.fromisoformat(atlas.release.edition.built)
    book.set_properties({"title": title, "company": atlas.workspace["publisher"], "created": built})
    bold, wrap = book.add_format({"bold": True}), book.add_format({"text_wrap": True, "valign": "top"})
    sheet = book.add_worksheet(text("workbook.data", language))
    sheet.write_row(0, 0, SHOWN_COLUMNS, bold)
    sheet.freeze_panes(1, 0)
    last = 1
    for last, row in enumerate(rows, 1):
        for column, value in enumerate(row):
            if isinstance(value, str):
                sheet.write_string(last, column, value)
            elif value is not None:
                sheet.write_number(last, column, value)
    sheet.autofilter(0, 0, last, len(SHOWN_COLUMNS) - 1)
    sheet.set_column(0, len(SHOWN_COLUMNS) - 1, 16)
    about = book.add_worksheet(text("workbook.about", language))
    about.set_column(0, 0, 24, bold)
    about.set_column(1, 1, 100, wrap)
    for index, line in enumerate(notes.about):
        _lay_line(about, index, line)
    _lay_hidden(book, notes.hidden, language)
    book.close()
    return out.getvalue()


def _lay_hidden(book: xlsxwriter.Workbook, lines: Sequence[tuple[str, ...]], language: str) -> None:
    """The sheet of hidden values: which, why, and what to read instead; none where nothing is hidden."""
    if not lines:
        return
    sheet = book.add_worksheet(text("workbook.hidden", language))
    sheet.write_row(0, 0, lines[0], book.add_format({"bold": True}))
    sheet.freeze_panes(1, 0)
    for column, width in enumerate((28, 28, 12, 64, 64)):
        sheet.set_column(column, column, width)
    for row, line in enumerate(lines[1:], 1):
        _lay_line(sheet, row, line)


def _lay_line(sheet: Any, row: int, line: Iterable[str]) -> None:
    for column, said in enumerate(line):
        sheet.write_string(row, column, said)


def _about(atlas: Atlas, measure: Measure, vintage: int, language: str) -> Iterable[tuple[str, str]]:
    if measure.synthetic:
        yield text("figure.fictitious", language), text("notice.synthetic", language)
    yield text("explorer.indicator", language), f"{measure.title(language)} ({measure.id})"
    yield text("under.definition", language), measure.definition(language)
    yield text("entry.unit", language), measure.unit_words(language)
    for key in ("method", "note"):
        if measure.entry.get(key):
            yield text(f"under.{key}", language), pick(measure.entry[key], language)
    for source in name_sources(atlas, measure, language):
        yield text("under.source", language), f"{source.words} · {source.licence}"
    yield text("workbook.geography", language), text("figure.geography", language, vintage=vintage)
    yield (
        text("workbook.edition", language),
        f"{atlas.release.edition.id}, {format_date(atlas.release.edition.built, language)}",
    )
    for code in ("status", "confidentiality", "reliability"):
        yield code, text(f"workbook.{code}", language)


def write_geojson(atlas: Atlas, measure: Measure, series: pa.Table, level: str, language: str) -> bytes:
    """One feature a territory and period, in longitude and latitude to the decimetre; no feature without contour."""
    contours = atlas.release.contours(level)
    shapes = shapely.from_wkb(contours["geometry"].to_numpy(zero_copy_only=False))
    rounded = shapely.transform(shapes, lambda xy: np.round(xy, 6)) if len(shapes) else shapes
    written = dict(zip(contours["code"].to_pylist(), shapely.to_geojson(rounded), strict=True))
    place = SHOWN_COLUMNS.index("territory")
    features = [
        '{"type":"Feature","geometry":' + written[row[place]] + ',"properties":'
        + json.dumps(dict(zip(SHOWN_COLUMNS, row, strict=True)), ensure_ascii=False) + "}"
        for row in list_rows(series)
        if row[place] in written
    ]  # fmt: skip
    head = {
        "type": "FeatureCollection",
        "title": measure.title(language),
        "source": [s.words for s in name_sources(atlas, measure, language)],
        "geography": text("figure.geography", language, vintage=atlas.release.reference_vintage),
        "notice": _notice(measure, language) or None,
    }
    return (json.dumps(head, ensure_ascii=False)[:-1] + ', "features": [\n' + ",\n".join(features) + "\n]}").encode()


def _notice(measure: Measure, language: str) -> str:
    return text("notice.synthetic", language) if measure.synthetic else ""


_FILE_FAMILY = '"Source Sans 3 ExtraLight"'
"""How the static files of the typeface name their family, whatever their weight: cut from the variable one, they kept
the name of its first master. The thin no-break space is not in them."""


def rasterise(svg: str, scale: float = 2.0) -> bytes:
    """A PNG of a plate, drawn with the typeface of the pages (register it first with ``register_fonts``)."""
    drawn = svg.replace("\u202f", "\u00a0").replace(TYPEFACE, f"{_FILE_FAMILY},{TYPEFACE}")
    return bytes(vl_convert.svg_to_png(drawn, scale=scale))


def register_fonts(folder: str) -> None:
    """Let pictures be drawn with the fonts of a folder."""
    vl_convert.register_font_directory(folder)


__all__ = [
    "MEDIA_TYPES",
    "SHOWN_COLUMNS",
    "Notes",
    "lay_workbook",
    "list_rows",
    "name_file",
    "note_series",
    "note_values",
    "rasterise",
    "register_fonts",
    "write_csv",
    "write_data",
    "write_geojson",
    "write_workbook",
]  # fmt: skip
