"""Which files a workspace has, and what each declares: the id of a thing is its path.

A file that looks like a declaration and is not where it would be read is a fault, for it would otherwise be ignored in
silence. What cannot be taken for one (pictures, notes, hidden files, the folders of other rooms) is let be.
"""

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from beffroi.errors import Fault, Place, fault

VOCABULARIES = ("themes", "units", "columns")
FOLDERS = ("vocabulary", "territories", "sources", "tables", "indicators", "layers", "maps", "observatories")
OTHER_FOLDERS = ("publications", "studies", "programme", "deposits")
SUFFIXES = (".yaml", ".yml", ".sql", ".json", ".toml")
"""How a file that means to declare something ends, rightly or wrongly."""

MAX_DEPTH = 8
"""Folders deeper than that are not walked: a link that goes back up would never end."""

IMAGES = (".png", ".jpg", ".jpeg", ".webp", ".svg")
"""How a picture of an observatory ends; a drawing (SVG) must hold no program to be shown."""

_SEGMENT = re.compile(r"[a-z][a-z0-9_]*")
_PAGE = re.compile(r"(_?[a-z][a-z0-9_]*)(?:\.(en))?\.md")


@dataclass
class Layout:
    """The files of a workspace by what they declare; values are names relative to its root, with ``/``."""

    workspace: str | None = None
    vocabularies: dict[str, str] = field(default_factory=dict)
    groupings: dict[str, str] = field(default_factory=dict)
    sources: dict[str, str] = field(default_factory=dict)
    tables: dict[str, str] = field(default_factory=dict)
    statements: dict[str, str] = field(default_factory=dict)
    """The ``table.sql`` of each source or derived table, by ``sources/<id>`` or ``tables/<id>``."""
    indicators: dict[str, str] = field(default_factory=dict)
    layers: dict[str, str] = field(default_factory=dict)
    maps: dict[str, dict[str, str]] = field(default_factory=dict)
    """The text of each map by language."""
    observatories: dict[str, str] = field(default_factory=dict)
    pages: dict[str, dict[str, str]] = field(default_factory=dict)
    """The text of each page by language, by ``<observatory>/<page>``."""
    fragments: dict[str, str] = field(default_factory=dict)
    """Texts that pages include, by ``<observatory>/_<name>``."""
    images: dict[str, list[str]] = field(default_factory=dict)
    """Names of the pictures of each observatory."""
    extras: dict[str, list[str]] = field(default_factory=dict)
    """Other files in the folder of a source, by its id: a ``file`` location may read them."""
    misplaced: dict[str, set[str]] = field(default_factory=dict)
    """Ids that a faulty file probably means, by folder: who refers to them commits no fault of their own."""
    faults: list[Fault] = field(default_factory=list)


def read_layout(root: Path) -> Layout:
    """Walk through the workspace once."""
    layout = Layout(misplaced={folder: set() for folder in FOLDERS})
    folders, names = _entries(root)
    if "workspace.yaml" in names:
        layout.workspace = "workspace.yaml"
    else:
        layout.faults.append(fault("missing-file", Place("workspace.yaml"), name="workspace.yaml"))
    for name in names:
        if name != "workspace.yaml" and name.endswith(SUFFIXES[:3]):
            layout.faults.append(
                fault("unknown-file", Place(name), name=name, instead_of=name, available=("workspace.yaml",))
            )
    for folder in folders:
        if folder in OTHER_FOLDERS:
            continue
        found = fault(
            "unknown-folder", Place(folder + "/"), name=folder, instead_of=folder, available=(*FOLDERS, *OTHER_FOLDERS)
        )
        if folder not in FOLDERS and (found.nearest or _declares(root / folder)):
            layout.faults.append(found)
            if found.nearest in FOLDERS:
                layout.misplaced[found.nearest].update(_probable_ids(root / folder))
    _read_vocabulary(root, layout)
    _read_groupings(root, layout)
    _read_nested(root, layout, "indicators", layout.indicators)
    _read_nested(root, layout, "layers", layout.layers)
    _read_maps(root, layout)
    _read_tables(root, layout, "sources", "source.yaml", layout.sources)
    _read_tables(root, layout, "tables", "table.yaml", layout.tables)
    _read_observatories(root, layout)
    return layout


