"""Figures of pages as their templates want them: the marks of each kind, in shares of the width of the page."""

from typing import Any

from markupsafe import Markup

from beffroi.observe.blocks.areas import AreaFigure
from beffroi.observe.blocks.bars import BarsFigure
from beffroi.observe.blocks.multiples import MultiplesFigure
from beffroi.observe.blocks.pyramids import PyramidFigure
from beffroi.observe.blocks.slopes import SlopeFigure
from beffroi.observe.blocks.targets import TargetFigure
from beffroi.publish.drawings import areas, columns, multiples, pyramids, slopes, targets
from beffroi.publish.drawings.charts import Canvas


def area_marks(figure: AreaFigure) -> dict[str, Any]:
    return {
        "body": Markup(areas.draw_area(figure, Canvas(inset=0))),
        "labels": Markup(areas.draw_area_labels(figure)),
        "ticks": Markup(areas.draw_area_ticks(figure)),
        "margin": areas.TICKS,
        "height": areas.HEIGHT,
        "last": [(band.label, band.runs[-1][-1].said if band.runs else "–") for band in figure.bands],
    }


def slope_marks(figure: SlopeFigure) -> dict[str, Any]:
    height = slopes.slope_height(figure)
    return {"body": Markup(slopes.draw_slope(figure, Canvas(inset=0), height)), "height": height}


def pyramid_marks(figure: PyramidFigure) -> dict[str, Any]:
    width = pyramids.words_width(figure)
    return {
        "left": Markup(pyramids.draw_wing(figure, "left", Canvas(inset=0))),
        "words": Markup(pyramids.draw_words(figure, width / 2)),
        "right": Markup(pyramids.draw_wing(figure, "right", Canvas(inset=0))),
        "width": width,
        "height": pyramids.pyramid_height(figure),
    }


def multiples_marks(figure: MultiplesFigure) -> dict[str, Any]:
    canvas = Canvas(inset=0.03)
    drawn = [Markup(multiples.draw_panel(figure, each, index, canvas)) for index, each in enumerate(figure.panels)]
    return {"panels": drawn, "height": multiples.HEIGHT}


def target_marks(figure: TargetFigure) -> dict[str, Any]:
    return {"body": Markup(targets.draw_target(figure, Canvas(inset=0.07))), "height": targets.HEIGHT}


def bars_marks(figure: BarsFigure) -> dict[str, Any]:
    if not figure.upright:
        return {}
    return {"body": Markup(columns.draw_columns(figure, Canvas(inset=0))), "height": columns.HEIGHT}


__all__ = ["area_marks", "bars_marks", "multiples_marks", "pyramid_marks", "slope_marks", "target_marks"]
