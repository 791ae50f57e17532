"""What typer refuses to read (an unknown option, a value of another kind), as faults in the reader's language."""

import re
from typing import Any

import typer

from beffroi.cli.parameters import Parameter, parameters_of
from beffroi.errors import Fault, fault
from beffroi.language import LANGUAGES

_Usage: Any = typer.BadParameter.__base__
"""The family of all that typer refuses to read; it has no public name of its own."""


def is_refusal(error: BaseException) -> bool:
    """Whether typer raised ``error`` because of what was typed."""
    return isinstance(error, _Usage)


def refusal_fault(error: Any) -> Fault:
    """What was typed wrongly, what there is instead, and where to read more."""
    context, kind = error.ctx, type(error).__name__
    command = context.command_path if context else "beffroi"
    if kind == "NoSuchOption":
        there = sorted({name for one in _parameters(context) if not one.argument for name in one.written} | {"--help"})
        name = error.option_name
        return fault("option-unknown", name=name, command=command, instead_of=name, available=there)
    if kind == "MissingParameter":
        one = _parameter(context, error.param.name)
        return fault("argument-missing", name=_named(one), command=command)
    if kind == "BadParameter" and error.param is not None:
        one = _parameter(context, error.param.name)
        expected = {language: one.expected(language) for language in LANGUAGES}
        return fault("argument-refused", name=_named(one), expected=expected, available=one.choices)
    if kind == "BadOptionUsage":
        needs = "requires" in error.message
        return fault("option-without-value" if needs else "option-with-value", name=error.option_name)
    commands = getattr(context.command, "commands", None) if context else None
    if commands is not None and (found := re.search(r"'([^']*)'", error.message)):
        return fault("command-unknown", name=found[1], instead_of=found[1], available=commands)
    extra = re.search(r"\(([^()]*)\)$", error.message)
    return fault("argument-too-many", given=extra[1] if extra else error.message, command=command)


def missing_fault(command: str, option: str) -> Fault:
    """An option without which what was typed means nothing."""
    return fault("argument-missing", name=f"--{option}", command=f"beffroi {command}")


def useless_fault(command: str, option: str) -> Fault:
    """An option that says again what the argument already says."""
    return fault("argument-too-many", given=f"--{option}", command=f"beffroi {command}")


def _parameters(context: Any) -> list[Parameter]:
    return list(parameters_of(context.command.callback))


def _parameter(context: Any, name: str) -> Parameter:
    return next(one for one in _parameters(context) if one.name == name)


def _named(parameter: Parameter) -> dict[str, str]:
    return {language: parameter.shown(language) for language in LANGUAGES}
