"""Running a command: faults become messages on standard error and an exit code, never a traceback."""

import os
import sys
import tempfile
import traceback

import typer

from beffroi.cli.commands import app
from beffroi.cli.refusals import is_refusal, refusal_fault
from beffroi.errors import BeffroiError, fault, system_fault
from beffroi.language import text
from beffroi.settings import spoken_language

_INTERRUPTED = 130


def main() -> None:
    """Run the command that is typed. Faults are told in the language of ``BEFFROI_LANGUAGE``; their class is the exit
    code."""
    try:
        sys.exit(app(prog_name="beffroi", standalone_mode=False) or 0)
    except BrokenPipeError:
        # Whoever read the output has seen enough (``beffroi show … | head``).
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(1)
    except (typer.Abort, KeyboardInterrupt):
        typer.echo(text("terminal.interrupted", spoken_language()), err=True)
        sys.exit(_INTERRUPTED)
    except Exception as error:
        known = as_faults(error)
        for one in known.faults:
            typer.echo(one.render(spoken_language()), err=True)
        sys.exit(known.exit_code)


def as_faults(error: Exception) -> BeffroiError:
    """An error as a person can read it; what nobody foresaw is kept whole in a file beside."""
    if isinstance(error, BeffroiError):
        return error
    if is_refusal(error):
        return BeffroiError(refusal_fault(error))
    if isinstance(error, OSError):
        return BeffroiError(system_fault(error))
    with tempfile.NamedTemporaryFile("w", prefix="beffroi-", suffix=".txt", delete=False, encoding="utf-8") as file:
        traceback.print_exception(error, file=file)
    return BeffroiError(fault("unforeseen", detail=f"{type(error).__name__}: {error}", file=file.name))
