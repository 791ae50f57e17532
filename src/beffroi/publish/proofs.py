"""What lets anybody check an edition: the list of its corrections, its manifest, and the pages that present them."""

import csv
import io
import json
from collections.abc import Mapping
from typing import Any

import pyarrow as pa

from beffroi.errors import BeffroiError, fault
from beffroi.lake.releases import Leaf, Manifest, Release
from beffroi.lake.series import write_parquet
from beffroi.observe.atlases import Atlas
from beffroi.observe.corrections import Corrected, list_corrected
from beffroi.observe.places import fold
from beffroi.publish.addresses import CORRECTIONS_FORMS
from beffroi.publish.pages import Visit, render
from beffroi.publish.sites import Site

PROGRAM = """\
import hashlib, json, sys


def sha256(words):
    return hashlib.sha256(words).hexdigest()


manifest = json.load(open(sys.argv[1], encoding="utf-8"))
file = sha256(open(sys.argv[2], "rb").read())
for tree in (manifest, manifest.get("export", {"leaves": []})):
    row = [sha256(f"\\0{leaf['name']}\\n{leaf['sha256']}".encode()) for leaf in tree["leaves"]]
    while len(row) > 1:
        pairs = zip(row[::2], row[1::2])
        above = [sha256(b"\\1" + bytes.fromhex(left) + bytes.fromhex(right)) for left, right in pairs]
        row = above + row[len(above) * 2 :]
    if row and row[0] != tree["root"]:
        sys.exit("the manifest was altered")
    for leaf in tree["leaves"]:
        if leaf["sha256"] == file:
            print(leaf["name"], "edition", manifest["edition"], "root", tree["root"])
            sys.exit()
sys.exit("unknown file")
"""
"""Twenty lines by which anybody checks a file against a manifest, with nothing of ours."""


def render_corrections(site: Site, visit: Visit) -> str:
    """The page of the figures that were changed after they were published."""
    days: dict[tuple[str, str], dict[str, list[Corrected]]] = {}
    for each in sorted(list_corrected(site.atlas, visit.language), key=lambda each: fold(each.title)):
        days.setdefault((each.on, each.edition), {}).setdefault(each.why, []).append(each)
    days = dict(sorted(days.items(), reverse=True))
    return render(site, visit, "corrections.html", days=days, forms=CORRECTIONS_FORMS)


def render_check(site: Site, visit: Visit) -> str:
    """The page that says how to check a file or a figure."""
    manifest = site.atlas.release.manifest()
    files = len(manifest.of) if manifest else 0
    objects = len(manifest.leaves) - files if manifest else 0
    return render(site, visit, "check.html", manifest=manifest, files=files, objects=objects, program=PROGRAM)


def write_corrections(atlas: Atlas, extension: str) -> bytes:
    """Every corrected figure that the reader may know of, with the day and the edition; ``file-format-unknown``."""
    if extension not in CORRECTIONS_FORMS:
        raise BeffroiError(fault("file-format-unknown", name=extension, available=CORRECTIONS_FORMS))
    table = _with_days(atlas.release)
    if extension == "parquet":
        return write_parquet(table, {})
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(table.column_names)
    writer.writerows(zip(*(table[name].to_pylist() for name in table.column_names), strict=True))
    return out.getvalue().encode()


def _with_days(release: Release) -> pa.Table:
    """Corrected figures with their day and edition in the place of the number of their event."""
    table, events = release.corrected(), {event["number"]: event for event in release.corrections()}
    numbers = table["event"].to_pylist()
    for name in ("edition", "on"):
        table = table.add_column(0, name, pa.array([str(events[number][name]) for number in numbers], pa.string()))
    return table.drop_columns(["event"])


def describe_manifest(release: Release, files: Mapping[str, str] | None = None) -> dict[str, Any]:
    """The manifest of an edition for whoever checks; with the sha256 of the ``files`` of an export by their paths, that
    have a tree of their own. ``manifest-absent`` in an edition of before."""
    found = release.manifest()
    if found is None:
        raise BeffroiError(fault("manifest-absent", edition=release.edition.id))
    head = {"edition": release.edition.id, "built": release.edition.built}
    if not files:
        return {**head, **found.to_json()}
    export = Manifest(found.audience, tuple(Leaf(path, files[path]) for path in sorted(files)), {}, found.written_by)
    return {**head, **found.to_json(), "export": export.to_json()}


def write_manifest(release: Release, files: Mapping[str, str] | None = None) -> bytes:
    """The same as the bytes of a file; faults as ``describe_manifest``."""
    return json.dumps(describe_manifest(release, files), ensure_ascii=False, indent=1).encode()


def prove(release: Release, sha256: str) -> Mapping[str, Any]:
    """The way from what has these bytes up to the root; ``manifest-absent``, ``leaf-unknown``."""
    found = release.manifest()
    if found is None:
        raise BeffroiError(fault("manifest-absent", edition=release.edition.id))
    for name in sorted(found.find(sha256), key=lambda name: (name not in found.of, name)):
        steps = [{"side": step.side, "sha256": step.sha256} for step in found.prove(name)]
        return {"edition": release.edition.id, "name": name, "of": found.of.get(name, name), "sha256": sha256,
                "root": found.root, "steps": steps}  # fmt: skip
    raise BeffroiError(fault("leaf-unknown", sha256=sha256[:64], edition=release.edition.id))


__all__ = [
    "PROGRAM", "describe_manifest", "prove", "render_check", "render_corrections",
    "write_corrections", "write_manifest",
]  # fmt: skip
