"""What conditions (``where:``) must be: columns that exist, values that they can hold and that they accept."""

from collections.abc import Iterator
from typing import Any

from beffroi.catalog.indicators import IndicatorBase, Part, Range
from beffroi.catalog.reading.documents import MappingNode, Node, ScalarNode, SequenceNode
from beffroi.catalog.reading.shapes import read_scalar, unread
from beffroi.catalog.rules.drafts import Draft, Drafts, TableDraft
from beffroi.catalog.rules.tables import unknown_column
from beffroi.catalog.rules.vocabularies import NUMERIC, check_range, type_of, typed_value
from beffroi.errors import Fault


def check_where(draft: Draft[IndicatorBase], table: TableDraft, *path: str | int) -> Iterator[Fault]:
    """The faults of the conditions written at ``path``, on rows of ``table``."""
    node = draft.node(*path)
    if not isinstance(node, MappingNode):
        return
    for name, condition in node.entries.items():
        column = table.column_for_others(name)
        if column is None:
            yield unknown_column(draft, table, name, *path, name)
            continue
        kind = type_of(column)
        if unread(kind):
            continue
        if kind == "geometry":
            yield draft.fault("unsuitable-column", *path, name, name=name, type=kind, wanted="text, integer, boolean")
        elif isinstance(condition, MappingNode):
            yield from _check_interval(draft, name, kind, condition, *path, name)
        else:
            yield from _check_condition(draft, name, kind, column.values, condition, *path, name)


def settle_conditions(indicator: Any, draft: Draft[IndicatorBase], drafts: Drafts) -> Any:
    """The indicator with the values of its conditions as its columns hold them: text for a text column."""
    changes: dict[str, Any] = {}
    if getattr(indicator, "where", None):
        table = drafts.tables.find(indicator.table)
        changes["where"] = settle_where(indicator.where, draft.node("where"), table)
    for key in ("numerator", "denominator"):
        part = getattr(indicator, key, None)
        if isinstance(part, Part) and part.where:
            table = drafts.tables.find(part.table if part.table is not None else indicator.table)
            where = settle_where(part.where, draft.node(key, "where"), table)
            changes[key] = part.model_copy(update={"where": where})
    return indicator.model_copy(update=changes) if changes else indicator


def _check_interval(
    draft: Draft[IndicatorBase], name: str, kind: str, node: MappingNode, *path: str | int
) -> Iterator[Fault]:
    if kind not in NUMERIC:
        yield draft.fault("unsuitable-column", *path, name=name, type=kind, wanted=", ".join(NUMERIC))
        return
    bounds = {key: read_scalar(child) for key, child in node.entries.items() if isinstance(child, ScalarNode)}
    if not node.entries:
        yield draft.fault("at-least-one-of", *path, keys="min, max")
    if all(isinstance(value, int | float) for value in bounds.values()) and set(bounds) <= {"min", "max"}:
        interval = Range.model_construct(min=bounds.get("min"), max=bounds.get("max"))
        yield from check_range(draft, interval, *path)


def _check_condition(
    draft: Draft[IndicatorBase], name: str, kind: str, accepted: Any, node: Node, *path: str | int
) -> Iterator[Fault]:
    items: list[tuple[Node, tuple[str | int, ...]]] = [(node, path)]
    if isinstance(node, SequenceNode):
        items = [(item, (*path, index)) for index, item in enumerate(node.items)]
        if not items:
            yield draft.fault("empty-value", *path, name=name)
    for item, where in items:
        if not isinstance(item, ScalarNode) or read_scalar(item) is None:
            continue
        value = typed_value(item, kind, read_scalar(item))
        if value is None:
            yield draft.fault("value-not-of-type", *where, value=item.text, type=kind)
        elif accepted and not unread(accepted) and str(value) not in {str(choice) for choice in accepted}:
            yield draft.fault("unknown-value", *where, value=item.text, instead_of=item.text, available=accepted)


def settle_where(where: Any, node: Node | None, table: Any) -> dict[str, Any]:
    """Conditions with their values as the columns of ``table`` hold them."""
    settled = dict(where)
    if not isinstance(node, MappingNode) or table is None or unread(table):
        return settled
    for name, condition in node.entries.items():
        if type_of(table.column(name)) not in ("text", "date", "timestamp"):
            continue
        if isinstance(condition, ScalarNode):
            settled[name] = condition.text
        elif isinstance(condition, SequenceNode):
            settled[name] = [item.text for item in condition.items if isinstance(item, ScalarNode)]
    return settled