def _read_vocabulary(root: Path, layout: Layout) -> None:
    folders, names = _entries(root / "vocabulary")
    expected = tuple(f"{name}.yaml" for name in VOCABULARIES)
    for name in names:
        if name in expected:
            layout.vocabularies[name.removesuffix(".yaml")] = f"vocabulary/{name}"
        elif name != "README.md":
            made = _refuse(layout, f"vocabulary/{name}", available=expected)
            if made.nearest:
                layout.misplaced["vocabulary"].add(made.nearest.removesuffix(".yaml"))
    for folder in folders:
        _refuse(layout, f"vocabulary/{folder}/", available=expected)


def _read_groupings(root: Path, layout: Layout) -> None:
    folders, names = _entries(root / "territories")
    for name in names:
        if name.endswith(".yaml"):
            _take(layout, "territories", name.removesuffix(".yaml"), f"territories/{name}", layout.groupings)
        elif name != "README.md":
            _refuse(layout, f"territories/{name}", available=_right_name(name, ".yaml"))
            layout.misplaced["territories"].add(probable_id(PurePosixPath(name).stem))
    for folder in folders:
        _refuse(layout, f"territories/{folder}/", available=("territories/<code>.yaml",))
        layout.misplaced["territories"].update(
            PurePosixPath(found).name for found in _probable_ids(root / "territories" / folder)
        )


def _read_nested(root: Path, layout: Layout, kind: str, declared: dict[str, str]) -> None:
    """The files of ``indicators/`` or ``layers/``: each declares one thing, at any depth."""
    for folder, names in _walk(root / kind):
        for name in names:
            relative = f"{folder}/{name}" if folder else name
            if name.endswith(".yaml"):
                _take(layout, kind, relative.removesuffix(".yaml"), f"{kind}/{relative}", declared)
            elif name != "README.md":
                _refuse(layout, f"{kind}/{relative}", available=_right_name(name, ".yaml"))
                layout.misplaced[kind].add(probable_id(str(PurePosixPath(relative).with_suffix(""))))


def _read_maps(root: Path, layout: Layout) -> None:
    """The files of ``maps/``: the text of a map, and its translations."""
    folders, names = _entries(root / "maps")
    for folder in folders:
        _refuse(layout, f"maps/{folder}/", available=("<map>.md", "<map>.en.md"))
    for name in names:
        found = _PAGE.fullmatch(name)
        if found is not None and not name.startswith("_"):
            layout.maps.setdefault(found.group(1), {})[found.group(2) or "fr"] = f"maps/{name}"
        elif name != "README.md":
            _refuse(layout, f"maps/{name}", available=("<map>.md", "<map>.en.md"))
            layout.misplaced["maps"].add(probable_id(name.partition(".")[0]))
    for name, files in layout.maps.items():
        if "fr" not in files:
            layout.faults.append(fault("missing-file", Place(f"maps/{name}.md"), name=f"{name}.md"))
            layout.misplaced["maps"].add(name)


def _read_tables(root: Path, layout: Layout, kind: str, main: str, declared: dict[str, str]) -> None:
    """The folders of ``sources/`` or ``tables/``: a folder declares something when it has the ``main`` file."""
    expected = (main, "table.sql", "README.md", *(("source.lock",) if kind == "sources" else ()))
    owners: set[str] = set()
    for folder, names in _walk(root / kind):
        if main in names and folder:
            owners.add(folder)
            _take(layout, kind, folder, f"{kind}/{folder}/{main}", declared)
            if "table.sql" in names:
                layout.statements[f"{kind}/{folder}"] = f"{kind}/{folder}/table.sql"
        owner = next((parent for parent in _upwards(folder) if parent in owners), None)
        known = expected if folder and folder == owner else ("table.sql", "README.md") if folder else ("README.md",)
        strays = [name for name in names if name not in known]
        if owner is not None and kind == "sources":
            prefix = folder.removeprefix(owner).lstrip("/")
            layout.extras.setdefault(owner, []).extend(f"{prefix}/{name}" if prefix else name for name in strays)
            continue
        for name in strays:
            _refuse(layout, f"{kind}/{folder}/{name}" if folder else f"{kind}/{name}", available=expected)
        if owner != folder and folder:
            if strays:
                layout.misplaced[kind].add(probable_id(folder))
            elif "table.sql" in names:
                layout.faults.append(fault("missing-file", Place(f"{kind}/{folder}/{main}"), name=main))
                layout.misplaced[kind].add(probable_id(folder))


