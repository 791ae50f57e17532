"""Writes ``docs/reference`` from the code: commands, faults, settings, declarations.

Nothing in those pages is written by hand, so that they cannot say otherwise than the code; ``tests/house`` verifies
that they are fresh. The words are those of the code itself: help of the commands, messages of the faults, docstrings
of the nouns.
"""

import json
import re
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import MISSING, fields
from functools import cache
from pathlib import Path
from typing import Any

from pydantic import BaseModel, TypeAdapter

from beffroi import cli
from beffroi.catalog.blocks import BLOCK_KINDS
from beffroi.catalog.breakdowns import Breakdown
from beffroi.catalog.colours import Colour
from beffroi.catalog.declarations import Identifier, Period
from beffroi.catalog.groupings import Grouping
from beffroi.catalog.indicators import Indicator
from beffroi.catalog.layers import LayerDeclaration
from beffroi.catalog.maps import Extent, MapHead, MapTranslation
from beffroi.catalog.observatories import Observatory, PageHead, Whom
from beffroi.catalog.references import ValueReference
from beffroi.catalog.sources import Source
from beffroi.catalog.tables import Table
from beffroi.catalog.vocabularies import Vocabulary
from beffroi.catalog.workspaces import Workspace
from beffroi.cli.parameters import name_of, parameters_of
from beffroi.errors import FaultClass, all_words
from beffroi.language import text
from beffroi.settings import Settings

REFERENCE = Path(__file__).parent.parent / "docs" / "reference"

FRESH = "<!-- Written by `make docs` from the code: change the code, not this page. -->"

FILES: Mapping[str, Any] = {
    "workspace.yaml": Workspace,
    "vocabulary/themes.yaml, units.yaml, columns.yaml": Vocabulary,
    "territories/<code>.yaml": Grouping,
    "sources/<id>/source.yaml": Source,
    "tables/<id>/table.yaml": Table,
    "indicators/<id>.yaml": Indicator,
    "indicators/<id>.yaml, kind: breakdown": Breakdown,
    "layers/<id>.yaml": LayerDeclaration,
    "maps/<id>.md, its head": MapHead,
    "maps/<id>.en.md, its head": MapTranslation,
    "observatories/<id>/observatory.yaml": Observatory,
    "observatories/<id>/<page>.md, its head": PageHead,
}
"""What a workspace's files declare; a file's path is its id."""


def main() -> int:
    REFERENCE.mkdir(parents=True, exist_ok=True)
    for name, content in pages().items():
        REFERENCE.joinpath(name).write_text(content, "utf-8")
        print(f"docs: docs/reference/{name}")
    return 0


def pages() -> dict[str, str]:
    """The pages by file name."""
    return {
        "blocks.md": page(blocks()),
        "commands.md": page(commands()),
        "declarations.md": page(declarations()),
        "errors.md": page(faults()),
        "settings.md": page(settings()),
    }


def page(lines: Iterator[str]) -> str:
    return re.sub(r"\n{3,}", "\n\n", "\n".join([FRESH, "", *lines])).rstrip() + "\n"


def row(*cells: str) -> str:
    return "| " + " | ".join(" ".join(cell.split()).replace("|", "\\|") for cell in cells) + " |"


def table(*heads: str) -> list[str]:
    return [row(*heads), row(*("---" for _ in heads))]


def commands() -> Iterator[str]:
    yield "# Commands"
    yield ""
    yield "`beffroi COMMAND --help` says the same in the terminal, in the language of `BEFFROI_LANGUAGE`."
    for name, callback in sorted(command_functions().items()):
        yield from ["", f"## beffroi {name}", ""]
        yield from [command_words(callback, "fr"), "", command_words(callback, "en"), ""]
        parameters = list(command_parameters(callback))
        if parameters:
            yield from table("parameter", "in French", "in English", "default")
        yield from (row(*parameter) for parameter in parameters)


