"""Tables become series: by territory, period and vintage of the geography, protected.

Only series whose confidential values are gone leave this room. It opens no file: it asks questions through the
``query`` that it is given.
"""

from beffroi.measure.explanations import Explanation, explain_value
from beffroi.measure.geographies import Geography
from beffroi.measure.given_rows import Leak
from beffroi.measure.groups import Protected, list_groups, measure_together
from beffroi.measure.memories import Memory
from beffroi.measure.scans import Coverage, Query
from beffroi.measure.series import MEASURE_STAGE, Campaign, Measured, measure_indicator

__all__ = [
    "MEASURE_STAGE",
    "Campaign",
    "Coverage",
    "Explanation",
    "Geography",
    "Leak",
    "Measured",
    "Memory",
    "Protected",
    "Query",
    "explain_value",
    "list_groups",
    "measure_indicator",
    "measure_together",
]
