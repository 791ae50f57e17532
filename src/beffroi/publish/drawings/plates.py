"""A plate: one figure that leaves the site on its own, with its title, its legend, its source and its warnings."""

import textwrap
from collections.abc import Callable
from dataclasses import dataclass, field
from html import escape

from beffroi.language import text
from beffroi.observe.figures import Distribution, Evolution, Figure, Map, Ranking
from beffroi.observe.frames import Frame
from beffroi.publish.drawings.charts import Canvas, draw_distribution, draw_evolution, draw_labels
from beffroi.publish.drawings.maps import MapSheet, draw_map, draw_names, draw_overlay, patterns, radius
from beffroi.publish.drawings.marks import clip, mark_rect, mark_text
from beffroi.publish.tokens import standalone_css

WIDTH, MARGIN = 960, 40
INNER = WIDTH - 2 * MARGIN
_RANKED = 24


@dataclass
class PlatePage:
    """Puts lines under one another; ``y`` is where the next one begins."""

    y: float = MARGIN
    pieces: list[str] = field(default_factory=list)

    def write(self, words: str, name: str, size: float, width: int) -> None:
        for line in textwrap.wrap(words, width) or [""]:
            self.y += size * 1.3
            self.pieces.append(f'<text class="{name}" x="{MARGIN}" y="{self.y:.0f}">{escape(line)}</text>')


def draw_plate(
    figure: Figure, sheet: MapSheet | None, hand: tuple[str, str], language: str, accent: str, address: str
) -> str:
    """A whole SVG file. ``hand`` is the territory in hand (its key and name), ``address`` where the file comes from."""
    return lay_plate(
        figure.frame, lambda page: _draw_figure(figure, sheet, hand, language, page), language, accent, address
    )


def lay_plate(
    frame: Frame, draw: Callable[[PlatePage], None], language: str, accent: str, address: str, title: str = ""
) -> str:
    """A whole SVG file around what ``draw`` puts on its page; ``title`` is its author's, when there is one."""
    page = PlatePage()
    if frame.synthetic:
        page.write(text("figure.fictitious", language), "plate-warning", 22, 60)
        page.y += 6
    page.write(title or frame.title, "plate-title", 24, 74)
    page.y += 4
    subtitle = f"{frame.title}. {frame.subtitle}" if title else frame.subtitle
    if subtitle:
        page.write(subtitle, "plate-text", 14, 130)
    page.y += 18
    draw(page)
    page.y += 12
    for notice in frame.notices:
        if notice.kind != "synthetic":
            page.write(notice.words, "plate-text", 14, 130)
    page.y += 6
    page.write(
        f"{frame.source_line(language, whole=True)} · {frame.geography} · {frame.edition}", "plate-text", 14, 130
    )
    page.write(address, "plate-text", 14, 130)
    height = round(page.y + MARGIN)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" width="{WIDTH}" height="{height}" '
        f'role="img" lang="{language}"><title>{escape(title or frame.title)}</title>'
        f"<desc>{escape(frame.sentence)}</desc>"
        f'<style>{standalone_css(accent)}</style><rect class="plate" width="{WIDTH}" height="{height}"/>'
        f"{''.join(page.pieces)}</svg>"
    )


def _draw_figure(figure: Figure, sheet: MapSheet | None, hand: tuple[str, str], language: str, page: PlatePage) -> None:
    if isinstance(figure, Map):
        if sheet is None or not figure.drawable:
            page.write(text("figure.no_contour_level", language), "plate-text", 14, 130)
            return
        _draw_map(figure, sheet, hand, page, language)
    elif isinstance(figure, Evolution):
        page.pieces.append(draw_evolution(figure, Canvas(INNER - 190, MARGIN, page.y), 380))
        page.pieces.append(draw_labels(figure, 380, WIDTH - MARGIN - 180, page.y))
        page.y += 380
        if figure.indexed:
            page.write(figure.indexed, "plate-text", 14, 130)
    elif isinstance(figure, Distribution):
        page.pieces.append(draw_distribution(figure, Canvas(INNER, MARGIN, page.y, 0), 360))
        page.y += 360
    elif isinstance(figure, Ranking):
        _draw_ranking(figure, hand[0], page)
    else:
        page.write(frame_sentence(figure), "plate-value", 14, 120)


