"""The figures of pages drawn: for each, the template that frames it and the marks that it needs.

A figure that is a table of words has no marks: its template writes it.
"""

from collections.abc import Callable, Mapping
from typing import Any

from markupsafe import Markup

from beffroi.observe.blocks.areas import AreaFigure
from beffroi.observe.blocks.bars import BarsFigure
from beffroi.observe.blocks.flows import FlowFigure
from beffroi.observe.blocks.grids import GridFigure
from beffroi.observe.blocks.keys import KeyFiguresFigure
from beffroi.observe.blocks.kinds import BlockFigure
from beffroi.observe.blocks.lines import LinesFigure
from beffroi.observe.blocks.multiples import MultiplesFigure
from beffroi.observe.blocks.pyramids import PyramidFigure
from beffroi.observe.blocks.scatters import ScatterFigure
from beffroi.observe.blocks.slopes import SlopeFigure
from beffroi.observe.blocks.targets import TargetFigure
from beffroi.observe.pages import FigureView
from beffroi.publish.drawings.block_marks import (
    area_marks,
    bars_marks,
    multiples_marks,
    pyramid_marks,
    slope_marks,
    target_marks,
)
from beffroi.publish.drawings.block_plates import (
    area_plate,
    columns_plate,
    multiples_plate,
    pyramid_plate,
    slope_plate,
    target_plate,
)
from beffroi.publish.drawings.charts import COLOURS, Canvas, draw_evolution, draw_labels
from beffroi.publish.drawings.flows import ACROSS, draw_bands, draw_flow_words, lay_flow
from beffroi.publish.drawings.marks import clip, mark_circle, mark_rect, mark_text
from beffroi.publish.drawings.plates import INNER, MARGIN, WIDTH, PlatePage, lay_plate
from beffroi.publish.drawings.scatters import HEIGHT, draw_scatter, spot_radius
from beffroi.publish.drawings.thumbnails import draw_sparkline

LINES_HEIGHT = 320


def _keys(figure: KeyFiguresFigure) -> dict[str, Any]:
    return {"sparks": [Markup(draw_sparkline(e.history)) if len(e.history) > 1 else "" for e in figure.entries]}


def _lines(figure: LinesFigure) -> dict[str, Any]:
    chart = figure.chart
    return {
        "body": Markup(draw_evolution(chart, Canvas(), LINES_HEIGHT, alike=figure.alike)),
        "labels": Markup(draw_labels(chart, LINES_HEIGHT, alike=figure.alike)),
        "height": LINES_HEIGHT,
    }


def _scatter(figure: ScatterFigure) -> dict[str, Any]:
    return {
        "body": Markup(draw_scatter(figure, Canvas(inset=0.05))),
        "height": HEIGHT,
        "sizes": [(spot_radius(size), words) for size, words in figure.sizes],
    }


def _flow(figure: FlowFigure) -> dict[str, Any]:
    laid = lay_flow(figure)
    words = Markup(draw_flow_words(figure, laid, Canvas()))
    return {"bands": Markup(draw_bands(figure, laid)), "words": words, "height": round(laid.height)}


def _grid(figure: GridFigure) -> dict[str, Any]:
    return {}


_DRAWERS: Mapping[type[Any], tuple[str, Callable[[Any], dict[str, Any]]]] = {
    KeyFiguresFigure: ("blocks/keys.html", _keys),
    LinesFigure: ("blocks/lines.html", _lines),
    BarsFigure: ("blocks/bars.html", bars_marks),
    AreaFigure: ("blocks/area.html", area_marks),
    MultiplesFigure: ("blocks/multiples.html", multiples_marks),
    PyramidFigure: ("blocks/pyramid.html", pyramid_marks),
    SlopeFigure: ("blocks/slope.html", slope_marks),
    TargetFigure: ("blocks/target.html", target_marks),
    GridFigure: ("blocks/grid.html", _grid),
    ScatterFigure: ("blocks/scatter.html", _scatter),
    FlowFigure: ("blocks/flow.html", _flow),
}


def draw_block_plate(part: FigureView, language: str, accent: str, address: str) -> str:
    """A whole SVG file of a figure, for who takes it away."""
    figure = part.figure
    assert figure is not None
    plate = _PLATES[type(figure)]
    return lay_plate(figure.frame, lambda page: plate(figure, page), language, accent, address, part.title)


