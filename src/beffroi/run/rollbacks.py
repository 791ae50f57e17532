"""Going back to an older edition: its data are published again, under a new number.

Nothing is lost of the edition that is withdrawn: what it had published stays in the list of corrections, as figures
that were changed, and what it told of hidden values stays known to those who protect the next ones.
"""

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from beffroi.access import BUILDER
from beffroi.errors import BeffroiError, fault
from beffroi.lake import Lake
from beffroi.lake.editions import Edition, build_lock
from beffroi.lake.manifests import Manifest, manifest_labels, read_manifest
from beffroi.lake.trees import Leaf
from beffroi.run.stages.corrections import Passage, make_corrections
from beffroi.run.stages.manifests import keep_manifest
from beffroi.run.workplaces import Workplace

_HISTORY = ("corrections", "corrected")
"""What of an edition is not of its data: it goes on, whichever edition is served."""


def roll_back(workplace: Workplace, to: str | None = None) -> Edition:
    """Publish again the data of an older edition, the one before by default; what is served already is left so.

    Needs neither the text of the workspace nor its sources, nor that the edition to be withdrawn can be read. Faults:
    ``no-older-edition``, ``unknown-edition``, ``edition-format``, ``object-damaged``, ``build-running``.
    """
    lake = workplace.lake
    with build_lock(lake.root):
        older = lake.editions.choose_older(to)
        if older.id == lake.editions.current_id():
            return older
        catalogue = _read_catalogue(lake, older)
        if catalogue is None:
            raise BeffroiError(fault("object-damaged", name="catalogue"))
        withdrawn = lake.editions.last_good() or older
        now = datetime.now(UTC).isoformat(timespec="seconds")
        objects = {label: key for label, key in older.objects.items() if label not in _HISTORY}
        past = _read_catalogue(lake, withdrawn) or {}
        passage = Passage(lake, withdrawn.objects, past, objects, catalogue, now, withdrawn.id)
        objects |= make_corrections(passage) | _keep_told(withdrawn, objects)
        objects |= _tell_builder(lake, objects)
        again = older.restores or older.id
        return lake.editions.publish(objects, built=now, version=older.version, restores=again)


def _read_catalogue(lake: Lake, edition: Edition) -> Mapping[str, Any] | None:
    item = lake.objects.get(edition.objects.get("catalogue", ""))
    return json.loads(item.data.read_text("utf-8")) if item else None


def _keep_told(withdrawn: Edition, objects: Mapping[str, str]) -> dict[str, str]:
    """What the withdrawn edition told of hidden values: it cannot be untold, and outlives that edition."""
    told = {label: key for label, key in withdrawn.objects.items() if label.startswith("told:")}
    return {
        label if "@" in label else f"{label}@{withdrawn.id}": key
        for label, key in told.items()
        if key not in objects.values()
    }


def _tell_builder(lake: Lake, objects: Mapping[str, str]) -> dict[str, str]:
    """The manifest of who builds, who has the history too. Trees of others hold data alone: they are what they were."""
    (label,) = manifest_labels(BUILDER)
    item = lake.objects.get(objects.get(label, ""))
    if item is None:
        return {}
    was = read_manifest(json.loads(item.data.read_text("utf-8")))
    files = [leaf for leaf in was.leaves if leaf.name in was.of]
    held = {each: lake.objects.get(key) for each, key in objects.items() if not each.startswith("manifest:")}
    leaves = [*files, *(Leaf(each, str(found.manifest["sha256"])) for each, found in held.items() if found)]
    tree = Manifest(was.audience, tuple(sorted(leaves, key=lambda leaf: leaf.name)), was.of, was.written_by)
    return {label: keep_manifest(lake, tree).key}


__all__ = ["roll_back"]
