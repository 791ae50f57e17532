"""How layers may look: columns that suit, values that exist, limits and colours with their reason."""

from collections.abc import Callable, Iterator, Mapping
from itertools import pairwise
from typing import Any

from beffroi.catalog.colours import COLOURS
from beffroi.catalog.layers import Categories, Circles, Classes, Single
from beffroi.catalog.reading.documents import ScalarNode
from beffroi.catalog.reading.shapes import read_scalar, unread
from beffroi.catalog.rules.drafts import Draft, Drafts
from beffroi.catalog.rules.pages import ADDED_UP, known_measure
from beffroi.catalog.rules.vocabularies import NUMERIC, type_of, typed_value
from beffroi.errors import Fault, nearest_match

_CATEGORICAL = ("text", "integer", "boolean")
"""Types whose values can each have a colour."""


def check_shown(draft: Draft[Any], shown: Any, name: Any, *path: str | int) -> Iterator[Fault]:
    """One fault when what is written at ``path`` is no attribute that the layer shows."""
    if name is None or unread(name, shown) or name in shown:
        return
    # An attribute that is itself misspelt is told where it is declared.
    if nearest_match(name, [other for other, column in shown.items() if unread(column)]) is None:
        said = {"name": name, "also": "", "table": draft.id}
        yield draft.fault("attribute-not-shown", *path, instead_of=name, available=shown, **said)


def check_style(draft: Draft[Any], drafts: Drafts, shown: Any) -> Iterator[Fault]:
    """The faults of how a layer looks; ``shown`` are its attributes with their columns."""
    style = draft.value.style
    if unread(style):
        return
    for kind, check in _CHECKS.items():
        if isinstance(style, kind):
            yield from check(draft, drafts, shown)


def _check_colours(draft: Draft[Any], colours: Mapping[tuple[str, ...], Any]) -> Iterator[Fault]:
    """A colour that is not of the palette has a reason, said once for the style."""
    free = [path for path, colour in colours.items() if isinstance(colour, str) and colour.startswith("#")]
    if free and draft.value.style.why is None:
        yield draft.fault("missing-why", "style", *free[0], name=free[0][-1])


def check_palette(draft: Draft[Any], colours: Mapping[str, Any], count: int) -> Iterator[Fault]:
    """The faults of the colours of ``count`` categories, by value: those that are said, none twice, enough of them."""
    said: dict[tuple[str, ...], Any] = {
        ("values", value, "colour"): colour for value, colour in colours.items() if colour is not None
    }
    yield from _check_colours(draft, said)
    given = list(said.values())
    for index, (path, colour) in enumerate(said.items()):
        if colour in given[:index]:
            yield draft.fault("duplicate-value", "style", *path, value=colour)
    if count - len(said) > len(set(COLOURS) - set(given)):
        yield draft.fault("too-many-categories", "style", "values", count=count, most=len(COLOURS))


def _check_single(draft: Draft[Any], _: Drafts, __: Any) -> Iterator[Fault]:
    yield from _check_colours(draft, {("colour",): draft.value.style.colour})


def _check_column(draft: Draft[Any], shown: Any, types: tuple[str, ...]) -> Iterator[Fault]:
    name = draft.value.style.column
    yield from check_shown(draft, shown, name, "style", "column")
    kind = None if unread(shown, name) else type_of(shown.get(name))
    if kind is not None and not unread(kind) and kind not in types:
        yield draft.fault("unsuitable-column", "style", "column", name=name, type=kind, wanted=", ".join(types))


def _check_categories(draft: Draft[Any], _: Drafts, shown: Any) -> Iterator[Fault]:
    style = draft.value.style
    yield from _check_column(draft, shown, _CATEGORICAL)
    if unread(style.values):
        return
    column = None if unread(shown, style.column) else shown.get(style.column)
    for written in style.values:
        if column is not None and not unread(column) and type_of(column) in _CATEGORICAL:
            yield from _check_value(draft, column, written)
    said = {value: one.colour for value, one in style.values.items() if one is not None and not unread(one, one.colour)}
    yield from check_palette(draft, said, len(style.values))


def _check_value(draft: Draft[Any], column: Any, written: str) -> Iterator[Fault]:
    node, path = ScalarNode(written, True, 0), ("style", "values", written)
    value = typed_value(node, column.type, read_scalar(node))
    if value is None:
        yield draft.fault("value-not-of-type", *path, value=written, type=column.type)
    elif column.values and not unread(column.values) and str(value) not in {str(one) for one in column.values}:
        there = [str(one).lower() if isinstance(one, bool) else str(one) for one in column.values]
        yield draft.fault("unknown-value", *path, value=written, instead_of=written, available=there)


def _check_classes(draft: Draft[Any], drafts: Drafts, shown: Any) -> Iterator[Fault]:
    yield from _check_column(draft, shown, NUMERIC)
    if (name := _amount(draft, drafts, shown, wanted=False)) is not None:
        yield draft.fault("amount-in-shades", "style", "column", name=name)
    yield from check_limits(draft)


def check_limits(draft: Draft[Any]) -> Iterator[Fault]:
    """The faults of how the limits of classes are found, or written."""
    style = draft.value.style
    if unread(style.method, style.limits):
        return
    if style.method != "manual":
        if style.limits is not None:
            yield draft.fault("key-without-effect", "style", "limits", name="limits", cause=f"method: {style.method}")
        return
    if style.count is not None:
        yield draft.fault("key-without-effect", "style", "count", name="count", cause="method: manual")
    if style.limits is None:
        yield draft.fault("missing-key", "style", "limits", name="limits")
        return
    if style.why is None:
        yield draft.fault("missing-why", "style", "limits", name="limits")
    for index, (before, after) in enumerate(pairwise(style.limits), 1):
        if after <= before:
            said = {"value": f"{after:g}", "before": f"{before:g}"}
            yield draft.fault("limits-not-increasing", "style", "limits", index, **said)


def _check_circles(draft: Draft[Any], drafts: Drafts, shown: Any) -> Iterator[Fault]:
    yield from _check_column(draft, shown, NUMERIC)
    yield from _check_single(draft, drafts, shown)
    if (name := _amount(draft, drafts, shown, wanted=True)) is not None:
        yield draft.fault("ratio-in-circles", "style", "column", name=name)


def _amount(draft: Draft[Any], drafts: Drafts, shown: Any, *, wanted: bool) -> str | None:
    """The indicator of the style's column when it is not of the nature that is ``wanted``: an amount, or not one."""
    joined = getattr(draft.value, "indicators", {})
    one = None if unread(joined, shown, draft.value.style.column) else joined.get(draft.value.style.column)
    if one is None or unread(one, one.indicator):
        return None
    found = known_measure(drafts, one.indicator)
    kind = getattr(found.value, "kind", None) if isinstance(found, Draft) else None
    if kind is None or unread(kind):
        return None
    suits = kind in (*ADDED_UP, "change") if wanted else kind not in ADDED_UP
    return None if suits else str(one.indicator)


_CHECKS: Mapping[type[Any], Callable[[Draft[Any], Drafts, Any], Iterator[Fault]]] = {
    Single: _check_single,
    Categories: _check_categories,
    Classes: _check_classes,
    Circles: _check_circles,
}
