"""Who belongs to whom: the communes of a grouping, the parents of a territory, what is added up over members."""

from collections.abc import Callable, Iterable, Sequence
from functools import partial
from itertools import groupby
from operator import itemgetter
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from beffroi.catalog.workspaces import LEVELS, PIECES, QPV, Level
from beffroi.errors import BeffroiError, Fault, fault
from beffroi.geo.crosswalks import Passage

if TYPE_CHECKING:
    from beffroi.geo.territories import Territories

Described = tuple[str, Callable[[], list[str]], int | None]
"""A code, its parents when they are asked for, its population."""

Ints = np.ndarray[Any, np.dtype[np.int64]]


def communes_of_grouping(territories: "Territories", code: str, vintage: int) -> frozenset[str]:
    """Communes of a grouping at ``vintage``, those of its EPCI and groupings included.

    An EPCI has its communes of that vintage; commune codes written at another vintage are followed to this one.
    Raises ``grouping-member-unknown``, ``grouping-cycle`` and ``grouping-cut-by-merger``, all at once.
    """
    faults: list[Fault] = []
    found = _gather(territories, code, vintage, (), faults)
    if faults:
        raise BeffroiError(faults)
    return found


def _gather(
    territories: "Territories", code: str, vintage: int, path: tuple[str, ...], faults: list[Fault]
) -> frozenset[str]:
    if code in path:
        faults.append(fault("grouping-cycle", grouping=code, path=" → ".join((*path[path.index(code) :], code))))
        return frozenset()
    grouping = territories.groupings[code]
    declared = territories.reference if grouping.vintage is None else grouping.vintage
    found: set[str] = set()
    for member in grouping.members.groupings:
        if member in territories.groupings:
            found |= _gather(territories, member, vintage, (*path, code), faults)
        else:
            faults.append(_unknown(code, "grouping", member, vintage, territories.groupings))
    written = set(grouping.members.communes)
    for epci in grouping.members.epci:
        here, there = (_communes_of_epci(territories, epci, year) for year in (vintage, declared))
        found |= here
        if not here and not there:
            faults.append(_unknown(code, "EPCI", epci, vintage, _known_epci(territories, vintage)))
        written |= there if not here else set()
    return frozenset(found | _follow(territories, code, written, declared, vintage, faults))


def _follow(
    territories: "Territories", grouping: str, written: set[str], declared: int, vintage: int, faults: list[Fault]
) -> set[str]:
    """Communes of ``vintage`` for codes written at ``declared``; a commune that would come in part is refused."""
    if not written:
        return set()
    passage = Passage(territories, declared, vintage)
    whole = written if declared == vintage else written | _at_declared(territories, grouping, declared)
    found: set[str] = set()
    for code in sorted(written):
        targets = passage.destinations(code) if code in passage.from_communes else None
        if targets is None:
            faults.append(_unknown(grouping, "commune", code, declared, passage.from_communes))
        found |= set(targets or ())
    if declared != vintage:
        back = Passage(territories, vintage, declared)
        for commune in sorted(found):
            missing = sorted(set(back.destinations(commune) or ()) - whole)
            if missing:
                faults.append(
                    fault(
                        "grouping-cut-by-merger",
                        grouping=grouping,
                        commune=commune,
                        vintage=vintage,
                        missing=", ".join(missing),
                        declared=declared,
                    )
                )
    return found


def _at_declared(territories: "Territories", grouping: str, declared: int) -> set[str]:
    """What else the grouping holds at the vintage of its codes: the communes of its EPCI then."""
    epci = territories.groupings[grouping].members.epci
    return set().union(*(_communes_of_epci(territories, code, declared) for code in epci))


def _communes_of_epci(territories: "Territories", epci: str, vintage: int) -> frozenset[str]:
    return territories.communes_by_epci.get(vintage, {}).get(epci, frozenset())


def _known_epci(territories: "Territories", vintage: int) -> list[str]:
    return [code for code in pc.unique(territories.communes(vintage)["epci"]).to_pylist() if code is not None]


