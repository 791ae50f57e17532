"""Rows of the series of a group, with what is hidden of them so far, and what each audience may know by the others."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray
from scipy.sparse import csr_array

from beffroi.access import Audience, allows, reader_of
from beffroi.measure.disclosures import Disclosures, Kind
from beffroi.measure.measurements import Measurement
from beffroi.measure.relations import Relations, Saying
from beffroi.measure.showings import FIGURES, Figure
from beffroi.secrecy import Attack, Problem, attack, explain_leak, round_cells

_CAUSES = 4
"""Rows that are named of those from which a hidden value is found."""


@dataclass(frozen=True)
class Leak:
    """A hidden value that somebody of ``audience`` comes nearer to than is allowed: a row that shows it, and some of
    those from which it is found."""

    audience: str
    indicator: str
    level: str
    territory: str
    period: str
    vintage: int
    causes: tuple[tuple[str, str, str, str, int], ...] = ()


class GivenRows:
    """Rows of a group with what is hidden of them so far."""

    def __init__(self, disclosures: Disclosures, relations: Relations, audiences: Mapping[str, str]) -> None:
        """``audiences``: who may read each indicator."""
        self.disclosures, self.relations = disclosures, relations
        self._codes = np.array(disclosures.codes)
        self._given = self._codes == "F"
        self._values, self._slack = relations.problem.values, relations.problem.slack
        self._is_rounded = False
        self._lost: dict[str, NDArray[np.bool_]] = {}
        self._audience_of = np.array([audiences[row.indicator] for row in disclosures.rows])
        self._series: dict[tuple[str, int], list[int]] = {}
        for number, row in enumerate(disclosures.rows):
            self._series.setdefault((row.indicator, row.vintage), []).append(number)
        pairs = sorted((row, relations.number[cell]) for row, cell in disclosures.shown if relations.number[cell] >= 0)
        problem = relations.problem
        self._whole = (problem.relations @ (~problem.integral).astype(float)) == 0
        self._interval = max(rule.interval for rule in disclosures.rules) / 100
        blocks = {
            cell: (one.quantity.measure, one.period)
            for one, cell in zip(disclosures.cells, relations.number, strict=True)
        }
        self._block = [blocks.get(cell) for cell in range(len(problem.values))]
        adding = problem.relations
        parts = csr_array((adding.data % 1 != 0, adding.indices, adding.indptr), shape=adding.shape)
        self._is_shared = parts.sum(axis=1) > 0
        """Cells that add up shares of split communes."""
        self._kinds = self._true_kinds(disclosures.kinds)
        self._row = np.array([row for row, _ in pairs], np.int64)
        self._cell = np.array([cell for _, cell in pairs], np.int64)
        self.audiences = sorted({"public", *audiences.values()}, key=lambda name: (name != "public", name))

    def _true_kinds(self, kinds: Sequence[Kind]) -> list[Kind]:
        """What rows say by their kinds of what something adds up to; of territories that hold shares of split communes,
        whose units are rounded, to one more and one less."""
        values, number = self.relations.problem.values, self.relations.number
        told = []
        for kind in kinds:
            cell = int(number[kind.cell])
            if cell >= 0:
                wider = float(self._is_shared[cell])
                least, most = kind.least - wider, kind.most + wider
                if least <= values[cell] <= most:
                    told.append(replace(kind, least=least, most=most))
        return told

    def round_to(self, base: int) -> None:
        """Give every row of sums rounded to multiples of ``base``, what is confidential included, and no other: of a
        change, of a median and of a share of a split commune, the exact figures would be told.

        Raises nothing: what rounding does not protect, the attacker finds.
        """
        problem = self.relations.problem
        whole = ~self._is_shared
        shown: dict[int, set[int]] = {}
        for row, cell in zip(self._row.tolist(), self._cell.tolist(), strict=True):
            shown.setdefault(row, set()).add(cell)
        sums = [self._is_sum(row, shown.get(row, set()), whole) for row in range(len(self._given))]
        self._given = np.array(sums, bool)
        offered = self._times(self._given) > 0
        kept = np.flatnonzero(whole)
        rounded = round_cells(replace(problem, offered=offered).restrict(kept), base)
        self._values, self._slack = problem.values.copy(), problem.slack.copy()
        self._values[kept] = np.where(offered[kept], rounded.values, problem.values[kept])
        self._slack[kept] = np.where(offered[kept], rounded.slack, problem.slack[kept])
        self._is_rounded = True

    def _is_sum(self, row: int, cells: set[int], whole: NDArray[np.bool_]) -> bool:
        """Whether all that a row shows are sums of whole atoms, each in a figure of its own."""
        figures = {figure: self._number(row, figure) for figure in FIGURES if (row, figure) in self.disclosures.figures}
        told = "value" in figures or {"numerator", "denominator"} <= figures.keys()
        numbers = set(figures.values())
        is_ours = self._codes[row] in ("F", "C")
        return is_ours and told and cells <= numbers and -1 not in numbers and bool(whole[list(numbers)].all())

    def _number(self, row: int, figure: Figure) -> int:
        return int(self.relations.number[self.disclosures.figures[row, figure][0]])

    def _readable(self, audience: str) -> NDArray[np.bool_]:
        return np.isin(self._audience_of, [name for name in self.audiences if _reads(audience, name)])

    def _times(self, rows: NDArray[np.bool_]) -> NDArray[np.int64]:
        """How many of these rows show each cell."""
        return np.bincount(self._cell[rows[self._row]], minlength=len(self.relations.problem.values))

    def problem_for(self, audience: str) -> Problem:
        """What an audience may know by the rows that are given so far."""
        problem = self.relations.problem
        known = problem.known.copy()
        earlier = self.relations.earlier
        known[[row for memory in earlier for row, to in memory.told if _reads(audience, to)]] = True
        times = self._times(self._given & self._readable(audience))
        others = self._times(self._given) > 0
        # What is given to others alone is not for this audience to find, were it free for them.
        lacking = others & (times == 0) & ~problem.sensitive
        lost = self._lost.get(audience, np.zeros(len(known), bool))
        least, most = self._said(audience)
        asked = np.where(lacking, np.where(self._whole, 1.0, self._interval * np.abs(problem.values)), 0.0)
        return replace(
            problem,
            values=np.where(times > 0, self._values, problem.values),
            slack=np.where(times > 0, self._slack, problem.slack),
            least=least,
            most=most,
            offered=times > 0,
            known=known,
            weights=problem.weights * times,
            sensitive=(problem.sensitive | lacking) & ~lost,
            below=np.where(lost, 0.0, problem.below + asked),
            above=np.where(lost, 0.0, problem.above + asked),
        )

    def _said(self, audience: str) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """What the kinds of rows say of each cell to an audience, and said in earlier editions: at least, at most."""
        count = len(self.relations.problem.values)
        least, most = np.full(count, -np.inf), np.full(count, np.inf)
        before = [one for memory in self.relations.earlier for one in memory.said]
        for cell, low, high, to in (*self.saying(), *before):
            if _reads(audience, to):
                least[cell], most[cell] = max(least[cell], low), min(most[cell], high)
        return least, most

    def saying(self) -> list[Saying]:
        """The same, by rows of the problem."""
        number = self.relations.number
        return [(int(number[kind.cell]), kind.least, kind.most, audience) for kind, audience in self.kinds()]

    def give_up(self, audience: str) -> None:
        """Take note of what an audience finds of what others and earlier editions tell, were nothing given: that is no
        secret that could be kept."""
        problem = self.problem_for(audience)
        if problem.known.any():
            self._lost[audience] = attack(problem, problem.offered).exposed

    def hide_cells(self, hidden: NDArray[np.bool_], audience: str) -> None:
        """Give an audience no row any more that shows one of these cells."""
        shows = np.zeros(len(self._given), bool)
        shows[self._row[hidden[self._cell]]] = True
        self._given &= ~(shows & self._readable(audience))

    def levels_told(self, cells: NDArray[np.int64], audience: str) -> dict[str, list[int]]:
        """Rows that an audience is given of the measures and periods of these cells, by level."""
        given = self._given & self._readable(audience)
        blocks = {self._block[cell] for cell in cells}
        beside = np.array([block in blocks for block in self._block], bool)
        found: dict[str, list[int]] = {}
        for row in np.unique(self._row[beside[self._cell]]).tolist():
            if given[row]:
                found.setdefault(self.level_of(row), []).append(row)
        return found

    def hide_rows(self, rows: Sequence[int]) -> None:
        """Give these rows no more."""
        self._given[np.asarray(rows, np.int64)] = False

    def level_of(self, row: int) -> str:
        """The level of a row."""
        return self.disclosures.rows[row].where[0]

    def rows_of(self, cells: NDArray[np.int64]) -> list[int]:
        """Rows that show one of these cells."""
        return [int(row) for row in np.unique(self._row[np.isin(self._cell, cells)])]

    def pairs(self) -> set[tuple[int, str]]:
        """The rows of the problem that are given, and to whom."""
        shown = self._given[self._row]
        return set(zip(self._cell[shown].tolist(), self._audience_of[self._row[shown]].tolist(), strict=True))

    def figures(self, *, given: bool) -> list[tuple[int, str]]:
        """Cells that free rows show, each once for an audience: those of rows that are given, or of those that are not.
        What is told of rounded figures is a multiple of a base, the same each time: nothing exact is given."""
        if self._is_rounded:
            return []
        rows, number = (self._codes == "F") & (self._given == given), self.relations.number
        found = {
            (cell, str(self._audience_of[row]))
            for row, cell in self.disclosures.shown
            if rows[row] and number[cell] >= 0
        }
        return sorted(found)

    def kinds(self) -> list[tuple[Kind, str]]:
        """What rows say by their kinds, and to whom."""
        return [(kind, str(self._audience_of[kind.row])) for kind in self._kinds]

    def counts(self) -> dict[str, Any]:
        """Whether kinds are told; and how many rows are hidden for others, by indicator, vintage and level: what nobody
        may know but who has the rows, where kinds are untold."""
        hidden: dict[str, dict[str, dict[str, int]]] = {}
        for number in np.flatnonzero((self._codes == "F") & ~self._given).tolist():
            row = self.disclosures.rows[number]
            levels = hidden.setdefault(row.indicator, {}).setdefault(str(row.vintage), {})
            levels[row.where[0]] = levels.get(row.where[0], 0) + 1
        return {"kinds": "told" if self.disclosures.tells_kinds else "untold", "hidden_for_others": hidden}

    def describe(self, problem: Problem, attacked: Attack) -> dict[str, Any]:
        """What an audience is given and denied, in numbers."""
        kept = problem.kept()
        confidential = self.relations.problem.sensitive
        return {
            "cells": int(problem.offered.sum() + kept.sum()),
            "published": int(problem.offered.sum()),
            "confidential": int(confidential.sum()),
            "known_elsewhere": int((confidential & (problem.known | ~problem.sensitive)).sum()),
            "tried": int((kept & ~attacked.untested).sum()),
            "found": int(attacked.exposed.sum()),
            "whole": bool(attacked.whole),
        }

    def leaks(self, problem: Problem, attacked: Attack, audience: str) -> list[Leak]:
        """The rows whose hidden value the attacker finds, the first of each cell, and for the first value of each
        indicator how he does."""
        found: list[Leak] = []
        for cell in np.flatnonzero(attacked.exposed).tolist():
            shown = self.rows_of(np.array([cell]))
            if not shown:
                continue
            row = self.disclosures.rows[shown[0]]
            told = any(leak.indicator == row.indicator for leak in found)
            causes = () if told else self._causes(explain_leak(problem, ~problem.offered, cell).told)
            found.append(Leak(audience, row.indicator, *row.where, row.vintage, causes))
        return found

    def _causes(self, cells: Sequence[int]) -> tuple[tuple[str, str, str, str, int], ...]:
        named = []
        for cell in cells:
            given = [row for row in self.rows_of(np.array([cell])) if self._given[row]]
            if given:
                row = self.disclosures.rows[given[0]]
                named.append((row.indicator, *row.where, row.vintage))
        return tuple(named[:_CAUSES])

    def measured(self, indicator: str, vintage: int) -> Measurement:
        """A measurement whose rows that are not given are ``C``; where kinds are told, ``C`` by a rule, and ``D`` so
        that others stay hidden."""
        found = self.disclosures.measured[vintage][indicator]
        codes = found.rows["confidentiality"].to_pylist()
        for number in self._series.get((indicator, vintage), ()):
            place = self.disclosures.rows[number].place
            if codes[place] == "F" and not self._given[number]:
                codes[place] = "D" if self.disclosures.tells_kinds else "C"
        rows = self._rounded(indicator, vintage, codes) if self._is_rounded else found.rows
        at = rows.schema.get_field_index("confidentiality")
        return replace(found, rows=rows.set_column(at, "confidentiality", pa.array(codes, pa.string())))

    def _rounded(self, indicator: str, vintage: int, codes: list[str]) -> pa.Table:
        """The rows of a measurement with rounded figures, and ``codes`` of rows that are given made free."""
        rows = self.disclosures.measured[vintage][indicator].rows
        columns = {figure: rows[figure].to_pylist() for figure in FIGURES}
        factor = self.disclosures.factors[indicator]
        for number in self._series.get((indicator, vintage), ()):
            if not self._given[number]:
                continue
            place = self.disclosures.rows[number].place
            codes[place] = "F"
            for figure in FIGURES:
                if (number, figure) in self.disclosures.figures:
                    columns[figure][place] = self._values[self._number(number, figure)]
            above, below = (columns[part][place] for part in ("numerator", "denominator"))
            if (number, "numerator") in self.disclosures.figures:
                columns["value"][place] = above * factor / below if below else None
        for figure, values in columns.items():
            at = rows.schema.get_field_index(figure)
            rows = rows.set_column(at, figure, _as_column(values, rows.schema.field(figure).type))
        return rows


def _as_column(values: Sequence[Any], kind: pa.DataType) -> pa.Array:
    """Figures as a column of a series: exact decimals, whole numbers, or floating ones."""
    if pa.types.is_decimal(kind):
        exact = [None if value is None else Decimal(repr(float(value))) for value in values]
        return pa.array(exact, pa.decimal128(38, 6)).cast(kind)
    if pa.types.is_integer(kind):
        return pa.array([None if value is None else round(value) for value in values], kind)
    return pa.array(values, kind)


def _reads(audience: str, meant_for: str) -> bool:
    """Whether those of an audience may read what is meant for another."""
    return allows(reader_of(audience), Audience(meant_for))
