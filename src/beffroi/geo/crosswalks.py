"""From the geography of one year to that of another: where the value of each code goes, and in what share.

The share of a value ``v`` (an integer number of millionths) that goes to a code is
``floor(v * high / total) - floor(v * low / total)``. The intervals of a code follow one another from 0 to ``total``,
so what is shared out is always what there was, to the millionth and whatever the weights.

What has no certain match maps to nothing: it is listed in ``Crosswalk.unexplained`` and its values are
« non localisé ». Nothing is guessed from names or from nearness.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate
from math import gcd
from typing import TYPE_CHECKING, Literal

import pyarrow as pa
import pyarrow.compute as pc

from beffroi.errors import BeffroiError, Fault, fault
from beffroi.geo.codes import UNLOCATED, departement_of
from beffroi.geo.timelines import Pieces

if TYPE_CHECKING:
    from beffroi.geo.territories import Territories

CROSSWALK_SCHEMA = pa.schema(
    [
        pa.field("from_code", pa.string(), nullable=False),
        pa.field("to_code", pa.string(), nullable=False),
        pa.field("low", pa.int64(), nullable=False),
        pa.field("high", pa.int64(), nullable=False),
        pa.field("total", pa.int64(), nullable=False),
        pa.field("estimated", pa.bool_(), nullable=False),
        pa.field("kind", pa.string(), nullable=False),
    ]
)
"""``kind`` says what the code is at the first vintage: COM, ARM, COMD, COMA, or OLD (a commune that was no more)."""

UNEXPLAINED_SCHEMA = pa.schema([pa.field(name, pa.string(), nullable=False) for name in ("code", "side", "reason")])
"""``side`` is ``from`` (its values are not located; ``reason`` is a fault code) or ``to`` (it receives nothing)."""

Destinations = Mapping[str, Pieces]


@dataclass(frozen=True)
class Crosswalk:
    """Where each code of ``from_vintage`` goes at ``to_vintage``.

    ``table`` (``CROSSWALK_SCHEMA``, in order of codes): a code that goes whole has one row (0, 1, 1); one that is
    shared out has several, ``estimated``. ``unexplained`` lists the communes without a certain match.
    """

    from_vintage: int
    to_vintage: int
    table: pa.Table
    unexplained: pa.Table

    @property
    def faults(self) -> tuple[Fault, ...]:
        """One fault for each reason why communes of the first vintage could not be followed."""
        return tuple(
            fault(
                reason,
                from_vintage=self.from_vintage,
                to_vintage=self.to_vintage,
                count=len(codes),
                codes=", ".join(codes[:24]) + (", …" if len(codes) > 24 else ""),
            )
            for reason in ("crosswalk-no-event", "crosswalk-no-weight", "crosswalk-no-events-there")
            if (codes := self._unexplained("from", reason))
        )

    def _unexplained(self, side: str, reason: str) -> list[str]:
        rows = self.unexplained.to_pylist()
        return [row["code"] for row in rows if row["side"] == side and row["reason"] == reason]


def crosswalk(
    territories: "Territories",
    from_vintage: int,
    to_vintage: int,
    *,
    weights: pa.Table | None = None,
    unknown_weights: Literal["refuse", "equal"] = "refuse",
) -> Crosswalk:
    """The crosswalk between any two vintages, forward or back.

    A split is shared by ``weights`` (``vintage, code, weight``, integers; by default the populations of the lists),
    taken at the vintage nearest to ``from_vintage`` that tells every part. When none does, the code is left
    unexplained, or shared equally if ``unknown_weights`` declares it. Codes of municipal arrondissements, delegated,
    associated and bygone communes go where their territory went. Raises ``vintage-out-of-reach``.
    """
    passage = Passage(territories, from_vintage, to_vintage)
    weighing = _Weighing(territories, from_vintage, weights, unknown_weights == "equal")
    rows: list[tuple[str, str, int, int, int, bool, str]] = []
    unexplained: list[tuple[str, str, str]] = []
    for code, kind in sorted(passage.kinds.items()):
        found = passage.destinations(code)
        shares = None if found is None else weighing.shares(found)
        if found is None or shares is None:
            if kind == "COM":
                unexplained.append((code, "from", passage.reason(code) if found is None else "crosswalk-no-weight"))
            continue
        total = sum(shares.values())
        bounds = list(accumulate(shares.values(), initial=0))
        for target, low, high in zip(shares, bounds, bounds[1:], strict=False):
            rows.append((code, target, low, high, total, len(shares) > 1, kind))
    reached = {row[1] for row in rows}
    unexplained += [(code, "to", "crosswalk-no-source") for code in sorted(passage.to_communes - reached)]
    return Crosswalk(from_vintage, to_vintage, _table(rows, CROSSWALK_SCHEMA), _table(unexplained, UNEXPLAINED_SCHEMA))


def convert(values: pa.Table, passage: Crosswalk) -> pa.Table:
    """The values of one vintage's codes carried to the other's: the plain statement of the rule, in exact integers.

    ``values`` has ``code`` and columns of integers (millionths), in any order, several rows a code if need be; the
    result has one row a code, in order, sums of what came, the last one ``UNLOCATED`` when some code is not in the
    crosswalk. A null adds nothing; a sum of nulls alone is null. For checks and small tables: the lake does it in SQL.
    """
    goes: dict[str, list[tuple[str, int, int, int]]] = {}
    columns = ("from_code", "to_code", "low", "high", "total")
    for code, *share in zip(*(passage.table[name].to_pylist() for name in columns), strict=True):
        goes.setdefault(code, []).append(tuple(share))
    names = [name for name in values.column_names if name != "code"]
    sums: dict[str, dict[str, int | None]] = {}
    for row in values.to_pylist():
        for target, low, high, total in goes.get(row["code"], [(UNLOCATED, 0, 1, 1)]):
            line = sums.setdefault(target, dict.fromkeys(names))
            for name in names:
                if row[name] is not None:
                    line[name] = (line[name] or 0) + row[name] * high // total - row[name] * low // total
    order = sorted(sums, key=lambda code: (code == UNLOCATED, code))
    columns_out = {
        name: pa.array([sums[code][name] for code in order], values.schema.field(name).type) for name in names
    }
    return pa.table({"code": pa.array(order, pa.string()), **columns_out})


class Passage:
    """Two vintages side by side: which codes there are in each, and where the pieces of one lie in the other."""

    def __init__(self, territories: "Territories", from_vintage: int, to_vintage: int) -> None:
        timeline = territories.timeline
        for vintage in (from_vintage, to_vintage):
            if not timeline.first <= vintage <= timeline.last:
                raise BeffroiError(
                    fault("vintage-out-of-reach", vintage=vintage, first=timeline.first, last=timeline.last)
                )
        self._territories, self._timeline, self._from_vintage = territories, timeline, from_vintage
        self._from_state, self._to_state = timeline.state(from_vintage), timeline.state(to_vintage)
        self._holder = {piece: code for code, pieces in self._to_state.items() for piece in pieces}
        self.from_communes = self._communes_at(from_vintage, self._from_state)
        self.to_communes = self._communes_at(to_vintage, self._to_state)
        self._before_lists = min(from_vintage, to_vintage) < timeline.first_listed

    @cached_property
    def kinds(self) -> Mapping[str, str]:
        """Every code that can be followed from the first vintage, with its kind."""
        past = {
            code: "OLD" for code in self._timeline.dead if self._timeline.extent(code, self._from_vintage, past=True)
        }
        parts = {code: kind for code, (kind, _) in self._parts.items()}
        return past | parts | dict.fromkeys(self.from_communes, "COM")

    def destinations(self, code: str) -> Destinations | None:
        """The communes of the second vintage where ``code`` lies, each with the pieces there; None when uncertain."""
        if code in self.from_communes:
            return self._destinations_of_commune(code)
        kind, parent = self._parts.get(code, ("OLD", ""))
        extent = self._timeline.extent(code, self._from_vintage) if kind != "ARM" else frozenset()
        if parent:
            within = extent & self._from_state.get(parent, frozenset())
            return self._locate(within) if within else self.destinations(parent)
        return self._locate(extent) if extent else None

    def reason(self, code: str) -> str:
        """The fault code that says why a commune has no certain destination."""
        return "crosswalk-no-events-there" if self._hidden(code) else "crosswalk-no-event"

    def _destinations_of_commune(self, code: str) -> Destinations | None:
        if self._hidden(code):
            return None
        pieces = self._from_state.get(code)
        if pieces is None:
            return {code: frozenset()} if code in self.to_communes else None
        return self._locate(pieces)

    def _locate(self, pieces: Pieces) -> Destinations | None:
        found: dict[str, set[str]] = {}
        for piece in pieces:
            target = self._holder.get(piece)
            if target is None or target not in self.to_communes:
                return None
            found.setdefault(target, set()).add(piece)
        return {target: frozenset(found[target]) for target in sorted(found)}

    def _hidden(self, code: str) -> bool:
        """Whether nothing is known of that department before the first list, where one of the vintages lies."""
        return self._before_lists and departement_of(code) in self._timeline.uncovered

    @cached_property
    def _parts(self) -> Mapping[str, tuple[str, str]]:
        """Arrondissements, delegated and associated communes; away from the lists, arrondissements alone are sure."""
        listing = self._territories.listings.get(self._from_vintage)
        if listing is not None:
            return listing.parts
        nearest = self._territories.listings[self._nearest_listed(self._from_vintage)]
        return {code: part for code, part in nearest.parts.items() if part[0] == "ARM"}

    def _communes_at(self, vintage: int, state: Mapping[str, Pieces]) -> frozenset[str]:
        listing = self._territories.listings.get(vintage)
        if listing is not None:
            return listing.communes
        nearest = self._territories.listings[self._nearest_listed(vintage)]
        return (nearest.communes - self._timeline.touched) | frozenset(state)

    def _nearest_listed(self, vintage: int) -> int:
        return min(self._territories.vintages, key=lambda listed: (abs(listed - vintage), listed))


class _Weighing:
    """How a split is shared out: the weight of each part, where some list tells all the parts."""

    def __init__(self, territories: "Territories", near: int, weights: pa.Table | None, equal: bool) -> None:
        self._territories, self._weights, self._equal = territories, weights, equal
        known = territories.vintages if weights is None else pc.unique(weights["vintage"]).to_pylist()
        self._vintages = sorted(known, key=lambda vintage: (abs(vintage - near), vintage))
        self._at: dict[int, tuple[Mapping[str, Pieces], Mapping[str, str], Mapping[str, int | None]]] = {}

    def shares(self, found: Destinations) -> dict[str, int] | None:
        """A whole number for each target, divided by what they have in common; None when some part is unknown."""
        if len(found) == 1:
            return dict.fromkeys(found, 1)
        for vintage in self._vintages:
            weighed = [self._weigh(pieces, vintage) for pieces in found.values()]
            known = [weight for weight in weighed if weight is not None]
            if len(known) == len(found) and sum(known) > 0:
                return dict(zip(found, (weight // gcd(*known) for weight in known), strict=True))
        return dict.fromkeys(found, 1) if self._equal else None

    def _weigh(self, pieces: Pieces, vintage: int) -> int | None:
        """The weight of pieces that are one or several whole communes at ``vintage``."""
        state, holder, weights = self._read(vintage)
        codes = {holder.get(piece, "") for piece in pieces}
        if frozenset[str]().union(*(state.get(code, frozenset()) for code in codes)) != pieces:
            return None
        values = [weights.get(code) for code in codes]
        return None if None in values else sum(value for value in values if value is not None)

    def _read(self, vintage: int) -> tuple[Mapping[str, Pieces], Mapping[str, str], Mapping[str, int | None]]:
        if vintage not in self._at:
            state = self._territories.timeline.state(vintage)
            holder = {piece: code for code, pieces in state.items() for piece in pieces}
            self._at[vintage] = (state, holder, self._weights_at(vintage))
        return self._at[vintage]

    def _weights_at(self, vintage: int) -> Mapping[str, int | None]:
        if self._weights is None:
            table, column = self._territories.communes(vintage), "population"
        else:
            table, column = self._weights.filter(pc.equal(self._weights["vintage"], vintage)), "weight"
        return dict(zip(table["code"].to_pylist(), table[column].to_pylist(), strict=True))


def _table(rows: Iterable[tuple[object, ...]], schema: pa.Schema) -> pa.Table:
    columns = list(zip(*rows, strict=True)) or [()] * len(schema)
    return pa.table(
        [pa.array(column, field.type) for column, field in zip(columns, schema, strict=True)], schema=schema
    )