def frame_sentence(figure: Figure) -> str:
    return figure.frame.sentence


def _draw_map(figure: Map, sheet: MapSheet, hand: tuple[str, str], page: PlatePage, language: str) -> None:
    scale = INNER / 1000
    body = draw_map(figure, sheet, "plate") + draw_overlay(figure, sheet, *hand) + draw_names(sheet, hand[0])
    page.pieces.append(f'<g transform="translate({MARGIN} {page.y:.0f}) scale({scale:.4f})">{body}</g>')
    page.y += sheet.ground.height * scale + 16
    ramp = "d" if figure.diverging else "s"
    x = float(MARGIN)
    for entry in figure.legend:
        words = f"{entry.words} ({entry.count})"
        page.pieces.append(
            f'<rect class="{ramp}{entry.shade}" x="{x:.0f}" y="{page.y:.0f}" width="26" height="14"/>'
            f'<text class="plate-value" x="{x + 32:.0f}" y="{page.y + 12:.0f}">{escape(words)}</text>'
        )
        x += 50 + len(words) * 7
    for amount, words in figure.circles:
        size = radius(amount, figure.highest, sheet.largest_radius) * scale
        page.pieces.append(
            f'<circle class="circle-key" cx="{x + size:.1f}" cy="{page.y + 8:.1f}" r="{size:.1f}"/>'
            f'<text class="plate-value" x="{x + 2 * size + 6:.0f}" y="{page.y + 12:.0f}">{escape(words)}</text>'
        )
        x += 2 * size + 34 + len(words) * 7
    page.y += max(18.0, sheet.largest_radius * scale if figure.circles else 0) + 10
    x = float(MARGIN)
    page.pieces.append(patterns("key", {state for state, _ in figure.states}))
    for state, count in figure.states:
        words = f"{text(f'state.{state}', language)} ({count})"
        fill = {"missing": "key-missing", "confidential": "key-secret", "weak": "key-weak"}[state]
        under = (
            f'<rect class="{ramp}3" x="{x:.0f}" y="{page.y:.0f}" width="26" height="14"/>' if state == "weak" else ""
        )
        page.pieces.append(
            f'{under}<rect fill="url(#{fill})" x="{x:.0f}" y="{page.y:.0f}" width="26" height="14"/>'
            f'<text class="plate-value" x="{x + 32:.0f}" y="{page.y + 12:.0f}">{escape(words)}</text>'
        )
        x += 50 + len(words) * 7
    page.y += 18 if figure.states else 0


def _draw_ranking(figure: Ranking, hand: str, page: PlatePage) -> None:
    lines = list(figure.ranked[:_RANKED])
    named = {code for code, role in figure.roles.items() if role != "member"}
    lines += [line for line in figure.ranked[_RANKED:] if line.code in named]
    for line in lines:
        name = {"territory": "bar-hand", "compared": "bar-compared"}.get(figure.roles.get(line.code, "member"), "bar")
        width = INNER - 330
        left, y = MARGIN + 250 + line.start * width, page.y + 14
        page.pieces += [
            mark_text("plate-text", MARGIN + 28, y, str(line.rank), "end"),
            mark_text("plate-value", MARGIN + 38, y, clip(line.label, 30)),
            mark_rect(name, left, page.y + 2, max(1.0, (line.end - line.start) * width), 14),
            mark_text("plate-value", WIDTH - MARGIN, y, line.said, "end"),
        ]
        page.y += 21


__all__ = ["INNER", "MARGIN", "WIDTH", "PlatePage", "draw_plate", "lay_plate"]
