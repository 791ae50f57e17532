"""What a declaration says against what its model wants: pydantic's errors as our faults, each on its line.

A misspelt key is one fault, not two: the key that it stands for is not reported as missing.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel, ValidationError

from beffroi.catalog.reading.documents import Document, KeyPath, MappingNode, ScalarNode, found_words, wrong_type
from beffroi.catalog.reading.shapes import chosen_model, key_fields, kind_of, read_model, salvage
from beffroi.errors import Fault, fault, nearest_match

_EXAMPLES: Mapping[str, str] = {
    r"^(fr|en)$": "fr",
    r"^[a-z][a-z0-9_]*(/[a-z][a-z0-9_]*)*$": "insee/rp_iris",
    r"^\d{4}(-(Q[1-4]|0[1-9]|1[0-2]))?$": "2021, 2023-Q3, 2023-04",
    r"^[A-Z][A-Z0-9_]*$": "BEFFROI_TOKEN_SMT",
    r"^\d+(\.\d+)?(KB|MB|GB|TB)$": "2GB",
    r"^#[0-9a-f]{6}$": "#9a3412",
    r"^(https?://[^\s/]+|\{[A-Za-z_]\w*\})": "https://www.insee.fr/",
    r"^[a-z][a-z0-9+.-]*://\S+$": "s3://seau/fichier.csv",
    r"^(here|perimeter|commune|epci|arrondissement|departement|region|pays|similar|[a-z0-9_]+:[A-Za-z0-9_]+)$": (
        "here, epci, perimeter, commune:62498"
    ),
    r"^([a-z0-9_]+:)?[A-Za-z0-9_]+$": "pma, epci:246200364",
    r"^[a-z][a-z0-9_]*/_[a-z0-9_]+$": "mobility/_method",
    r"^[a-z][a-z0-9_]*$": "figure_1",
    r"^[a-z0-9_]+:[A-Za-z0-9_]+$": "grouping:pma",
    r"^\d{4}-\d{2}-\d{2}$": "2024-06-12",
    r"^EPSG:\d{4,6}$": "EPSG:2154",
    r"^(cat-[0-6]|#[0-9a-f]{6})$": "cat-0, cat-6, #9a3412",
    r"^(perimeter|[a-z0-9_]+:[A-Za-z0-9_]+)$": "perimeter, commune:62498",
    r"^https://[^\s/]+/\S*\{z\}\S*$": "https://tuiles.exemple.fr/{z}/{x}/{y}.png",
}
"""What a text of each pattern looks like: a reader of messages is not asked to read a regular expression."""

_SECRET_ONES = frozenset({"token_env"})
"""Keys where a secret may have been written in place of its name: what they hold is never shown."""

_TYPES = {
    "string": "text", "int": "integer", "float": "number", "bool": "boolean", "date": "date",
    "list": "sequence", "dict": "mapping", "model": "mapping",
}  # fmt: skip


@dataclass(frozen=True)
class Reading:
    """What came of one document: the model's instance (with ``UNREAD`` where something is wrong) and the faults."""

    value: Any
    faults: tuple[Fault, ...]


@dataclass(frozen=True)
class _Mismatch:
    path: KeyPath
    kind: str
    context: Mapping[str, Any]
    value: Any
    of_key: bool


def read_declaration(model: type[BaseModel], document: Document, path: KeyPath = ()) -> Reading:
    """The declaration of type ``model`` written at ``path`` of ``document``."""
    node = document.node(path)
    assert node is not None, "a declaration is read where its document has a node"
    data = read_model(model, node)
    try:
        return Reading(model.model_validate(data, strict=True), ())
    except ValidationError as error:
        mismatches = _mismatches(error, data)
    unknown = {(*found.path[:-1], str(found.path[-1])) for found in mismatches if found.kind == "extra_forbidden"}
    meant = _meant_by_unknown_keys(model, document, path, unknown)
    wrong = {found.path for found in mismatches} | set(meant.values())
    faults = tuple(
        _fault_of(found, model, document, path, meant)
        for found in mismatches
        if found.kind != "missing" or found.path not in meant.values()
    )
    return Reading(salvage(model, data, wrong), faults)


def _mismatches(error: ValidationError, data: Any) -> list[_Mismatch]:
    """One mismatch a path, the deepest only: of a union, the alternative that went furthest is the one meant."""
    found: dict[KeyPath, _Mismatch] = {}
    for entry in error.errors(include_url=False):
        path, of_key = _real_path(entry["loc"], data, entry["type"])
        found.setdefault(path, _Mismatch(path, entry["type"], entry.get("ctx", {}), entry["input"], of_key))
    above = {path[:length] for path in found for length in range(len(path))}
    return [mismatch for path, mismatch in found.items() if path not in above]


