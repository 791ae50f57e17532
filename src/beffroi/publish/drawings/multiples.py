"""Small lines on one scale, without words of their own but their ends: what surrounds them says the rest."""

from beffroi.observe.blocks.multiples import MultiplesFigure, Panel
from beffroi.observe.figures.evolutions import Trace
from beffroi.publish.drawings.charts import COLOURS, Canvas
from beffroi.publish.drawings.marks import mark_circle, mark_line, mark_text

HEIGHT = 92
_TOP, _UNDER = 8.0, 20.0


def draw_panel(figure: MultiplesFigure, panel: Panel, index: int, canvas: Canvas, height: float = HEIGHT) -> str:
    """One small line, the one in hand in grey behind the others."""
    bottom = height - _UNDER
    pieces = [mark_line("grid", canvas.edge(0), canvas.y(_TOP), canvas.edge(1), canvas.y(_TOP)),
              mark_line("axis", canvas.edge(0), canvas.y(bottom), canvas.edge(1), canvas.y(bottom))]  # fmt: skip
    for share, _ in figure.chart.breaks:
        pieces.append(mark_line("break", canvas.x(share), canvas.y(_TOP), canvas.x(share), canvas.y(bottom)))
    for share, words in dict.fromkeys((figure.chart.times[0], figure.chart.times[-1])) if figure.chart.times else ():
        anchor = "start" if share < 0.5 else "end" if share > 0.5 else "middle"
        pieces.append(mark_text("tick", canvas.edge(share), canvas.y(height - 5), words, anchor))
    if panel.trace is None:
        return "".join(pieces)
    if figure.beside is not None and not panel.in_hand:
        pieces.append(_trace(figure.beside, "trace-crowd", "", canvas, bottom))
    name, dot = ("trace-hand", "point-hand") if panel.in_hand else ("trace trace-one", "point point-one")
    if figure.alike:
        name, dot = f"trace k{index % COLOURS}", f"point k{index % COLOURS}"
    return "".join((*pieces, _trace(panel.trace, name, dot, canvas, bottom)))


def _trace(trace: Trace, name: str, dot: str, canvas: Canvas, bottom: float) -> str:
    spots = [(canvas.x(p.x), canvas.y(bottom - p.y * (bottom - _TOP))) for p in trace.points]
    pieces = [
        mark_line(f"{name} dashed" if each.dashed else name, *spots[each.start], *spots[each.end])
        for each in trace.segments
    ]
    if not dot:
        return "".join(pieces)
    joined = {each.start for each in trace.segments} | {each.end for each in trace.segments}
    for index, point in enumerate(trace.points):
        if index not in joined or index == len(spots) - 1:
            hollow = " point-open" if point.state in {"provisional", "estimated", "weak"} else ""
            title = f"{trace.name}, {point.period} : {point.said}"
            pieces.append(mark_circle(dot + hollow, *spots[index], 3.5, title))
    return "".join(pieces)


__all__ = ["HEIGHT", "draw_panel"]
