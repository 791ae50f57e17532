"""What can be reached in one component: how far kept cells may be from the truth, question after question.

A question is a kept cell and a side: first all cells over the truth, then all under it. Each possible table that is
found answers as many questions at once as it moves cells far enough: few programs are solved for one cell alone.
"""

from collections.abc import Iterator
from functools import cached_property

import numpy as np
from scipy.sparse import csr_array, vstack

from beffroi.secrecy.components import Component, Indexes
from beffroi.secrecy.problems import Flags, Floats
from beffroi.secrecy.programs import PROOF, Optimum, Program
from beffroi.secrecy.witnesses import Witnesses, whole_change

_ROUNDS, _STALLED = 30, 3
"""Programs solved for many cells at once, and how many in a row may prove next to nothing before each is asked."""

_BOX = 1e6
"""How far quantities are let go, in the unit of what is asked."""

_DECADES = 3
"""Margins that differ by more powers of ten are asked in different units: a solver's errors are small for each."""


class Search:
    """``reach``: how far each question is proven to go. ``bound``: how far it can go at most; +inf when not known.

    ``allowed`` is the effort that may be spent (iterations x size of the programs), ``effort`` what was: questions
    that are not answered by then stay open.
    """

    def __init__(self, component: Component, shared: Flags, allowed: float, seed: list[int]) -> None:
        """``shared``: kept cells that are in other components as well."""
        self.component = component
        self._shared = np.tile(shared, 2)
        self._spent = 0.0
        self._allowed = allowed
        self._drawn = np.random.default_rng(seed)
        self._questions = csr_array(vstack([component.shares, -component.shares]))
        count = self._questions.shape[0]
        self.reach, self.bound = np.zeros(count), np.full(count, np.inf)
        self._has_whole = bool(component.integral.any())
        # Without whole numbers, what is possible in fractions is possible.
        self._relaxed = np.zeros(count) if self._has_whole else self.reach
        self._is_whole = self._whole_questions()

    def run(self, targets: Floats, asked: Flags, *, exact: bool) -> None:
        """Answers questions whose target is positive: reached, or proven out of reach. ``asked`` are asked one by one
        when need be; the others only profit. ``exact``: how far those can go, whatever the target."""
        targets = np.where(self._is_whole, np.ceil(targets - PROOF), targets)
        for unit, group in _units(targets):
            self._relax(unit, targets, group, asked)
        if self._has_whole:
            self._prove(targets, asked)
        if exact:
            self._measure(asked)

    def _relax(self, unit: float, targets: Floats, group: Indexes, asked: Flags) -> None:
        """Fractions are allowed: many cells at once, then each that has not got where it should."""
        program = self._program(unit, _BOX)
        stalled = 0
        for _ in range(_ROUNDS):
            group = group[~_is_met(self._relaxed[group], targets[group])]
            if not len(group) or stalled == _STALLED or self._is_spent():
                break
            chosen = self._drawn.random(len(group)) * (self._drawn.random(len(group)) < 0.5)
            costs = self._questions[group].T @ (chosen * unit / targets[group])
            self._take(self._ask(program, np.arange(len(costs)), costs), unit, targets)
            before, met = len(group), _is_met(self._relaxed[group], targets[group]).sum()
            stalled = stalled + 1 if met < 0.01 * before else 0
        for question in group[asked[group]].tolist():
            if not _is_met(self._relaxed[question], targets[question]) and not self._is_spent():
                self._ask_one(program, question, unit, targets)

    def _prove(self, targets: Floats, asked: Flags) -> None:
        """In whole numbers: what fractions reached, and they have not yet. What is quickly found first: it may well
        spare what is not."""
        wanted = targets.copy()
        # Where a cell is in other components too, what lacks may come from them: as far as can be will do.
        wanted[self._shared] = np.minimum(targets, self.bound)[self._shared]
        questions = np.flatnonzero(asked & (wanted > 0)).tolist()
        for question in questions:
            if self._is_open(question, wanted[question]) and not self._is_spent():
                whole = self._witnesses.find_near(*self._named(question), wanted[question])
                if whole is not None:
                    self._take_whole(whole)
        for question in questions:
            target = wanted[question]
            while self._is_open(question, target) and not self._is_spent():
                whole, is_impossible = self._witnesses.find(*self._named(question), target)
                if whole is not None:
                    self._take_whole(whole)
                if not is_impossible:
                    break
                if not self._is_whole[question]:
                    self.bound[question] = target * (1 - 10 * PROOF)
                    break
                self.bound[question] = target - 1
                target = target - 1 if self._shared[question] else target

    def _is_open(self, question: int, target: float) -> bool:
        """Whether the target was neither reached nor proven out of reach."""
        enough = target * (1 - PROOF)
        return bool(self.reach[question] < enough <= self.bound[question])

    def _measure(self, asked: Flags) -> None:
        """How far each question goes."""
        component = self.component
        ends = np.concatenate([*component.limits, *component.row_limits])
        largest = float(np.abs(ends[np.isfinite(ends)]).max(initial=1.0))
        unit = 1.0 if self._has_whole else largest / 1e4
        program = self._program(unit, max(_BOX, 10 * largest / unit))
        for question in np.flatnonzero(asked).tolist():
            if self._is_spent():
                return
            found = self._ask_one(program, question, unit, None)
            if found.bound == np.inf and found.value > _BOX / 10:
                # It went as far as it was let: nothing holds it.
                self.reach[question] = self._relaxed[question] = np.inf
            elif self._has_whole and self.bound[question] - self.reach[question] > PROOF:
                whole, bound = self._witnesses.largest(*self._named(question))
                if whole is not None:
                    self._take_whole(whole)
                self.bound[question] = min(self.bound[question], self._floor(question, bound))

    @cached_property
    def _witnesses(self) -> Witnesses:
        return Witnesses(self.component, _BOX)

    def _named(self, question: int) -> tuple[int, int]:
        count = len(self.component.owners)
        return question % count, 1 if question < count else -1

    def _program(self, unit: float, box: float) -> Program:
        component = self.component
        return Program(
            component.rows,
            (component.row_limits[0] / unit, component.row_limits[1] / unit),
            (component.limits[0] / unit, component.limits[1] / unit),
            starts_possible=True,
            box=box,
        )

    def _ask_one(self, program: Program, question: int, unit: float, targets: Floats | None) -> Optimum:
        span = slice(self._questions.indptr[question], self._questions.indptr[question + 1])
        found = self._ask(program, self._questions.indices[span], self._questions.data[span])
        self.bound[question] = min(self.bound[question], self._floor(question, found.bound * unit))
        self._take(found, unit, targets)
        return found

    def _ask(self, program: Program, columns: Indexes, costs: Floats) -> Optimum:
        found = program.maximise(columns, costs)
        self._spent += found.effort * sum(self.component.rows.shape)
        return found

    @property
    def effort(self) -> float:
        return self._spent + (self._witnesses.effort if "_witnesses" in self.__dict__ else 0.0)

    def _is_spent(self) -> bool:
        return self.effort > self._allowed

    def _take(self, found: Optimum, unit: float, targets: Floats | None) -> None:
        """What a possible table does for every question. In a coarse unit it says nothing of finer targets."""
        if found.point is None:
            return
        change = found.point * unit
        made = self._questions @ change
        heard = np.ones(len(made), bool) if targets is None else targets >= unit
        self._relaxed[heard] = np.maximum(self._relaxed, made)[heard]
        if self._has_whole and (whole := whole_change(self.component, change)) is not None:
            self._take_whole(whole)

    def _take_whole(self, change: Floats) -> None:
        """What a whole change does, made as often as there is room for, and the same the other way."""
        for way in (change, -change):
            times = np.floor(_room(self.component, way) + PROOF)
            if times >= 1 and whole_change(self.component, way * times) is None:
                times -= 1
            if times >= 1:
                np.maximum(self.reach, self._questions @ (way * times), out=self.reach)
        np.maximum(self._relaxed, self.reach, out=self._relaxed)

    def _whole_questions(self) -> Flags:
        """Questions whose answers are whole: whole shares of whole quantities."""
        shares = self.component.shares
        fractions = csr_array(
            (np.abs(shares.data - np.round(shares.data)), shares.indices, shares.indptr), shares.shape
        )
        others = abs(shares) @ (~self.component.integral).astype(np.float64)
        is_whole = (np.asarray(fractions.sum(axis=1)).reshape(-1) == 0) & (others == 0)
        return np.concatenate([is_whole, is_whole])

    def _floor(self, question: int, bound: float) -> float:
        return float(np.floor(bound + PROOF)) if self._is_whole[question] and np.isfinite(bound) else bound


def _units(targets: Floats) -> Iterator[tuple[float, Indexes]]:
    """Questions whose targets are alike, finest first, with a unit for them: the least of these targets."""
    asked = np.flatnonzero(targets > 0)
    decades = np.floor(np.log10(targets[asked]) / _DECADES)
    for decade in np.unique(decades):
        group = asked[decades == decade]
        yield float(targets[group].min()), group


def _is_met(reach: Floats, target: Floats) -> Flags:
    met: Flags = np.asarray(reach >= target * (1 - PROOF))
    return met


def _room(component: Component, change: Floats) -> float:
    """How many times a change can be made before a limit is passed."""
    made = component.rows @ change
    made[np.abs(made) < PROOF] = 0.0
    ratios = [
        np.where(some > 0, limits[1], limits[0])[some != 0] / some[some != 0]
        for some, limits in ((change, component.limits), (made, component.row_limits))
    ]
    return float(np.concatenate([*ratios, [_BOX]]).min())