def _unknown(grouping: str, level: str, member: str, vintage: int, known: Iterable[str]) -> Fault:
    near = sorted(known)
    few = near if len(near) <= 200 else [code for code in near if code[:2] == member[:2]]
    return fault(
        "grouping-member-unknown",
        grouping=grouping,
        level=level,
        member=member,
        vintage=vintage,
        instead_of=member,
        available=few,
    )


def describe(territories: "Territories", vintage: int, levels: Sequence[Level], shown: pa.Table | None) -> pa.Table:
    """``level, code, name, parents, population`` of the territories of the levels, in order of level and code.

    Only those of ``shown`` (``level, code``) when it is given.
    """
    ordered = [level for level in LEVELS if level in levels and level not in PIECES]
    kept = None if shown is None else set(zip(shown["level"].to_pylist(), shown["code"].to_pylist(), strict=True))
    index = _Index(territories, vintage, ordered)
    columns: dict[str, list[Any]] = {name: [] for name in ("level", "code", "name", "parents", "population")}
    for level in LEVELS:
        if level not in levels:
            continue
        names = territories.names(vintage, level)
        if level == "iris":
            described = _describe_iris(territories, vintage, index)
        elif level in QPV:
            described = _describe_quarters(territories, level, vintage, index)
        else:
            described = index.describe(level)
        for code, parents, population in described:
            if kept is None or (level, code) in kept:
                values = (level, code, names.get(code) or code, parents(), population)
                for key, value in zip(columns, values, strict=True):
                    columns[key].append(value)
    types = {"parents": pa.list_(pa.string()), "population": pa.int64()}
    return pa.table({name: pa.array(values, types.get(name, pa.string())) for name, values in columns.items()})


def _describe_iris(territories: "Territories", vintage: int, index: "_Index") -> Iterable[Described]:
    iris = territories.iris_at(vintage)
    for code, commune in zip(iris["code"].to_pylist(), iris["commune"].to_pylist(), strict=True):
        yield code, partial(index.parents_of_iris, commune), None


def _describe_quarters(territories: "Territories", level: Level, vintage: int, index: "_Index") -> Iterable[Described]:
    table = territories.quarters(level, vintage)
    pairs = zip(table["code"].to_pylist(), table["commune"].to_pylist(), strict=True)
    for code, rows in groupby(pairs, key=itemgetter(0)):
        yield code, partial(index.parents_of_quarter, [commune for _, commune in rows]), None


def areas_of(described: pa.Table, areas: pa.Table | None) -> pa.Array:
    """Area of each row by (level, code); null where ``areas`` has none."""
    if areas is None:
        return pa.nulls(described.num_rows, pa.int64())
    found = pc.index_in(_keys(described), _keys(areas).combine_chunks())
    return pc.cast(areas["area_m2"], pa.int64()).combine_chunks().take(found.combine_chunks())


def _keys(table: pa.Table) -> pa.ChunkedArray:
    return pc.binary_join_element_wise(table["level"], table["code"], ":")


