"""What sources must be: one kind a location, parts that fill placeholders, terms that agree, readings that fit."""

import fnmatch
import re
from collections.abc import Iterable, Iterator
from pathlib import PurePosixPath
from typing import Any

from beffroi.catalog.reading.documents import KeyPath, MappingNode, Node, ScalarNode, SequenceNode
from beffroi.catalog.reading.shapes import UNREAD, unread, wholly_read
from beffroi.catalog.rules.drafts import Draft, Drafts, check_reference, check_repeats
from beffroi.catalog.rules.tables import check_audience, check_openness
from beffroi.catalog.rules.vocabularies import check_name
from beffroi.catalog.sources import LOCATION_KINDS, RASTER_FORMAT, FileSpec, Location, Reading, Source
from beffroi.errors import Fault, Place, fault

_PLACEHOLDER = re.compile(r"(?<!\$)\{([A-Za-z_]\w*)\}")
"""``{year}``, a part's variable; ``${BEFFROI_KEY}`` is a secret of the environment, and no part's."""
_SECRET = re.compile(r"://[^/@\s]+:[^/@\s]+@|[?&](api_?key|(access_)?token|password|secret|key)=(?!\$?\{)[^&\s]", re.I)
_SECRET_NAME = re.compile(r"(secret|password|token|api_?key|^key$|access_key)", re.I)

_ONLY_FOR: dict[str, tuple[str, ...]] = {
    "delimiter": ("csv",),
    "quote": ("csv",),
    "decimal": ("csv", "xlsx"),
    "header_row": ("csv", "xlsx"),
    "names": ("csv", "xlsx"),
    "sheet": ("xlsx",),
    "layer": ("geopackage",),
    "records": ("json",),
}
"""Keys of a reading that mean something for some formats only."""

_FORMATS: dict[str, tuple[str, ...]] = {
    ".csv": ("csv",), ".tsv": ("csv",), ".txt": ("csv",), ".xlsx": ("xlsx",), ".json": ("json", "geojson"),
    ".geojson": ("geojson", "json"), ".shp": ("shapefile",), ".gpkg": ("geopackage",), ".fgb": ("flatgeobuf",),
    ".parquet": ("parquet",), ".geoparquet": ("parquet",), ".xls": ("xlsx",), ".ods": ("xlsx",),
    ".tif": ("geotiff",), ".tiff": ("geotiff",),
}  # fmt: skip
_COMPRESSED = (".gz", ".bz2", ".xz", ".lzma", ".zst")


def check_source(draft: Draft[Source], drafts: Drafts) -> Iterator[Fault]:
    """The faults of one ``source.yaml``, its contract excepted."""
    source = draft.value
    yield from check_themes(draft, drafts)
    yield from _check_terms(draft, drafts)
    yield from _check_parts(draft)
    yield from _check_files(draft, source.files, "files")
    yield from _check_images(draft, drafts)
    yield from _check_placeholders(draft)
    if unread(source.locations):
        return
    node = draft.node("locations")
    for index, item in enumerate(getattr(node, "items", ())):
        if isinstance(item, MappingNode):
            yield from _check_location(draft, _location_at(draft, index), item, "locations", index)
            if wholly_read(draft.value.locations) and wholly_read(draft.value.files):
                yield from _check_parts_used(draft, item, index)
    yield from _check_overrides(draft, drafts)


def check_strays(draft: Draft[Source], strays: Iterable[str]) -> Iterator[Fault]:
    """One fault for each file of the source's folder that nothing reads: a ``file`` location may name some."""
    locations = [] if unread(draft.value.locations) else draft.value.locations
    if unread(draft.value.locations) or any(unread(item) or unread(item.file) for item in locations):
        return
    paths = [
        _PLACEHOLDER.sub("*", str(PurePosixPath(item.file.path)))
        for item in locations
        if item.file is not None and not unread(item.file.path)
    ]
    folder = str(PurePosixPath(draft.document.file).parent)
    expected = ("source.yaml", "table.sql", "README.md", "source.lock")
    for stray in strays:
        if not any(
            path == "." or fnmatch.fnmatch(stray, path) or fnmatch.fnmatch(stray, f"{path}/*") for path in paths
        ):
            name = PurePosixPath(stray).name
            yield fault("unknown-file", Place(f"{folder}/{stray}"), name=name, instead_of=name, available=expected)


def check_themes(draft: Draft[Any], drafts: Drafts) -> Iterator[Fault]:
    """One fault for each theme that the vocabulary lacks."""
    if unread(draft.value.themes):
        return
    yield from check_repeats(draft, draft.value.themes, "themes")
    for index, item in enumerate(getattr(draft.node("themes"), "items", ())):
        if isinstance(item, ScalarNode):
            yield from check_reference(draft, drafts.themes, item.text, "unknown-theme", "themes", index)


