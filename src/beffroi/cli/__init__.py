"""The command line: words in, words out, in the language of ``BEFFROI_LANGUAGE``; nothing is computed.

Typer reads what is typed; what it would say in English alone (help, usage, refusals) is said here instead, from the
catalogue of words.
"""

from beffroi.cli.commands import app
from beffroi.cli.running import main

__all__ = ["app", "main"]
