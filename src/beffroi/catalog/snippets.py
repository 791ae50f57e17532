"""Snippets for text editors, made from the models: heads of pages and maps, blocks and references of prose, to fill in.

A body has the marks of VS Code (``${1:what to write}``, ``${1|one,another|}``), which other editors read too.
"""

import re
from collections.abc import Iterator
from types import UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from beffroi.catalog.blocks import BLOCK_KINDS
from beffroi.catalog.maps import MapHead
from beffroi.catalog.observatories import PageHead

_ALSO: dict[str, tuple[str, ...]] = {"passage": ("shown_for",), "page": ("levels", "compared")}
"""Keys without which a snippet would say too little, beside those that are required."""
_REFERENCES: dict[str, tuple[str, str]] = {
    "valeur": ("{{ ${1:theme/indicator} }}", "A value with its unit."),
    "valeur-ailleurs": (
        "{{ ${1:theme/indicator}, territory: ${2|epci,perimeter,departement,region,pays|}, period: ${3:2021} }}",
        "The value of another territory or period.",
    ),
    "valeur-sinon": ('{{ ${1:theme/indicator}, otherwise: "${2:ce qu\'on lit sans valeur}" }}', "A value, or a text."),
    "evolution": ("{{ ${1:theme/indicator}, show: change, since: ${2:2016} }}", "How a value changed."),
    "rang": ("{{ ${1:theme/indicator}, show: rank }}", "The rank of the territory in hand."),
    "periode": ("{{ ${1:theme/indicator}, show: period }}", "The period that a value is of."),
    "territoire": ("{{ ${1|here,epci,perimeter,departement|}.${2|name,in,of,level|} }}", "A territory by its name."),
}
_STOP = re.compile(r"\$\{\d+(?::([^}]*)|\|([^,|]*)[^|]*\|)\}")


class _Stops:
    """Counts the places to fill in."""

    def __init__(self) -> None:
        self._last = 0

    def hold(self, words: str) -> str:
        self._last += 1
        return f"${{{self._last}:{words}}}"

    def choose(self, words: tuple[str, ...]) -> str:
        self._last += 1
        return f"${{{self._last}|{','.join(words)}|}}"


def list_snippets() -> dict[str, dict[str, Any]]:
    """The content of a ``.code-snippets`` file: blocks by their word, references and heads by theirs."""
    found: dict[str, dict[str, Any]] = {
        "page": _snippet("page", ["---", *_keys(PageHead, "page"), "---", "", "$0"], PageHead.__doc__),
        "map": _snippet("map", ["---", *_keys(MapHead, "map"), "---", "", "$0"], MapHead.__doc__),
    }
    for kind, model in BLOCK_KINDS.items():
        found[kind] = _snippet(kind, [f"```{kind}", *_keys(model, kind), "```", "$0"], model.__doc__)
    for name, (body, words) in _REFERENCES.items():
        found[f"ref-{name}"] = _snippet(f"ref-{name}", [body], words)
    return found


def fill_in(body: list[str]) -> str:
    """A snippet as one would first see it: each place with its own words, or its first choice."""
    written = "\n".join(line for line in body if line != "$0")
    return _STOP.sub(lambda found: found[1] if found[1] is not None else found[2], written)


def _snippet(prefix: str, body: list[str], words: str | None) -> dict[str, Any]:
    return {"prefix": prefix, "scope": "markdown", "body": body, "description": (words or "").strip().split("\n")[0]}


def _keys(model: type[BaseModel], kind: str) -> list[str]:
    """The lines of what a model requires; of the first key of its own, where it requires none."""
    fields = model.model_fields
    wanted = [name for name, field in fields.items() if field.is_required()]
    if not wanted:
        wanted = [name for name in model.__annotations__ if name in fields][:1]
    wanted += [name for name in _ALSO.get(kind, ()) if name not in wanted]
    if kind == "include":
        return [f"text: {_Stops().hold('observatory/_text')}"]
    stops = _Stops()
    return [line for name in wanted for line in _lines(name, fields[name], stops)]


def _lines(name: str, field: FieldInfo, stops: _Stops) -> Iterator[str]:
    kind = _plain(field.annotation)
    if get_origin(kind) is list:
        yield f"{name}:"
        least = max((getattr(rule, "min_length", 1) or 1 for rule in field.metadata), default=1)
        for _ in range(least):
            yield from _item(name, _plain(get_args(kind)[0]), stops)
    else:
        yield f"{name}: {_value(name, kind, stops)}"


def _item(name: str, kind: Any, stops: _Stops) -> Iterator[str]:
    if isinstance(kind, type) and issubclass(kind, BaseModel):
        inner = [line for key, field in kind.model_fields.items() for line in _lines(key, field, stops)]
        yield f"  - {inner[0]}"
        yield from (f"    {line}" for line in inner[1:])
    else:
        yield f"  - {_value(name, kind, stops)}"


def _value(name: str, kind: Any, stops: _Stops) -> str:
    if get_origin(kind) is Literal:
        return stops.choose(tuple(sorted(get_args(kind), key=lambda choice: choice != "commune")))
    if name in ("period", "periods"):
        return f'"{stops.hold("2021")}"'
    return stops.hold(_EXAMPLES.get(name, name))


_EXAMPLES = {
    "indicator": "theme/indicator", "indicators": "theme/indicator", "breakdown": "theme/breakdown",
    "left": "theme/breakdown", "right": "theme/breakdown", "x": "theme/indicator", "y": "theme/indicator",
    "compared": "epci", "territories": "commune:62498", "title": "Titre", "text": "Texte", "label": "T0",
    "file": "image.png", "alt": "Ce que l'on voit", "credit": "Auteur", "licence": "Licence", "source": "d'où",
    "target": "vers où", "layers": "theme/layer",
}  # fmt: skip
"""What is shown in a place to fill in, by the key."""


def _plain(kind: Any) -> Any:
    """A type without what it is wrapped in: its rules, and that it may be absent."""
    if get_origin(kind) is Annotated:
        return _plain(get_args(kind)[0])
    if get_origin(kind) in (Union, UnionType):
        return _plain(next(each for each in get_args(kind) if each is not type(None)))
    return kind


__all__ = ["fill_in", "list_snippets"]