def _read_observatories(root: Path, layout: Layout) -> None:
    """The folders of ``observatories/``: one each, with its declaration, its pages and its pictures."""
    folders, strays = _entries(root / "observatories")
    for name in strays:
        if name != "README.md":
            _refuse(layout, f"observatories/{name}", available=("<id>/observatory.yaml",))
    for folder in folders:
        inner, names = _entries(root / "observatories" / folder)
        for name in inner:
            _refuse(layout, f"observatories/{folder}/{name}/", available=("observatory.yaml", "<page>.md"))
        if "observatory.yaml" in names:
            _take(layout, "observatories", folder, f"observatories/{folder}/observatory.yaml", layout.observatories)
        elif names:
            file = f"observatories/{folder}/observatory.yaml"
            layout.faults.append(fault("missing-file", Place(file), name="observatory.yaml"))
            layout.misplaced["observatories"].add(probable_id(folder))
        for name in names:
            if name not in ("observatory.yaml", "README.md"):
                _read_page_file(layout, folder, name)


def _read_page_file(layout: Layout, folder: str, name: str) -> None:
    file = f"observatories/{folder}/{name}"
    page = _PAGE.fullmatch(name)
    if page is None:
        if name.lower().endswith(IMAGES):
            layout.images.setdefault(folder, []).append(name)
        else:
            _refuse(layout, file, available=("observatory.yaml", "<page>.md", "<page>.en.md", *IMAGES))
    elif name.startswith("_"):
        layout.fragments[f"{folder}/{name.removesuffix('.md')}"] = file
    else:
        layout.pages.setdefault(f"{folder}/{page.group(1)}", {})[page.group(2) or "fr"] = file


def _upwards(folder: str) -> Iterator[str]:
    """A folder, then those that hold it, nearest first."""
    while folder:
        yield folder
        folder = folder.rpartition("/")[0]


def _take(layout: Layout, kind: str, found: str, file: str, declared: dict[str, str]) -> None:
    wrong = [segment for segment in found.split("/") if not _SEGMENT.fullmatch(segment)]
    if wrong:
        layout.faults.append(fault("bad-id", Place(file), name=wrong[0], better=probable_id(wrong[0])))
        layout.misplaced[kind].update({found, probable_id(found)})
    else:
        declared[found] = file


def _refuse(layout: Layout, file: str, available: tuple[str, ...]) -> Fault:
    name = PurePosixPath(file).name
    code = "unknown-folder" if file.endswith("/") else "unknown-file"
    made = fault(code, Place(file), name=name, instead_of=name, available=available)
    layout.faults.append(made)
    return made


def _right_name(name: str, suffix: str) -> tuple[str, ...]:
    return (probable_id(PurePosixPath(name).stem) + suffix,)


def probable_id(name: str) -> str:
    """The id that a name probably means."""
    words = re.sub(r"[^a-z0-9_/]+", "_", name.lower()).strip("_")
    return words if words[:1].isalpha() else f"x{words}"


def _declares(folder: Path) -> bool:
    return any(name.endswith(SUFFIXES[:3]) for _, names in _walk(folder) for name in names)


def _probable_ids(folder: Path) -> Iterator[str]:
    for inner, names in _walk(folder):
        for name in names:
            if name.endswith((".yaml", ".yml")):
                stem = PurePosixPath(name).stem
                yield probable_id(inner if stem in ("source", "table") else f"{inner}/{stem}" if inner else stem)


def _walk(folder: Path) -> Iterator[tuple[str, list[str]]]:
    """Every folder inside, in order, as its path relative to ``folder`` and the names of its files."""
    pending = [""]
    while pending:
        relative = pending.pop()
        folders, names = _entries(folder / relative)
        yield relative, names
        if relative.count("/") >= MAX_DEPTH:
            continue
        pending += [f"{relative}/{name}" if relative else name for name in reversed(folders)]


def _entries(folder: Path) -> tuple[list[str], list[str]]:
    """Names of the folders and of the files of ``folder``, sorted, without the hidden ones; none when it is absent."""
    folders: list[str] = []
    names: list[str] = []
    try:
        with os.scandir(folder) as entries:
            for entry in entries:
                if entry.name.startswith((".", "__")):
                    continue
                (folders if entry.is_dir() else names).append(entry.name)
    except (FileNotFoundError, NotADirectoryError):
        return [], []
    return sorted(folders), sorted(names)
