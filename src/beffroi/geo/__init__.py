"""Territories by (level, code, vintage): names, membership, what changed between two vintages, contours.

Pure functions over Arrow tables that they are given. This room never opens a file, never asks an engine, and
never makes up a territory, a link between two codes or a contour: what is not certain is refused or listed.
"""

from beffroi.geo.codes import UNLOCATED
from beffroi.geo.contours import FillRules, build_contours, clean_contours, gap_faults
from beffroi.geo.crosswalks import Crosswalk, convert, crosswalk
from beffroi.geo.histories import EVENTS_SCHEMA, build_events
from beffroi.geo.locating import located_codes, unknown_codes
from beffroi.geo.quarters import quarter_codes
from beffroi.geo.territories import Territories, build_territories

__all__ = [
    "EVENTS_SCHEMA",
    "UNLOCATED",
    "Crosswalk",
    "FillRules",
    "Territories",
    "build_contours",
    "build_events",
    "build_territories",
    "clean_contours",
    "convert",
    "crosswalk",
    "gap_faults",
    "located_codes",
    "quarter_codes",
    "unknown_codes",
]
