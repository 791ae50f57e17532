"""The card that a page has where its address is shared: 1200 by 630, from the page's own words and first figure.

The same for a server and for the files of an export. A page has one for all its territories.
"""

import re
import textwrap
from dataclasses import dataclass
from html import escape

from beffroi.errors import BeffroiError, fault
from beffroi.language import pick, text
from beffroi.observe import resolve_question
from beffroi.observe.pages import FigureView
from beffroi.publish.block_files import write_block_file
from beffroi.publish.drawings import draw_plate
from beffroi.publish.files import rasterise
from beffroi.publish.observatories import formats_of, look_at
from beffroi.publish.sites import Site
from beffroi.publish.tokens import palette, standalone_css

WIDTH, HEIGHT = 1200, 630
_MARGIN = 64
_TOWER = "M10 0l3.2 7H6.8zM6 8h8v5H6zM4 14h12v14h-4.5v-6a1.5 1.5 0 0 0-3 0v6H4z"
_ROOT = re.compile(r'^<svg xmlns="[^"]*" viewBox="(0 0 [\d.]+ [\d.]+)" width="[\d.]+" height="[\d.]+"')


@dataclass(frozen=True)
class Card:
    """What a card says: a title, a sentence, what stands under all; ``plate`` is the figure as an SVG file, if any."""

    title: str
    sentence: str
    foot: str
    plate: str = ""


def say_card(site: Site, name: str, language: str) -> Card:
    """What the card of an address says, by its ``name`` in ``/apercus/``: ``accueil``, ``observatoires/…/…`` (a page)
    or ``explorer/…`` (an indicator).

    ``unknown-page-asked``, ``unknown-indicator`` or ``indicator-unavailable``; ``page-not-found`` for any other.
    """
    folder, _, rest = name.partition("/")
    if folder == "observatoires" and rest:
        return _say_page(site, rest, language)
    if folder == "explorer" and rest:
        return _say_indicator(site, rest, language)
    if name != "accueil":
        raise BeffroiError(fault("page-not-found", name=f"/apercus/{name}.png"))
    return _say_home(site, language)


def write_card(site: Site, name: str, language: str) -> bytes:
    """The PNG of a card, by its name."""
    return rasterise(draw_card(site, say_card(site, name, language), language), scale=1.0)


def _foot(site: Site, language: str) -> str:
    vintage = text("export.card_source", language, vintage=site.atlas.release.reference_vintage)
    return f"{site.atlas.workspace['publisher']} · {vintage}"


def _say_home(site: Site, language: str) -> Card:
    workspace = site.atlas.workspace
    return Card(pick(workspace["title"], language), pick(workspace["sentence"], language), _foot(site, language))


def _say_page(site: Site, name: str, language: str) -> Card:
    view = look_at(site, name, language, None)
    plate = ""
    for part in view.parts:
        if isinstance(part, FigureView) and part.figure is not None and "svg" in formats_of(part.figure):
            plate = write_block_file(site, view, part.name, "svg", language).decode()
            break
    return Card(view.title, view.summary, _foot(site, language), plate)


def _say_indicator(site: Site, name: str, language: str) -> Card:
    question = resolve_question(site.atlas, {"indicator": [name]}, language)
    figure = site.figure(question)
    hand = (question.territory.key, question.territory.short)
    plate = draw_plate(figure, site.sheet(question.level, language), hand, language, site.accent, "")
    return Card(question.measure.title(language), figure.frame.sentence, _foot(site, language), plate)


def draw_card(site: Site, card: Card, language: str) -> str:
    """The card as SVG: words on the left, the figure on the right when there is one."""
    colours = palette(site.accent)
    width = 26 if card.plate else 46
    pieces = [
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="{colours["paper"]}"/>',
        f'<rect width="{WIDTH}" height="10" fill="{colours["accent"]}"/>',
        f'<g transform="translate({_MARGIN} 52) scale(1.5)" fill="{colours["accent"]}"><path d="{_TOWER}"/></g>',
        _line(pick(site.atlas.workspace["title"], language), _MARGIN + 46, 84, 26, 600, colours["ink"]),
    ]
    y = 158.0
    if site.atlas.workspace.get("synthetic"):
        pieces.append(_line(text("figure.fictitious", language), _MARGIN, y, 24, 600, colours["accent"]))
        y += 18
    for words, size, weight, wide, most in (
        (card.title, 46, 600, width, 4), (card.sentence, 25, 400, int(width * 1.75), 6)
    ):  # fmt: skip
        for line in textwrap.wrap(words, wide, max_lines=most, placeholder=" …"):
            y += size * 1.22
            pieces.append(_line(line, _MARGIN, y, size, weight, colours["ink"]))
        y += 22
    foot = textwrap.shorten(card.foot, 110, placeholder=" …")
    pieces.append(_line(foot, _MARGIN, HEIGHT - 40, 20, 400, colours["ink"]))
    if card.plate:
        pieces.append(_ROOT.sub(r'<svg viewBox="\1" x="650" y="104" width="496" height="456"', card.plate))
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" width="{WIDTH}" height="{HEIGHT}">'
        f"<style>{standalone_css(site.accent)}</style>{''.join(pieces)}</svg>"
    )


def _line(words: str, x: float, y: float, size: int, weight: int, colour: str) -> str:
    return f'<text x="{x}" y="{y:.0f}" font-size="{size}" font-weight="{weight}" fill="{colour}">{escape(words)}</text>'


__all__ = ["HEIGHT", "WIDTH", "Card", "draw_card", "say_card", "write_card"]
