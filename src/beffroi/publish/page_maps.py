"""Maps of pages as files of their own: the same for every territory, drawn once and asked for once.

A page shows the file as a picture, under the mark of the territory in hand. A script then puts the marks of the file in
the place of the picture, where they are pointed at, walked over and enlarged. No page repeats the outlines of a level.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from markupsafe import Markup

from beffroi.observe.blocks.bivariates import BivariateFigure, CrossArea
from beffroi.observe.blocks.kinds import BlockFigure
from beffroi.observe.blocks.spreads import SpreadFigure
from beffroi.observe.figures import Map
from beffroi.observe.figures.maps import Area
from beffroi.observe.pages import FigureView, PageView
from beffroi.observe.places import Place
from beffroi.publish.addresses import Addresses
from beffroi.publish.blocks import Block
from beffroi.publish.drawings import MapSheet, draw_map
from beffroi.publish.drawings.bivariates import SQUARE, draw_bivariate, draw_held, draw_square
from beffroi.publish.drawings.maps import coded, patterns
from beffroi.publish.explorer_pages import frame_areas
from beffroi.publish.sites import Site

EXTENSION = "map.svg"
"""What the file of a map ends with: a picture for pages, not one to take away (that is ``svg``)."""


def is_map(figure: BlockFigure) -> bool:
    """Whether a figure has a map that a file can hold."""
    if isinstance(figure, SpreadFigure):
        return isinstance(figure.figure, Map) and figure.figure.drawable
    return isinstance(figure, BivariateFigure) and figure.drawable and not figure.refused


def write_map(site: Site, part: FigureView, language: str) -> Block:
    """The file of a map: its marks with the style that they need, in light and in dark."""
    figure = part.figure
    sheet = site.sheet(_level(figure), language)
    assert sheet is not None
    if isinstance(figure, BivariateFigure):
        scene: tuple[object, ...] = figure.scene
    else:
        assert isinstance(figure, SpreadFigure)
        scene = figure.question.scene

    def draw() -> Block:
        marks = _draw(figure, sheet, name_key(site, part))
        head = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1000 {sheet.ground.height}" lang="{language}">'
        return Block(f"{head}<style>{site.tokens}</style>{marks}</svg>".encode())

    return site.body(("page map", part.name, *scene), draw)


def _draw(figure: BlockFigure | None, sheet: MapSheet, key: str) -> str:
    if isinstance(figure, BivariateFigure):
        return draw_bivariate(figure, sheet, key, coded)
    assert isinstance(figure, SpreadFigure)
    assert isinstance(figure.figure, Map)
    return draw_map(figure.figure, sheet, key, coded)


def _level(figure: BlockFigure | None) -> str:
    if isinstance(figure, BivariateFigure):
        return figure.level
    assert isinstance(figure, SpreadFigure)
    return figure.question.level


def name_key(site: Site, part: FigureView) -> str:
    """What the ids of a map's fills begin with: a page may hold several maps."""
    figure = part.figure
    return site.map_key(figure.question) if isinstance(figure, SpreadFigure) else f"crossed-{part.name}"


def frame_map(site: Site, view: PageView, part: FigureView, language: str) -> dict[str, Any]:
    """What a page puts around the file of a map: the mark of the territory in hand, names, fills of the legend.

    ``example`` is where ``sample``, one of its territories, leads: a script finds from it where the others do.
    """
    figure = part.figure
    assert figure is not None
    level, key = _level(figure), name_key(site, part)
    sheet, to = site.sheet(level, language), site.addresses(language)
    if sheet is None or not is_map(figure):
        return {"picture": "", "key": key}
    areas = _areas(figure)
    sample = view.place.code if view.place.level == level else next((area.code for area in areas), "")
    return {
        "picture": to.block(view, part.name, EXTENSION, shared=True, period=part.moved),
        "key": key,
        "defs": Markup(patterns(key, {area.state for area in areas})),
        "height": sheet.ground.height,
        "sample": sample,
        "example": _lead(to, view, level, sample),
        **_over(figure, sheet, view),
    }


def _areas(figure: BlockFigure) -> Sequence[Area | CrossArea]:
    if isinstance(figure, BivariateFigure):
        return figure.areas
    assert isinstance(figure, SpreadFigure)
    assert isinstance(figure.figure, Map)
    return figure.figure.areas


def _lead(to: Addresses, view: PageView, level: str, code: str) -> str:
    """The page itself in the hands of a territory of the map, or else its portrait."""
    if level in view.levels:
        return to.page(view.id, Place(level, code, code), view.periods)
    return to.portrait_of(f"{level}:{code}")


def _over(figure: BlockFigure, sheet: MapSheet, view: PageView) -> Mapping[str, Any]:
    """The marks over the map, and those of its legend."""
    if isinstance(figure, BivariateFigure):
        square = Markup(draw_square(figure))
        return {"overlay": Markup(draw_held(figure, sheet)), "square": square, "square_size": SQUARE}
    assert isinstance(figure, SpreadFigure)
    assert isinstance(figure.figure, Map)
    return frame_areas(figure.figure, sheet, figure.question.territory)


__all__ = ["EXTENSION", "frame_map", "is_map", "write_map"]
