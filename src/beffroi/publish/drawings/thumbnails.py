"""Small living views: the same values without words, a hundred by sixty units."""

from collections.abc import Mapping

from beffroi.observe.figures import Distribution, Evolution, Figure, Map, Ranking
from beffroi.observe.values import Value
from beffroi.publish.drawings.maps import radius
from beffroi.publish.outlines import Ground, Outline

WIDTH, HEIGHT = 160, 100


def draw_thumbnail(figure: Figure, outlines: Mapping[str, Outline], ground: Ground | None, hand: str) -> str:
    """Body of the small view of a figure (``viewBox`` 0 0 160 100); ``hand`` is the code of the territory in hand."""
    if isinstance(figure, Map):
        return _map(figure, outlines, ground, hand)
    if isinstance(figure, Ranking):
        return _ranking(figure, hand)
    if isinstance(figure, Evolution):
        return _evolution(figure)
    if isinstance(figure, Distribution):
        return _distribution(figure)
    return _table()


def _map(figure: Map, outlines: Mapping[str, Outline], ground: Ground | None, hand: str) -> str:
    if ground is None or not figure.drawable:
        return _table()
    scale = min(WIDTH / 250, HEIGHT / (ground.height / 4))
    shift = (WIDTH - 250 * scale) / 2, (HEIGHT - ground.height / 4 * scale) / 2
    ramp = "d" if figure.diverging else "s"
    by_class: dict[str, list[str]] = {}
    for area in figure.areas:
        if outline := outlines.get(area.code):
            by_class.setdefault(f"{ramp}{area.shade}" if area.shade is not None else "land", []).append(outline.path)
    marks = "".join(f'<path class="{name}" d="{"".join(paths)}"/>' for name, paths in sorted(by_class.items()))
    if figure.circles:
        for area in figure.areas:
            if area.amount and (outline := outlines.get(area.code)):
                size = radius(area.amount, figure.highest, 12)
                marks += (
                    f'<circle class="circle" cx="{outline.x:g}" cy="{outline.y:g}" r="{size:.1f}"/>'
                    if size > 0.7
                    else ""
                )
    if hand in outlines:
        marks += f'<path class="hand" d="{outlines[hand].path}"/>'
    return f'<g transform="translate({shift[0]:.1f} {shift[1]:.1f}) scale({scale:.3f})">{marks}</g>'


def _ranking(figure: Ranking, hand: str) -> str:
    lines = figure.ranked
    if not lines:
        return _table()
    if len(lines) <= 14:
        step = HEIGHT / max(6, len(lines))
        return "".join(
            f'<rect class="{"bar-hand" if line.code == hand else "bar"}" x="{line.start * WIDTH:.1f}" y="{i * step:.1f}" '
            f'width="{max(0.8, (line.end - line.start) * WIDTH):.1f}" height="{step * 0.7:.1f}"/>'
            for i, line in enumerate(lines)
        )
    step = HEIGHT / len(lines)
    zero = figure.zero * WIDTH
    far = [line.end if line.value >= 0 else line.start for line in lines]
    edge = "".join(f"L{share * WIDTH:.1f} {(i + 0.5) * step:.1f}" for i, share in enumerate(far))
    marks = f'<path class="bar" d="M{zero:.1f} 0{edge}L{zero:.1f} {HEIGHT}z"/>'
    for index, line in enumerate(lines):
        if line.code == hand:
            y = (index + 0.5) * step - 1.25
            marks += (
                f'<rect class="bar-hand" x="{line.start * WIDTH:.1f}" y="{y:.1f}" height="2.5" '
                f'width="{max(2, (line.end - line.start) * WIDTH):.1f}"/>'
            )
    return marks


def _evolution(figure: Evolution) -> str:
    marks = ""
    for trace in reversed(figure.traces):
        name, dot = ("trace-hand", "point-hand") if trace.in_hand else ("trace", "point")
        spots = [(6 + p.x * (WIDTH - 12), HEIGHT - 8 - p.y * (HEIGHT - 16)) for p in trace.points]
        for segment in trace.segments:
            (x1, y1), (x2, y2) = spots[segment.start], spots[segment.end]
            marks += f'<line class="{name}" x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}"/>'
        marks += "".join(f'<circle class="{dot}" cx="{x:.1f}" cy="{y:.1f}" r="3"/>' for x, y in spots[-1:])
    return f'<line class="grid" x1="0" x2="{WIDTH}" y1="{HEIGHT - 4}" y2="{HEIGHT - 4}"/>{marks}'


def _distribution(figure: Distribution) -> str:
    marks = ""
    step = WIDTH / max(1, len(figure.bins))
    for index, each in enumerate(figure.bins):
        tall = (HEIGHT - 10) * each.count / max(1, figure.highest)
        marks += (
            f'<rect class="bar" x="{index * step + 0.5:.1f}" y="{HEIGHT - 4 - tall:.1f}" width="{step - 1:.1f}" '
            f'height="{tall:.1f}"/>'
        )
    for mark in figure.marks:
        if mark.role == "territory":
            marks += f'<line class="mark-hand" x1="{mark.x * WIDTH:.1f}" x2="{mark.x * WIDTH:.1f}" y1="2" y2="{HEIGHT - 4}"/>'
    return f'<line class="axis" x1="0" x2="{WIDTH}" y1="{HEIGHT - 4}" y2="{HEIGHT - 4}"/>{marks}'


def _table() -> str:
    rows = "".join(f'<line class="grid" x1="4" x2="{WIDTH - 4}" y1="{y}" y2="{y}"/>' for y in range(18, HEIGHT, 14))
    cells = "".join(
        f'<rect class="bar" x="6" y="{y - 8}" width="{48 + (y * 7) % 26}" height="3"/>'
        f'<rect class="bar" x="{128 - (y * 5) % 13}" y="{y - 8}" width="{26 - (y * 3) % 9}" height="3"/>'
        for y in range(18, HEIGHT, 14)
    )
    return rows + cells


def draw_sparkline(history: tuple[Value, ...], width: int = 120, height: int = 28) -> str:
    """The course of one territory in a line of text; a lone point when it has one value."""
    known = [(i, v.value) for i, v in enumerate(history) if v.value is not None]
    if not known:
        return ""
    low, high = min(v for _, v in known), max(v for _, v in known)
    spots = {
        i: (
            4 + i * (width - 8) / max(1, len(history) - 1),
            height - 5 - (v - low) * (height - 10) / ((high - low) or 1),
        )
        for i, v in known
    }
    marks = "".join(
        f'<line class="trace-hand" x1="{spots[i][0]:.1f}" y1="{spots[i][1]:.1f}" x2="{spots[i + 1][0]:.1f}" '
        f'y2="{spots[i + 1][1]:.1f}"/>'
        for i in spots
        if i + 1 in spots and history[i + 1].status != "B"
    )
    last = spots[known[-1][0]]
    return f'{marks}<circle class="point-hand" cx="{last[0]:.1f}" cy="{last[1]:.1f}" r="3"/>'


__all__ = ["HEIGHT", "WIDTH", "draw_sparkline", "draw_thumbnail"]
