"""The official and the declared territories, by (level, code, vintage): names, members, parents.

Built once from the tables of the roles (``catalog.roles``); everything afterwards is a pure reading of them. A
vintage is a geography « au 01/01/AAAA »: only vintages that have an official list have members; other years are
reached by ``crosswalks``.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from beffroi.catalog.groupings import Grouping
from beffroi.catalog.workspaces import LEVELS, PIECES, QPV, Level
from beffroi.errors import BeffroiError, fault
from beffroi.geo import members, quarters
from beffroi.geo.codes import COUNTRY
from beffroi.geo.timelines import Listing, Timeline, build_timeline
from beffroi.language import pick

OFFICIAL_LEVELS: tuple[Level, ...] = ("epci", "arrondissement", "departement", "region")
"""Levels whose code is written on each commune of the official list, and whose names come from a role."""

_ROLES: Mapping[Level, str] = {
    "iris": "iris",
    "epci": "epci",
    "arrondissement": "arrondissements",
    "departement": "departements",
    "region": "regions",
}

TERRITORIES_SCHEMA = pa.schema(
    [
        pa.field("vintage", pa.int32(), nullable=False),
        pa.field("level", pa.string(), nullable=False),
        pa.field("code", pa.string(), nullable=False),
        pa.field("name", pa.string(), nullable=False),
        pa.field("parents", pa.list_(pa.string()), nullable=False),
        pa.field("population", pa.int64()),
        pa.field("area_m2", pa.int64()),
        pa.field("tncc", pa.int8()),
    ]
)

MEMBERSHIP_SCHEMA = pa.schema(
    [pa.field(name, pa.string(), nullable=False) for name in ("commune", "level", "territory")]
)

PAIRS_SCHEMA = pa.schema([pa.field(name, pa.string(), nullable=False) for name in ("level", "code")])


@dataclass(frozen=True, eq=False)
class Territories:
    """Every territory at every listed vintage, and what became of each commune between them.

    Made by ``build_territories``; ``reference`` is the vintage in which a workspace speaks.
    """

    tables: Mapping[str, pa.Table]
    groupings: Mapping[str, Grouping]
    reference: int

    @cached_property
    def vintages(self) -> tuple[int, ...]:
        """Vintages that have an official list, in order."""
        return tuple(sorted(pc.unique(self.tables["communes"]["vintage"]).to_pylist()))

    @cached_property
    def listings(self) -> Mapping[int, Listing]:
        """The official list of each vintage as sets of codes."""
        return {vintage: self._listing(vintage) for vintage in self.vintages}

    @cached_property
    def timeline(self) -> Timeline:
        """What became of each commune, from the events and the lists."""
        return build_timeline(self.tables.get("events"), [self.listings[vintage] for vintage in self.vintages])

    def communes(self, vintage: int) -> pa.Table:
        """The communes (kind COM) of a vintage, as listed, in order of code. ``vintage-unlisted`` when none is."""
        if vintage not in self.vintages:
            raise BeffroiError(fault("vintage-unlisted", vintage=vintage, available=map(str, self.vintages)))
        return self._communes[vintage]

    def membership(self, vintage: int, levels: Sequence[Level]) -> pa.Table:
        """``commune, level, territory``: one row for each commune and territory made of communes that holds it.

        ``commune`` itself and ``pays`` are levels like the others; a commune without EPCI has no row at that
        level; a commune has as many rows at ``grouping`` as groupings hold it. IRIS and QPV, which are not made of
        whole communes, have no row. Raises ``vintage-unlisted`` and the faults of groupings.
        """
        communes = self.communes(vintage)
        parts = []
        for level in levels:
            for codes, kept in self._codes_of_level(communes, vintage, level):
                rows = communes["code"].filter(kept)
                parts.append(
                    pa.table([rows, pa.array([level] * len(rows), pa.string()), codes], schema=MEMBERSHIP_SCHEMA)
                )
        return pa.concat_tables(parts).combine_chunks() if parts else MEMBERSHIP_SCHEMA.empty_table()

    @cached_property
    def iris(self) -> pa.Table:
        """``code, name, commune, vintage`` of every IRIS of every IRIS list, with its commune of that vintage.

        An IRIS of Paris, Lyon or Marseille is listed under its arrondissement: it lies in the commune of that. Empty
        without the role. A vintage that has no IRIS list has no IRIS: none is carried from one year to another.
        """
        table = self.tables.get("iris")
        names = ("code", "name", "commune", "vintage")
        if table is None:
            types = (pa.string(), pa.string(), pa.string(), pa.int64())
            return pa.schema(list(zip(names, types, strict=True))).empty_table()
        table = table.select(names).sort_by([("vintage", "ascending"), ("code", "ascending")])
        listed = zip(table["commune"].to_pylist(), table["vintage"].to_pylist(), strict=True)
        communes = [self._commune_of(code, vintage) for code, vintage in listed]
        return table.set_column(2, "commune", pa.array(communes, pa.string()))

    def quarters(self, level: Level, vintage: int) -> pa.Table:
        """``code, name, commune`` of the QPV of a list (``quarters.quarters_at``), worked out once."""
        if (level, vintage) not in self._quarters:
            self._quarters[level, vintage] = quarters.quarters_at(self, level, vintage)
        return self._quarters[level, vintage]

    @cached_property
    def _quarters(self) -> dict[tuple[Level, int], pa.Table]:
        return {}

    def known_codes(self) -> pa.Table:
        """``level, vintage, code``: what the lists hold, at every vintage and level that they allow.

        The vintage of a QPV is that of the communes in its list: a quarter is the same whatever the vintage.
        Municipal arrondissements count as codes of communes, since tables have them; delegated and associated
        communes do not (``locating.located_codes`` has all that can be located).
        """
        levels: list[Level] = ["commune", *(level for level in OFFICIAL_LEVELS if _ROLES[level] in self.tables), "pays"]
        parts = [_coded("iris", self.iris["vintage"], self.iris["code"])]
        lists = {level: self.tables[level] for level in QPV if level in self.tables}
        parts += [_coded(level, table["vintage"], table["code"]) for level, table in lists.items()]
        for vintage in self.vintages:
            arrondissements = sorted(c for c, part in self.listings[vintage].parts.items() if part[0] == "ARM")
            parts.append(_coded("commune", vintage, pa.array(arrondissements, pa.string())))
            held = self.membership(vintage, levels)
            for level in levels:
                codes = pc.unique(held.filter(pc.equal(held["level"], level))["territory"])
                parts.append(_coded(level, vintage, codes))
        return pa.concat_tables(parts).combine_chunks()

    def perimeter(self, code: str, vintage: int) -> frozenset[str]:
        """Codes of the communes of a grouping (its code) or of any territory (``level:code``) at a vintage.

        ``territory-unlisted`` when there is none of that name.
        """
        level, _, territory = code.rpartition(":")
        if level in ("", "grouping"):
            if territory in self.groupings:
                return members.communes_of_grouping(self, territory, vintage)
            raise BeffroiError(
                fault(
                    "territory-unlisted",
                    territory=code,
                    vintage=vintage,
                    instead_of=territory,
                    available=self.groupings,
                )
            )
        held = self.membership(vintage, [level]) if level in LEVELS else MEMBERSHIP_SCHEMA.empty_table()
        found = held.filter(pc.equal(held["territory"], territory))["commune"].to_pylist()
        if not found:
            known = pc.unique(held["territory"]).to_pylist() or LEVELS
            raise BeffroiError(
                fault("territory-unlisted", territory=code, vintage=vintage, instead_of=territory, available=known)
            )
        return frozenset(found)

    def territories_in_perimeter(self, vintage: int, levels: Sequence[Level], perimeter: str) -> pa.Table:
        """``level, code`` of the territories that are shown for a perimeter (see ``perimeter`` for its code).

        Communes and IRIS inside it; EPCI, arrondissements, departements and regions having a commune inside, QPV lying
        in one; every grouping; the country.
        """
        inside = pa.array(sorted(self.perimeter(perimeter, vintage)), pa.string())
        held = self.membership(vintage, [level for level in levels if level not in PIECES])
        everywhere = pc.is_in(held["level"], pa.array(["grouping", "pays"]))
        shown = held.filter(pc.or_(everywhere, pc.is_in(held["commune"], inside)))
        pairs = (
            shown.group_by(["level", "territory"]).aggregate([]).rename_columns(["level", "code"]).cast(PAIRS_SCHEMA)
        )
        for piece in (level for level in PIECES if level in levels):
            table = self.iris_at(vintage) if piece == "iris" else self.quarters(piece, vintage)
            codes = pc.unique(table.filter(pc.is_in(table["commune"], inside))["code"])
            named = pa.array([piece] * len(codes), pa.string())
            pairs = pa.concat_tables([pairs, pa.table([named, codes], schema=PAIRS_SCHEMA)])
        order = pa.array([LEVELS.index(level) for level in pairs["level"].to_pylist()], pa.int8())
        return pairs.take(
            pc.sort_indices(pairs.append_column("order", order), [("order", "ascending"), ("code", "ascending")])
        )

    def territories_table(
        self,
        vintage: int,
        levels: Sequence[Level],
        perimeter: str | None = None,
        areas: pa.Table | None = None,
    ) -> pa.Table:
        """``TERRITORIES_SCHEMA``: one row a territory, in order of level and code; only those shown for ``perimeter``.

        ``parents`` are the larger territories of ``levels`` that hold it whole, nearest first, as ``level:code``, and
        for a QPV every territory that it lies in, be it in part;
        ``population`` is the sum over its communes, null as soon as one is unknown, and null for an IRIS or a QPV;
        ``area_m2`` comes from ``areas`` (``level, code, area_m2``: what ``contours`` gives), else it is null;
        ``tncc`` is null where no list says the article of the name.
        """
        shown = None if perimeter is None else self.territories_in_perimeter(vintage, levels, perimeter)
        described = members.describe(self, vintage, levels, shown)
        found = members.areas_of(described, areas)
        years = pa.array(np.full(described.num_rows, vintage, np.int32))
        kinds = {level: self.name_kinds(vintage, level) for level in levels}
        named = zip(described["level"].to_pylist(), described["code"].to_pylist(), strict=True)
        articles = pa.array([kinds[level].get(code) for level, code in named], pa.int8())
        columns = [years, *(described[name] for name in ("level", "code", "name", "parents", "population")), found,
                   articles]  # fmt: skip
        return pa.table(columns, schema=TERRITORIES_SCHEMA)

    def names(self, vintage: int, level: Level) -> Mapping[str, str]:
        """Name by code of the territories of a level; a code that its list does not name has none."""
        if level == "pays":
            return {COUNTRY: "France"}
        if level == "grouping":
            return {code: pick(grouping.title, "fr") for code, grouping in self.groupings.items()}
        if level in QPV:
            return quarters.names_of(self, level)
        table = self.communes(vintage) if level == "commune" else self._role(level, vintage)
        return dict(zip(table["code"].to_pylist(), table["name"].to_pylist(), strict=True)) if table is not None else {}

    def name_kinds(self, vintage: int, level: Level) -> Mapping[str, int]:
        """INSEE's kind of each name (TNCC: 2 le, 3 la, 4 les, 5 l', 0 and 1 without article) by code; none where the
        list of a level does not say it, and for communes, whose names hold their article."""
        if level not in ("departement", "region"):
            return {}
        table = self._role(level, vintage)
        if table is None or "tncc" not in table.column_names:
            return {}
        return dict(zip(table["code"].to_pylist(), table["tncc"].to_pylist(), strict=True))

    @cached_property
    def communes_by_epci(self) -> Mapping[int, Mapping[str, frozenset[str]]]:
        """Codes of the communes of each EPCI, by vintage: a grouping may be made of a thousand of them."""
        found: dict[int, dict[str, set[str]]] = {}
        for vintage, communes in self._communes.items():
            held = found.setdefault(vintage, {})
            for code, epci in zip(communes["code"].to_pylist(), communes["epci"].to_pylist(), strict=True):
                held.setdefault(epci, set()).add(code)
        return {v: {epci: frozenset(codes) for epci, codes in held.items()} for v, held in found.items()}

    @cached_property
    def _communes(self) -> Mapping[int, pa.Table]:
        table = self.tables["communes"]
        table = table.filter(pc.equal(table["kind"], "COM")).sort_by([("vintage", "ascending"), ("code", "ascending")])
        return {
            vintage: table.filter(pc.equal(table["vintage"], vintage)).combine_chunks() for vintage in self.vintages
        }

    def _listing(self, vintage: int) -> Listing:
        table = self.tables["communes"]
        parts = table.filter(pc.and_(pc.equal(table["vintage"], vintage), pc.not_equal(table["kind"], "COM")))
        codes = self._communes[vintage]["code"].to_pylist()
        listed = zip(*(parts[name].to_pylist() for name in ("code", "kind", "parent")), strict=True)
        return Listing(vintage, frozenset(codes), {code: (kind, parent) for code, kind, parent in listed})

    def _codes_of_level(
        self, communes: pa.Table, vintage: int, level: Level
    ) -> Iterable[tuple[pa.ChunkedArray | pa.Array, pa.ChunkedArray | pa.Array]]:
        """Territory codes of a level, each with the mask of the communes that they are the territories of."""
        everything = pa.array(np.ones(communes.num_rows, bool))
        if level == "commune":
            yield communes["code"], everything
        elif level == "pays":
            yield pa.array([COUNTRY] * communes.num_rows, pa.string()), everything
        elif level == "grouping":
            for code in sorted(self.groupings):
                inside = pa.array(sorted(members.communes_of_grouping(self, code, vintage)), pa.string())
                kept = pc.is_in(communes["code"], inside)
                yield pa.array([code] * pc.sum(kept).as_py(), pa.string()), kept
        elif level in OFFICIAL_LEVELS:
            if _ROLES[level] not in self.tables:
                raise BeffroiError(fault("territory-role-missing", level=level, role=_ROLES[level]))
            kept = pc.is_valid(communes[level])
            yield communes[level].filter(kept), kept

    def _role(self, level: Level, vintage: int) -> pa.Table | None:
        if level == "iris":
            return self.iris_at(vintage)
        table = self.tables.get(_ROLES[level])
        return None if table is None else table.filter(pc.equal(table["vintage"], vintage))

    def iris_at(self, vintage: int) -> pa.Table:
        """The rows of ``iris`` at one vintage."""
        return self.iris.filter(pc.equal(self.iris["vintage"], vintage))

    def _commune_of(self, code: str, vintage: int) -> str:
        listing = self.listings.get(vintage)
        if listing is None or code in listing.communes or code not in listing.parts:
            return code
        return listing.parts[code][1]


def build_territories(
    tables: Mapping[str, pa.Table], groupings: Mapping[str, Grouping], *, reference: int
) -> Territories:
    """Territories in time, from the tables of the roles by role name (``catalog.roles``).

    ``communes`` is required and has one row a vintage, commune and kind; the other roles may be absent, and the
    levels that need them are then refused when asked. ``vintage-unlisted`` when the reference has no list;
    ``commune-listed-twice`` when a commune has several rows; ``qpv-codes-foreign`` when a list of QPV holds codes of
    another.
    """
    territories = Territories({name: _plain(table) for name, table in tables.items()}, dict(groupings), reference)
    twice = [
        fault("commune-listed-twice", vintage=vintage, codes=", ".join(codes[:12]))
        for vintage in territories.vintages
        if (codes := _repeated(territories.communes(vintage)["code"]))
    ]
    if wrong := [*twice, *quarters.check_lists(territories.tables)]:
        raise BeffroiError(wrong)
    territories.communes(reference)
    return territories


def _plain(table: pa.Table) -> pa.Table:
    """Text as text and years as integers, however the engine encoded them."""
    fields = []
    for field in table.schema:
        kind = field.type.value_type if pa.types.is_dictionary(field.type) else field.type
        if field.name in ("vintage", "population"):
            kind = pa.int64()
        elif pa.types.is_large_string(kind) or pa.types.is_string_view(kind):
            kind = pa.string()
        fields.append(pa.field(field.name, kind))
    return table.cast(pa.schema(fields)).combine_chunks()


def _coded(level: str, vintage: int | pa.ChunkedArray, codes: pa.Array | pa.ChunkedArray) -> pa.Table:
    years = pa.array([vintage] * len(codes), pa.int64()) if isinstance(vintage, int) else vintage
    return pa.table({"level": pa.array([level] * len(codes), pa.string()), "vintage": years, "code": codes})


def _repeated(codes: pa.ChunkedArray) -> list[str]:
    counted = pc.value_counts(codes)
    return sorted(row["values"] for row in counted.to_pylist() if row["counts"] > 1)