def _lines_plate(figure: LinesFigure, page: PlatePage) -> None:
    height = 380
    page.pieces.append(draw_evolution(figure.chart, Canvas(INNER - 190, MARGIN, page.y), height, alike=figure.alike))
    page.pieces.append(draw_labels(figure.chart, height, WIDTH - MARGIN - 180, page.y, alike=figure.alike))
    page.y += height
    if figure.chart.indexed:
        page.write(figure.chart.indexed, "plate-text", 14, 130)


def _bars_plate(figure: BarsFigure, page: PlatePage) -> None:
    if figure.upright:
        columns_plate(figure, page)
        return
    _series_key(figure.series, page)
    width = INNER - 400
    for group in figure.groups:
        page.pieces.append(mark_text("plate-value", MARGIN, page.y + 14, clip(group.label, 34)))
        for bar in group.bars:
            name = f"fill k{bar.series % COLOURS}" if figure.series else "bar-hand" if group.in_hand else "bar-own"
            left = MARGIN + 260 + bar.start * width
            page.pieces.append(mark_rect(name, left, page.y + 2, max(0.0, (bar.end - bar.start) * width), 14))
            if figure.arrangement != "stacked":
                page.pieces.append(mark_text("plate-value", WIDTH - MARGIN, page.y + 14, bar.said, "end"))
                page.y += 20
        if figure.arrangement == "stacked":
            page.pieces.append(mark_text("plate-value", WIDTH - MARGIN, page.y + 14, group.total, "end"))
            page.y += 22
    if figure.gap:
        page.write(figure.gap, "plate-text", 14, 130)


def _series_key(series: tuple[str, ...], page: PlatePage) -> None:
    """Names of series with their colours, in as many lines as it takes."""
    x = float(MARGIN)
    for index, name in enumerate(series):
        width = 34 + 7.2 * len(name)
        if x + width > WIDTH - MARGIN:
            x, page.y = float(MARGIN), page.y + 22
        page.pieces.append(mark_rect(f"fill k{index % COLOURS}", x, page.y, 14, 14))
        page.pieces.append(mark_text("plate-value", x + 20, page.y + 12, name))
        x += width
    page.y += 28 if series else 0


def _scatter_plate(figure: ScatterFigure, page: PlatePage) -> None:
    page.write(figure.y.title, "plate-text", 14, 130)
    page.pieces.append(draw_scatter(figure, Canvas(INNER, MARGIN, page.y, 0.04), 460))
    page.y += 468
    page.pieces.append(mark_text("plate-text", WIDTH - MARGIN, page.y + 6, figure.x.title, "end"))
    page.y += 14
    if figure.sizes:
        _size_key(figure, page)
    for words in figure.notes:
        page.write(words, "plate-text", 14, 130)


def _size_key(figure: ScatterFigure, page: PlatePage) -> None:
    """What the area of points is, with a few amounts."""
    x, middle = float(MARGIN), page.y + 26
    words = f"{figure.size_title} :"
    page.pieces.append(mark_text("plate-text", x, middle + 5, words))
    x += 7.0 * len(words) + 12
    for share, said in figure.sizes:
        size = spot_radius(share)
        page.pieces.append(mark_circle("circle-key", x + size, middle, size))
        page.pieces.append(mark_text("plate-value", x + 2 * size + 6, middle + 5, said))
        x += 2 * size + 30 + 7 * len(said)
    page.y += 52


def _flow_plate(figure: FlowFigure, page: PlatePage) -> None:
    laid = lay_flow(figure)
    page.pieces.append(
        f'<g transform="translate({MARGIN} {page.y:.0f}) scale({INNER / ACROSS:g} 1)">{draw_bands(figure, laid)}</g>'
    )
    page.pieces.append(draw_flow_words(figure, laid, Canvas(INNER, MARGIN, round(page.y))))
    page.y += laid.height + 8
    for words in figure.gaps:
        page.write(words, "plate-text", 14, 130)


_PLATES: Mapping[type[Any], Callable[[Any, PlatePage], None]] = {
    LinesFigure: _lines_plate,
    BarsFigure: _bars_plate,
    AreaFigure: area_plate,
    MultiplesFigure: multiples_plate,
    PyramidFigure: pyramid_plate,
    SlopeFigure: slope_plate,
    TargetFigure: target_plate,
    ScatterFigure: _scatter_plate,
    FlowFigure: _flow_plate,
}


def draw_block(figure: BlockFigure) -> tuple[str, dict[str, Any]]:
    """The template of a figure and what it draws."""
    template, draw = _DRAWERS[type(figure)]
    return template, draw(figure)


__all__ = ["LINES_HEIGHT", "draw_block", "draw_block_plate"]
