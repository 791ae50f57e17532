"""Drafts of layers written in a workspace from a project or a style: what is declared, and what was lost.

A draft says nothing of where data come from: its table is to be named by whoever declares it. No text that is there
already is touched.
"""

import math
import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from beffroi.catalog.formatting import format_text
from beffroi.catalog.imports.qgis_layers import find_layers
from beffroi.catalog.imports.safe_files import read_tree
from beffroi.catalog.imports.sld_styles import find_sld, is_sld
from beffroi.catalog.imports.styles import FoundLayer, Loss, declare_style
from beffroi.catalog.layers import RESERVED_ATTRIBUTES, RowLayer
from beffroi.catalog.reading.scalars import write_inline
from beffroi.errors import BeffroiError, fault
from beffroi.language import text

_COLUMN = re.compile(r"[a-z][a-z0-9_]*")


@dataclass(frozen=True)
class Imported:
    """A layer that was found: the file of its draft, None when it has none, and what was lost of it."""

    title: str
    file: str | None
    losses: tuple[Loss, ...]


def import_styles(
    path: Path, root: Path, theme: str, tables: Iterable[str] = (), language: str = "fr"
) -> tuple[Imported, ...]:  # fmt: skip
    """Write a draft in ``layers/<theme>/`` for each vector layer of a ``.qgz``, ``.qgs``, ``.qml`` or ``.sld`` file.

    ``tables`` are those declared: a layer that was read from a thing of the same name is given it. Faults:
    ``import-not-read``, ``import-refused``, ``import-empty``.
    """
    tree = read_tree(path)
    found = [find_sld(tree, path.stem)] if is_sld(tree) else list(find_layers(tree, path.stem))
    if not found or not (tree.tag in ("qgis", "qlr") or is_sld(tree)):
        raise BeffroiError(fault("import-empty", name=path.name))
    known = tuple(tables)
    return tuple(_write(each, root, theme, known, path.name, language) for each in found)


def _write(
    layer: FoundLayer, root: Path, theme: str, tables: Sequence[str], origin: str, language: str
) -> Imported:  # fmt: skip
    if any(loss.what == "not_vector" for loss in layer.losses):
        return Imported(layer.title, None, tuple(layer.losses))
    name, rank = _slug(layer.title), 1
    file = f"layers/{theme}/{name}.yaml"
    while (root / file).exists():
        rank += 1
        file = f"layers/{theme}/{name}_{rank}.yaml"
    declared = _declare(layer, theme, tables, text("imports.origin", language, name=origin), language)
    lines = [f"# {text('imports.draft', language, name=_one_line(origin))}"]
    if layer.source:
        lines.append(f"# {text('imports.source', language, source=_one_line(layer.source)[:200])}")
    lines += [f"# {text('imports.lost', language)} {_one_line(say_loss(loss, language))}" for loss in layer.losses]
    target = root / file
    target.parent.mkdir(parents=True, exist_ok=True)
    with target.open("x", encoding="utf-8", newline="\n") as stream:
        stream.write(format_text("\n".join([*lines, *_yaml(declared)]) + "\n", RowLayer))
    return Imported(layer.title, file, tuple(layer.losses))


def say_loss(loss: Loss, language: str) -> str:
    """What was lost, in words."""
    return text(f"imports.{loss.what}", language, detail=loss.detail or "–")


def _declare(layer: FoundLayer, theme: str, tables: Sequence[str], origin: str, language: str) -> dict[str, Any]:
    style = declare_style(layer, origin)
    wanted = [name for name in (style.get("column"), layer.labels and layer.labels[0]) if name]
    attributes: dict[str, Any] = {}
    for name in dict.fromkeys([*layer.attributes, *wanted]):
        if not _COLUMN.fullmatch(name):
            layer.lose("field_name", name)
        elif name not in RESERVED_ATTRIBUTES or name in wanted:
            attributes[name] = {"title": layer.attributes[name]} if layer.attributes.get(name) else None
    declared: dict[str, Any] = {
        "title": layer.title or "…",
        "description": layer.abstract or text("imports.description", language),
        "theme": theme,
        "kind": "rows",
        "table": _guess(layer, tables) or text("imports.table", language),
        "attributes": attributes or {text("imports.attribute", language): None},
        "style": style,
    }
    if layer.labels:
        attribute, zoom = layer.labels
        declared["labels"] = {"attribute": attribute} | ({"from_zoom": zoom} if zoom is not None else {})
    if layer.least_zoom:
        declared["zoom"] = {"min": min(layer.least_zoom, 14)}
    return declared


def _guess(layer: FoundLayer, tables: Sequence[str]) -> str | None:
    """The declared table that has the name of what the layer was read from, when there is one and no other."""
    source = layer.source.lower()
    named = set(re.findall(r"[a-z][a-z0-9_]*", source))
    found = [table for table in tables if table.rpartition("/")[2] in named]
    return found[0] if len(found) == 1 else None


def _slug(words: str) -> str:
    plain = unicodedata.normalize("NFKD", words).encode("ascii", "ignore").decode().lower()
    name = re.sub(r"[^a-z0-9]+", "_", plain).strip("_")[:60]
    return name if name[:1].isalpha() else f"couche_{name}".rstrip("_")


def _one_line(words: str) -> str:
    return " ".join("".join(letter if letter.isprintable() else " " for letter in words).split())


def _yaml(declared: Mapping[str, Any], margin: str = "") -> list[str]:
    """A declaration as text; it holds mappings, lists of numbers, and scalars."""
    lines = []
    for key, value in declared.items():
        named = f"{margin}{write_inline(str(key), 'quoted', key=True)}:"
        if isinstance(value, Mapping):
            lines += [named, *_yaml(value, margin + "  ")]
        elif isinstance(value, list):
            lines.append(f"{named} [{', '.join(map(_number, value))}]")
        elif isinstance(value, str):
            lines.append(f"{named} {write_inline(_one_line(value), 'quoted')}")
        elif isinstance(value, bool):
            lines.append(f"{named} {str(value).lower()}")
        else:
            lines.append(f"{named} {_number(value)}" if value is not None else named)
    return lines


def _number(value: float) -> str:
    return str(int(value)) if math.isfinite(value) and value == int(value) else repr(float(value))


__all__ = ["Imported", "import_styles", "say_loss"]