def _check_terms(draft: Draft[Source], drafts: Drafts) -> Iterator[Fault]:
    source = draft.value
    if source.synthetic is True and source.why is None:
        yield draft.fault("missing-why", "synthetic", name="synthetic")
    if source.synthetic is True and drafts.workspace is not None and drafts.workspace.value.synthetic is False:
        yield draft.fault("synthetic-among-real", "synthetic", name="synthetic", also="")
    if source.synthetic is False and source.licence == "synthetic":
        yield draft.fault("synthetic-not-said", "licence")
    if unread(source.use, source.licence):
        return
    expected = source.licence if source.licence in ("agreement", "purchased") else "open"
    if source.use != expected and source.licence != "synthetic":
        yield draft.fault("licence-use-mismatch", "use", use=source.use, licence=source.licence, expected=expected)


def _check_parts(draft: Draft[Source]) -> Iterator[Fault]:
    """One fault for each part that has not the variables of the others, or repeats one."""
    every = _parts(draft)
    if every is None:
        return
    asked = {name for _, text in _placeholder_texts(draft) for name in _PLACEHOLDER.findall(text)}
    names = dict.fromkeys(name for item in every for name in item.entries)
    count = {name: sum(name in item.entries for item in every) for name in names}
    expected = [name for name in names if 2 * count[name] > len(every) or name in asked]
    for index, item in enumerate(every):
        for name in item.entries:
            yield from check_name(draft, name, "parts", index, name)
        odd = [name for name in expected if name not in item.entries]
        odd = odd or [name for name in item.entries if name not in expected]
        if odd:
            yield draft.fault("parts-uneven", "parts", index, name=odd[0])
        if any(_texts(item) == _texts(other) for other in every[:index]):
            said = ", ".join(f"{name}={text}" for name, text in _texts(item).items())
            yield draft.fault("duplicate-value", "parts", index, value=said)


def _parts(draft: Draft[Source]) -> list[MappingNode] | None:
    """The parts as they are written; None when they cannot be read."""
    node = draft.node("parts")
    if unread(draft.value.parts) or (node is not None and not isinstance(node, SequenceNode)):
        return None
    return [item for item in (node.items if node else []) if isinstance(item, MappingNode)]


def _texts(node: MappingNode) -> dict[str, str]:
    return {name: getattr(child, "text", "") for name, child in node.entries.items()}


def _location_at(draft: Draft[Source], index: int) -> Location | None:
    """The location number ``index`` of the text, when none before it was lost in reading."""
    items = getattr(draft.node("locations"), "items", ())
    locations = draft.value.locations
    return locations[index] if len(locations) == len(items) else None


def _check_location(
    draft: Draft[Source], location: Location | None, node: MappingNode, *path: str | int
) -> Iterator[Fault]:
    kinds = [name for name in LOCATION_KINDS if name in node.entries]
    unknown = [name for name in node.entries if name not in Location.model_fields]
    if len(kinds) > 1 or (not kinds and not unknown):
        yield draft.fault("exactly-one-of", *path, keys=", ".join(LOCATION_KINDS), found=", ".join(kinds) or "–")
    yield from _check_secrets(draft, node, path)
    if location is None:
        return
    dataset, database = location.data_gouv, location.postgres
    if dataset is not None and not unread(dataset) and dataset.resource is not None and dataset.title is not None:
        yield draft.fault("exclusive-keys", *path, "data_gouv", "title", keys="resource, title")
    if database is not None and not unread(database):
        said = [key for key in ("table", "query") if getattr(database, key) is not None]
        if len(said) != 1:
            yield draft.fault("exactly-one-of", *path, "postgres", keys="table, query", found=", ".join(said) or "–")
    yield from _check_files(draft, location.files, *path, "files")


def _check_parts_used(draft: Draft[Source], location: MappingNode, index: int) -> Iterator[Fault]:
    """One fault when several parts would fetch and read the same thing, and repeat its rows."""
    every = _parts(draft)
    if every is None or len(every) < 2:
        return
    holders: list[Node | None] = [location, draft.node("files")]
    texts = [text for holder in holders if holder is not None for _, text in _scalars(holder, ())]
    used = {name for text in texts for name in _PLACEHOLDER.findall(text)}
    if not used:
        names = ", ".join(dict.fromkeys(name for item in every for name in item.entries))
        yield draft.fault("parts-unused", "locations", index, names=names)


def _check_overrides(draft: Draft[Source], drafts: Drafts) -> Iterator[Fault]:
    """One fault for each file that locations override and nobody declares, unless the SELECT asks for it as well."""
    files = draft.value.files
    table = drafts.tables.known.get(draft.id)
    told = {found.name for found in table.statement.relations} if table and table.statement else set()
    for index, item in enumerate(getattr(draft.node("locations"), "items", ())):
        override = item.entries.get("files") if isinstance(item, MappingNode) else None
        if unread(files) or not isinstance(override, MappingNode):
            continue
        for name in override.entries:
            if name not in files and name not in told:
                told.add(name)
                path = ("locations", index, "files", name)
                yield draft.fault("unknown-source-file", *path, name=name, instead_of=name, available=files)


