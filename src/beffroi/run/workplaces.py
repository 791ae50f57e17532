"""Where a workspace and its lake are, and within which limits they work."""

from dataclasses import dataclass, replace
from pathlib import Path

from beffroi.catalog import Catalog, CheckResult, check_catalog
from beffroi.catalog.workspaces import Limits
from beffroi.collect import SnapshotStore
from beffroi.errors import BeffroiError, Fault, fault
from beffroi.lake import Lake
from beffroi.lake.connections import EngineLimits
from beffroi.lake.previews import Preview, preview_tables
from beffroi.settings import Settings


@dataclass(frozen=True)
class Workplace:
    """A workspace's folder with its lake. Opening one reads no data and changes nothing."""

    root: Path
    lake: Lake
    snapshots: SnapshotStore
    settings: Settings

    def check(self) -> CheckResult:
        """Read the workspace's text again; tell also what the engine finds in the SELECT of tables, without data."""
        checked = check_catalog(self.root)
        preview = preview_tables(checked.outlines)
        told = [one for one in checked.faults if not _follows(one, preview)]
        faults = tuple(sorted([*told, *preview.faults], key=_in_reading_order))
        return replace(checked, catalog=None if faults else checked.catalog, faults=faults)


def _follows(found: Fault, preview: Preview) -> bool:
    """Whether a column is sought in vain because a contract forgets what its SELECT gives: that is told already."""
    if found.code != "unknown-column":
        return False
    return found.values["name"] in preview.unpromised.get(found.values["table"], ())


def _in_reading_order(found: Fault) -> tuple[str, int]:
    return (found.place.file, found.place.line or 0) if found.place else ("", 0)


def open_workplace(root: Path, settings: Settings) -> Workplace:
    """The workplace of ``root``; ``workspace-not-found`` when no ``workspace.yaml`` is there."""
    root = root.resolve()
    if not (root / "workspace.yaml").exists():
        around = [path.parent.name for path in root.parent.glob("*/workspace.yaml")] if root.parent.exists() else []
        raise BeffroiError(fault("workspace-not-found", instead_of=root.name, available=around, folder=str(root)))
    folder = (settings.lake or root / ".beffroi").resolve()
    lake = Lake(folder, engine_limits(Limits(), settings, folder))
    return Workplace(root, lake, SnapshotStore(folder), settings)


def engine_limits(declared: Limits, settings: Settings, folder: Path, *, builds: bool = False) -> EngineLimits:
    """Limits of the engine: those of the workspace, unless the machine's settings say otherwise.

    ``builds``: for a build, which has longer than a question asked at a terminal.
    """
    return EngineLimits(
        memory=settings.memory or declared.memory,
        threads=settings.threads or declared.threads,
        scratch=settings.scratch or folder / "scratch",
        scratch_size=declared.scratch,
        seconds=declared.build_seconds if builds else declared.query_seconds,
    )


def load_good(workplace: Workplace) -> tuple[Catalog, CheckResult]:
    """The declarations that can be built, with all faults beside them; the lake takes the limits that they set.

    Raises when the workspace's own file is at fault, for then nothing can be known of the rest.
    """
    checked = check_catalog(workplace.root)
    if checked.partial is None:
        raise BeffroiError(checked.faults)
    workplace.lake.limits = engine_limits(checked.partial.workspace.limits, workplace.settings, workplace.lake.root)
    return checked.partial, checked
