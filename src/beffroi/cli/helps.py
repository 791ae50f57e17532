"""The help of a command, in the reader's language: usage, what it does, what it takes."""

import shutil
import textwrap
from collections.abc import Iterable, Iterator
from typing import Any

from typer.core import TyperCommand, TyperGroup

from beffroi.cli.parameters import Parameter, name_of, parameters_of
from beffroi.language import text
from beffroi.settings import spoken_language

_NAMES_WIDTH = 28
_MARGIN = "  "


class SpokenCommand(TyperCommand):
    """A command whose help is in the catalogue of words."""

    def get_help(self, ctx: Any) -> str:
        return command_help(self, ctx.command_path, spoken_language())


class SpokenGroup(TyperGroup):
    """The commands together, whose help is in the catalogue of words."""

    def get_help(self, ctx: Any) -> str:
        return group_help(self, ctx.command_path, spoken_language())


def command_help(command: TyperCommand, path: str, language: str) -> str:
    """The help of one command, called by ``path`` (``beffroi show``)."""
    assert command.callback is not None
    parameters = list(parameters_of(command.callback))
    arguments = [one for one in parameters if one.argument]
    words = [path, text("terminal.options_word", language)]
    words += [one.shown(language) if one.required else f"[{one.shown(language)}]" for one in arguments]
    lines = [
        f"{text('terminal.usage', language)} {' '.join(words)}",
        "",
        *_wrapped(text(f"commands.{name_of(command.callback)}", language), _MARGIN),
    ]
    if arguments:
        lines += ["", text("terminal.arguments", language)]
        lines += _columns((one.shown(language), _said(one, language)) for one in arguments)
    lines += ["", text("terminal.options", language)]
    options = [(_written(one, language), _said(one, language)) for one in parameters if not one.argument]
    lines += _columns([*options, ("--help", text("terminal.help_option", language))])
    return "\n".join(lines)


def group_help(group: TyperGroup, path: str, language: str) -> str:
    """What the program is, and its commands with the first sentence of each."""
    assert group.callback is not None
    options = [(_written(one, language), _said(one, language)) for one in parameters_of(group.callback)]
    commands = [
        (name, text(f"commands.{name_of(command.callback)}", language))
        for name, command in group.commands.items()
        if command.callback
    ]
    return "\n".join([
        f"{text('terminal.usage', language)} {path} {text('terminal.command_word', language)}",
        "",
        *_wrapped(text("terminal.what_it_is", language), _MARGIN),
        "",
        text("terminal.options", language),
        *_columns([*options, ("--help", text("terminal.help_option", language))]),
        "",
        text("terminal.commands", language),
        *_columns(commands),
    ])  # fmt: skip


def _written(parameter: Parameter, language: str) -> str:
    names = parameter.shown(language)
    if parameter.kind == "flag":
        return names
    if parameter.kind == "choice":
        return f"{names} {'|'.join(parameter.choices)}"
    return f"{names} {text(f'terminal.word_{parameter.kind}', language)}"


def _said(parameter: Parameter, language: str) -> str:
    said = parameter.meaning(language)
    if parameter.required and not parameter.argument:
        said += f" ({text('terminal.required', language)})"
    if parameter.shown_default:
        said += f" ({text('terminal.default', language, value=parameter.shown_default)})"
    return said


def _columns(rows: Iterable[tuple[str, str]]) -> Iterator[str]:
    """Names at the left, what they mean at the right; a long name has a line of its own."""
    for name, meaning in rows:
        first, *others = _wrapped(meaning, " " * (_NAMES_WIDTH + len(_MARGIN)))
        if len(name) > _NAMES_WIDTH - len(_MARGIN):
            yield f"{_MARGIN}{name}"
            yield first
        else:
            yield f"{_MARGIN}{name:{_NAMES_WIDTH}}{first.lstrip()}"
        yield from others


def _wrapped(words: str, margin: str) -> list[str]:
    width = min(shutil.get_terminal_size().columns, 110)
    return textwrap.wrap(
        words, max(width, 50), initial_indent=margin, subsequent_indent=margin, break_on_hyphens=False
    ) or [margin]
