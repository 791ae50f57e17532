"""A course and the path to its target: what was measured in a line, what is to be reached in dashes."""

from beffroi.observe.blocks.targets import TargetFigure
from beffroi.publish.drawings.charts import Canvas, draw_evolution, level_of
from beffroi.publish.drawings.marks import mark_circle, mark_line, mark_text

HEIGHT = 320


def draw_target(figure: TargetFigure, canvas: Canvas, height: float = HEIGHT) -> str:
    """Body of the chart, with the last value and each target named where they stand."""
    pieces = []
    path = figure.path
    if path is not None:
        spots = [(canvas.x(point.x), canvas.y(level_of(point.y, height))) for point in path.points]
        pieces += [mark_line("path", *spots[each.start], *spots[each.end]) for each in path.segments]
    pieces.append(draw_evolution(figure.chart, canvas, height))
    points = figure.chart.traces[0].points if figure.chart.traces else ()
    if path is not None:
        for goal, point in zip(figure.goals, path.points[len(path.points) - len(figure.goals) :], strict=True):
            x, y = canvas.x(point.x), canvas.y(level_of(point.y, height))
            pieces.append(mark_circle("goal", x, y, 6, f"{goal.period} : {goal.said}"))
            anchor, shift = ("end", 8) if point.x > 0.7 else ("middle", 0)
            pieces.append(mark_text("said goal-words", x, y + 24, goal.label, anchor, shift))
    if points:
        last = points[-1]
        anchor = "end" if last.x > 0.9 else "middle"
        high = path is None or not path.points or last.y >= path.points[0].y or last.x < 0.05 or _above(figure)
        y = canvas.y(level_of(last.y, height) + (-14 if high else 26))
        pieces.append(mark_text("direct direct-hand", canvas.x(last.x), y, last.said, anchor))
    if points and path is not None and len(path.points) > len(figure.goals) and points[0].x < points[-1].x:
        first = path.points[0]
        y = canvas.y(level_of(first.y, height) - 14)
        pieces.append(mark_text("said", canvas.x(first.x), y, first.said, "start" if first.x < 0.1 else "middle"))
    return "".join(pieces)


def _above(figure: TargetFigure) -> bool:
    """Whether the last value stands above the path, and so its words too."""
    points, path = figure.chart.traces[0].points, figure.path
    if path is None or len(path.points) < 2:
        return True
    first, last, now = path.points[0], path.points[-1], points[-1]
    expected = first.y + (last.y - first.y) * (now.x - first.x) / ((last.x - first.x) or 1.0)
    return now.y >= expected


__all__ = ["HEIGHT", "draw_target"]
