"""What units and columns must be: names, ranges with their reason, values of the column's type."""

import re
from collections.abc import Iterator
from typing import Any

from beffroi.catalog.reading.documents import ScalarNode, SequenceNode
from beffroi.catalog.reading.layouts import probable_id
from beffroi.catalog.reading.shapes import UNREAD, read_scalar, unread
from beffroi.catalog.rules.drafts import Draft, Drafts, check_reference, check_repeats
from beffroi.catalog.vocabularies import Column, ColumnUse
from beffroi.errors import Fault

NUMERIC = ("integer", "decimal", "number")
"""Types whose values can be added up."""

_SHARED = frozenset({"type", "unit"})
"""What a contract may repeat of the vocabulary's column, and never change."""

_NAME = re.compile(r"[a-z_][a-z0-9_]*")


def check_name(draft: Draft[Any], name: str, *path: str | int) -> Iterator[Fault]:
    """One fault when a theme, unit, column or file has a name that SQL and addresses could not bear."""
    if not _NAME.fullmatch(name):
        yield draft.fault("bad-format", *path, value=name, example=probable_id(name))


def complete_column(use: ColumnUse | None, shared: Any) -> Any:
    """A column of a contract with what the vocabulary says of that name; ``UNREAD`` when its type is unknown.

    ``shared`` is the vocabulary's column, None when it has none, ``UNREAD`` when it could not be read.
    """
    if unread(use) or (unread(shared) and (use is None or use.type is None)):
        return UNREAD
    inherited = {} if shared is None or unread(shared) else _said(shared)
    said = {} if use is None else _said(use)
    values = {**inherited, **said}
    for key in _SHARED.intersection(inherited, said):
        if inherited[key] != said[key]:
            # A contract and the vocabulary that disagree: which of them is right cannot be known.
            values[key] = UNREAD
    return Column.model_construct(**values) if values.get("type") is not None else UNREAD


def settle_values(column: Any, node: Any) -> Any:
    """The column with its accepted values as it holds them: as they are written (``01``) when it is a text."""
    if unread(column, column.type, column.values) or column.type != "text" or not isinstance(node, SequenceNode):
        return column
    return column.model_copy(update={"values": [item.text for item in node.items if isinstance(item, ScalarNode)]})


def check_column(draft: Draft[Any], drafts: Drafts, use: Any, column: Any, *path: str | int) -> Iterator[Fault]:
    """The faults of what is written at ``path`` of a column: ``use`` is what is said there, ``column`` the whole."""
    if unread(use) or use is None:
        return
    yield from _check_unit(draft, drafts, use, column, *path)
    said = [key for key in ("min", "max", "values") if getattr(use, key) is not None]
    if said and use.why is None:
        yield draft.fault("missing-why", *path, said[0], name=said[0])
    kind = column.type
    for key in ("min", "max"):
        if getattr(use, key) is not None and not unread(getattr(use, key)) and kind not in (*NUMERIC, UNREAD):
            yield draft.fault("key-without-effect", *path, key, name=key, cause=f"type: {kind}")
    yield from check_range(draft, use, *path)
    if use.values is not None and not unread(use.values):
        yield from check_repeats(draft, use.values, *path, "values")
        yield from _check_values(draft, kind, *path, "values")


def check_range(draft: Draft[Any], holder: Any, *path: str | int) -> Iterator[Fault]:
    """One fault when ``max`` is below ``min``."""
    if holder.min is not None and holder.max is not None and holder.max < holder.min:
        yield draft.fault("inverted-range", *path, "max", min=f"{holder.min:g}", max=f"{holder.max:g}")


def typed_value(node: ScalarNode, kind: str, value: Any) -> Any:
    """A written value as a column of type ``kind`` holds it; None when it cannot."""
    if kind == "text":
        return node.text
    if kind == "integer":
        return value if isinstance(value, int) and not isinstance(value, bool) else None
    if kind in ("number", "decimal"):
        return value if isinstance(value, int | float) and not isinstance(value, bool) else None
    if kind == "boolean":
        return value if isinstance(value, bool) else None
    if kind in ("date", "timestamp"):
        return node.text if re.match(r"\d{4}-\d{2}-\d{2}", node.text) else None
    return None


def type_of(column: Any) -> Any:
    """A column's type, or ``UNREAD``."""
    return UNREAD if unread(column) or column is None else column.type


def _said(column: ColumnUse) -> dict[str, Any]:
    return {key: getattr(column, key) for key in column.model_fields_set}


def _check_unit(draft: Draft[Any], drafts: Drafts, use: Any, column: Any, *path: str | int) -> Iterator[Fault]:
    if use.unit is None:
        return
    yield from check_reference(draft, drafts.units, use.unit, "unknown-unit", *path, "unit")
    if column.type not in (*NUMERIC, UNREAD):
        yield draft.fault("key-without-effect", *path, "unit", name="unit", cause=f"type: {column.type}")


def _check_values(draft: Draft[Any], kind: Any, *path: str | int) -> Iterator[Fault]:
    node = draft.node(*path)
    if unread(kind) or not isinstance(node, SequenceNode):
        return
    for index, item in enumerate(node.items):
        if isinstance(item, ScalarNode) and typed_value(item, kind, read_scalar(item)) is None:
            yield draft.fault("value-not-of-type", *path, index, value=item.text, type=kind)
