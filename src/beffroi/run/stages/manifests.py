"""The sha256 of all that an edition is made of and gives to download, under one root for each of those who read it.

Files of series that say nothing of the edition are written here, in memory, for the sake of their sha256: a series that
is what it was is not written again.
"""

import hashlib
import json
from collections.abc import Collection, Iterator, Mapping
from typing import Any

import pyarrow as pa

import beffroi
from beffroi.access import BUILDER, PUBLIC, Audience, Reader, allows, partner
from beffroi.lake.catalogues import list_secret
from beffroi.lake.lakes import Lake
from beffroi.lake.manifests import Manifest, manifest_labels, read_manifest
from beffroi.lake.objects import LakeObject, staleness_key, write_document
from beffroi.lake.trees import Leaf
from beffroi.observe import Atlas
from beffroi.observe.layers import list_images
from beffroi.publish.files import write_data
from beffroi.run.states import BuildState

MANIFEST_STAGE = 1
"""Raised when the bytes of a file of values change: those of every series are then written again."""

_OWN = ("catalogue", "secrecy", "told", "manifest", "corrections", "corrected", "geography")
"""Objects that nobody but who builds has whole: each reader sees of them what is theirs."""


def make_manifests(
    state: BuildState, objects: Mapping[str, str], catalogue: Mapping[str, Any], now: str
) -> dict[str, str]:
    """The manifest of an edition about to be published, for the public, for each partner who has something of their
    own, and for who builds."""
    before = dict(state.previous.objects) if state.previous else {}
    kept = {label: key for label, key in before.items() if label.startswith("manifest:")}
    rest = {label: key for label, key in before.items() if label not in kept}
    if kept and rest == dict(objects) and all(state.lake.objects.get(key) for key in kept.values()):
        return kept
    items = {label: item for label, key in sorted(objects.items()) if (item := state.lake.objects.get(key))}
    files = _hash_files(state, objects, catalogue, now)
    audiences = {"public", *(item.audience for item in items.values())}
    readers = {name: PUBLIC if name == "public" else partner(name.removeprefix("partner:")) for name in audiences}
    made = {}
    for name, reader in sorted({**readers, "builder": BUILDER}.items()):
        made[f"manifest:{name}"] = keep_manifest(state.lake, _gather(name, reader, items, files, catalogue)).key
    return made


def keep_manifest(lake: Lake, manifest: Manifest) -> LakeObject:
    """The object of a manifest, written if there is none yet."""
    document = manifest.to_json()
    key = staleness_key({"manifest": document})
    return lake.objects.get(key) or write_document(
        lake.objects, key, kind="manifest", name=manifest.audience, document=document
    )


def _gather(
    name: str, reader: Reader, items: Mapping[str, LakeObject], files: Mapping[str, tuple[str, str]],
    catalogue: Mapping[str, Any],
) -> Manifest:  # fmt: skip
    """What a reader may have, by name."""
    secret = list_secret(catalogue["tables"])
    leaves = [
        Leaf(label, str(item.manifest["sha256"]))
        for label, item in items.items()
        if reader.builds or (allows(reader, Audience(item.audience)) and _is_given(label, secret))
    ]
    given = {leaf.name for leaf in leaves}
    of = {file: label for file, (label, _) in files.items() if label in given}
    leaves += [Leaf(file, sha256) for file, (label, sha256) in files.items() if label in given]
    return Manifest(name, tuple(sorted(leaves, key=lambda leaf: leaf.name)), of, _writers())


def _is_given(label: str, secret: Collection[str]) -> bool:
    """Whether those who may read an object may know its sha256: not that of a table under secrecy, nor of what is made
    of one, which says whether a guess of its rows is right."""
    kind, _, name = label.partition(":")
    return kind not in _OWN and not (kind == "table" and name in secret)


def _hash_files(
    state: BuildState, objects: Mapping[str, str], catalogue: Mapping[str, Any], now: str
) -> dict[str, tuple[str, str]]:
    """Every file that is the same in every edition which has it, with the object that it is of and its sha256: those
    of series, and images, that are what they are in the lake."""
    known = _recall_files(state, objects, catalogue)
    atlas = Atlas(state.lake.preview(BUILDER, objects, catalogue, now))
    found: dict[str, tuple[str, str]] = {}
    for name in sorted(state.series):
        label = f"series:{name}"
        if name not in atlas.measures or not atlas.measures[name].released:
            continue
        if label in known:
            found |= {file: (label, sha256) for file, sha256 in known[label].items()}
        else:
            found |= {file: (label, sha256) for file, sha256 in _write_files(atlas, name)}
    for name in list_images(atlas):
        label = f"raster:{name}"
        item = state.lake.objects.get(objects[label])
        if item and atlas.catalogue["layers"][name]["download"] != "refused":
            found[f"couches/{name}.tif"] = (label, str(item.manifest["sha256"]))
    return found


def _write_files(atlas: Atlas, name: str) -> Iterator[tuple[str, str]]:
    """The files of a whole series that are the same in every edition which has it, with their sha256."""
    measure, series = atlas.measure(name), atlas.release.series(name)
    languages = atlas.workspace["languages"]
    wanted = [("csv", languages[0]), *(("parquet", each) for each in languages[: None if measure.synthetic else 1])]
    for extension, language in wanted:
        body = write_data(extension, atlas, measure, series, language)
        prefix = "" if language == "fr" else f"{language}/"
        yield f"{prefix}donnees/{name}.{extension}", hashlib.sha256(body).hexdigest()


def _recall_files(
    state: BuildState, objects: Mapping[str, str], catalogue: Mapping[str, Any]
) -> dict[str, dict[str, str]]:
    """The files of the series that are what they were in the edition served before, with their sha256."""
    before = state.previous.objects if state.previous else {}
    item = state.lake.objects.get(before.get(manifest_labels(BUILDER)[0], ""))
    if item is None or _ground(state.previous_catalogue) != _ground(catalogue):
        return {}
    past = read_manifest(json.loads(item.data.read_text("utf-8")))
    if past.written_by != _writers():
        return {}
    same: dict[str, dict[str, str]] = {}
    for leaf in past.leaves:
        label = past.of.get(leaf.name, "")
        if label and before.get(label) == objects.get(label) and _is_alike(label, state.previous_catalogue, catalogue):
            same.setdefault(label, {})[leaf.name] = leaf.sha256
    return same


def _is_alike(label: str, past: Mapping[str, Any], catalogue: Mapping[str, Any]) -> bool:
    """Whether a series is said to be made up in both editions, or in neither: its files say so."""
    was, now = (each["indicators"].get(label.removeprefix("series:"), {}) for each in (past, catalogue))
    return bool(was.get("synthetic") == now.get("synthetic"))


def _ground(catalogue: Mapping[str, Any]) -> list[Any]:
    """What the files of every series depend on."""
    return [catalogue["workspace"].get(key) for key in ("reference_vintage", "languages")]


def _writers() -> str:
    return f"beffroi {beffroi.__version__}, files {MANIFEST_STAGE}, pyarrow {pa.__version__}"


__all__ = ["MANIFEST_STAGE", "keep_manifest", "make_manifests"]
