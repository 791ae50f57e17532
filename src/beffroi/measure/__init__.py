"""Tables become series: by territory, period and vintage of the geography, protected.

Only series whose confidential values are gone leave this room. It opens no file: it asks questions through the
``query`` that it is given. What protects a group together is in ``groups``, which is read in when there is one: it
needs a solver.
"""

from beffroi.measure.explanations import Explanation, explain_value
from beffroi.measure.geographies import Geography
from beffroi.measure.scans import Coverage, Query
from beffroi.measure.series import MEASURE_STAGE, Campaign, Measured, measure_indicator
from beffroi.measure.showings import list_groups

__all__ = [
    "MEASURE_STAGE",
    "Campaign",
    "Coverage",
    "Explanation",
    "Geography",
    "Measured",
    "Query",
    "explain_value",
    "list_groups",
    "measure_indicator",
]
