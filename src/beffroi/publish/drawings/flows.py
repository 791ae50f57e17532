"""Flow graphs: nodes in columns, bands between them, words beside the nodes.

Bands are drawn in a thousand units across that stretch with the page; words are not, so that they stay readable.
"""

from dataclasses import dataclass
from html import escape

from beffroi.observe.blocks.flows import FlowFigure
from beffroi.publish.drawings.charts import Canvas
from beffroi.publish.drawings.marks import clip, mark_text

ACROSS = 1000
_TALL = 260.0
"""Height of the whole amount of the fullest column."""
_ROOM = 38.0
"""Least height of a node with its two lines of words."""
_GAP = 12.0
_PAD = 24.0
"""Room above and under the nodes, for words that had to move."""
_NODE = 14.0
"""Width of a node, in units across."""
_LETTERS = {2: 30, 3: 22, 4: 15}
"""Most letters of a name, by the number of columns."""


@dataclass(frozen=True)
class Laid:
    """Where each node stands: left (units across), top and height (pixels); and the height of the whole."""

    nodes: tuple[tuple[float, float, float], ...]
    scale: float
    height: float


def lay_flow(figure: FlowFigure) -> Laid:
    """Nodes of a column under one another, each with room for its words; columns are centred."""
    columns = figure.columns
    fullest = max((sum(figure.nodes[i].amount for i in column) for column in columns), default=1.0) or 1.0
    scale = _TALL / fullest

    def slot(index: int) -> float:
        return max(figure.nodes[index].amount * scale, _ROOM)

    heights = [sum(slot(i) for i in column) + _GAP * (len(column) - 1) for column in columns]
    height = max(heights, default=0.0) + 2 * _PAD
    placed: dict[int, tuple[float, float, float]] = {}
    for depth, column in enumerate(columns):
        left = (ACROSS - _NODE) * depth / max(1, len(columns) - 1)
        top = (height - heights[depth]) / 2
        for index in column:
            tall = figure.nodes[index].amount * scale
            placed[index] = (left, top + (slot(index) - tall) / 2, tall)
            top += slot(index) + _GAP
    return Laid(tuple(placed[index] for index in range(len(figure.nodes))), scale, height)


def draw_bands(figure: FlowFigure, laid: Laid) -> str:
    """Bands and nodes, in units across."""
    middles = [top + tall / 2 for _, top, tall in laid.nodes]
    leaving = [top for _, top, _ in laid.nodes]
    coming = list(leaving)
    starts: dict[int, float] = {}
    for index, band in sorted(enumerate(figure.bands), key=lambda pair: middles[pair[1].target]):
        starts[index] = leaving[band.source]
        leaving[band.source] += band.amount * laid.scale
    pieces = []
    for index, band in sorted(enumerate(figure.bands), key=lambda pair: middles[pair[1].source]):
        wide, end = band.amount * laid.scale, coming[band.target]
        coming[band.target] += wide
        left, right = laid.nodes[band.source][0] + _NODE, laid.nodes[band.target][0]
        words = f"{figure.nodes[band.source].name} → {figure.nodes[band.target].name} : {band.said}"
        pieces.append(_band(left, starts[index], right, end, wide, words))
    last = len(figure.columns) - 1
    for node, (left, top, tall) in zip(figure.nodes, laid.nodes, strict=True):
        name = "flow-node flow-end" if node.depth in (0, last) else "flow-node"
        box = f'x="{left:.1f}" y="{top:.1f}" width="{_NODE:g}" height="{max(tall, 1):.1f}"'
        pieces.append(f'<rect class="{name}" {box}/>')
    return "".join(pieces)


def _band(left: float, start: float, right: float, end: float, wide: float, words: str) -> str:
    middle = (left + right) / 2
    there = f"C{middle:.1f} {start:.1f} {middle:.1f} {end:.1f} {right:.1f} {end:.1f}"
    back = f"C{middle:.1f} {end + wide:.1f} {middle:.1f} {start + wide:.1f} {left:.1f} {start + wide:.1f}"
    path = f"M{left:.1f} {start:.1f}{there}V{end + wide:.1f}{back}z"
    return f'<path class="flow-band" d="{path}"><title>{escape(words)}</title></path>'


def _word_heights(figure: FlowFigure, laid: Laid) -> dict[int, float]:
    """Where the words of each node stand: at its middle, or, in the last column, as near as the words of the column
    before leave room: on a narrow screen both share the same gap."""
    columns = figure.columns
    heights = {index: top + tall / 2 for index, (_, top, tall) in enumerate(laid.nodes)}
    if len(columns) < 3:
        return heights
    taken = [heights[index] for index in columns[-2]]
    for index in columns[-1]:
        _, _, tall = laid.nodes[index]
        steps = [sign * 4.0 * k for k in range(200) for sign in (1, -1) if 4.0 * k <= tall / 2 + _ROOM]
        free = (y for y in (heights[index] + step for step in steps) if all(abs(y - t) >= _ROOM for t in taken))
        heights[index] = next((y for y in free if _PAD / 2 <= y <= laid.height - _PAD / 2), heights[index])
        taken.append(heights[index])
    return heights


def draw_flow_words(figure: FlowFigure, laid: Laid, canvas: Canvas) -> str:
    """The name and the amount of each node, beside it and inside the plot."""
    count = len(figure.columns)
    most = _LETTERS.get(count, 30 if count < 2 else 12)
    pieces = []
    heights = _word_heights(figure, laid)
    for index, (node, (left, _, _)) in enumerate(zip(figure.nodes, laid.nodes, strict=True)):
        last = node.depth == count - 1 and count > 1
        x = canvas.edge(left / ACROSS if last else (left + _NODE) / ACROSS)
        anchor, shift = ("end", -7) if last else ("start", 7)
        middle = canvas.y(heights[index])
        pieces.append(mark_text("flow-name", x, middle - 2, clip(node.name, most), anchor, shift))
        pieces.append(mark_text("flow-value", x, middle + 15, node.said, anchor, shift))
    return "".join(pieces)


__all__ = ["ACROSS", "Laid", "draw_bands", "draw_flow_words", "lay_flow"]
