"""The lineage of the catalogue as a drawing: sources on the left, indicators on the right, ties between."""

from collections.abc import Callable
from html import escape

from beffroi.observe.lineages import Lineage, Node
from beffroi.publish.drawings.marks import clip

_COLUMN, _ROW, _TOP, _WORDS = 300, 28, 8, 33


def draw_lineage(lineage: Lineage, address: Callable[[Node], str]) -> tuple[str, int, int]:
    """Body of the drawing with its width and height; each name leads to its page."""
    sizes = [0] * lineage.columns
    for node in lineage.nodes:
        sizes[node.column] += 1
    height = _TOP * 2 + lineage.rows * _ROW
    width = lineage.columns * _COLUMN - 30

    def spot(node: Node) -> tuple[float, float]:
        space = (height - 2 * _TOP) / sizes[node.column]
        return node.column * _COLUMN + 4, _TOP + (node.row + 0.5) * space

    pieces = []
    for start, end in lineage.ties:
        (x1, y1), (x2, y2) = spot(lineage.nodes[start]), spot(lineage.nodes[end])
        x1 += 14 + len(clip(lineage.nodes[start].title, _WORDS)) * 7.1
        x2 -= 6
        bend = max(24.0, (x2 - x1) / 2)
        pieces.append(
            f'<path class="tie" data-tie="{start} {end}" '
            f'd="M{x1:.0f} {y1:.1f}C{x1 + bend:.0f} {y1:.1f} {x2 - bend:.0f} {y2:.1f} {x2:.0f} {y2:.1f}"/>'
        )
    for index, node in enumerate(lineage.nodes):
        x, y = spot(node)
        absent = " node-absent" if node.state in {"unavailable", "blocked"} else ""
        pieces.append(
            f'<a class="node node-{node.kind}{absent}" href="{escape(address(node))}" data-node="{index}">'
            f"<title>{escape(node.title)}</title>{_sign(node, x, y)}"
            f'<text x="{x + 12:.0f}" y="{y + 4.5:.1f}">{escape(clip(node.title, _WORDS))}</text></a>'
        )
    return "".join(pieces), width, height


def _sign(node: Node, x: float, y: float) -> str:
    """A mark for each kind that needs no colour to be told: a disc, a square, a lozenge."""
    if node.kind == "source":
        return f'<circle cx="{x + 3:.0f}" cy="{y:.1f}" r="4"/>'
    if node.kind == "table":
        return f'<rect x="{x - 1:.0f}" y="{y - 4:.1f}" width="8" height="8"/>'
    return f'<path d="M{x + 3:.0f} {y - 5.5:.1f}l5.5 5.5l-5.5 5.5l-5.5 -5.5z"/>'


__all__ = ["draw_lineage"]
