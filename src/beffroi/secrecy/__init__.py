"""Figures that add up, some of which must stay unknown: what can be found again, and what to hide so that it cannot.

Linear algebra alone: this room knows no territory, no file and no reader. ``measure`` says what adds up to what
(``Problem``); here one looks for the leaks (``attacks``) and closes them.
"""

from beffroi.secrecy.attacks import Attack, attack
from beffroi.secrecy.leaks import Leak, explain_leak
from beffroi.secrecy.problems import Problem
from beffroi.secrecy.rounding import Rounding, round_cells
from beffroi.secrecy.suppression import PartPattern, Suppression, suppress

__all__ = [
    "Attack",
    "Leak",
    "PartPattern",
    "Problem",
    "Rounding",
    "Suppression",
    "attack",
    "explain_leak",
    "round_cells",
    "suppress",
]