def command_functions() -> dict[str, Callable[..., Any]]:
    """The functions of the command line by the name of their command."""
    registered = [(info.name, info.callback) for info in cli.app.registered_commands if not info.hidden]
    return {name or callback.__name__.replace("_", "-"): callback for name, callback in registered if callback}


def command_words(callback: Callable[..., Any], language: str) -> str:
    """What a command does."""
    return text(f"commands.{name_of(callback)}", language)


def command_parameters(callback: Callable[..., Any]) -> Iterator[tuple[str, str, str, str]]:
    """How each parameter of a command is written, what it means in both languages, and what it is when not given."""
    for one in parameters_of(callback):
        choices = " (" + ", ".join(f"`{choice}`" for choice in one.choices) + ")" if one.choices else ""
        default = "required" if one.required else f"`{one.shown_default}`" if one.shown_default else ""
        yield f"`{', '.join(one.written)}`", one.meaning("fr") + choices, one.meaning("en") + choices, default


def faults() -> Iterator[str]:
    yield "# Faults"
    yield ""
    yield (
        "A fault has a stable code, the place where it is, what there is instead, and how to mend it. Its class "
        "decides the exit code of a command and the HTTP status of an answer; with several faults, the first class "
        "below wins."
    )
    words = all_words()
    for fault_class in FaultClass:
        codes = sorted(code for code in words if words[code].fault_class is fault_class)
        if not codes:
            continue
        yield from [
            "",
            f"## {fault_class.label}: exit code {fault_class.exit_code}, HTTP {fault_class.http_status}",
            "",
        ]
        yield from table("code", "in French", "in English", "remedy")
        for code in codes:
            said = words[code]
            yield row(f"`{code}`", said.message["fr"], said.message["en"], said.remedy["en"])


def settings() -> Iterator[str]:
    yield "# Settings"
    yield ""
    yield "What the machine decides, not the workspace: environment variables, read when a command starts."
    yield ""
    yield from table("variable", "meaning", "default")
    meanings = setting_meanings()
    for setting in fields(Settings):
        default = "" if setting.default in (None, MISSING, False, "") else f"`{setting.default}`"
        yield row(f"`BEFFROI_{setting.name.upper()}`", meanings[setting.name], default)
    yield row("`BEFFROI_…`", "secrets of sources and tokens of partners, under the names that a workspace declares", "")


def setting_meanings() -> dict[str, str]:
    """What each setting means, from the docstring of ``Settings``: clauses that begin with its name."""
    text = " ".join((Settings.__doc__ or "").split())
    clauses = re.findall(r"``(\w+)`` (?:is )?(.+?)(?:[;.] (?=``)|\.?$)", text)
    return {name: clause.rstrip(".").replace("``", "`") for name, clause in clauses}


def declarations() -> Iterator[str]:
    yield "# Declarations"
    yield ""
    yield (
        "What each file of a workspace may say. Keys that are not listed are refused. A text by language is "
        "`{fr: …, en: …}`, or a plain text, which is French. `beffroi schemas` writes the same for text editors."
    )
    parts: dict[str, Mapping[str, Any]] = {}
    for name, noun in FILES.items():
        schema = TypeAdapter(noun).json_schema(by_alias=True)
        parts.update(schema.get("$defs", {}))
        yield from ["", f"## {name}", ""]
        if "oneOf" in schema:
            yield "One of, by its `kind`: " + ", ".join(type_words(choice) for choice in schema["oneOf"]) + "."
        else:
            yield from noun_lines(schema)
    yield from ["", "## Parts", ""]
    for name, part in sorted(parts.items()):
        if "properties" in part:
            yield from ["", f"### {name}", "", *noun_lines(part)]


