"""What breakdowns must be: of a count or a sum, by conditions that its table can meet and it does not set itself."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from beffroi.catalog.breakdowns import Breakdown
from beffroi.catalog.indicators import Count, Sum
from beffroi.catalog.reading.shapes import unread
from beffroi.catalog.rules.conditions import check_where
from beffroi.catalog.rules.drafts import Draft, Drafts, TableDraft, check_reference
from beffroi.catalog.rules.indicators import ADDITIVE
from beffroi.catalog.rules.vocabularies import check_name
from beffroi.errors import Fault


def check_breakdown(draft: Draft[Breakdown], drafts: Drafts) -> Iterator[Fault]:
    """The faults of one breakdown, by itself and beside what it breaks down."""
    breakdown = draft.value
    yield from check_reference(draft, drafts.indicators, breakdown.of, "undeclared-indicator", "of")
    if unread(breakdown.categories):
        return
    parent = drafts.indicators.find(breakdown.of)
    for name in breakdown.categories:
        yield from check_name(draft, name, "categories", name)
        if f"{draft.id}/{name}" in drafts.indicators.known:
            other = drafts.indicators.known[f"{draft.id}/{name}"].document.file
            yield draft.fault("category-clash", "categories", name, name=f"{draft.id}/{name}", other=other)
    if parent is None or unread(parent) or unread(parent.value):
        return
    if not isinstance(parent.value, Count | Sum):
        kind = getattr(parent.value, "kind", None)
        if kind is not None and not unread(kind):
            wanted = ", ".join(ADDITIVE)
            yield draft.fault("unsuitable-indicator", "of", name=breakdown.of, kind=kind, wanted=wanted)
        return
    table = drafts.tables.find(parent.value.table)
    for name, category in breakdown.categories.items():
        if isinstance(table, TableDraft):
            yield from check_where(category_draft(draft, name), table, "where")
        if unread(category) or unread(category.where) or unread(parent.value.where):
            continue
        for column in category.where.keys() & parent.value.where.keys():
            path = ("categories", name, "where", column)
            yield draft.fault("category-repeats-condition", *path, column=column, name=breakdown.of)


def category_draft(draft: Draft[Breakdown], name: str) -> Draft[Any]:
    """The draft of one category, whose conditions stand in the file of its breakdown."""
    return replace(draft, base=("categories", name))
