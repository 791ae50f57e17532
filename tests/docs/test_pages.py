"""Pages point at what exists: files, headings, commands and their options."""

import re
import shlex
from pathlib import Path

import pytest
from typer.main import get_command

from beffroi.cli import app
from tests.docs.blocks import pages, read_blocks
from tests.house.places import ROOT

_LINK = re.compile(r"!?\[[^\]]*\]\(([^)\s]+)\)")
_INLINE = re.compile(r"`(beffroi [^`]+)`")
_INDENTED = re.compile(r"^(?: {4}|\t)(beffroi .*)$", re.MULTILINE)


def name_of(page: Path) -> str:
    return str(page.relative_to(ROOT))


@pytest.mark.parametrize("page", pages(), ids=name_of)
def test_links_lead_somewhere(page: Path) -> None:
    text = page.read_text("utf-8")
    for target in _LINK.findall(text):
        if re.match(r"[a-z]+:", target):
            continue
        path, _, heading = target.partition("#")
        there = (page.parent / path).resolve() if path else page
        assert there.exists(), target
        if heading:
            assert heading in headings(there), f"{target}: {sorted(headings(there))}"


def headings(page: Path) -> set[str]:
    """Anchors of a page's headings, as GitHub makes them."""
    titles = re.findall(r"^#+ (.*)$", page.read_text("utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", title.lower()).strip().replace(" ", "-") for title in titles}


@pytest.mark.parametrize("page", pages(), ids=name_of)
def test_commands_exist(page: Path) -> None:
    known = get_command(app).commands  # type: ignore[attr-defined]
    for line in commands_shown(page):
        words = shlex.split(line.partition(" #")[0].replace("…", ""))
        for start in [index for index, word in enumerate(words) if word == "beffroi"]:
            asked = words[start + 1 :]
            if not asked or asked[0] == "--version":
                continue
            assert asked[0] in known, line
            options = {
                name for parameter in known[asked[0]].params for name in (*parameter.opts, *parameter.secondary_opts)
            }
            for word in asked[1:]:
                if word in ("&&", "|"):
                    break
                assert not word.startswith("-") or word.partition("=")[0] in options | {"--help"}, line


def commands_shown(page: Path) -> list[str]:
    """Lines that call ``beffroi``: in a session, an indented block, the text. The reference is made from the code."""
    if page.parent.name == "reference":
        return []
    text = page.read_text("utf-8")
    shown = [*_INLINE.findall(text), *_INDENTED.findall(text)]
    for block in read_blocks(page):
        if block.language in ("console", "sh", ""):
            shown += [line.removeprefix("$ ") for line in block.text.splitlines() if re.match(r"(\$ )?beffroi ", line)]
    return shown


def test_every_page_is_in_the_index() -> None:
    index = (ROOT / "docs" / "index.md").read_text("utf-8")
    docs = [page for page in pages() if page.is_relative_to(ROOT / "docs") and page.name != "index.md"]
    assert not [name_of(page) for page in docs if f"({page.relative_to(ROOT / 'docs')})" not in index]


@pytest.mark.parametrize("picture", sorted((ROOT / "docs" / "images").glob("*")), ids=lambda path: path.name)
def test_every_picture_is_shown_and_made_by_the_script(picture: Path) -> None:
    assert f'Picture("{picture.stem}"' in (ROOT / "scripts" / "take_screenshots.py").read_text("utf-8")
    assert any(f"images/{picture.name}" in page.read_text("utf-8") for page in pages())