def blocks() -> Iterator[str]:
    yield "# Blocks of pages"
    yield ""
    yield (
        "A block of a page is fenced by three backticks and its name; what is inside is YAML. Keys that are not listed "
        "are refused. References stand in prose and in `title`, `note`, `text` and `caption`."
    )
    parts: dict[str, Mapping[str, Any]] = {}
    for name, noun in BLOCK_KINDS.items():
        schema = TypeAdapter(noun).json_schema(by_alias=True)
        parts.update(schema.get("$defs", {}))
        yield from ["", f"## {name}", "", *noun_lines(schema)]
    yield from ["", "## Parts", ""]
    for name, part in sorted(parts.items()):
        yield from ["", f"### {name}", "", *noun_lines(part)]
    yield from ["", "## References", "", "`{{ indicator, key: value, … }}`", ""]
    yield from noun_lines(TypeAdapter(ValueReference).json_schema())
    yield from ["", "`{{ here }}`, `{{ here.in }}`, `{{ here.of }}`, `{{ here.level }}`: a territory in words."]


def noun_lines(schema: Mapping[str, Any]) -> Iterator[str]:
    description = " ".join(schema.get("description", "").replace("``", "`").split())
    yield from [description, ""]
    yield from table("key", "is", "meaning", "default")
    for key, value in schema["properties"].items():
        needed = "required" if key in schema.get("required", ()) else default_words(value.get("default"))
        yield row(f"`{key}`", type_words(value), value.get("description", "").replace("``", "`"), needed)


def default_words(default: Any) -> str:
    if default is None or default == [] or isinstance(default, dict | BaseModel):
        return ""
    return f"`{json.dumps(default, ensure_ascii=False)}`" if not isinstance(default, str) else f"`{default or ' '}`"


def type_words(schema: Mapping[str, Any]) -> str:
    """What a value may be, in words: ``list of text``, ``yearly or once``, a link to a part."""
    if "$ref" in schema:
        name = schema["$ref"].rpartition("/")[2]
        return f"[{name}](#{name.lower()})"
    if "const" in schema:
        return f"`{schema['const']}`"
    if "enum" in schema:
        return " or ".join(f"`{value}`" for value in schema["enum"])
    choices = schema.get("anyOf") or schema.get("oneOf")
    if choices:
        if any(choice.get("type") == "object" and "properties" not in choice for choice in choices) and any(
            choice.get("type") == "string" for choice in choices
        ):
            return "text by language"
        told = dict.fromkeys(type_words(choice) for choice in choices if choice.get("type") != "null")
        return " or ".join(told)
    kind = schema.get("type")
    if kind == "array":
        return f"list of {type_words(schema.get('items', {}))}"
    if kind == "object":
        held: Any = schema.get("additionalProperties") or next(iter(schema.get("patternProperties", {}).values()), {})
        return f"by name: {type_words(held)}" if isinstance(held, dict) and held else "by name"
    return plain_words(schema, str(kind))


@cache
def named_patterns() -> Mapping[str, str]:
    """What a text of each well-known form is called."""
    forms = {
        "an id": Identifier,
        "a period (`2021`, `2023-Q3`, `2023-04`)": Period,
        "a territory (`here`, `perimeter`, `epci`…, `similar`, or one for good: `commune:62498`)": Whom,
        "`perimeter` or a territory (`commune:62498`, `grouping:pma`)": Extent,
        "a colour (`cat-0` to `cat-6`, or `#rrggbb`)": Colour,
    }
    return {TypeAdapter(form).json_schema()["pattern"]: words for words, form in forms.items()}


def plain_words(schema: Mapping[str, Any], kind: str) -> str:
    words = {"string": "text", "integer": "whole number", "number": "number", "boolean": "true or false"}.get(
        kind, kind
    )
    if schema.get("pattern") in named_patterns():
        words = named_patterns()[schema["pattern"]]
    elif "pattern" in schema:
        words += f" like `{schema['pattern']}`"
    if schema.get("format") == "date":
        words = "date"
    limits = {"minimum": "at least", "exclusiveMinimum": "more than", "maximum": "at most", "exclusiveMaximum": "under"}
    said = [f"{limits[key]} {schema[key]}" for key in limits if key in schema]
    return f"{words}, {', '.join(said)}" if said else words


if __name__ == "__main__":
    sys.exit(main())
