"""The few marks that figures are made of, as SVG with a class and presentation attributes only."""

from collections.abc import Iterable
from html import escape

Place = str | float
"""A position or a length: a number of units, or a share of the width written as a percentage."""


def mark_line(name: str, x1: Place, y1: Place, x2: Place, y2: Place) -> str:
    return f'<line class="{name}" x1="{_say(x1)}" y1="{_say(y1)}" x2="{_say(x2)}" y2="{_say(y2)}"/>'


def mark_rect(name: str, x: Place, y: Place, width: Place, height: Place, title: str = "") -> str:
    return _titled(
        f'<rect class="{name}" x="{_say(x)}" y="{_say(y)}" width="{_say(width)}" height="{_say(height)}"', "rect", title
    )


def mark_circle(name: str, x: Place, y: Place, radius: Place, title: str = "") -> str:
    return _titled(f'<circle class="{name}" cx="{_say(x)}" cy="{_say(y)}" r="{_say(radius)}"', "circle", title)


def mark_area(name: str, points: Iterable[tuple[float, float]], title: str = "") -> str:
    """A filled shape through points in units: shares of a width do not draw one."""
    spots = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
    return _titled(f'<polygon class="{name}" points="{spots}"', "polygon", title)


def mark_text(name: str, x: Place, y: Place, words: str, anchor: str = "start", shift: int = 0) -> str:
    """Words at a place; ``shift`` moves them across by so many units."""
    anchored = f' text-anchor="{anchor}"' if anchor != "start" else ""
    shifted = f' dx="{shift}"' if shift else ""
    return f'<text class="{name}"{anchored}{shifted} x="{_say(x)}" y="{_say(y)}">{escape(words)}</text>'


def _titled(start: str, element: str, title: str) -> str:
    return f"{start}><title>{escape(title)}</title></{element}>" if title else f"{start}/>"


def _say(place: Place) -> str:
    return place if isinstance(place, str) else f"{place:.1f}".removesuffix(".0")


def clip(words: str, length: int) -> str:
    """Words that take no more room than so many letters."""
    return words if len(words) <= length else words[: length - 1].rstrip() + "…"


__all__ = ["Place", "clip", "mark_area", "mark_circle", "mark_line", "mark_rect", "mark_text"]
