"""Official territories of a build, kept as objects of the lake so that they are worked out once.

Reads the tables that the workspace names under ``territories``, has ``geo`` put them together, and keeps what the
later stages need: names, membership, crosswalks, contours.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property

import pyarrow as pa

from beffroi.access import BUILDER
from beffroi.catalog import Catalog
from beffroi.errors import Fault
from beffroi.geo import (
    Territories,
    build_contours,
    build_events,
    build_territories,
    crosswalk,
    gap_faults,
    quarter_codes,
)
from beffroi.lake.lakes import Lake
from beffroi.lake.objects import LakeObject, read_frame, staleness_key, write_frame
from beffroi.measure import Geography
from beffroi.run.orders import role_tables

GEOGRAPHY_STAGE = 3
"""Raised when the way territories are worked out changes."""


@dataclass
class Geographies:
    """The territories of one build, read from the lake or worked out once when something changed."""

    catalog: Catalog
    lake: Lake
    tables: Mapping[str, LakeObject]
    contour_faults: tuple[Fault, ...] = ()
    _territories: Territories | None = None
    _kept: dict[str, str] = field(default_factory=dict)
    _frames: dict[str, pa.Table] = field(default_factory=dict)
    _named: dict[int, pa.Table] = field(default_factory=dict)

    @cached_property
    def key(self) -> str:
        """Staleness of everything that depends on territories."""
        return staleness_key(
            {
                "stage": ["geography", GEOGRAPHY_STAGE],
                "tables": {role: self.tables[table].key for role, table in self._roles().items()},
                "groupings": {code: grouping.model_dump(mode="json", include={"members", "vintage", "title"})
                              for code, grouping in self.catalog.groupings.items()},
                "perimeter": self.catalog.workspace.perimeter,
                "levels": self.catalog.workspace.levels,
                "vintages": self.vintages,
            }
        )  # fmt: skip

    @property
    def vintages(self) -> list[int]:
        """Vintages in which series are released: the reference first."""
        workspace = self.catalog.workspace
        return list(dict.fromkeys([workspace.reference_vintage, *workspace.vintages]))

    def names(self) -> LakeObject:
        """Names, parents, population and area of the territories shown, at every released vintage."""
        return self._keep("territories", lambda: pa.concat_tables(self._names_at(vintage) for vintage in self.vintages))

    def contours(self) -> LakeObject:
        """Contours of every level made of communes and of QPV, at the reference vintage; ``contour_gaps`` is kept
        beside, and ``contour_faults`` told if they had to be made."""

        def make() -> pa.Table:
            workspace = self.catalog.workspace
            made = build_contours(
                self.territories(), workspace.reference_vintage, workspace.levels, workspace.perimeter
            )
            self._keep("contour_gaps", lambda: made.gaps)
            self.contour_faults = gap_faults(made.gaps)
            return made.table

        return self._keep("contours", make)

    def contours_at(self, vintage: int) -> LakeObject:
        """As ``contours``, at any released vintage."""
        workspace = self.catalog.workspace
        if vintage == workspace.reference_vintage:
            return self.contours()
        return self._keep(
            f"contours/{vintage}",
            lambda: build_contours(self.territories(), vintage, workspace.levels, workspace.perimeter).table,
        )

    def names_at(self, vintage: int) -> LakeObject:
        """Names, parents and population of the territories shown, at one vintage."""
        return self._keep(f"names/{vintage}", lambda: self._names_at(vintage))

    def events(self) -> LakeObject:
        """What happened to the communes of the perimeter, and to those that they come from."""
        return self._keep("told_events", lambda: build_events(self.territories(), self.catalog.workspace.perimeter))

    def known_codes(self) -> LakeObject:
        """Codes that exist at each vintage of the packaged lists: ``level, vintage, code``."""
        return self._keep("known_codes", lambda: self.territories().known_codes())

    def is_made(self, vintage: int | None = None) -> bool:
        """Whether the territories of this build (at a vintage: their names and contours) were worked out before."""
        names = ["territories"]
        if vintage is not None:
            at_reference = vintage == self.catalog.workspace.reference_vintage
            names = [f"names/{vintage}", "contours" if at_reference else f"contours/{vintage}"]
        return all(self.lake.objects.get(self._key_of(name)) is not None for name in names)

    def kept(self, before: Mapping[str, str]) -> dict[str, str]:
        """Objects for the edition to hold on to: those read or made so far, and those of ``before`` still good."""
        still_good = {
            label: key
            for label, key in before.items()
            if label.startswith("geography:") and key == self._key_of(label.removeprefix("geography:"))
        }
        return still_good | {f"geography:{name}": key for name, key in self._kept.items()}

    def at(self, vintage: int, from_vintages: Iterable[int]) -> Geography:
        """What ``measure`` needs to give series in the geography of ``vintage``."""
        workspace = self.catalog.workspace
        crosswalks = {start: self._read(self._crosswalk(start, vintage)) for start in sorted(set(from_vintages))}
        membership = self._keep(
            f"membership/{vintage}", lambda: self.territories().membership(vintage, workspace.levels)
        )
        names = self.names_at(vintage)
        inside = self._keep(f"perimeter/{vintage}", lambda: self._perimeter(vintage))
        return Geography(
            vintage=vintage,
            crosswalks=crosswalks,
            membership=self._read(membership),
            names=self._read(names),
            iris=self._read(self._keep("iris", lambda: self.territories().iris)),
            perimeter=frozenset(self._read(inside)["commune"].to_pylist()),
            quarters=self._read(self._keep("quarters", lambda: quarter_codes(self.territories()))),
        )

    def territories(self) -> Territories:
        """The official territories themselves, worked out at the first call."""
        if self._territories is None:
            frames = {}
            for role, table in self._roles().items():
                item = self.tables[table]
                frames[role] = self.lake.query(_role_select(table, item), BUILDER, tables={table: item})
            self._territories = build_territories(
                frames, self.catalog.groupings, reference=self.catalog.workspace.reference_vintage
            )
        return self._territories

    def _roles(self) -> dict[str, str]:
        return {role: table for role, table in role_tables(self.catalog).items() if table in self.tables}

    def _names_at(self, vintage: int) -> pa.Table:
        """Names at one vintage; areas are known at the reference, from its contours."""
        if vintage not in self._named:
            workspace = self.catalog.workspace
            at_reference = vintage == workspace.reference_vintage
            areas = read_frame(self.contours(), ["level", "code", "area_m2"]) if at_reference else None
            self._named[vintage] = self.territories().territories_table(
                vintage, workspace.levels, workspace.perimeter, areas
            )
        return self._named[vintage]

    def _crosswalk(self, start: int, vintage: int) -> LakeObject:
        return self._keep(f"crosswalk/{start}-{vintage}", lambda: crosswalk(self.territories(), start, vintage).table)

    def _perimeter(self, vintage: int) -> pa.Table:
        communes = self.territories().perimeter(self.catalog.workspace.perimeter, vintage)
        return pa.table({"commune": pa.array(sorted(communes), pa.string())})

    def _key_of(self, name: str) -> str:
        return staleness_key({"geography": self.key, "name": name})

    def _keep(self, name: str, make: Callable[[], pa.Table]) -> LakeObject:
        key = self._key_of(name)
        self._kept[name] = key
        found = self.lake.objects.get(key)
        return found or write_frame(
            self.lake.objects, key, kind="geography", name=name, audience="public", frame=make()
        )

    def _read(self, item: LakeObject) -> pa.Table:
        """The table of an object, read once for all the indicators of a build."""
        if item.key not in self._frames:
            self._frames[item.key] = read_frame(item)
        return self._frames[item.key]


def _role_select(table: str, item: LakeObject) -> str:
    shapes = {name for name, kind in item.manifest["columns"].items() if kind.startswith("GEOMETRY")}
    columns = ", ".join(
        f'ST_AsWKB("{name}") AS "{name}"' if name in shapes else f'"{name}"' for name in item.manifest["columns"]
    )
    return f'SELECT {columns} FROM "{table}"{"" if shapes else " ORDER BY ALL"}'
