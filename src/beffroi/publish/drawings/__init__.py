"""Figures as SVG: our own writers, because marks must follow the page's tokens (light, dark, print) and its CSP.

No mark carries a ``style`` attribute, a script or an address outside this server. The reasons and the measures are in
``docs/explanation/charts.md``.
"""

from beffroi.publish.drawings.charts import draw_distribution, draw_evolution, draw_labels
from beffroi.publish.drawings.maps import MapSheet, draw_map, draw_overlay
from beffroi.publish.drawings.plates import draw_plate

__all__ = [
    "MapSheet", "draw_distribution", "draw_evolution", "draw_labels", "draw_map", "draw_overlay",
    "draw_plate",
]  # fmt: skip
