"""Doing what a page says: its files are written, its commands are run, what it shows is compared with what comes.

A command is run inside this process, which spares each one the imports. A server is not started: its pages are asked
for in memory.
"""

import asyncio
import contextlib
import io
import re
import shlex
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from unittest.mock import patch

import httpx

from beffroi.cli import main
from beffroi.run import open_workplace
from beffroi.serve.running import create_workspace_app
from beffroi.settings import read_settings
from tests.docs.blocks import Block

ELLIPSIS = "…"


class Session:
    """A person in front of a terminal, in ``folder``, who does what blocks say, one after the other."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def follow(self, block: Block) -> None:
        """Write the block's file, change the line that it changes, or run its commands."""
        if block.language == "console":
            for command, shown in commands_of(block):
                self._run(block, command, shown)
        elif block.language == "diff":
            self._amend(block)
        elif block.file:
            path = self.folder / block.file
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(block.text, "utf-8")

    def page(self, address: str) -> str:
        """What the server answers, at an address without its host."""

        async def ask() -> httpx.Response:
            app = create_workspace_app(open_workplace(self.folder, read_settings()))
            async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://127.0.0.1") as client:
                return await client.get(address)

        # In a thread of its own: a browser test that ran before has left its event loop in this one.
        with ThreadPoolExecutor(1) as pool:
            answer = pool.submit(asyncio.run, ask()).result()
        assert answer.status_code == 200, address
        return answer.text

    def _amend(self, block: Block) -> None:
        assert block.file, f"{block}: which file?"
        path = self.folder / block.file
        before, after = ([line[1:] for line in block.text.splitlines() if line[0] == sign] for sign in "-+")
        text = path.read_text("utf-8")
        old, new = "\n".join(before) + "\n", "\n".join(after) + "\n"
        assert text.count(old) == 1, f"{block}: {path.name} has {text.count(old)} times {old!r}"
        path.write_text(text.replace(old, new), "utf-8")

    def _run(self, block: Block, command: str, shown: list[str]) -> None:
        words = shlex.split(command)
        if words[0] == "cd":
            self.folder = self.folder / words[1]
        elif words[:2] == ["beffroi", "serve"]:
            assert self.page("/")
        else:
            came = run_beffroi(words, self.folder)
            fault = compare(shown, came)
            assert fault is None, f"{block}  $ {command}\n{fault}\nwhat came:\n{came}"


def commands_of(block: Block) -> Iterator[tuple[str, list[str]]]:
    """Each command of a console block with the lines that are shown under it."""
    pieces = re.split(r"^\$ ", block.text, flags=re.MULTILINE)
    assert not pieces[0].strip(), f"{block}: something is shown before the first command"
    for piece in pieces[1:]:
        command, *shown = piece.splitlines()
        yield command, [line for line in shown if line.strip()]


def run_beffroi(words: list[str], folder: Path) -> str:
    """All that a command of Beffroi writes, on both streams, run in ``folder``."""
    assert words[0] == "beffroi", words
    out = io.StringIO()
    with (
        contextlib.chdir(folder),
        patch.object(sys, "argv", words),
        contextlib.redirect_stdout(out),
        contextlib.redirect_stderr(out),
        contextlib.suppress(SystemExit),
    ):
        main()
    return out.getvalue()


def compare(shown: list[str], came: str) -> str | None:
    """What is shown and did not come, or None. ``…`` stands for anything in a line, and alone for any lines.

    Shown lines must come in that order; without any line ``…``, nothing else may come. Runs of spaces are alike.
    """
    left = [" ".join(line.split()) for line in came.splitlines() if line.strip()]
    whole = ELLIPSIS not in {line.strip() for line in shown}
    if whole and len(shown) != len(left):
        return f"{len(shown)} lines are shown, {len(left)} came"
    for line in shown:
        wanted = " ".join(line.split())
        if wanted == ELLIPSIS:
            continue
        pattern = re.compile(re.escape(wanted).replace(re.escape(ELLIPSIS), ".*"))
        while left and not pattern.fullmatch(left[0]):
            left.pop(0)
        if not left:
            return f"shown and not come: {line}"
        left.pop(0)
    return None
