"""Building: what is stale, in what order, and what to do when something breaks.

A build collects, makes tables, territories, series and the catalogue, then publishes one edition. What fails
keeps its last good edition and blocks only its descendants. This room computes nothing itself: it calls the
rooms above in the right order and writes ``run.json``.
"""

from beffroi.run.building import build
from beffroi.run.reports import BuildReport, Item
from beffroi.run.states import BuildOptions
from beffroi.run.workplaces import Workplace, open_workplace

__all__ = ["BuildOptions", "BuildReport", "Item", "Workplace", "build", "open_workplace"]
