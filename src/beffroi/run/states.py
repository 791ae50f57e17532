"""The state of a build under way: what was made so far, and what is kept when something cannot be made."""

import time
import traceback
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from beffroi.catalog import Catalog
from beffroi.collect import Collected
from beffroi.errors import BeffroiError, Fault, Place, fault, system_fault
from beffroi.lake.editions import Edition
from beffroi.lake.lakes import Lake
from beffroi.lake.objects import LakeObject
from beffroi.run.reports import BuildReport, Item, OnItem, Progress, Stage, State, say_nothing
from beffroi.run.workplaces import Workplace


@dataclass(frozen=True)
class BuildOptions:
    """What a person asks of a build.

    ``only``: ids of tables, indicators or layers (with all that they need); the rest keeps what it has. ``offline``: no
    address outside the machine. ``refresh``: ask every location again for something newer. ``accept``: tables whose
    change of row count is accepted this once.
    """

    only: frozenset[str] = frozenset()
    offline: bool = False
    refresh: bool = False
    accept: frozenset[str] = frozenset()


@dataclass
class BuildState:
    """A build under way. ``tables``, ``series``, ``layers``, ``rasters``, by layer ``tiles`` (archives) and
    ``drawings``, and by label what is said of ``secrecy``, hold what the edition will have, made now or kept from
    before.

    ``intentions`` say for whom each thing is meant whose text is there; what is at fault is not in ``catalog``.
    """

    workplace: Workplace
    catalog: Catalog
    options: BuildOptions
    report: BuildReport
    progress: Progress
    previous: Edition | None
    previous_catalogue: Mapping[str, Any]
    intentions: Mapping[str, str | None]
    collected: dict[str, Collected] = field(default_factory=dict)
    tables: dict[str, LakeObject] = field(default_factory=dict)
    series: dict[str, LakeObject] = field(default_factory=dict)
    secrecy: dict[str, LakeObject] = field(default_factory=dict)
    rasters: dict[str, LakeObject] = field(default_factory=dict)
    layers: dict[str, LakeObject] = field(default_factory=dict)
    tiles: dict[str, LakeObject] = field(default_factory=dict)
    drawings: dict[str, LakeObject] = field(default_factory=dict)
    items: dict[tuple[Stage, str], Item] = field(default_factory=dict)
    on_item: OnItem = say_nothing

    @property
    def lake(self) -> Lake:
        return self.workplace.lake

    def note(self, item: Item) -> Item:
        """Put an item in the report."""
        self.items[item.stage, item.name] = self.report.add(item)
        self.on_item(item)
        return item

    def before(self, label: str) -> LakeObject | None:
        """The last good object of a thing (``table:insee/rp_iris``), from the edition that is served.

        None when it is no longer meant for those who saw it: it is not kept for them.
        """
        found = self.lake.objects.get(self.previous.objects.get(label, "")) if self.previous else None
        return found if found and self.may_be_kept(label, found.audience) else None

    def may_be_kept(self, label: str, audience: str) -> bool:
        """Whether what was shown to ``audience`` still may be, by what its text says today."""
        told = self.intention(label)
        return told in (None, "public", audience)

    def intention(self, label: str) -> str | None:
        """For whom a thing is meant by its text; None when the text does not say, or is not there."""
        kind, _, name = label.partition(":")
        if kind in ("series", "indicator"):
            return self.intentions.get(f"indicators/{name}")
        if kind in ("layer", "raster", "tiles", "drawing"):
            return self.intentions.get(f"layers/{name}")
        if kind == "map":
            return self.intentions.get(f"maps/{name}")
        if kind == "page":
            return self.intentions.get(f"observatories/{name}")
        return self.intentions.get(f"sources/{name}", self.intentions.get(f"tables/{name}"))

    def is_good(self, name: str, stage: Stage = "table") -> bool:
        """Whether a table (or a thing of another stage) was made, or found up to date, by this build."""
        item = self.items.get((stage, name))
        return item is not None and item.state in ("built", "unchanged")

    def faults_of(self, error: Exception) -> tuple[Fault, ...]:
        """Faults of a thing that could not be made. A defect of ours costs that thing alone: it is told in one line,
        and ``run.json`` has the lines of code that led there."""
        if isinstance(error, BeffroiError):
            return tuple(self.on_its_line(one) for one in error.faults)
        if isinstance(error, OSError):
            return (system_fault(error),)
        self.report.tracebacks.append(trace(error))
        first = str(error).partition("\n")[0]
        return (fault("unexpected", detail=f"{type(error).__name__}: {first}"),)

    def faults_about(self, folder: str, name: str, error: Exception) -> list[Fault]:
        """``faults_of`` an indicator or a layer, told where it is declared if they know no place: limits that are
        reached know none. A defect of ours is told without one."""
        faults = self.faults_of(error)
        if not isinstance(error, BeffroiError):
            return list(faults)
        place = self.place_of(folder, name)
        return [replace(one, place=one.place or place) for one in faults]

    def place_of(self, folder: str, name: str) -> Place | None:
        """Where an indicator or a layer is declared: at its ``kind``, or at that of the breakdown that it is a category
        of."""
        for declaration in (f"{folder}/{name}", f"{folder}/{name.rpartition('/')[0]}"):
            if place := self.catalog.places.get(declaration, {}).get("kind"):
                return place
        return None

    def on_its_line(self, found: Fault) -> Fault:
        """A fault told with the line of the key that it is about, where the rooms that meet it know the key alone."""
        if found.place is None or found.place.line is not None or found.place.key is None:
            return found
        declaration = found.place.file.rpartition("/")[0] or found.place.file
        known = self.catalog.places.get(declaration, {}).get(found.place.key)
        return replace(found, place=replace(found.place, line=known.line)) if known else found

    def blocked_by(self, name: str, *stages: Stage) -> Fault:
        """The fault of what waits in vain for a table or a source (or a thing of ``stages``), with the reasons why that
        one failed."""
        items = [self.items.get((stage, name)) for stage in stages or ("table", "source")]
        reasons = next((item.reasons for item in items if item and item.reasons), ())
        return fault(
            "blocked-by",
            name=name,
            causes=[root for one in reasons for root in (one.causes if one.code == "blocked-by" else (one,))],
        )

    def keep_layer(self, name: str) -> LakeObject | None:
        """Go on serving the last good object of a layer, with the tiles that were made of it, when there is one."""
        known = self.previous.objects if self.previous else {}
        was_image = name not in self.catalog.layers and f"raster:{name}" in known
        is_image = name in self.catalog.rasters or was_image
        before = self.before(f"raster:{name}" if is_image else f"layer:{name}")
        if before is None:
            return None
        (self.rasters if is_image else self.layers)[name] = before
        for kind, shelf in (("tiles", self.tiles), ("drawing", self.drawings)):
            if found := self.before(f"{kind}:{name}"):
                shelf[name] = found
        return before

    def fall_back(
        self, stage: Stage, name: str, reasons: Iterable[Fault], started: float, blocked_by: str | None = None
    ) -> Item:
        """The item of what could not be made: its last good object goes on being served, when there is one."""
        label, shelf = {"indicator": ("series", self.series)}.get(stage, (stage, self.tables))
        before = self.keep_layer(name) if stage == "layer" else self.before(f"{label}:{name}")
        if before and stage != "layer":
            shelf[name] = before
        state: State = "kept" if before else "blocked"
        rows = before.rows if before else None
        return Item(stage, name, state, time.monotonic() - started, rows, tuple(reasons), blocked_by)


def trace(error: BaseException | None) -> str:
    """The lines of code that led to an error and to those behind it, without their words: they may quote the data."""
    told = ""
    while error is not None:
        told += "".join(traceback.format_tb(error.__traceback__)) + type(error).__name__ + "\n"
        error = error.__cause__ or error.__context__
    return told
