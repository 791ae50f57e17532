"""The page by which one orders a print: a form that needs no script, and the frame of the sheet on the map."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from markupsafe import Markup

from beffroi.errors import BeffroiError
from beffroi.language import text
from beffroi.observe.atlases import Atlas
from beffroi.observe.maps import MapView
from beffroi.publish.map_pictures import draw_picture, lay_box, spread
from beffroi.publish.maps import look_at_map
from beffroi.publish.outlines import WIDTH, Ground
from beffroi.publish.pages import Visit, render
from beffroi.publish.prints.atlases import list_subjects
from beffroi.publish.prints.grounds import PaperGround, hold
from beffroi.publish.prints.orders import (
    MOST_SHEETS,
    ORIENTATIONS,
    PrintOrder,
    Subject,
    list_atlases,
    read_order,
    subject_of,
)
from beffroi.publish.prints.papers import PAPERS, lay_out
from beffroi.publish.prints.sheets import bearings, check_bearings, lay_sheet, say_length, say_scale
from beffroi.publish.sites import Site

_NAMED = ("grouping", "epci", "commune")
"""Levels whose territories are offered by name."""


def render_print_form(site: Site, visit: Visit, name: str, asked: Mapping[str, Sequence[str]]) -> tuple[str, int]:
    """The page, and the status of the answer: what cannot be printed is said in it, beside what was asked."""
    language = visit.language
    view = look_at_map(site, name, language)
    faults: list[dict[str, Any]] = []
    said: list[str] = []
    status, preview = 200, Markup()
    try:
        order = read_order(site.atlas, view, asked, language)
        preview, said = _preview(site, order, language)
    except BeffroiError as error:
        faults, status = error.to_json(language)["faults"], error.http_status
    given = {key: values[-1] for key, values in asked.items() if values}
    chosen = [each for each in asked.get("couche", ()) if each] or [s.layer.id for s in view.opened]
    page = render(
        site, visit, "print.html",
        map=view,
        given=given,
        chosen=chosen,
        faults=faults,
        preview=preview,
        said=said,
        papers=list(PAPERS),
        orientations=ORIENTATIONS,
        atlases=_say_atlases(site.atlas, view, language),
        names=_names(site.atlas, language),
        most=MOST_SHEETS,
        indexed=False,
    )  # fmt: skip
    return page, status


def _say_atlases(atlas: Atlas, view: MapView, language: str) -> list[tuple[str, str]]:
    titles = {shown.layer.id: shown.layer.title for shown in view.layers}
    return [
        (name, text("print.atlas_layer", language, layer=titles[name]))
        if name in titles
        else (name, text("print.atlas_level", language, level=text(f"level_one.{name}", language)))
        for name in list_atlases(atlas, view)
    ]


def _names(atlas: Atlas, language: str) -> list[str]:
    gazetteer = atlas.gazetteer(atlas.release.reference_vintage, language)
    whole = atlas.perimeter(language, atlas.release.reference_vintage)
    return [place.name for level in _NAMED for place in gazetteer.by_level.get(level, ()) if place.lies_in({whole.key})]


def _preview(site: Site, order: PrintOrder, language: str) -> tuple[Markup, list[str]]:
    """The frame of each sheet on the picture of the map, and what one should know of them."""
    subjects = list_subjects(site.atlas, order, language) if order.atlas else [subject_of(site.atlas, order)]
    grounds = [lay_sheet(site, order, subject) for subject in subjects]
    for ground in grounds:
        check_bearings(site, order, ground.scale)
    return _draw_frames(site, order, grounds, language), list(_say(site, order, subjects, grounds, language))


def _say(
    site: Site, order: PrintOrder, subjects: Sequence[Subject], grounds: Sequence[PaperGround], language: str
) -> list[str]:
    found = []
    if order.atlas:
        count = len(grounds)
        found.append(f"{text('print.sheets', language)}\u00a0: {count}" if language == "fr" else f"Sheets: {count}")
    else:
        west, south, east, north = grounds[0].extent
        factor = grounds[0].factor
        sizes = [say_length(round(side / factor, -2), language) for side in (east - west, north - south)]
        found.append(
            text("print.frame_said", language, format=order.paper.name, scale=say_scale(grounds[0].scale, language),
                 width=sizes[0], height=sizes[1])
        )  # fmt: skip
        needed = hold(subjects[0].extent, lay_out(order.paper, upright=order.upright).frame)
        if order.scale and needed > order.scale and order.territory:
            found.append(text("print.overflows", language, scale=say_scale(needed, language)))
    for layer, bearing in bearings(site, order):
        bears, refused = say_scale(bearing.scale, language), say_scale(round(bearing.refused), language)
        key = "print.closest_said" if bearing.why else "print.closest"
        found.append(text(key, language, layer=layer.title, bears=bears, refused=refused))
    return found


def _draw_frames(site: Site, order: PrintOrder, grounds: Sequence[PaperGround], language: str) -> Markup:
    view = order.view
    picture = site.body(("map picture", view.id, language), lambda: draw_picture(site.atlas.release, view))
    under = lay_box(spread(view.opens))
    boxes = [_corners(under, ground) for ground in grounds]
    sides = np.asarray([*boxes, (0, 0, WIDTH, under.height)])
    west, north = sides[:, :2].min(axis=0) - 8
    east, south = sides[:, 2:].max(axis=0) + 8
    wide = (east - west) / 400
    frames = "".join(
        f'<rect class="print-frame" x="{x:.1f}" y="{y:.1f}" width="{right - x:.1f}" height="{bottom - y:.1f}" '
        f'stroke-width="{wide:.1f}"/>'
        for x, y, right, bottom in boxes
    )
    size = f"{west:.0f} {north:.0f} {east - west:.0f} {south - north:.0f}"
    return Markup(
        f'<svg class="print-preview" viewBox="{size}" role="img" aria-label="{text("print.frame_alt", language)}">'
        f"{picture.marks}{frames}</svg>"
    )


def _corners(under: Ground, ground: PaperGround) -> tuple[float, float, float, float]:
    west, south, east, north = ground.extent
    return (
        (west - under.west) * under.scale,
        (under.north - north) * under.scale,
        (east - under.west) * under.scale,
        (under.north - south) * under.scale,
    )


__all__ = ["render_print_form"]
