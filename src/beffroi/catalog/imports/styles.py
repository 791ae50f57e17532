"""A style as it was found, whatever wrote it, and as it becomes a declaration; each thing that is lost is told."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

MOST_CATEGORIES, FEWEST_CLASSES, MOST_CLASSES = 12, 3, 7


@dataclass(frozen=True)
class Loss:
    """What of a layer could not be taken: the end of a key of ``messages/interface_imports.toml``, and what it was."""

    what: str
    detail: str = ""


@dataclass(frozen=True)
class Look:
    """How a symbol looks: its colour (``#rrggbb``, None when it has none), and what else is kept of it."""

    colour: str | None = None
    opacity: float = 1.0
    symbol: str = "circle"
    width: float | None = None
    outline: bool = True


@dataclass
class FoundLayer:
    """A layer as another tool had it. ``ramp``: classes as (lower, upper, look), in order; ``values``: categories as
    (value, title, look), an empty value being all the others. ``losses`` is filled on the way."""

    title: str
    abstract: str = ""
    source: str = ""
    shown: bool = True
    attributes: dict[str, str] = field(default_factory=dict)
    column: str = ""
    values: list[tuple[str, str, Look]] = field(default_factory=list)
    ramp: list[tuple[float, float, Look]] = field(default_factory=list)
    circles: str = ""
    look: Look = field(default_factory=Look)
    opacity: float = 1.0
    labels: tuple[str, int | None] | None = None
    least_zoom: int | None = None
    losses: list[Loss] = field(default_factory=list)

    def lose(self, what: str, detail: str = "") -> None:
        if (loss := Loss(what, detail)) not in self.losses:
            self.losses.append(loss)


def declare_style(layer: FoundLayer, origin: str) -> dict[str, Any]:
    """The style as it is declared; ``origin`` says where limits and colours come from."""
    first = next((look for *_, look in [*layer.values, *layer.ramp]), layer.look)
    style = _declare_kind(layer, origin)
    opacity = round(layer.opacity * first.opacity, 2)
    if 0 < opacity <= 1 and opacity != 0.8:
        style["opacity"] = opacity
    if not first.outline:
        style["outline"] = False
    if first.symbol != "circle":
        style["symbol"] = first.symbol
    if first.width is not None:
        style["width"] = min(12.0, max(0.1, round(first.width, 2)))
    if why := style.pop("why", None):
        style["why"] = why
    return style


def _declare_kind(layer: FoundLayer, origin: str) -> dict[str, Any]:
    if layer.ramp:
        limits = [upper for _, upper, _ in layer.ramp[:-1]]
        if not FEWEST_CLASSES <= len(layer.ramp) <= MOST_CLASSES:
            layer.lose("class_count", str(len(layer.ramp)))
        elif any(one[1] != other[0] for one, other in zip(layer.ramp, layer.ramp[1:], strict=False)):
            layer.lose("class_holes", layer.column)
        else:
            layer.lose("class_colours")
            return {"kind": "classes", "column": layer.column, "method": "manual", "limits": limits, "why": origin}
    if layer.values:
        kept = [each for each in layer.values if each[0]]
        if len(kept) > MOST_CATEGORIES:
            layer.lose("category_count", str(len(kept)))
        elif kept:
            return _declare_categories(layer, kept, origin)
    if layer.circles:
        return {"kind": "circles", "column": layer.circles, **_coloured(layer.look, origin)}
    return {"kind": "single", **_coloured(layer.look, origin)}


def _declare_categories(
    layer: FoundLayer, kept: Sequence[tuple[str, str, Look]], origin: str
) -> dict[str, Any]:  # fmt: skip
    values: dict[str, Mapping[str, str] | None] = {}
    for value, title, look in kept:
        said = {"title": title} if title and title != value else {}
        values[value] = {**said, **({"colour": look.colour} if look.colour else {})} or None
    style: dict[str, Any] = {"kind": "categories", "column": layer.column, "values": values}
    if rest := next((title or "…" for value, title, _ in layer.values if not value), None):
        style["rest"] = rest
    if any(look.colour for *_, look in kept):
        style["why"] = origin
    return style


def _coloured(look: Look, origin: str) -> dict[str, str]:
    return {"colour": look.colour, "why": origin} if look.colour else {}


__all__ = ["FoundLayer", "Look", "Loss", "declare_style"]
