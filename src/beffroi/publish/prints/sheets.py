"""Sheets put together and set in type: one PDF, fonts in it, read aloud in order (PDF/UA), the same bytes twice.

The typesetter takes the map as the SVG that was drawn, in millimetres, so that nothing scales it; a browser's PDF would
be a screen's picture, and ReportLab leaves tags, embedding of faces and the fitting of a legend to be written.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import shapely

from beffroi.errors import BeffroiError, fault
from beffroi.language import format_date, format_number, pick, text
from beffroi.observe.layers import LayerView
from beffroi.publish.prints.atlases import list_subjects
from beffroi.publish.prints.contours import Bearing, measure_bearing
from beffroi.publish.prints.grounds import Extent, PaperGround, hold, lay_paper, round_scale
from beffroi.publish.prints.legends import chosen, is_draft, write_facts, write_legend
from beffroi.publish.prints.orders import PrintOrder, Subject, subject_of
from beffroi.publish.prints.papers import Layout, lay_out
from beffroi.publish.prints.plates import Frame, Plate, draw_plate
from beffroi.publish.prints.scales import draw_bar, draw_north
from beffroi.publish.prints.symbols import Ink, mix_ink
from beffroi.publish.sites import Site
from beffroi.publish.typesetters import set_type


@dataclass(frozen=True)
class _Press:
    """What every sheet of a print shares."""

    site: Site
    order: PrintOrder
    layout: Layout
    ink: Ink
    language: str
    folder: Path

    @property
    def unit(self) -> float:
        return self.layout.paper.unit


def name_print(order: PrintOrder) -> str:
    """The name of the file: map, place, format, and « donnees-fictives » where they are."""
    parts = [order.view.id.replace("/", "-")]
    parts += [order.atlas.replace("/", "-")] if order.atlas else []
    parts += [order.territory.key.replace(":", "-")] if order.territory else []
    parts += [order.paper.name]
    parts += [f"1-{order.scale}"] if order.scale else []
    parts += ["donnees-fictives"] if order.view.synthetic else []
    return f"{'_'.join(parts)}.pdf"


def lay_sheet(site: Site, order: PrintOrder, subject: Subject) -> PaperGround:
    """The ground of a sheet: at the scale asked, or the largest round one that holds the subject, never closer than the
    shapes that it shows bear."""
    layout = lay_out(order.paper, upright=order.upright)
    west, south, east, north = subject.extent
    scale = order.scale
    if scale is None:
        room = 1.04
        wide, high = (east - west) * room / 2, (north - south) * room / 2
        x, y = (west + east) / 2, (south + north) / 2
        found = bearings(site, order)
        least = max((bearing.scale for _, bearing in found), default=0)
        scale = hold((x - wide, y - high, x + wide, y + high), layout.frame, least=max(least, 500))
    return lay_paper((west + east) / 2, (south + north) / 2, scale, layout.frame)


def bearings(site: Site, order: PrintOrder) -> list[tuple[LayerView, Bearing]]:
    """What the shapes of a print bear: contours, measured once on each level, and layers of rows that say it."""
    found = []
    for shown in chosen(order):
        entry = shown.layer.entry
        if said := entry.get("bears"):
            found.append((shown.layer, Bearing(0.0, said["scale"], said["why"])))
        if entry["kind"] != "territories":
            continue
        level = str(entry["level"])
        bearing = site.fragment(("bearing", level), partial(_measure, site, level))
        if bearing is not None:
            found.append((shown.layer, bearing))
    return found


def check_bearings(site: Site, order: PrintOrder, scale: int) -> list[tuple[LayerView, Bearing]]:
    """The layers that a scale shows closer than their contours bear, for the sheet to say so.

    ``print-too-close`` where it is so close that saying it would not be enough.
    """
    found = [(layer, bearing) for layer, bearing in bearings(site, order) if scale < bearing.scale]
    for layer, bearing in found:
        if scale < bearing.refused:
            values: dict[str, Any] = {"name": layer.title, "scale": scale, "bears": bearing.scale,
                      "closest": round_scale(bearing.refused)}  # fmt: skip
            if bearing.why:
                raise BeffroiError(fault("print-closer-than-said", why=bearing.why, **values))
            raise BeffroiError(fault("print-too-close", spacing=round(bearing.spacing), **values))
    return found


def _measure(site: Site, level: str) -> Bearing | None:
    contours = site.atlas.release.contours(level)
    return measure_bearing(shapely.from_wkb(contours["drawn"].to_numpy(zero_copy_only=False)))


def write_print(site: Site, order: PrintOrder, language: str, file: Path) -> None:
    """Draw what is ordered, to ``file``.

    Faults: those of ``draw_plate``, of ``list_subjects`` and of ``subject_of``; ``print-time``, ``print-not-set``.
    """
    layout = lay_out(order.paper, upright=order.upright)
    with TemporaryDirectory(prefix="beffroi-print-") as scratch:
        press = _Press(site, order, layout, mix_ink(site.accent), language, Path(scratch))
        if order.atlas:
            sheets = _draw_atlas(press)
        else:
            subject = subject_of(site.atlas, order)
            sheets = [_draw_sheet(press, subject, lay_sheet(site, order, subject), 1)]
        _set_type(press, sheets, file)


def _draw_atlas(press: _Press) -> list[dict[str, Any]]:
    """An index, then a sheet for each thing."""
    site, order = press.site, press.order
    subjects = list_subjects(site.atlas, order, press.language)
    grounds = [lay_sheet(site, order, subject) for subject in subjects]
    frames = [Frame(str(rank), ground.extent) for rank, ground in enumerate(grounds, 1)]
    whole = join_extents([ground.extent for ground in grounds])
    scale = hold(whole, press.layout.frame)
    under = lay_paper((whole[0] + whole[2]) / 2, (whole[1] + whole[3]) / 2, scale, press.layout.frame)
    index = _draw_sheet(press, Subject("", order.view.title, whole), under, 1, frames=frames)
    index["list"] = [
        {"number": str(rank), "name": subject.name, "scale": say_scale(ground.scale, press.language), "page": rank + 1}
        for rank, (subject, ground) in enumerate(zip(subjects, grounds, strict=True), 1)
    ]
    sheets = [index]
    for rank, (subject, ground) in enumerate(zip(subjects, grounds, strict=True), 2):
        sheet = _draw_sheet(press, subject, ground, rank)
        sheet["number"] = text("print.sheet", press.language, number=rank - 1, count=len(subjects))
        sheets.append(sheet)
    return sheets


def _draw_sheet(
    press: _Press, subject: Subject, ground: PaperGround, rank: int, *, frames: Sequence[Frame] = ()
) -> dict[str, Any]:
    """One sheet: its map written beside, its words ready to be set."""
    site, order, language = press.site, press.order, press.language
    shown = chosen(order)
    # The frames of an index say where sheets are, at a scale that nobody chose.
    too_close = check_bearings(site, order, ground.scale) if not frames else []
    plate: Plate = draw_plate(
        site.atlas.release, shown, ground, press.layout, press.ink, language, site.assets.fonts,
        outline=subject.outline, frames=frames,
    )  # fmt: skip
    name = f"map-{rank}.svg"
    (press.folder / name).write_text(_plain(plate.svg), "utf-8")
    bar = draw_bar(ground, press.ink, press.unit, language)
    arrow = draw_north(ground, press.ink, press.unit)
    view, titled = order.view, bool(subject.key)
    return {
        "map": name,
        "alt": text("print.alt", language, title=subject.name, layers=", ".join(each.layer.title for each in shown),
                    scale=say_scale(ground.scale, language)),
        "title": subject.name if titled else view.title,
        "summary": view.title if titled else view.summary,
        "number": "",
        "list": [],
        "legend": write_legend(shown, plate, press.ink, press.unit, language),
        "scale": say_scale(ground.scale, language),
        "centimetre": text("print.centimetre", language, length=say_length(ground.scale / 100, language)),
        "bar": {"svg": bar.svg, "width": bar.width, "height": bar.height, "alt": text("print.bar", language)},
        "north": {"svg": arrow.svg, "width": arrow.width, "height": arrow.height, "alt": text("print.north", language)},
        "facts": write_facts(site, order, ground, plate, too_close, language),
    }  # fmt: skip


def _set_type(press: _Press, sheets: list[dict[str, Any]], file: Path) -> None:
    """Hand all that is said to the typesetter, and wait for it."""
    site, order, language, layout = press.site, press.order, press.language, press.layout
    edition = site.atlas.release.edition
    built = datetime.fromisoformat(edition.built)
    to = site.addresses(language)
    boxes = {key: _side(getattr(layout, key)) for key in ("head", "plate", "frame", "words")}
    said = {
        "language": language, "title": order.view.title, "publisher": site.atlas.workspace["publisher"],
        "kicker": pick(site.atlas.workspace["title"], language), "summary": order.view.summary,
        "date": [built.year, built.month, built.day], "width": layout.width, "height": layout.height,
        "upright": layout.upright, "unit": layout.paper.unit, "boxes": boxes,
        "draft": text("print.draft", language) if is_draft(order) else "",
        "fictitious": text("figure.fictitious", language)
                      if any(s.layer.synthetic for s in chosen(order)) or site.atlas.workspace.get("synthetic") else "",
        "foot": text("print.edition", language, publisher=site.atlas.workspace["publisher"], edition=edition.id,
                     date=format_date(edition.built, language)),
        "address": to.whole(to.map(order.view.id)) if site.base_url else "",
        "words": {key: text(f"print.{key}", language) for key in ("legend", "elsewhere", "sheets")},
        "ink": dict(press.ink.colours), "sheets": sheets,
    }  # fmt: skip
    set_type("beffroi.publish.prints", "sheet.typ", said, site.assets.fonts, press.folder, file)


def _side(box: Any) -> list[float]:
    return [box.x, box.y, box.width, box.height]


def _plain(words: str) -> str:
    """Without the narrow space, which the house's typeface does not have: the usual one does not break either."""
    return words.replace("\u202f", "\u00a0")


def join_extents(extents: Sequence[Extent]) -> Extent:
    """What holds them all."""
    wests, souths, easts, norths = zip(*extents, strict=True)
    return min(wests), min(souths), max(easts), max(norths)


def say_scale(scale: int, language: str) -> str:
    """A scale as one reads it."""
    return f"1:{format_number(scale, 0, language)}"


def say_length(metres: float, language: str) -> str:
    """A length in metres or kilometres, with as few decimals as it has."""
    amount, name = (metres / 1000, "km") if metres >= 1000 else (metres, "m")
    decimals = next(k for k in (0, 1, 2, 3) if k == 3 or round(amount, k) == amount)
    return f"{format_number(amount, decimals, language)}\u00a0{name}"


__all__ = [
    "bearings",
    "check_bearings",
    "join_extents",
    "lay_sheet",
    "name_print",
    "say_length",
    "say_scale",
    "write_print",
]