def _real_path(location: tuple[Any, ...], data: Any, kind: str) -> tuple[KeyPath, bool]:
    """A pydantic location without the names of union members, and whether it is a key that is wrong."""
    path: list[str | int] = []
    told: Any = None
    for index, step in enumerate(location):
        if isinstance(data, dict) and data is not told and data.get("kind") == step and index < len(location) - 1:
            told = data  # the name of the kind, not of a key
            continue
        if (isinstance(data, dict) and step in data) or (isinstance(data, list) and isinstance(step, int)):
            data = data[step]
        elif not (kind == "missing" and index == len(location) - 1):
            continue
        path.append(step)
    return tuple(path), location[-1] == "[key]" if location else False


def _meant_by_unknown_keys(
    model: type[BaseModel], document: Document, base: KeyPath, unknown: set[KeyPath]
) -> dict[KeyPath, KeyPath]:
    """For each unknown key that looks like a key of the model which is absent: the path of that key."""
    meant: dict[KeyPath, KeyPath] = {}
    for path in unknown:
        written = document.node((*base, *path[:-1]))
        known = _keys_at(model, document, base, path[:-1])
        absent = [key for key in known if key not in getattr(written, "entries", {})]
        if (near := nearest_match(str(path[-1]), absent)) is not None:
            meant[path] = (*path[:-1], near)
    return meant


def _keys_at(model: type[BaseModel], document: Document, base: KeyPath, path: KeyPath) -> list[str]:
    """The keys that a declaration may have at ``path``."""
    annotation: Any = model
    for index, step in enumerate(path):
        node = document.node((*base, *path[:index]))
        inner, items = chosen_model(annotation, mapping=isinstance(node, MappingNode), kind=kind_of(node))
        annotation = key_fields(inner).get(str(step)) if inner is not None else items
    node = document.node((*base, *path))
    inner = chosen_model(annotation, mapping=isinstance(node, MappingNode), kind=kind_of(node))[0]
    return list(key_fields(inner)) if inner is not None else []


def _owner_of(path: KeyPath) -> str:
    """The nearest key above the last one: what a reason is the reason of."""
    return next((step for step in reversed(path[:-1]) if isinstance(step, str)), str(path[-1]))


def _fault_of(
    found: _Mismatch, model: type[BaseModel], document: Document, base: KeyPath, meant: Mapping[KeyPath, KeyPath]
) -> Fault:
    path = (*base, *found.path)
    place = document.place(path)
    key = str(path[-1]) if path else ""
    node = document.node(path)
    written = found_words(node)
    if found.of_key:
        return fault("unknown-key", place, name=key, available=("fr", "en"))
    if found.kind == "extra_forbidden":
        known = _keys_at(model, document, base, found.path[:-1])
        near = meant.get(found.path)
        there = [name for name in known if near is None or name != key]
        made = fault("unknown-key", place, name=key, instead_of=key, available=there)
        return made if near is None else Fault(made.code, made.values, place, made.available, str(near[-1]))
    if key == "why" and (found.kind in ("missing", "string_too_short") or found.value is None):
        return fault("missing-why", place, name=_owner_of(path))
    if found.kind == "missing":
        return fault("missing-key", place, name=key)
    if found.kind == "union_tag_not_found":
        return fault("missing-key", place, name="kind")
    if found.kind == "union_tag_invalid":
        said, options = str(found.context["tag"]), re.findall(r"'([^']*)'", str(found.context["expected_tags"]))
        return fault("unknown-value", document.place((*path, "kind")), value=said, instead_of=said, available=options)
    if found.value is None or found.kind in ("too_short", "string_too_short"):
        return fault("empty-value", place, name=key)
    if key in _SECRET_ONES:
        return fault("variable-name-wanted", place)
    if found.kind == "literal_error" and isinstance(node, ScalarNode):
        choices = re.findall(r"'([^']*)'|(\d+)", str(found.context["expected"]))
        options = [text or number for text, number in choices]
        return fault("unknown-value", place, value=written, instead_of=written, available=options)
    if found.kind == "string_pattern_mismatch":
        pattern = str(found.context["pattern"])
        return fault("bad-format", place, value=written, example=_EXAMPLES.get(pattern, pattern))
    bounds = {"greater_than": ">", "greater_than_equal": "≥", "less_than": "<", "less_than_equal": "≤"}
    if found.kind in bounds:
        limit = next(found.context[name] for name in ("gt", "ge", "lt", "le") if name in found.context)
        return fault("out-of-range", place, value=written, limit=f"{bounds[found.kind]} {limit:g}")
    wanted = next((words for start, words in _TYPES.items() if found.kind.startswith(start)), "text")
    return wrong_type(place, wanted, node)
