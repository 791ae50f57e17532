"""From nodes to plain data of the types that a model wants, and back from wrong data to what can still be used.

A text field keeps the text as written (``01001`` stays ``01001``); a number, a date, true and false are read only where
the model wants them. Where it accepts several types, YAML 1.2's own reading decides, except that digits
with a leading zero are a code. This module judges nothing: pydantic does, on the data given here.
"""

import re
import types
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from datetime import date
from functools import cache
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from pydantic import BaseModel

from beffroi.catalog.reading.documents import NULLS, KeyPath, MappingNode, Node, ScalarNode, SequenceNode

_BOOLEANS = {"true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False}
_INTEGER = re.compile(r"[-+]?(0|[1-9][0-9]{0,17})")
_NUMBER = re.compile(r"[-+]?(\.[0-9]+|(0|[1-9][0-9]*)(\.[0-9]*)?)([eE][-+]?[0-9]+)?")
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")

Reader = Callable[[Node], Any]


class Unread:
    """What stands for a value that could not be read: a rule that meets it has nothing to say.

    Everything asked of it gives itself; it holds whatever one looks for in it, has no item, and compares false.
    """

    def __getattr__(self, name: str) -> "Unread":
        if name.startswith("__"):
            raise AttributeError(name)
        return self

    def __call__(self, *_: Any, **__: Any) -> "Unread":
        return self

    def __getitem__(self, _: Any) -> "Unread":
        return self

    def __contains__(self, _: Any) -> bool:
        return True

    def __iter__(self) -> Iterator[Any]:
        return iter(())

    def __len__(self) -> int:
        return 0

    def __bool__(self) -> bool:
        return False

    def __lt__(self, _: Any) -> bool:
        return False

    __gt__ = __le__ = __ge__ = __lt__


UNREAD: Any = Unread()


def unread(*values: Any) -> bool:
    """Whether one of the values could not be read."""
    return any(value is UNREAD for value in values)


def wholly_read(value: Any) -> bool:
    """Whether nothing inside a model, a dict or a list is ``UNREAD``."""
    if isinstance(value, BaseModel):
        return all(wholly_read(inner) for inner in vars(value).values())
    if isinstance(value, dict):
        return all(wholly_read(inner) for inner in value.values())
    if isinstance(value, list):
        return all(wholly_read(inner) for inner in value)
    return not unread(value)


def read_model(model: type[BaseModel], node: Node) -> Any:
    """The data of a node as ``model`` wants them; what does not fit is given as it is, for pydantic to refuse."""
    return _model_reader(model)(node)


def read_scalar(node: ScalarNode) -> str | int | float | bool | None:
    """A scalar by itself, as YAML 1.2 understands it."""
    if not node.plain:
        return node.text
    text = node.text
    if text in NULLS:
        return None
    if text in _BOOLEANS:
        return _BOOLEANS[text]
    if _INTEGER.fullmatch(text):
        return int(text)
    if _NUMBER.fullmatch(text):
        return float(text)
    return text


def read_plainly(node: Node) -> Any:
    """A node as lists, dicts and scalars, whatever a model may want."""
    if isinstance(node, MappingNode):
        return {key: read_plainly(child) for key, child in node.entries.items()}
    if isinstance(node, SequenceNode):
        return [read_plainly(child) for child in node.items]
    return read_scalar(node)


def key_fields(model: type[BaseModel]) -> dict[str, Any]:
    """The annotation of each key that may be written, in the model's order, its closing keys at the end, in theirs."""
    closing = getattr(model, "closing", ())
    last = {name: rank for rank, name in enumerate(closing, 1)}
    fields = sorted(model.model_fields.items(), key=lambda item: last.get(item[0], 0))
    return {field.alias or name: field.annotation for name, field in fields}


def chosen_model(annotation: Any, *, mapping: bool, kind: str | None = None) -> tuple[type[BaseModel] | None, Any]:
    """For a mapping, or else a list, of this annotation: the model that its keys follow, and what its items are.

    ``kind`` is what the mapping says of its own, for an annotation of several models that it tells apart.
    """
    options = _of_kind(_options(annotation), kind)
    for option in options:
        origin = get_origin(option)
        if mapping and _is_model(option):
            return option, None
        if mapping and origin is dict:
            return None, get_args(option)[1]
        if not mapping and origin is list:
            return None, get_args(option)[0]
    return None, None


def salvage(annotation: Any, data: Any, wrong: Collection[KeyPath], path: KeyPath = ()) -> Any:
    """What ``annotation`` would make of ``data`` were it not for the ``wrong`` paths, which become ``UNREAD``.

    Models are built without validation; a wrong item leaves its list, a wrong entry stays in its dict as ``UNREAD``.
    """
    if path in wrong:
        return UNREAD
    for option in _of_kind(_options(annotation), data.get("kind") if isinstance(data, dict) else None):
        origin = get_origin(option)
        if isinstance(data, dict) and _is_model(option):
            return _salvage_model(option, data, wrong, path)
        if isinstance(data, dict) and origin is dict:
            value = get_args(option)[1]
            return {key: salvage(value, item, wrong, (*path, key)) for key, item in data.items()}
        if isinstance(data, list) and origin is list:
            item_type = get_args(option)[0]
            items = (salvage(item_type, item, wrong, (*path, index)) for index, item in enumerate(data))
            return [item for item in items if item is not UNREAD]
        if isinstance(data, str) and origin is dict and str not in _options(annotation):
            return {"fr": data}
    return data


def _salvage_model(model: type[BaseModel], data: Mapping[str, Any], wrong: Collection[KeyPath], path: KeyPath) -> Any:
    values: dict[str, Any] = {}
    for name, field in model.model_fields.items():
        key = field.alias or name
        if (*path, key) in wrong:
            values[name] = UNREAD
        elif key in data:
            values[name] = salvage(field.annotation, data[key], wrong, (*path, key))
        elif field.is_required():
            values[name] = UNREAD
        else:
            values[name] = field.get_default(call_default_factory=True)
    return model.model_construct(_fields_set={key for key in values if key in data}, **values)


def _options(annotation: Any) -> tuple[Any, ...]:
    """The alternatives of an annotation, without their constraints."""
    origin = get_origin(annotation)
    if origin is Annotated:
        return _options(get_args(annotation)[0])
    if origin is Union or origin is types.UnionType:
        return tuple(option for part in get_args(annotation) for option in _options(part))
    return (annotation,)


@cache
def _model_reader(model: type[BaseModel]) -> Reader:
    readers = {key: _reader(annotation) for key, annotation in key_fields(model).items()}

    def read(node: Node) -> Any:
        if not isinstance(node, MappingNode):
            return read_plainly(node)
        return {key: readers.get(key, read_plainly)(child) for key, child in node.entries.items()}

    return read


def _reader(annotation: Any) -> Reader:
    options = [option for option in _options(annotation) if option is not type(None)]
    mappings = [option for option in options if get_origin(option) is dict or _is_model(option)]
    kinds = [option for option in mappings if _is_model(option)]
    lists = [option for option in options if get_origin(option) is list]
    scalars = [option for option in options if option not in mappings and option not in lists]
    # A plain text where a mapping is wanted is French text (``LocalText``), so it keeps its characters.
    read_scalar_node = _scalar_reader(scalars or [str])
    read_mapping = _mapping_reader(mappings[0]) if mappings else read_plainly
    if len(kinds) > 1:
        read_mapping = _kinds_reader(kinds)
    read_list = _list_reader(lists[0]) if lists else read_plainly

    def read(node: Node) -> Any:
        if isinstance(node, ScalarNode):
            return read_scalar_node(node)
        return read_mapping(node) if isinstance(node, MappingNode) else read_list(node)

    return read


def _is_model(option: Any) -> bool:
    return isinstance(option, type) and issubclass(option, BaseModel)


def _kinds_reader(models: list[Any]) -> Reader:
    def read(node: Node) -> Any:
        chosen = _of_kind(models, kind_of(node))
        return _model_reader(chosen[0])(node) if len(chosen) == 1 else read_plainly(node)

    return read


def _of_kind(options: Sequence[Any], kind: Any) -> Sequence[Any]:
    """Of several models that ``kind`` tells apart, the one that is meant, if it can be known."""
    models = [option for option in options if _is_model(option)]
    if len(models) < 2 or any("kind" not in model.model_fields for model in models):
        return options
    meant = [model for model in models if kind in get_args(model.model_fields["kind"].annotation)]
    return [option for option in options if option not in models or option in meant] if meant else options


def kind_of(node: Any) -> str | None:
    """What a mapping says of its kind; None when it says nothing."""
    said = node.entries.get("kind") if isinstance(node, MappingNode) else None
    return said.text if isinstance(said, ScalarNode) else None


def _mapping_reader(option: Any) -> Reader:
    if _is_model(option):
        return _model_reader(option)
    value = _reader(get_args(option)[1])

    def read(node: Node) -> Any:
        assert isinstance(node, MappingNode)
        return {key: value(child) for key, child in node.entries.items()}

    return read


def _list_reader(option: Any) -> Reader:
    item = _reader(get_args(option)[0])

    def read(node: Node) -> Any:
        assert isinstance(node, SequenceNode)
        return [item(child) for child in node.items]

    return read


def _scalar_reader(options: list[Any]) -> Callable[[ScalarNode], Any]:
    literal = next((get_args(option) for option in options if get_origin(option) is Literal), None)
    if options == [str] or (literal and all(isinstance(value, str) for value in literal)):
        return _read_text
    if options == [date]:
        return _read_date
    if options == [float]:
        return _read_float
    return read_scalar


def _read_text(node: ScalarNode) -> str | None:
    return None if node.plain and node.text in NULLS else node.text


def _read_float(node: ScalarNode) -> Any:
    value = read_scalar(node)
    return float(value) if isinstance(value, int) and not isinstance(value, bool) else value


def _read_date(node: ScalarNode) -> Any:
    if _DATE.fullmatch(node.text):
        try:
            return date.fromisoformat(node.text)
        except ValueError:
            return node.text
    return _read_text(node)
