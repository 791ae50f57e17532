"""Names of a scatter hide neither one another nor the points that one looks for."""

import re

from beffroi.observe.blocks.grids import Grid
from beffroi.observe.blocks.scatters import Axis, ScatterFigure, Spot
from beffroi.observe.frames import Frame
from beffroi.publish.drawings.charts import Canvas
from beffroi.publish.drawings.scatters import draw_scatter

FRAME = Frame("", "", "", (), (), None, "", "", "", False, "")
AXIS = Axis("", ((0.0, "0"), (1.0, "1")), None)


def spot(name: str, x: float, y: float, role: str = "compared") -> Spot:
    return Spot(f"commune:{name}", name, "", x, y, None, role, "sure", (x, y))


def places(*spots: Spot, width: float) -> dict[str, tuple[float, float, float]]:
    """Left, right and height of each name, in pixels."""
    figure = ScatterFigure(FRAME, (), AXIS, AXIS, spots, (), "", (), (), Grid("", (), ()))
    drawn = draw_scatter(figure, Canvas(width, 0, 0, 0.05))
    found = {}
    for anchor, shift, x, y, words in re.findall(
        r'<text class="direct[^"]*"(?: text-anchor="(end)")? dx="(-?\d+)" x="([\d.]+)" y="([\d.]+)">(.*?)</text>', drawn
    ):
        left = float(x) + int(shift) - (7.2 * len(words) if anchor else 0)
        found[words] = (left, left + 7.2 * len(words), float(y))
    return found


def test_names_of_neighbours_stay_apart() -> None:
    crowd = (
        spot("Bellefosse", 0.5, 0.5, "territory"),
        spot("Pays de Valombre", 0.47, 0.49),
        spot("Aubrelle", 0.52, 0.51),
    )
    for width in (330.0, 900.0):
        boxes = list(places(*crowd, width=width).values())
        assert len(boxes) == 3
        for one in range(3):
            for other in range(one):
                (l1, r1, y1), (l2, r2, y2) = boxes[one], boxes[other]
                assert abs(y1 - y2) >= 17 or r1 <= l2 or r2 <= l1


def test_a_name_does_not_hide_another_point() -> None:
    near = (spot("Pays de Valombre", 0.4, 0.5), spot("CA de l'Aubrelle", 0.5, 0.5, "territory"))
    left, right, y = places(*near, width=900.0)["Pays de Valombre"]
    point = 900 * (0.05 + 0.5 * 0.9)
    assert right < point - 4 or left > point + 4 or abs(y - 5 - 212) > 9


def test_names_stay_inside_the_plot() -> None:
    ends = (spot("Un nom plutôt long ici", 0.0, 0.2), spot("Un autre nom bien long", 1.0, 0.8, "territory"))
    for width in (330.0, 900.0):
        assert all(left >= 0 and right <= width for left, right, _ in places(*ends, width=width).values())
