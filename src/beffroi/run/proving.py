"""Whether a file, or a figure on paper, is the lake's: of what, of which edition, and the proof that anybody can check.

A file is known by its sha256 in the manifests of the editions that are kept. One that holds a part of a series is
compared row by row with what was released, a workbook in what it says of them too; one of a layer is written again.
Nothing is told of the value that differs.
"""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from math import isclose
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Literal

import pyarrow as pa
import pyarrow.compute as pc

from beffroi.access import BUILDER
from beffroi.collect.snapshots import hash_file
from beffroi.errors import BeffroiError, fault
from beffroi.lake.editions import Edition
from beffroi.lake.manifests import Manifest, read_manifest
from beffroi.lake.series import list_rows
from beffroi.lake.trees import Leaf, Step, climb
from beffroi.language import LANGUAGES
from beffroi.observe import Atlas
from beffroi.observe.layers import list_layers, observe_layer
from beffroi.publish.geodata import GEODATA_CRS, GEODATA_TYPES, name_geodata, write_geodata
from beffroi.run.figures import explain_figure
from beffroi.run.returned_files import Row, clean_rows, read_notes, read_rows
from beffroi.run.returned_notes import Discrepancy, compare_notes
from beffroi.run.workplaces import Workplace

_COPY = re.compile(r"( \(\d+\)|-\d)(?=\.)")
"""What a browser adds to the name of a file that it has already."""
_DIFFERING = 6
"""Most rows that a fault names."""
_PRECISION = 1e-12
"""Relative: what a workbook, of fifteen digits, loses of a number."""


@dataclass(frozen=True)
class Proof:
    """That one leaf is under a root: with them, the siblings on the way up. ``audience`` says whose tree it is."""

    name: str
    sha256: str
    audience: str
    root: str
    steps: tuple[Step, ...]

    @property
    def holds(self) -> bool:
        return climb(Leaf(self.name, self.sha256), self.steps) == self.root


@dataclass(frozen=True)
class Origin:
    """Where a file comes from: ``of`` an object (``series:housing/dwellings``) of an edition.

    ``how`` it is known: ``whole``, by its sha256; ``rows``, each of its ``rows`` being the lake's; ``written`` again,
    and the same. ``proof`` is that of the file, or of the object that it is taken from. ``notes`` says of the other
    sheets of a workbook that they are the ``same`` as the edition's, those of ``another`` one, or ``absent``.
    """

    file: str
    sha256: str
    how: Literal["whole", "rows", "written"]
    of: tuple[str, ...]
    rows: int | None
    edition: str
    built: str
    proof: Proof | None
    notes: Literal["same", "another", "absent", ""] = ""

    def to_json(self) -> dict[str, Any]:
        return asdict(self)


@dataclass(frozen=True)
class FigureProof:
    """What a figure on paper says, by its reference, and the proof of each series that it is drawn from."""

    reference: str
    title: str
    territory: str
    absent: str
    edition: str
    built: str
    values: tuple[Mapping[str, Any], ...]
    proofs: tuple[Proof, ...]

    def to_json(self) -> dict[str, Any]:
        return asdict(self)


def prove_file(workplace: Workplace, file: Path, edition: str | None = None) -> Origin:
    """Where a file comes from, in one edition or in the latest that is kept and knows it.

    ``file-unknown``, ``file-altered`` (rows of a series that was released, others than those), ``notes-altered`` (the
    other sheets of a workbook), ``unknown-edition``.
    """
    sha256 = hash_file(file)[0]
    editions = list(_list_editions(workplace, edition))
    for each in editions:
        if (proof := _find_leaf(workplace, each, sha256)) is not None:
            of = _manifest_of(workplace, each, proof.audience).of.get(proof.name, proof.name)
            return Origin(file.name, sha256, "whole", (of,), None, each.id, each.built, proof)
    if rows := read_rows(file):
        return _prove_rows(workplace, file, sha256, rows, editions)
    for each in editions:
        if found := _write_again(workplace, each, file, sha256):
            return found
    raise BeffroiError(fault("file-unknown", file=file.name, sha256=sha256, count=len(editions)))


