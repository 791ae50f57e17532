"""Figures of pages as plates: the same marks on a canvas of fixed width, for files that leave the site."""

from beffroi.observe.blocks.areas import AreaFigure
from beffroi.observe.blocks.bars import BarsFigure
from beffroi.observe.blocks.multiples import MultiplesFigure
from beffroi.observe.blocks.pyramids import PyramidFigure
from beffroi.observe.blocks.slopes import SlopeFigure
from beffroi.observe.blocks.targets import TargetFigure
from beffroi.publish.drawings.areas import TICKS, draw_area, draw_area_labels, draw_area_ticks
from beffroi.publish.drawings.charts import Canvas
from beffroi.publish.drawings.columns import draw_columns
from beffroi.publish.drawings.marks import clip, mark_text
from beffroi.publish.drawings.multiples import HEIGHT as PANEL
from beffroi.publish.drawings.multiples import draw_panel
from beffroi.publish.drawings.plates import INNER, MARGIN, WIDTH, PlatePage
from beffroi.publish.drawings.pyramids import draw_wing, draw_words, pyramid_height, words_width
from beffroi.publish.drawings.slopes import draw_slope, slope_height
from beffroi.publish.drawings.targets import draw_target

_ACROSS = 4
"""Small lines side by side on a plate."""


def _note(page: PlatePage, *words: str) -> None:
    for each in words:
        if each:
            page.write(each, "plate-text", 14, 130)


def area_plate(figure: AreaFigure, page: PlatePage) -> None:
    height = 400
    page.pieces.append(draw_area_ticks(figure, height, MARGIN + TICKS - 6, page.y))
    page.pieces.append(draw_area(figure, Canvas(INNER - 190 - TICKS, MARGIN + TICKS, page.y, 0), height))
    page.pieces.append(draw_area_labels(figure, height, WIDTH - MARGIN - 180, page.y))
    page.y += height
    _note(page, figure.gap)


def slope_plate(figure: SlopeFigure, page: PlatePage) -> None:
    height = slope_height(figure)
    page.pieces.append(draw_slope(figure, Canvas(INNER, MARGIN, page.y, 0), height))
    page.y += height
    _note(page, figure.indexed, figure.left_out)


def pyramid_plate(figure: PyramidFigure, page: PlatePage) -> None:
    words = words_width(figure)
    wing = (INNER - words) / 2
    page.pieces.append(mark_text("direct k3", MARGIN + wing, page.y + 12, figure.names[0], "end"))
    page.pieces.append(mark_text("direct k0", WIDTH - MARGIN - wing, page.y + 12, figure.names[1]))
    page.y += 20
    page.pieces.append(draw_wing(figure, "left", Canvas(wing, MARGIN, page.y, 0)))
    page.pieces.append(draw_words(figure, WIDTH / 2, page.y))
    page.pieces.append(draw_wing(figure, "right", Canvas(wing, MARGIN + wing + words, page.y, 0)))
    page.y += pyramid_height(figure)
    _note(page, figure.outline)


def multiples_plate(figure: MultiplesFigure, page: PlatePage) -> None:
    width = (INNER - 24 * (_ACROSS - 1)) / _ACROSS
    for index, panel in enumerate(figure.panels):
        column = index % _ACROSS
        left = MARGIN + column * (width + 24)
        page.pieces.append(mark_text("plate-value", left, page.y + 14, clip(panel.label, 28)))
        told = f"{panel.last} {panel.change}" if panel.trace else panel.words
        page.pieces.append(mark_text("plate-text", left, page.y + 32, clip(told, 32)))
        page.pieces.append(draw_panel(figure, panel, index, Canvas(width, left, page.y + 38, 0.03)))
        if column == _ACROSS - 1 or index == len(figure.panels) - 1:
            page.y += PANEL + 56
    _note(page, figure.scale, figure.hand, figure.chart.indexed or "", figure.cut)


def target_plate(figure: TargetFigure, page: PlatePage) -> None:
    height = 380
    page.pieces.append(draw_target(figure, Canvas(INNER, MARGIN, page.y, 0.05), height))
    page.y += height
    _note(page, figure.frame.sentence, figure.straight, *(f"{goal.act}. {goal.why}" for goal in figure.goals))


def columns_plate(figure: BarsFigure, page: PlatePage) -> None:
    height = 320
    page.pieces.append(draw_columns(figure, Canvas(INNER, MARGIN, page.y, 0), height))
    page.y += height
    _note(page, figure.gap)


__all__ = ["area_plate", "columns_plate", "multiples_plate", "pyramid_plate", "slope_plate", "target_plate"]
