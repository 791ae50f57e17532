"""A measure broken down by categories (``indicators/<id>.yaml`` with ``kind: breakdown``): one indicator for each."""

from typing import Literal

from pydantic import Field

from beffroi.catalog.declarations import Declaration, Identifier, LocalText
from beffroi.catalog.indicators import Break, Count, Sum, Where


class Category(Declaration):
    """One part of what is broken down."""

    title: LocalText
    """Name of the category."""
    where: Where = Field(min_length=1)
    """Rows that belong to it, among those of the measure."""
    breaks: list[Break] = Field(default_factory=list)
    """Periods where its series is broken, besides those where that of the measure is."""


class Breakdown(Declaration):
    """A count or a sum shared out among categories, each of which is measured as the indicator ``<id>/<category>``."""

    kind: Literal["breakdown"]
    """A breakdown."""
    title: LocalText
    """By what: « Par âge »."""
    definition: LocalText | None = None
    """How the categories are told from one another."""
    of: Identifier
    """The count or the sum that is broken down."""
    rest: LocalText | None = None
    """Name of what no category holds (« Âge non renseigné »); without it a figure says that parts do not add up."""
    categories: dict[str, Category] = Field(min_length=2)
    """Categories by name, in the order in which they are shown."""


def member_of(parent: Count | Sum, breakdown: Breakdown, category: Category) -> Count | Sum:
    """The indicator of one category: its parent with the rows of the category alone."""
    title = {
        language: f"{words} : {category.title.get(language, category.title.get('fr', ''))}"
        for language, words in parent.title.items()
    }
    return parent.model_copy(
        update={
            "title": title,
            "where": {**parent.where, **category.where},
            "breaks": [*parent.breaks, *category.breaks],
            "featured": False,
            "keywords": [],
        }
    )
