"""A build that is followed from a browser: what is under way, what became of each thing, how it ended."""

import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal, get_args

from beffroi.errors import BeffroiError, Fault, fault
from beffroi.run import BuildOptions, BuildReport, Item, Workplace, build, open_workplace
from beffroi.run.reports import Stage, State

_LAST_TOLD = 4
STAGES: tuple[Stage, ...] = get_args(Stage)


@dataclass(frozen=True)
class Step:
    """A thing of a build. ``state`` is ``running`` while it is being made, ``made`` once it is, before what became of
    it is known. ``done`` and ``total`` are bytes of what is being fetched, ``total`` None when it is not known."""

    stage: Stage
    name: str
    state: State | Literal["running", "made"]
    done: float = 0
    total: float | None = None
    seconds: float = 0
    faults: tuple[Fault, ...] = ()
    blocked_by: str | None = None


@dataclass(frozen=True)
class Progress:
    """A build as it is at one moment; ``version`` changes with it.

    ``steps`` are the things that were met, by stage in the order of the build; ``expected`` how many there will be.
    ``ended`` with its ``edition``, or ``failed`` when it could not be done at all; ``faults`` are those of the texts
    that were left out, or what stopped it all.
    """

    version: int
    steps: Mapping[Stage, Sequence[Step]]
    expected: Mapping[Stage, int]
    seconds: float
    back: str
    ended: bool = False
    edition: str = ""
    published: bool = False
    failed: bool = False
    faults: tuple[Fault, ...] = ()

    def count(self, stage: Stage, *states: str) -> int:
        """How many things of a stage are in these states; ended ones where none is named."""
        known = self.steps.get(stage, ())
        return sum(step.state in states if states else step.state != "running" for step in known)

    def share(self, stage: Stage) -> int:
        """What part of a stage is behind, in percent."""
        expected = max(self.expected.get(stage, 0), len(self.steps.get(stage, ())))
        return 100 if self.ended else (100 * self.count(stage) // expected if expected else 0)

    @property
    def whole(self) -> int:
        """What part of the build is behind, in percent of the things that it has to look at."""
        expected = sum(max(self.expected.get(stage, 0), len(self.steps.get(stage, ()))) for stage in STAGES)
        return 100 * sum(self.count(stage) for stage in STAGES) // expected if expected else 0

    def told(self, stage: Stage) -> list[Step]:
        """The things of a stage that are worth a line: what failed, the last ones made, what is under way."""
        known = self.steps.get(stage, ())
        failed = [step for step in known if step.state in ("kept", "blocked") or step.faults]
        last = [] if self.ended else [step for step in known if step.state in ("built", "made")][-_LAST_TOLD:]
        return [*failed, *(step for step in last if not step.faults), *(s for s in known if s.state == "running")]

    def made(self, stage: Stage) -> list[Step]:
        """The things of a stage that were made anew."""
        return [step for step in self.steps.get(stage, ()) if step.state == "built"]


class BuildRun:
    """One build, run beside the server in a thread of its own. Threads may share it."""

    def __init__(
        self, workplace: Workplace, expected: Mapping[Stage, int], back: str, when_ended: Callable[[], None]
    ) -> None:
        """``back`` is where the author was; ``when_ended`` is called once it is over, however it went."""
        self._workplace, self._expected, self._back, self._when_ended = workplace, expected, back, when_ended
        self._lock = threading.Lock()
        self._steps: dict[tuple[Stage, str], Step] = {}
        self._version = 0
        self._started = time.monotonic()
        self._end: Progress | None = None

    @property
    def running(self) -> bool:
        return self._end is None

    def start(self) -> None:
        threading.Thread(target=self._run, name="build", daemon=True).start()

    def progress(self) -> Progress:
        """How far it is."""
        with self._lock:
            return self._end or self._progress()

    def _progress(self) -> Progress:
        steps: dict[Stage, list[Step]] = {stage: [] for stage in STAGES}
        for step in self._steps.values():
            steps[step.stage].append(step)
        return Progress(self._version, steps, self._expected, time.monotonic() - self._started, self._back)

    def _hear(self, stage: Stage, name: str, done: float, total: float | None) -> None:
        """What is under way, told by the build."""
        with self._lock:
            known = self._steps.get((stage, name))
            finished = total is not None and done >= total
            if known is not None and known.state not in ("running", "made"):
                return
            self._steps[stage, name] = Step(stage, name, "made" if finished else "running", done, total)
            self._version += 1

    def _settle(self, item: Item) -> None:
        """What became of a thing, told by the build."""
        with self._lock:
            self._steps[item.stage, item.name] = Step(
                item.stage, item.name, item.state, seconds=item.seconds, faults=(*item.reasons, *item.notes),
                blocked_by=item.blocked_by,
            )  # fmt: skip
            self._version += 1

    def _run(self) -> None:
        report: BuildReport | None = None
        faults: tuple[Fault, ...] = ()
        try:
            apart = open_workplace(self._workplace.root, self._workplace.settings)
            report = build(apart, BuildOptions(offline=apart.settings.offline), self._hear, self._settle)
            faults = report.faults
        except BeffroiError as error:
            faults = error.faults
        except Exception as error:  # A defect of ours must not leave its author waiting for ever.
            faults = (fault("unexpected", detail=type(error).__name__),)
        with self._lock:
            if report is not None:
                for item in report.items:  # a build that had nothing to do tells what the last one did
                    self._steps.setdefault((item.stage, item.name), Step(item.stage, item.name, item.state))
            self._version += 1
            edition, published = (report.edition or "", report.published) if report else ("", False)
            self._end = replace(
                self._progress(), ended=True, edition=edition, published=published, failed=report is None, faults=faults
            )
        self._when_ended()


__all__ = ["STAGES", "BuildRun", "Progress", "Step"]
