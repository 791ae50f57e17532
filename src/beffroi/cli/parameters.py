"""What each command takes, read from its signature: how a parameter is written, what it may be, what it is for.

The words are in ``messages/interface_commands.toml``: ``commands.show``, ``parameters.show_level``, or
``parameters.level`` where every command means the same by it.
"""

import inspect
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from types import NoneType
from typing import Any, Literal, get_args, get_origin, get_type_hints

from typer.models import ArgumentInfo

from beffroi.language import text


@dataclass(frozen=True)
class Parameter:
    """One thing that a command takes. ``kind``: ``flag``, ``integer``, ``folder``, ``choice`` or ``text``."""

    command: str
    name: str
    written: tuple[str, ...]
    argument: bool
    kind: str
    choices: tuple[str, ...]
    low: int | None
    high: int | None
    required: bool
    default: Any

    def shown(self, language: str) -> str:
        """How it is written on a command line."""
        return text(f"terminal.argument_{self.name}", language) if self.argument else ", ".join(self.written)

    def meaning(self, language: str) -> str:
        """What it is for, in one sentence."""
        try:
            return text(f"parameters.{self.command}_{self.name}", language)
        except KeyError:
            return text(f"parameters.{self.name}", language)

    def expected(self, language: str) -> str:
        """What it may be, for who gave something else."""
        if self.kind == "integer" and (self.low is not None or self.high is not None):
            low, high = ("…" if bound is None else str(bound) for bound in (self.low, self.high))
            return text("terminal.integer_between", language, low=low, high=high)
        return str(text(f"terminal.expects_{self.kind}", language))

    @property
    def shown_default(self) -> str:
        """Its value when it is not given, where there is something to say."""
        return "" if self.required or self.default in (None, False) else str(self.default)


def name_of(callback: Callable[..., Any]) -> str:
    """The name of a command in the catalogue of words."""
    return str(inspect.unwrap(callback).__name__)


def parameters_of(callback: Callable[..., Any]) -> Iterator[Parameter]:
    """What the function of a command takes, in its order."""
    function = inspect.unwrap(callback)
    hints = get_type_hints(function, include_extras=True)
    for name, parameter in inspect.signature(function).parameters.items():
        # What typer hands to a command by itself is not written by anybody.
        if not get_args(hints[name]):
            continue
        annotated, info, *_ = get_args(hints[name])
        kind, choices = _kind_of(annotated)
        argument = isinstance(info, ArgumentInfo)
        # Inside Annotated, the first positional argument of Option is its first name, not its default.
        given = [part for part in (info.default, *(info.param_decls or ())) if isinstance(part, str)]
        required = parameter.default is inspect.Parameter.empty
        yield Parameter(
            function.__name__,
            name,
            (name.upper(),) if argument else tuple(given or ["--" + name.replace("_", "-")]),
            argument,
            kind,
            choices,
            _whole(info.min),
            _whole(info.max),
            required,
            None if required else parameter.default,
        )


def _kind_of(annotated: Any) -> tuple[str, tuple[str, ...]]:
    if get_origin(annotated) is Literal:
        return "choice", tuple(map(str, get_args(annotated)))
    plain = [part for part in get_args(annotated) or (annotated,) if part is not NoneType]
    kinds = {bool: "flag", int: "integer", Path: "folder"}
    return kinds.get(plain[0], "text"), ()


def _whole(bound: float | None) -> int | None:
    return None if bound is None else int(bound)