def prove_file_by(manifest: Path, file: Path) -> Proof:
    """That a file is one of those of a manifest that somebody else gives, without any lake.

    ``manifest-unreadable``, ``file-not-in-manifest``.
    """
    try:
        said = json.loads(manifest.read_text("utf-8"))
        trees = [read_manifest(said), *([read_manifest(said["export"])] if "export" in said else [])]
    except (ValueError, TypeError, KeyError) as error:
        raise BeffroiError(fault("manifest-unreadable", file=manifest.name)) from error
    sha256 = hash_file(file)[0]
    for tree in trees:
        for name in tree.find(sha256):
            return Proof(name, sha256, tree.audience, tree.root, tree.prove(name))
    raise BeffroiError(fault("file-not-in-manifest", file=file.name, sha256=sha256, manifest=manifest.name))


def prove_figure(workplace: Workplace, reference: str, edition: str | None = None) -> FigureProof:
    """What a figure says in an edition, the one that is served when absent, with the proof of its series.

    Faults: those of ``explain_figure``; ``unknown-edition``.
    """
    chosen = workplace.lake.edition(_number(edition))
    found = explain_figure(workplace, reference, traced=0, edition=chosen.id)
    proofs = []
    for measure in found.measures:
        if (proof := _find_object(workplace, chosen, f"series:{measure.indicator}")) is not None:
            proofs.append(proof)
    values = tuple(value for measure in found.measures for value in measure.values)
    return FigureProof(
        reference, found.title, found.territory, found.absent, chosen.id, chosen.built, values, tuple(proofs)
    )


def _number(edition: str | None) -> str | None:
    """The name of an edition, which one may write without its zeros."""
    return edition.zfill(6) if edition and edition.isdigit() else edition


def _list_editions(workplace: Workplace, edition: str | None) -> Iterator[Edition]:
    """The edition asked for, or those that are kept and can be read, the latest first."""
    store = workplace.lake.editions
    if edition is not None:
        yield store.get(str(_number(edition)))
        return
    for name in reversed(store.ids()):
        try:
            yield store.get(name)
        except BeffroiError:
            continue


def _labels(edition: Edition) -> list[str]:
    """The trees of an edition, that of the public first and the builder's last."""
    ranks = {"manifest:public": 0, "manifest:builder": 2}
    found = [label for label in edition.objects if label.startswith("manifest:")]
    return sorted(found, key=lambda label: (ranks.get(label, 1), label))


def _manifest_of(workplace: Workplace, edition: Edition, audience: str) -> Manifest:
    item = workplace.lake.objects.get(edition.objects[f"manifest:{audience}"])
    if item is None:
        raise BeffroiError(fault("object-damaged", name=f"manifest:{audience}"))
    return read_manifest(json.loads(item.data.read_text("utf-8")))


def _trees(workplace: Workplace, edition: Edition) -> Iterator[Manifest]:
    for label in _labels(edition):
        yield _manifest_of(workplace, edition, label.removeprefix("manifest:"))


def _find_leaf(workplace: Workplace, edition: Edition, sha256: str) -> Proof | None:
    """The proof of what has these bytes, in the tree of the most people."""
    for tree in _trees(workplace, edition):
        for name in sorted(tree.find(sha256), key=lambda name: (name not in tree.of, name)):
            return Proof(name, sha256, tree.audience, tree.root, tree.prove(name))
    return None


def _find_object(workplace: Workplace, edition: Edition, label: str) -> Proof | None:
    for tree in _trees(workplace, edition):
        for leaf in tree.leaves:
            if leaf.name == label:
                return Proof(label, leaf.sha256, tree.audience, tree.root, tree.prove(label))
    return None


def _prove_rows(
    workplace: Workplace, file: Path, sha256: str, rows: Sequence[Row], editions: Sequence[Edition]
) -> Origin:
    """A file of which every row was released as it is; ``file-altered`` tells of the edition that is nearest to it."""
    names, notes = sorted({str(row[0]) for row in rows}), read_notes(file)
    nearest: tuple[int, str, list[Row]] | None = None
    doubtful: list[tuple[Origin, Discrepancy]] = []
    for edition in editions:
        release = workplace.lake.release(BUILDER, edition.id)
        if any(not release.catalogue["indicators"].get(name, {}).get("object") for name in names):
            continue
        compared = [_differing(release.load_series(name), name, rows) for name in names]
        differing = [row for _, found in compared for row in found]
        if not differing:
            labels = tuple(f"series:{name}" for name in names)
            proof = _find_object(workplace, edition, labels[0]) if len(labels) == 1 else None
            origin = Origin(file.name, sha256, "rows", labels, len(rows), edition.id, edition.built, proof)
            if notes is None:
                return origin
            if not notes.about:
                return replace(origin, notes="absent")
            gap = compare_notes(workplace.lake, edition.id, compared[0][0], rows, notes)
            if not gap.labels:
                return replace(origin, notes="same")
            # The same values may be those of several editions, of which one alone says the same beside them.
            doubtful.append((origin, gap))
        elif nearest is None or len(differing) < nearest[0]:
            nearest = len(differing), edition.id, differing
    if doubtful:
        return _judge(doubtful)
    if nearest is None:
        raise BeffroiError(fault("file-unknown", file=file.name, sha256=sha256, count=len(editions)))
    count, name, differing = nearest
    sample = " ; ".join(f"{row[0]} {row[1]} {row[2]} {row[4]}" for row in differing[:_DIFFERING])
    raise BeffroiError(fault("file-altered", file=file.name, count=count, rows=len(rows), edition=name, sample=sample))


