"""What became of each commune, event by event: the history that crosswalks are read from.

A commune is followed as a set of *pieces*. A merger puts the pieces of several communes together; a split sends
each piece to whoever it came from, and cuts only what was never apart before. So a commune that was absorbed and
later re-established finds itself again, exactly, and nothing is shared out that need not be.

Events are those of INSEE's ``v_mvt_commune``. Only lines from a commune to a commune (COM to COM) move territory;
what becomes of delegated and associated communes follows from them. Between two lists that no event links, an event
is derived from the lists themselves where they leave no doubt, and nowhere else.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from graphlib import CycleError, TopologicalSorter
from itertools import groupby, pairwise

import pyarrow as pa
import pyarrow.compute as pc

from beffroi.geo.codes import departement_of

Pieces = frozenset[str]
Step = Mapping[str, frozenset[str]]
"""What happens on one day: the codes that each code becomes (itself among them when it lives on)."""

SPLITTING = frozenset({"20", "21", "30"})
"""INSEE's kinds of event (MOD) by which a commune gives territory to several: creation, re-establishment, suppression.
By any other, a line to itself beside a line to another commune tells two events of one day, the last one counting."""


@dataclass(frozen=True)
class Listing:
    """The official list at one vintage: communes, and what each municipal arrondissement, delegated or associated
    commune belongs to (``parts``: code to kind and commune)."""

    vintage: int
    communes: frozenset[str]
    parts: Mapping[str, tuple[str, str]]


@dataclass(frozen=True)
class Timeline:
    """The pieces of every commune that ever changed, day after day. Codes that no event touches are not in it.

    ``first`` and ``last`` are the vintages between which it knows; ``uncovered`` the departments that no event
    mentions although their lists differ: nothing is known of them before the first list.
    """

    first: int
    last: int
    first_listed: int
    touched: frozenset[str]
    uncovered: frozenset[str]
    steps: Sequence[tuple[str, Step]]
    """What happened, day after day (ISO), official or derived from the lists."""
    derived: Mapping[str, frozenset[str]]
    """By day, the codes of which only the lists tell what became: it happened on that day or in the year before."""
    _states: Sequence[tuple[int, Mapping[str, Pieces]]]
    _children: Mapping[str, tuple[str, ...]]
    _births: Mapping[str, tuple[tuple[str, Pieces], ...]]
    _deaths: Mapping[str, tuple[tuple[str, Pieces], ...]]

    def state(self, vintage: int) -> Mapping[str, Pieces]:
        """Pieces of every touched code that is a commune on 1 January of ``vintage``."""
        held = next(state for since, state in reversed(self._states) if since <= vintage)
        return {code: self._leaves(pieces) for code, pieces in held.items()}

    def extent(self, code: str, vintage: int, *, past: bool = False) -> Pieces:
        """Pieces of a code that is no commune at ``vintage``: as it was when it last died, else when it is next born.

        Empty when the code was never a commune nor will be; with ``past``, when it never was one before.
        """
        day = _day(vintage)
        dead = [pieces for when, pieces in self._deaths.get(code, ()) if when <= day]
        born = [pieces for when, pieces in self._births.get(code, ()) if when > day and not past]
        return self._leaves((dead[-1:] or born[:1] or [frozenset()])[0])

    @property
    def dead(self) -> frozenset[str]:
        """Codes that ceased to be communes at some day."""
        return frozenset(self._deaths)

    def _leaves(self, pieces: Iterable[str]) -> Pieces:
        if self._children.keys().isdisjoint(pieces):
            return frozenset(pieces)
        found: set[str] = set()
        for piece in pieces:
            found |= self._leaves(self._children[piece]) if piece in self._children else {piece}
        return frozenset(found)


def build_timeline(events: pa.Table | None, listings: Sequence[Listing]) -> Timeline:
    """Follow every commune through ``events`` (role ``events``) and, where they are silent, through the lists.

    ``listings`` are in order of vintage, one at least.
    """
    official, splits = _read_steps(events)
    derived, uncovered = _derive_steps(official, listings)
    told = _join_steps(official, derived)
    history = _History()
    history.begin(_initial_codes(told))
    steps = [(day, _last_of_day(day, step, derived.get(day, {}), splits)) for day, step in told]
    for vintage, days in groupby(steps, key=lambda dated: _vintage_after(dated[0])):
        for day, step in days:
            history.apply(day, step)
        history.states.append((vintage, dict(history.now)))
    first_listed = listings[0].vintage
    begins = min((int(day[:4]) for day in official), default=first_listed)
    return Timeline(
        first=min(begins, first_listed),
        last=listings[-1].vintage,
        first_listed=first_listed,
        touched=frozenset(code for _, step in steps for code in _codes_of(step)),
        uncovered=uncovered,
        steps=tuple(steps),
        derived={day: frozenset(set(moves) - set(official.get(day, {}))) for day, moves in derived.items()},
        _states=tuple(history.states),
        _children=history.children,
        _births=history.lives(history.births),
        _deaths=history.lives(history.deaths),
    )


class _History:
    """Pieces being followed, while a timeline is built."""

    def __init__(self) -> None:
        self.now: dict[str, Pieces] = {}
        self.states: list[tuple[int, Mapping[str, Pieces]]] = []
        self.children: dict[str, tuple[str, ...]] = {}
        self.homes: dict[str, tuple[str, ...]] = {}
        self.births: list[tuple[str, str, Pieces]] = []
        self.deaths: list[tuple[str, str, Pieces]] = []

    def begin(self, codes: Iterable[str]) -> None:
        self.now = {code: frozenset({code}) for code in codes}
        self.homes = {code: (code,) for code in codes}
        self.states = [(0, dict(self.now))]

    def apply(self, day: str, step: Step) -> None:
        """Move the pieces of one day. A code that passes on the same day what it has just received passes it whole."""
        before = {code: self.now.pop(code, frozenset()) for code in step}
        received: dict[str, set[str]] = defaultdict(set)
        order, chained = _order_of(step)
        for code in order:
            pieces = set(before[code])
            if chained and code not in step[code]:
                pieces |= received.pop(code, set())
            for target, moved in self._distribute(day, code, pieces, step[code]).items():
                received[target] |= moved
        for code, arrived in received.items():
            if not arrived:
                continue
            known = self.now.get(code, before.get(code))
            self.now[code] = self.now.get(code, frozenset()) | arrived
            for piece in arrived:
                if code not in self.homes[piece]:
                    self.homes[piece] += (code,)
            if not known:
                self.births.append((code, day, self.now[code]))
        self.deaths += [(code, day, pieces) for code, pieces in before.items() if pieces and code not in self.now]

    def _distribute(self, day: str, code: str, pieces: set[str], targets: frozenset[str]) -> dict[str, set[str]]:
        """Which pieces go to which target: home when they have one there, else cut among those left with nothing."""
        if len(targets) == 1:
            return {next(iter(targets)): pieces}
        home = {piece: self._home_in(piece, code, targets) for piece in pieces}
        shares: dict[str, set[str]] = {target: {p for p, h in home.items() if h == target} for target in targets}
        empty = {target for target, share in shares.items() if not share}
        homeless = {piece for piece, target in home.items() if target is None}
        if not empty and not homeless:
            return shares
        for donor in homeless or self._core(code, shares.get(code) or pieces):
            keeper = home[donor]
            receivers = sorted((empty or targets) | ({keeper} if keeper else set()))
            if keeper:
                shares[keeper].discard(donor)
            for receiver, child in zip(receivers, self._cut(day, donor, receivers), strict=True):
                shares[receiver].add(child)
        return shares

    def _home_in(self, piece: str, code: str, targets: frozenset[str]) -> str | None:
        """The target that a piece goes back to: the one it was born as, else the last one that it was part of."""
        homes = self.homes[piece]
        if homes[0] in targets:
            return homes[0]
        elsewhere = [home for home in homes if home in targets and home != code]
        return elsewhere[-1] if elsewhere else (code if code in targets else None)

    def _core(self, code: str, pieces: Iterable[str]) -> set[str]:
        """What a commune was before it absorbed others; all of it when that cannot be told."""
        kept = set(pieces)
        return {piece for piece in kept if self.homes[piece][0] == code} or kept

    def _cut(self, day: str, piece: str, receivers: Sequence[str]) -> tuple[str, ...]:
        if len(receivers) == 1:
            return (piece,)
        parts = tuple(f"{piece}>{receiver}@{day}" for receiver in receivers)
        self.children[piece] = parts
        for part in parts:
            self.homes[part] = self.homes[piece]
        return parts

    @staticmethod
    def lives(found: Iterable[tuple[str, str, Pieces]]) -> Mapping[str, tuple[tuple[str, Pieces], ...]]:
        by_code: dict[str, tuple[tuple[str, Pieces], ...]] = {}
        for code, day, pieces in found:
            by_code[code] = (*by_code.get(code, ()), (day, pieces))
        return by_code


def _read_steps(events: pa.Table | None) -> tuple[dict[str, dict[str, set[str]]], set[tuple[str, str]]]:
    """Official events by day: which commune codes each commune code becomes; and the (day, code) of true splits."""
    steps: dict[str, dict[str, set[str]]] = {}
    splits: set[tuple[str, str]] = set()
    if events is None or events.num_rows == 0:
        return steps, splits
    keep = pc.and_(pc.equal(events["type_before"], "COM"), pc.equal(events["type_after"], "COM"))
    moves = events.filter(keep)
    days = pc.utf8_slice_codeunits(pc.cast(moves["date"], pa.string()), 0, 10).to_pylist()
    kinds, before, after = (
        pc.cast(moves[name], pa.string()).to_pylist() for name in ("mod", "code_before", "code_after")
    )
    for day, kind, code, target in zip(days, kinds, before, after, strict=True):
        steps.setdefault(day, {}).setdefault(code, set()).add(target)
        if kind in SPLITTING:
            splits.add((day, code))
    return steps, splits


def _last_of_day(
    day: str, step: Step, derived: Mapping[str, set[str]], splits: set[tuple[str, str]]
) -> dict[str, frozenset[str]]:
    """The step without the lines by which a commune was still itself before it became another on the same day."""
    return {
        code: targets if code in derived or (day, code) in splits or targets == {code} else targets - {code}
        for code, targets in step.items()
    }


def _derive_steps(
    official: Mapping[str, Mapping[str, set[str]]], listings: Sequence[Listing]
) -> tuple[dict[str, dict[str, set[str]]], frozenset[str]]:
    """Events that two successive lists leave no doubt about, where the official events say nothing.

    A code that is gone and is now a delegated or associated commune of one commune was merged into it; a code that
    appears and was one before was split from it. A code that vanishes or appears otherwise is left unexplained.
    """
    derived: dict[str, dict[str, set[str]]] = {}
    differing: set[str] = set()
    told = {departement_of(code) for step in official.values() for code in _codes_of(step)}
    for old, new in pairwise(listings):
        between = [step for day, step in official.items() if _day(old.vintage) < day <= _day(new.vintage)]
        left = {code for step in between for code, targets in step.items() if code not in targets}
        came = {target for step in between for code, targets in step.items() for target in targets - {code}}
        gone, appeared = old.communes - new.communes - left, new.communes - old.communes - came
        differing |= {departement_of(code) for code in gone | appeared}
        moves: dict[str, set[str]] = defaultdict(set)
        for code in sorted(gone):
            kind, parent = new.parts.get(code, ("", ""))
            if kind in ("COMD", "COMA") and parent in new.communes:
                moves[code].add(parent)
        for code in sorted(appeared):
            kind, parent = old.parts.get(code, ("", ""))
            if kind in ("COMD", "COMA") and parent in old.communes:
                moves[parent].add(code)
        for code in [*moves, *(target for targets in moves.values() for target in targets)]:
            if code in old.communes and code in new.communes:
                moves[code].add(code)
        if moves:
            derived[_day(new.vintage)] = dict(moves)
    return derived, frozenset(differing - told)


def _join_steps(*parts: Mapping[str, Mapping[str, set[str]]]) -> list[tuple[str, Step]]:
    joined: dict[str, dict[str, set[str]]] = {}
    for part in parts:
        for day, step in part.items():
            for code, targets in step.items():
                joined.setdefault(day, {}).setdefault(code, set()).update(targets)
    return [(day, {code: frozenset(to) for code, to in sorted(joined[day].items())}) for day in sorted(joined)]


def _initial_codes(steps: Sequence[tuple[str, Step]]) -> list[str]:
    """Codes that are communes before the first event: those first met as what something was, not became."""
    met: set[str] = set()
    initial: list[str] = []
    for _, step in steps:
        made = {target for code, targets in step.items() for target in targets if target != code}
        made = made if _order_of(step)[1] else set()
        for code, targets in step.items():
            if code not in met and (code in targets or code not in made):
                initial.append(code)
        met |= _codes_of(step)
    return initial


def _codes_of(step: Mapping[str, Iterable[str]]) -> set[str]:
    return set(step) | {target for targets in step.values() for target in targets}


def _order_of(step: Step) -> tuple[list[str], bool]:
    """Codes of one day so that whoever passes on what it receives comes after those who give to it.

    The second value is false when they give to one another in a circle: then all happens at once.
    """
    givers: dict[str, set[str]] = {code: set() for code in step}
    for code, targets in step.items():
        for target in targets - {code}:
            if target in step and target not in step[target]:
                givers[target].add(code)
    try:
        return list(TopologicalSorter(givers).static_order()), True
    except CycleError:
        return sorted(step), False


def _vintage_after(day: str) -> int:
    """The first vintage that shows what happened on that day."""
    return int(day[:4]) + (day[5:] != "01-01")


def _day(vintage: int) -> str:
    return f"{vintage:04d}-01-01"
