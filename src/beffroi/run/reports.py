"""What a build did: each thing, its state, how long it took, and why it did not go."""

import json
import resource
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Literal

from beffroi.collect.snapshots import write_atomically
from beffroi.errors import Fault, FaultClass

State = Literal["built", "unchanged", "kept", "blocked"]
"""``kept``: could not be made, its last good edition is still served. ``blocked``: could not be made, there is none."""

Stage = Literal["source", "table", "territories", "indicator", "layer", "map", "page"]


@dataclass(frozen=True)
class Item:
    """One thing of a build. ``blocked_by`` names the thing that failed first, when the fault is not its own; ``notes``
    tell what went on all the same (a new edition of a source, a producer that did not answer again)."""

    stage: Stage
    name: str
    state: State
    seconds: float = 0.0
    rows: int | None = None
    reasons: tuple[Fault, ...] = ()
    blocked_by: str | None = None
    notes: tuple[Fault, ...] = ()

    def to_json(self) -> dict[str, Any]:
        return {
            "stage": self.stage,
            "name": self.name,
            "state": self.state,
            "seconds": round(self.seconds, 3),
            "rows": self.rows,
            "reasons": [without_values(reason).to_json() for reason in self.reasons],
            "blocked_by": self.blocked_by,
            "notes": [without_values(note).to_json() for note in self.notes],
        }


_READ_IN_DATA = frozenset({"sample", "value", "detail", "reason", "start", "codes"})
"""Values of a fault of data, or of a defect, in which what was read in the data may be quoted."""


def without_values(found: Fault) -> Fault:
    """The fault with its place, its counts and its causes, and nothing quoted from the data: the terminal has that."""
    told = {FaultClass.DATA, FaultClass.INTERNAL}
    hidden = {name: "…" for name in found.values if found.fault_class in told and name in _READ_IN_DATA}
    return replace(found, values={**found.values, **hidden}, causes=tuple(map(without_values, found.causes)))


Progress = Callable[[Stage, str, float, float | None], None]
"""Called as things go: stage, name, done, total (None when unknown). Done equal to total: finished."""


def no_progress(stage: Stage, name: str, done: float, total: float | None) -> None:
    """Say nothing."""


OnItem = Callable[[Item], None]
"""Called with each thing once it is known what became of it."""


def say_nothing(item: Item) -> None:
    """Tell nobody what became of a thing."""


@dataclass
class BuildReport:
    """The closing summary. ``edition`` is the one served after the build; ``published`` whether it is new."""

    edition: str | None = None
    published: bool = False
    seconds: float = 0.0
    items: list[Item] = field(default_factory=list)
    faults: tuple[Fault, ...] = ()
    """Faults of the text, already reported by the check; what they concern was left out of the build."""
    tracebacks: list[str] = field(default_factory=list)
    """Of each defect: the lines of code that led there and the type of the error, whose words may quote the data."""

    def add(self, item: Item) -> Item:
        self.items.append(item)
        return item

    def of(self, *states: State) -> list[Item]:
        return [item for item in self.items if item.state in states]

    @property
    def own_faults(self) -> list[Fault]:
        """Faults of the text and of each thing that failed by itself, without the consequences."""
        return [*self.faults, *(reason for item in self.items for reason in item.reasons if item.blocked_by is None)]

    def write(self, folder: Path) -> None:
        """Write ``run.json``: one for each build, values of data never in it, since it is a file that one passes on."""
        document = {
            "edition": self.edition,
            "published": self.published,
            "seconds": round(self.seconds, 3),
            "peak_memory_bytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024,
            "items": [item.to_json() for item in self.items],
            "faults": [without_values(reason).to_json() for reason in self.faults],
            "tracebacks": self.tracebacks,
        }
        write_atomically(folder / "run.json", json.dumps(document, ensure_ascii=False, indent=1).encode())


def count_by_state(items: Iterable[Item]) -> dict[State, int]:
    """How many things are in each state."""
    counts: dict[State, int] = {"built": 0, "unchanged": 0, "kept": 0, "blocked": 0}
    for item in items:
        counts[item.state] += 1
    return counts
