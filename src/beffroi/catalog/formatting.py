"""The canonical form of declarations: keys in the model's order, two spaces, 120 columns, comments kept.

Only the layout changes. A file that cannot be read is left alone, and so is one that would not then be read as it was,
or would lose a comment. SQL is never touched.
"""

import json
from collections import Counter
from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel
from ruamel.yaml.error import YAMLError

from beffroi.catalog.breakdowns import Breakdown
from beffroi.catalog.indicators import INDICATOR_KINDS, IndicatorBase
from beffroi.catalog.layers import LAYER_KINDS, LayerBase
from beffroi.catalog.reading.commented import Branch, Entry, Leaf, all_comments, read_commented
from beffroi.catalog.reading.documents import Document, parse_document
from beffroi.catalog.reading.scalars import write_block, write_inline
from beffroi.catalog.reading.shapes import chosen_model, key_fields, kind_of, read_plainly


def format_text(text: str, annotation: Any) -> str:
    """One file in canonical form; ``annotation`` is its model, or a dict of models for a vocabulary."""
    document, faults = parse_document(text, "")
    if document is None or faults:
        return text
    try:
        commented = read_commented(text)
    except YAMLError:
        return text
    if annotation in (IndicatorBase, LayerBase):
        annotation = _model_of_kind(annotation, document)
    comments = Counter(all_comments(commented))
    lines = [*commented.head, *([""] if commented.head else [])]
    lines += _branch_lines(commented.root, annotation, 0)
    canonical = "\n".join(lines).lstrip("\n") + "\n"
    return canonical if _same(canonical, document, comments) else text


def set_keys(text: str, annotation: Any, values: Mapping[str, Any], renamed: Mapping[str, str] | None = None) -> str:
    """A file in canonical form with some of its keys set, or taken away where the value is None.

    Comments are kept, those beside an item of a list with that item, under its new name if it is ``renamed``. What
    says the same as before is left as it is written. The text is supposed to be good.
    """
    commented = read_commented(text)
    known = {entry.key.text: entry for entry in commented.root.entries if entry.key is not None}
    for key, value in values.items():
        if value is None:
            if key in known:
                commented.root.entries.remove(known[key])
            continue
        fresh = read_commented(json.dumps({key: value}, ensure_ascii=False)).root.entries[0]
        if key not in known:
            commented.root.entries.append(fresh)
        elif _said(known[key].value) != _said(fresh.value):
            known[key].value = _with_comments(fresh.value, known[key].value, renamed or {})
    lines = [*commented.head, *([""] if commented.head else []), *_branch_lines(commented.root, annotation, 0)]
    return "\n".join(lines).lstrip("\n") + "\n"


def _said(value: Leaf | Branch) -> Any:
    if isinstance(value, Leaf):
        return value.text
    return [(entry.key.text if entry.key else None, _said(entry.value)) for entry in value.entries]


def _with_comments(fresh: Leaf | Branch, before: Leaf | Branch, renamed: Mapping[str, str]) -> Leaf | Branch:
    """A list whose items have the comments that they had; anything else as it is now."""
    if isinstance(fresh, Leaf) or isinstance(before, Leaf) or fresh.mapping or before.mapping:
        return fresh
    items = {renamed.get(entry.value.text, entry.value.text): entry for entry in before.entries
             if isinstance(entry.value, Leaf)}  # fmt: skip
    for entry in fresh.entries:
        old = items.get(entry.value.text) if isinstance(entry.value, Leaf) else None
        if old is not None:
            entry.before, entry.beside = old.before, old.beside
    fresh.tail = before.tail
    return fresh


def _same(canonical: str, document: Document, comments: Counter[str]) -> bool:
    """Whether the canonical text says what the document says, with the same comments."""
    again, faults = parse_document(canonical, "")
    if again is None or faults:
        return False
    kept = read_commented(canonical)
    return read_plainly(again.root) == read_plainly(document.root) and Counter(all_comments(kept)) == comments


def _model_of_kind(base: type[BaseModel], document: Document) -> type[BaseModel]:
    kind = kind_of(document.root) or ""
    if base is LayerBase:
        return LAYER_KINDS.get(kind, LayerBase)
    return Breakdown if kind == "breakdown" else INDICATOR_KINDS.get(kind, IndicatorBase)


def _branch_lines(branch: Branch, annotation: Any, depth: int) -> list[str]:
    model, inside = chosen_model(annotation, mapping=branch.mapping, kind=_kind_said(branch))
    fields = key_fields(model) if model is not None else {}
    order = {key: index for index, key in enumerate(fields)}
    entries = branch.entries
    if fields:
        entries = sorted(entries, key=lambda entry: order.get(entry.key.text if entry.key else "", len(order)))
    lines: list[str] = []
    for index, entry in enumerate(entries):
        inner = fields.get(entry.key.text) if entry.key is not None and fields else inside
        before = entry.before[1:] if index == 0 and entry.before[:1] == [""] else entry.before
        lines += [_indented(text, depth) for text in before]
        lines += _entry_lines(entry, inner, depth)
    return lines + [_indented(text, depth) for text in branch.tail]


def _kind_said(branch: Branch) -> str | None:
    said = (entry.value for entry in branch.entries if entry.key is not None and entry.key.text == "kind")
    return next((value.text for value in said if isinstance(value, Leaf)), None)


def _entry_lines(entry: Entry, annotation: Any, depth: int) -> list[str]:
    margin = "  " * depth
    opening = (
        f"{margin}- " if entry.key is None else f"{margin}{write_inline(entry.key.text, entry.key.style, key=True)}:"
    )
    beside = f" {entry.beside}" if entry.beside else ""
    value = entry.value
    if isinstance(value, Leaf):
        return _leaf_lines(value, opening, beside, depth)
    if not value.entries:
        empty = "{}" if value.mapping else "[]"
        return [f"{opening.rstrip()} {empty}{beside}", *(_indented(text, depth + 1) for text in value.tail)]
    inner = _branch_lines(value, annotation, depth + 1)
    if (
        entry.key is None
        and not beside
        and inner[0].startswith("  " * (depth + 1))
        and not inner[0].lstrip(" ").startswith("#")
    ):
        return [opening + inner[0].lstrip(" "), *inner[1:]]
    return [opening.rstrip() + beside, *inner]


def _leaf_lines(leaf: Leaf, opening: str, beside: str, depth: int) -> list[str]:
    first = opening if opening.endswith(" ") else opening + " "
    block = write_block(leaf.text, leaf.style, margin="  " * (depth + 1), room=120 - len(first))
    if block is None:
        return [f"{first}{write_inline(leaf.text, leaf.style)}".rstrip() + beside]
    header, lines = block
    return [f"{first}{header}{beside}", *lines]


def _indented(text: str, depth: int) -> str:
    return f"{'  ' * depth}{text}" if text else ""