class _Index:
    """The communes of one vintage, with the rank of the territory that holds each, by family.

    A family is a level whose territories do not overlap; each grouping is a family of its own. Rank -1: none.
    """

    def __init__(self, territories: "Territories", vintage: int, levels: Sequence[Level]) -> None:
        table = territories.communes(vintage)
        self.communes: list[str] = table["code"].to_pylist()
        self._at = {code: rank for rank, code in enumerate(self.communes)}
        population = table["population"].combine_chunks()
        self._known = pc.is_valid(population).to_numpy(zero_copy_only=False)
        self._population = pc.fill_null(population, 0).to_numpy(zero_copy_only=False).astype(np.int64)
        self.families: list[tuple[Level, list[str], Ints]] = []
        held = territories.membership(vintage, levels)
        for level in levels:
            rows = held.filter(pc.equal(held["level"], level))
            at = pc.index_in(rows["commune"], table["code"].combine_chunks()).to_numpy()
            owners = rows["territory"].to_numpy()
            each = [np.ones(len(owners), bool)] if level != "grouping" else [owners == g for g in np.unique(owners)]
            for chosen in each:
                codes, ranks = np.unique(owners[chosen], return_inverse=True)
                family = np.full(len(self.communes), -1, np.int64)
                family[at[chosen]] = ranks
                self.families.append((level, codes.tolist(), family))
        self._sizes = [np.bincount(ranks[ranks >= 0], minlength=len(codes)) for _, codes, ranks in self.families]
        self._holders = self._holders_of_communes()

    def describe(self, level: Level) -> Iterable[Described]:
        """The territories of a level, in order of code."""
        for number, (family_level, codes, ranks) in enumerate(self.families):
            if family_level != level:
                continue
            populations = self._sum(ranks, len(codes))
            if level == "commune":
                for rank, code in enumerate(codes):
                    yield code, partial(self._parents_of_commune, rank), populations[rank]
            else:
                above = self._parents(number)
                for rank, code in enumerate(codes):
                    yield code, partial(above.__getitem__, rank), populations[rank]

    def parents_of_iris(self, commune: str) -> list[str]:
        """The commune of an IRIS, if communes are shown, and its parents; none when the commune is not listed."""
        if commune not in self._at:
            return []
        shown = [f"commune:{commune}"] if any(level == "commune" for level, _, _ in self.families) else []
        return shown + self._parents_of_commune(self._at[commune])

    def parents_of_quarter(self, communes: Sequence[str]) -> list[str]:
        """The communes that a QPV lies in, if communes are shown, and all that holds one of them, smallest first."""
        shown = any(level == "commune" for level, _, _ in self.families)
        listed = [code for code in communes if code in self._at]
        holders = {holder for code in listed for holder in self._holders[self._at[code]]}
        return [f"commune:{code}" for code in listed if shown] + [label for _, _, label in sorted(holders)]

    def _parents_of_commune(self, commune: int) -> list[str]:
        """Every territory that holds one commune, smallest first."""
        return [label for _, _, label in sorted(self._holders[commune])]

    def _holders_of_communes(self) -> list[list[tuple[int, int, str]]]:
        """Size, family and label of the territories that hold each commune."""
        holders: list[list[tuple[int, int, str]]] = [[] for _ in self.communes]
        for number, (level, codes, ranks) in enumerate(self.families):
            if level == "commune":
                continue
            sizes = self._sizes[number].tolist()
            held = [(size, number, f"{level}:{code}") for size, code in zip(sizes, codes, strict=True)]
            for commune in np.flatnonzero(ranks >= 0).tolist():
                holders[commune].append(held[ranks[commune]])
        return holders

    def _parents(self, number: int) -> list[list[str]]:
        """For each territory of a family, the larger ones that hold all its communes, smallest first."""
        level, codes, ranks = self.families[number]
        inside = ranks >= 0
        above: list[list[tuple[int, int, str]]] = [[] for _ in codes]
        for other, (other_level, other_codes, other_ranks) in enumerate(self.families):
            if other == number or other_level == "commune":
                continue
            low, high = (np.full(len(codes), fill, np.int64) for fill in (np.iinfo(np.int64).max, -1))
            np.minimum.at(low, ranks[inside], other_ranks[inside])
            np.maximum.at(high, ranks[inside], other_ranks[inside])
            for rank in np.flatnonzero((low == high) & (low >= 0)).tolist():
                holder = int(low[rank])
                size, own = int(self._sizes[other][holder]), int(self._sizes[number][rank])
                if size > own or (size == own and LEVELS.index(other_level) > LEVELS.index(level)):
                    above[rank].append((size, other, f"{other_level}:{other_codes[holder]}"))
        return [[label for _, _, label in sorted(found)] for found in above]

    def _sum(self, ranks: Ints, count: int) -> list[int | None]:
        inside = ranks >= 0
        sums = np.zeros(count, np.int64)
        np.add.at(sums, ranks[inside], self._population[inside])
        unknown = np.bincount(ranks[inside & ~self._known], minlength=count)
        return [None if missing else int(total) for total, missing in zip(sums, unknown, strict=True)]
