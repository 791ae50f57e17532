"""What says the size and the direction of a map: its scale bar and its arrow, as SVG files in millimetres."""

from beffroi.language import format_number
from beffroi.publish.prints.grounds import PaperGround
from beffroi.publish.prints.symbols import Ink, Swatch

_STEPS = tuple(step * 10.0**power for power in range(7) for step in (1, 2, 5))


def draw_bar(ground: PaperGround, ink: Ink, unit: float, language: str) -> Swatch:
    """A bar of a round length, at most 46 millimetres on a sheet in the hand, exact in the middle of the map."""
    length = max(step for step in _STEPS if step * 1000 / ground.scale <= 46 * unit)
    parts = 5 if str(length)[0] == "5" else 4
    wide = length * 1000 / ground.scale
    step, thick, size = wide / parts, 1.1 * unit, 2.2 * unit
    name, divided = ("km", 1000) if length >= 1000 else ("m", 1)
    pad = 4 * unit
    pieces = [
        f'<rect x="{pad + k * step:.3f}" y="{size + unit:.2f}" width="{step:.3f}" height="{thick:.2f}" '
        f'fill="{ink("ink") if k % 2 == 0 else "#ffffff"}" stroke="{ink("ink")}" stroke-width="{0.15 * unit:.2f}"/>'
        for k in range(parts)
    ]
    for share in (0.0, 0.5, 1.0) if parts == 4 else (0.0, 0.4, 1.0):
        value = length * share / divided
        decimals = 0 if value == int(value) else (1 if value * 10 == int(value * 10) else 2)
        words = format_number(value, decimals, language) + (f"\u00a0{name}" if share == 1 else "")
        pieces.append(f'<text x="{pad + wide * share:.2f}" y="{size:.2f}">{words}</text>')
    width, height = wide + 3 * pad, size + thick + 1.4 * unit
    return Swatch(
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width:.3f}mm" height="{height:.3f}mm" '
        f'viewBox="{pad / 2:.3f} 0 {width:.3f} {height:.3f}" font-family="Source Sans 3" font-size="{size:.2f}" '
        f'text-anchor="middle" fill="{ink("ink")}">{"".join(pieces)}</svg>',
        width,
        height,
    )


def draw_north(ground: PaperGround, ink: Ink, unit: float) -> Swatch:
    """An arrow to the geographic north of the middle of the map."""
    width, height = 8 * unit, 13 * unit
    return Swatch(
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width:.2f}mm" height="{height:.2f}mm" viewBox="-4 -8 8 13" '
        f'font-family="Source Sans 3"><g transform="rotate({ground.north:.3f})" fill="{ink("ink")}">'
        f'<path d="M0-4.600L1.900 4.200 0 2.700z"/><path d="M0-4.600L-1.900 4.200 0 2.700z" fill="none" '
        f'stroke="{ink("ink")}" stroke-width=".25" stroke-linejoin="round"/>'
        f'<text y="-5.200" font-size="3" font-weight="600" text-anchor="middle">N</text></g></svg>',
        width,
        height,
    )


__all__ = ["draw_bar", "draw_north"]
