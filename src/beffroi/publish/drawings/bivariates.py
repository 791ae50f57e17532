"""Maps of two indicators: nine colours, and their legend as a square that stands on its corner."""

import textwrap
from html import escape

from beffroi.language import text
from beffroi.observe.blocks.bivariates import BivariateFigure, CrossArea
from beffroi.observe.pages import FigureView
from beffroi.publish.drawings.maps import MapSheet, Wrap, draw_names, mark_hand, patterns, plain
from beffroi.publish.drawings.marks import mark_text
from beffroi.publish.drawings.plates import INNER, MARGIN, WIDTH, PlatePage, lay_plate
from beffroi.publish.outlines import Outline

SQUARE = 200
"""Width and height of the legend, in its own units."""
_HALF = 32.0
"""Half the diagonal of one of the nine squares."""


def draw_bivariate(figure: BivariateFigure, sheet: MapSheet, key: str, wrap: Wrap = plain) -> str:
    """The body of the map, the same for all who look."""
    areas = {area.code: area for area in figure.areas}
    pieces = [patterns(key, {area.state for area in figure.areas})]
    for code, outline in sheet.outlines.items():
        area = areas.get(code)
        if area is None:
            pieces.append(f'<path class="land" d="{outline.path}"/>')
            continue
        start, end = wrap(code, None)
        marks = _marks(area, outline, key)
        pieces.append(f"{start}<title>{escape(area.label)} : {escape(area.said)}</title>{marks}{end}")
    pieces.extend(f'<path class="outer" d="{path}"/>' for path in sheet.limits)
    return "".join(pieces)


def draw_held(figure: BivariateFigure, sheet: MapSheet, *, marked: bool = True) -> str:
    """The mark of the territory in hand where it is to be, and the names of the largest places."""
    if not marked:
        return draw_names(sheet)
    return mark_hand(sheet, figure.place.key, figure.place.short) + draw_names(sheet, figure.place.key)


def _marks(area: CrossArea, outline: Outline, key: str) -> str:
    path = f'd="{outline.path}"'
    if area.state in ("missing", "confidential"):
        fill = "missing" if area.state == "missing" else "secret"
        return f'<path class="area" fill="url(#{key}-{fill})" {path}/>'
    if area.cell is None:
        return f'<path class="land" {path}/>'
    marks = f'<path class="area b{area.cell[0]}{area.cell[1]}" {path}/>'
    return marks + (f'<path fill="url(#{key}-weak)" {path}/>' if area.state == "weak" else "")


def draw_square(figure: BivariateFigure) -> str:
    """The nine colours with how many territories each has: low with low at the bottom, x rises to the right."""
    pieces = []
    for row in range(3):
        for column in range(3):
            x, y = SQUARE / 2 + (column - row) * _HALF, SQUARE / 2 - (column + row - 2) * _HALF
            corners = f"{x:g},{y - _HALF:g} {x + _HALF:g},{y:g} {x:g},{y + _HALF:g} {x - _HALF:g},{y:g}"
            pieces.append(f'<polygon class="area b{column}{row}" points="{corners}"/>')
            pieces.append(mark_text("cell-count", x, y + 5, str(figure.counts[row][column]), "middle"))
    return "".join(pieces)


def draw_bivariate_plate(
    part: FigureView, sheet: MapSheet | None, language: str, accent: str, address: str, *, marked: bool = True
) -> str:
    """A whole SVG file of the map, its legend beside the words of both indicators; ``marked``: with the territory in
    hand."""
    figure = part.figure
    assert isinstance(figure, BivariateFigure)

    def draw(page: PlatePage) -> None:
        _plate(figure, sheet, page, language, marked=marked)

    return lay_plate(figure.frame, draw, language, accent, address, part.title)


def _plate(figure: BivariateFigure, sheet: MapSheet | None, page: PlatePage, language: str, *, marked: bool) -> None:
    if figure.refused or sheet is None or not figure.drawable or figure.x is None or figure.y is None:
        page.write(figure.refused or text("figure.no_contour_level", language), "plate-text", 14, 130)
        return
    scale = INNER / 1000
    body = draw_bivariate(figure, sheet, "plate") + draw_held(figure, sheet, marked=marked)
    page.pieces.append(f'<g transform="translate({MARGIN} {page.y:.0f}) scale({scale:.4f})">{body}</g>')
    page.y += sheet.ground.height * scale + 24
    top, middle = page.y, WIDTH / 2
    page.pieces.append(mark_text("plate-text", middle, top + 6, text("page.both_high", language), "middle"))
    page.pieces.append(f'<g transform="translate({middle - SQUARE / 2:g} {top + 10:.0f})">{draw_square(figure)}</g>')
    page.pieces.append(mark_text("plate-text", middle, top + SQUARE + 26, text("page.both_low", language), "middle"))
    for thirds, x, anchor in ((figure.y, middle - 130, "end"), (figure.x, middle + 130, "start")):
        y = top + 50
        for line in textwrap.wrap(thirds.short, 34):
            page.pieces.append(mark_text("flow-name", x, y, line, anchor))
            y += 18
        for words in reversed(thirds.words):
            y += 19
            page.pieces.append(mark_text("plate-value", x, y, words, anchor))
    page.y += SQUARE + 44
    x, y = float(MARGIN), page.y
    page.pieces.append(patterns("legend", {state for state, _ in figure.states}))
    for state, count in figure.states:
        words = f"{text(f'state.{state}', language)} ({count})"
        fill = {"missing": "missing", "confidential": "secret", "weak": "weak"}[state]
        under = f'<rect class="b11" x="{x:.0f}" y="{y:.0f}" width="26" height="14"/>' if state == "weak" else ""
        page.pieces.append(f'{under}<rect fill="url(#legend-{fill})" x="{x:.0f}" y="{y:.0f}" width="26" height="14"/>')
        page.pieces.append(mark_text("plate-value", x + 32, y + 12, words))
        x += 50 + len(words) * 7
    page.y += 18 if figure.states else 0


__all__ = ["SQUARE", "draw_bivariate", "draw_bivariate_plate", "draw_held", "draw_square"]
