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
from beffroi.measure.disclosures import Cell, Disclosures
from beffroi.measure.measurements import Measurement
from beffroi.measure.memories import Memory, Told
from beffroi.measure.relations import Relations
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
        self._disclosures, self._relations = disclosures, relations
        self._given = disclosures.free.copy()
        self._values, self._slack = relations.problem.values, relations.problem.slack
        self._is_rounded = False
        self._lost: dict[str, NDArray[np.bool_]] = {}
        self._audience_of = [audiences[row.indicator] for row in disclosures.rows]
        pairs = sorted((row, relations.number[cell]) for row, cell in disclosures.shown if relations.number[cell] >= 0)
        problem = relations.problem
        self._whole = (problem.relations @ (~problem.integral).astype(float)) == 0
        self._interval = max(rule.interval for rule in disclosures.rules) / 100
        blocks = {
            cell: (one.quantity.measure, one.period)
            for one, cell in zip(disclosures.cells, relations.number, strict=True)
        }
        self._block = [blocks.get(cell) for cell in range(len(problem.values))]
        self._row = np.array([row for row, _ in pairs], np.int64)
        self._cell = np.array([cell for _, cell in pairs], np.int64)
        self.audiences = sorted({"public", *audiences.values()}, key=lambda name: (name != "public", name))

    def round_to(self, base: int) -> None:
        """Give every row of sums rounded to multiples of ``base``, what is confidential included, and no other: of a
        change, of a median and of a share of a split commune, the exact figures would be told.

        Raises nothing: what rounding does not protect, the attacker finds.
        """
        problem = self._relations.problem
        relations = problem.relations
        parts = csr_array((relations.data % 1 != 0, relations.indices, relations.indptr), shape=relations.shape)
        whole = parts.sum(axis=1) == 0
        shown: dict[int, set[int]] = {}
        for row, cell in zip(self._row.tolist(), self._cell.tolist(), strict=True):
            shown.setdefault(row, set()).add(cell)
        self._given = [self._is_sum(row, shown.get(row, set()), whole) for row in range(len(self._given))]
        offered = np.bincount(self._cell[np.array(self._given, bool)[self._row]], minlength=len(whole)) > 0
        kept = np.flatnonzero(whole)
        rounded = round_cells(replace(problem, offered=offered).restrict(kept), base)
        self._values, self._slack = problem.values.copy(), problem.slack.copy()
        self._values[kept] = np.where(offered[kept], rounded.values, problem.values[kept])
        self._slack[kept] = np.where(offered[kept], rounded.slack, problem.slack[kept])
        self._is_rounded = True

    def _is_sum(self, row: int, cells: set[int], whole: NDArray[np.bool_]) -> bool:
        """Whether all that a row shows are sums of whole atoms, each in a figure of its own."""
        where = self._disclosures.rows[row]
        code = self._disclosures.measured[where.vintage][where.indicator].rows["confidentiality"][where.place].as_py()
        figures = {
            figure: self._number(row, figure) for figure in FIGURES if (row, figure) in self._disclosures.figures
        }
        told = "value" in figures or {"numerator", "denominator"} <= figures.keys()
        numbers = set(figures.values())
        return (
            code in ("F", "C") and told and cells <= numbers and -1 not in numbers and bool(whole[list(numbers)].all())
        )

    def _number(self, row: int, figure: Figure) -> int:
        return int(self._relations.number[self._disclosures.figures[row, figure][0]])

    def _readable(self, audience: str) -> NDArray[np.bool_]:
        of = {name: _reads(audience, name) for name in set(self._audience_of)}
        return np.array([of[name] for name in self._audience_of], bool)

    def problem_for(self, audience: str) -> Problem:
        """What an audience may know by the rows that are given so far."""
        problem = self._relations.problem
        known = problem.known.copy()
        known[[row for told in self._relations.recalled for row, to in told if _reads(audience, to)]] = True
        given = np.array(self._given, bool) & self._readable(audience)
        times = np.bincount(self._cell[given[self._row]], minlength=len(problem.values))
        others = np.bincount(self._cell[np.array(self._given, bool)[self._row]], minlength=len(problem.values)) > 0
        # What is given to others alone is not for this audience to find, were it free for them.
        lacking = others & (times == 0) & ~problem.sensitive
        lost = self._lost.get(audience, np.zeros(len(known), bool))
        asked = np.where(lacking, np.where(self._whole, 1.0, self._interval * np.abs(problem.values)), 0.0)
        return replace(
            problem,
            values=np.where(times > 0, self._values, problem.values),
            slack=np.where(times > 0, self._slack, problem.slack),
            offered=times > 0,
            known=known,
            weights=problem.weights * times,
            sensitive=(problem.sensitive | lacking) & ~lost,
            below=np.where(lost, 0.0, problem.below + asked),
            above=np.where(lost, 0.0, problem.above + asked),
        )

    def give_up(self, audience: str) -> None:
        """Take note of what an audience finds of what others and earlier editions tell, were nothing given: that is no
        secret that could be kept."""
        problem = self.problem_for(audience)
        if problem.known.any():
            self._lost[audience] = attack(problem, problem.offered).exposed

    def hide_cells(self, hidden: NDArray[np.bool_], audience: str) -> None:
        """Give an audience no row any more that shows one of these cells."""
        readable = self._readable(audience)
        for row in self._row[hidden[self._cell]]:
            if readable[row]:
                self._given[row] = False

    def levels_told(self, cells: NDArray[np.int64], audience: str) -> dict[str, list[int]]:
        """Rows that an audience is given of the measures and periods of these cells, by level."""
        readable = self._readable(audience)
        blocks = {self._block[cell] for cell in cells}
        rows = {int(row) for row, cell in zip(self._row, self._cell, strict=True) if self._block[cell] in blocks}
        found: dict[str, list[int]] = {}
        for row in sorted(rows):
            if self._given[row] and readable[row]:
                found.setdefault(self._disclosures.rows[row].where[0], []).append(row)
        return found

    def hide_rows(self, rows: Sequence[int]) -> None:
        """Give these rows no more."""
        for row in rows:
            self._given[row] = False

    def level_of(self, row: int) -> str:
        """The level of a row."""
        return self._disclosures.rows[row].where[0]

    def rows_of(self, cells: NDArray[np.int64]) -> list[int]:
        """Rows that show one of these cells."""
        return sorted({int(row) for row in self._row[np.isin(self._cell, cells)]})

    def told(self) -> list[Told]:
        """The figures that are given, each once for an audience."""
        number = self._relations.number
        if self._is_rounded:
            # What is told is a multiple of a base, the same each time: nothing exact is there to remember.
            return []
        given = {
            (cell, self._audience_of[row])
            for row, cell in self._disclosures.shown
            if self._given[row] and number[cell] >= 0
        }
        return [Told(self._disclosures.cells[cell], audience) for cell, audience in sorted(given)]

    def hidden(self) -> list[tuple[Cell, float]]:
        """Confidential cells, with the margin that is asked around each."""
        margins = self._relations.problem.below
        number = self._relations.number
        cells = sorted(cell for cell in self._disclosures.sensitive if number[cell] >= 0)
        return [(self._disclosures.cells[cell], float(margins[number[cell]])) for cell in cells]

    def tell_all_of(self, told: Sequence[tuple[int, str]], memory: Memory) -> bool:
        """Whether all that an earlier edition told is told again now, to as many."""
        if len(told) < len(memory.told):
            return False
        again = {
            (self._cell[pair], self._audience_of[self._row[pair]])
            for pair in np.flatnonzero(np.array(self._given, bool)[self._row])
        }
        return all(any((row, wider) in again for wider in {to, "public"}) for row, to in told)

    def describe(self, problem: Problem, attacked: Attack) -> dict[str, Any]:
        """What an audience is given and denied, in numbers."""
        kept = problem.kept()
        confidential = self._relations.problem.sensitive
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
            row = self._disclosures.rows[shown[0]]
            told = any(leak.indicator == row.indicator for leak in found)
            causes = () if told else self._causes(explain_leak(problem, ~problem.offered, cell).told)
            found.append(Leak(audience, row.indicator, *row.where, row.vintage, causes))
        return found

    def _causes(self, cells: Sequence[int]) -> tuple[tuple[str, str, str, str, int], ...]:
        named = []
        for cell in cells:
            given = [row for row in self.rows_of(np.array([cell])) if self._given[row]]
            if given:
                row = self._disclosures.rows[given[0]]
                named.append((row.indicator, *row.where, row.vintage))
        return tuple(named[:_CAUSES])

    def measured(self, indicator: str, vintage: int) -> Measurement:
        """A measurement whose rows that are not given say why: ``C`` by a rule, ``D`` so that others stay hidden."""
        found = self._disclosures.measured[vintage][indicator]
        codes = found.rows["confidentiality"].to_pylist()
        for number, row in enumerate(self._disclosures.rows):
            if (
                (row.indicator, row.vintage) == (indicator, vintage)
                and codes[row.place] == "F"
                and not self._given[number]
            ):
                codes[row.place] = "D"
        rows = self._rounded(indicator, vintage, codes) if self._is_rounded else found.rows
        at = rows.schema.get_field_index("confidentiality")
        return replace(found, rows=rows.set_column(at, "confidentiality", pa.array(codes, pa.string())))

    def _rounded(self, indicator: str, vintage: int, codes: list[str]) -> pa.Table:
        """The rows of a measurement with rounded figures, and ``codes`` of rows that are given made free."""
        rows = self._disclosures.measured[vintage][indicator].rows
        columns = {figure: rows[figure].to_pylist() for figure in FIGURES}
        factor = self._disclosures.factors[indicator]
        for number, row in enumerate(self._disclosures.rows):
            if (row.indicator, row.vintage) != (indicator, vintage) or not self._given[number]:
                continue
            codes[row.place] = "F"
            for figure in FIGURES:
                if (number, figure) in self._disclosures.figures:
                    columns[figure][row.place] = self._values[self._number(number, figure)]
            above, below = (columns[part][row.place] for part in ("numerator", "denominator"))
            if (number, "numerator") in self._disclosures.figures:
                columns["value"][row.place] = above * factor / below if below else None
        for figure, values in columns.items():
            kind = rows.schema.field(figure).type
            cast = [None if value is None else Decimal(repr(float(value))) for value in values]
            made = pa.array(cast, pa.decimal128(38, 6)).cast(kind) if pa.types.is_decimal(kind) else None
            whole = (
                [None if value is None else round(value) for value in values] if pa.types.is_integer(kind) else values
            )
            at = rows.schema.get_field_index(figure)
            rows = rows.set_column(at, figure, made if made is not None else pa.array(whole, kind))
        return rows


def _reads(audience: str, meant_for: str) -> bool:
    """Whether those of an audience may read what is meant for another."""
    return allows(reader_of(audience), Audience(meant_for))