def _judge(doubtful: Sequence[tuple[Origin, Discrepancy]]) -> Origin:
    """The edition whose values a workbook has, when none that is kept says just the same beside them: it comes from one
    that is kept no more, or ``notes-altered``."""
    for origin, gap in doubtful:
        if gap.dated:
            return replace(origin, notes="another")
    origin, gap = min(doubtful, key=lambda each: len(each[1].labels))
    sample = " ; ".join(gap.labels[:_DIFFERING])
    raise BeffroiError(fault("notes-altered", file=origin.file, edition=origin.edition, sample=sample))


def _differing(series: pa.Table, name: str, rows: Sequence[Row]) -> tuple[int, list[Row]]:
    """The rows of a file that are not those of a series, in the geography in which fewest differ, which comes first."""
    own = [row for row in rows if row[0] == name]
    found = []
    for vintage in sorted(set(series["vintage"].to_pylist()), reverse=True):
        told = clean_rows(list_rows(series.filter(pc.equal(series["vintage"], vintage))))
        known = {row[:3] + row[4:5]: row for row in told}
        found.append((vintage, [row for row in own if not _is_same(row, known.get(row[:3] + row[4:5]))]))
    return min(found, key=lambda each: len(each[1]), default=(0, own))


def _is_same(row: Row, other: Row | None) -> bool:
    return other is not None and all(
        isclose(one, two, rel_tol=_PRECISION) if isinstance(one, float) and isinstance(two, float) else one == two
        for one, two in zip(row, other, strict=True)
    )


def _write_again(workplace: Workplace, edition: Edition, file: Path, sha256: str) -> Origin | None:
    """A file of a layer that is written again from this edition and comes out the same."""
    extension = next((each for each in GEODATA_TYPES if file.name.endswith(f".{each}")), None)
    release = workplace.lake.release(BUILDER, edition.id)
    if extension is None or "layers" not in release.catalogue:
        return None
    atlas = Atlas(release)
    for name, crs, language in _list_writings(atlas, extension, _COPY.sub("", file.name)):
        with TemporaryDirectory(prefix="beffroi-proof-") as folder:
            written = Path(folder) / f"written.{extension}"
            write_geodata(atlas, observe_layer(atlas, name, language), extension, crs, language, written)
            if hash_file(written)[0] == sha256:
                of, proof = (f"layer:{name}",), _find_object(workplace, edition, f"layer:{name}")
                return Origin(file.name, sha256, "written", of, None, edition.id, edition.built, proof)
    return None


def _list_writings(atlas: Atlas, extension: str, wanted: str) -> list[tuple[str, str, str]]:
    """Layers that may be taken away, with the systems and languages in which each is: those that the name of a file
    says, or all of them where it says none."""
    layers = [name for name in list_layers(atlas) if atlas.catalogue["layers"][name].get("download") != "refused"]
    every = [(name, crs, language) for name in layers for crs in GEODATA_CRS for language in LANGUAGES]
    named = [
        (name, crs, language)
        for name, crs, language in every
        if wanted in (name_geodata(observe_layer(atlas, name, language), extension, crs), _last(name, extension))
    ]
    return named or every


def _last(layer: str, extension: str) -> str:
    """The name that a file of a layer has among those of an export."""
    return f"{layer.rpartition('/')[2]}.{extension}"


__all__ = ["FigureProof", "Origin", "Proof", "prove_figure", "prove_file", "prove_file_by"]