def _check_placeholders(draft: Draft[Source]) -> Iterator[Fault]:
    """One fault for each name that no part gives, where it first stands."""
    every = _parts(draft)
    if every is None:
        return
    told = {name for item in every for name in item.entries}
    variables = sorted(told)
    for path, text in _placeholder_texts(draft):
        for name in _PLACEHOLDER.findall(text):
            if name not in told:
                told.add(name)
                yield draft.fault("unknown-placeholder", *path, name=name, instead_of=name, available=variables)


def _placeholder_texts(draft: Draft[Source]) -> Iterator[tuple[KeyPath, str]]:
    """The texts in which ``{name}`` stands for a variable: those of locations and files, save notes and patterns."""
    for key in ("locations", "files"):
        if (node := draft.node(key)) is not None:
            for path, text in _scalars(node, (key,)):
                if "note" not in path and "columns" not in path:
                    yield path, text


def _check_secrets(draft: Draft[Source], node: MappingNode, path: KeyPath) -> Iterator[Fault]:
    for inner, text in _scalars(node, path):
        named = inner[-2:-1] in (("options",), ("query",)) and _SECRET_NAME.search(str(inner[-1])) is not None
        if _SECRET.search(text) or (named and text and "{" not in text):
            yield draft.fault("secret-in-text", *inner)


def _scalars(node: Node, path: KeyPath) -> Iterator[tuple[KeyPath, str]]:
    if isinstance(node, ScalarNode):
        yield path, node.text
    elif isinstance(node, MappingNode):
        for key, child in node.entries.items():
            yield from _scalars(child, (*path, key))
    else:
        for index, child in enumerate(node.items):
            yield from _scalars(child, (*path, index))


def _check_files(draft: Draft[Source], files: Any, *path: str | int) -> Iterator[Fault]:
    if unread(files):
        return
    for name, spec in files.items():
        if path == ("files",):
            yield from check_name(draft, name, *path, name)
        if not unread(spec):
            yield from _check_member(draft, spec, *path, name)
            if not unread(spec.read):
                yield from _check_reading(draft, spec.read, *path, name, "read")


def _check_images(draft: Draft[Source], drafts: Drafts) -> Iterator[Fault]:
    """Images and rows do not go together: who may see the ones is said by the source, the others by its table."""
    source = draft.value
    yield from check_audience(draft, drafts, source.audience, "audience")
    if unread(source.files) or any(unread(spec, spec.read, spec.read.format) for spec in source.files.values()):
        return
    forms = {name: spec.read.format for name, spec in source.files.items()}
    images = [name for name, form in forms.items() if form == RASTER_FORMAT]
    if images and (source.table is not None or len(images) < len(forms)):
        yield draft.fault("image-among-rows", "files", images[0], name=images[0])
    if source.audience is not None and not images:
        yield draft.fault("key-without-effect", "audience", name="audience", cause="files")
    if images and source.audience in (None, "public"):
        yield from check_openness(source, draft.fault)


def _check_member(draft: Draft[Source], spec: FileSpec, *path: str | int) -> Iterator[Fault]:
    if spec.member is None or unread(spec.member):
        return
    for member in spec.member.split("!"):
        if member.startswith("/") or ".." in member.split("/") or not member:
            yield draft.fault("bad-format", *path, "member", value=spec.member, example="data/*.csv")
            return
    name = spec.member.split("!")[-1].lower()
    while name.endswith(_COMPRESSED):
        name = name.rpartition(".")[0]
    formats = _FORMATS.get(PurePosixPath(name).suffix)
    asked = UNREAD if unread(spec.read) else spec.read.format
    if formats is not None and not unread(asked) and asked not in formats:
        yield draft.fault(
            "format-mismatch", *path, "read", "format", format=asked, member=spec.member, available=formats
        )


def _check_reading(draft: Draft[Source], reading: Reading, *path: str | int) -> Iterator[Fault]:
    kind = reading.format
    if kind == RASTER_FORMAT:
        for key in sorted(reading.model_fields_set - {"format"}):
            yield draft.fault("key-without-effect", *path, key, name=key, cause=f"format: {kind}")
        return
    for key, formats in _ONLY_FOR.items():
        if key in reading.model_fields_set and not unread(kind) and kind not in formats:
            yield draft.fault("key-without-effect", *path, key, name=key, cause=f"format: {kind}")
    if reading.header_row == 0 and reading.names is None:
        yield draft.fault("missing-key", *path, "names", name="names")
    if not unread(reading.names):
        yield from check_repeats(draft, reading.names, *path, "names")
    wide = reading.wide
    if wide is not None and not unread(wide) and not unread(wide.columns):
        try:
            groups = re.compile(wide.columns).groups
        except re.error:
            groups = 0
        if groups < 1:
            yield draft.fault("bad-format", *path, "wide", "columns", value=wide.columns, example=r"^p(\d{4})$")
