"""Markdown of pages as HTML: none of its own goes through, headings have an address, references their values."""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from html import escape
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.rules_inline import StateInline
from markdown_it.token import Token
from markdown_it.utils import OptionsDict

from beffroi.catalog.references import PATTERN
from beffroi.language import text, typeset
from beffroi.observe.references import Said
from beffroi.observe.values import State


@dataclass
class Heading:
    """A title of the page: its address inside it, its words and how deep it is (2 for a section)."""

    anchor: str
    words: str
    depth: int


@dataclass
class Writing:
    """What is known while the runs of prose of one page are written: anchors that are taken, headings met, and the
    states that letters stand for."""

    said: Mapping[str, Said]
    language: str
    headings: list[Heading] = field(default_factory=list)
    doubts: set[State] = field(default_factory=set)


def write_prose(markdown: str, writing: Writing) -> str:
    """The HTML of a run of Markdown; its headings are added to ``writing``."""
    return str(_parser().render(markdown, {"writing": writing}))


@cache
def _parser() -> MarkdownIt:
    parser = MarkdownIt("commonmark", {"html": False, "typographer": False}).enable("table")
    parser.inline.ruler.before("text", "reference", _read_reference)
    parser.add_render_rule("reference", _write_reference)
    parser.add_render_rule("text", _write_text)
    parser.add_render_rule("heading_open", _open_heading)
    parser.add_render_rule("heading_close", _close_heading)
    parser.add_render_rule("table_open", _open_table)
    parser.add_render_rule("table_close", lambda *_: "</table></div>\n")
    return parser


def _read_reference(state: StateInline, silent: bool) -> bool:
    found = PATTERN.match(state.src, state.pos) if state.src.startswith("{{", state.pos) else None
    if found is None:
        return False
    if not silent:
        token = state.push("reference", "", 0)
        token.content = found.group(1).strip()
    state.pos = found.end()
    return True


def _write_reference(
    renderer: RendererHTML, tokens: Sequence[Token], index: int, options: OptionsDict, env: Mapping[str, Any]
) -> str:
    writing: Writing = env["writing"]
    said = writing.said[tokens[index].content]
    if said.mention:
        writing.doubts.add(said.state)
    return mark_reference(said, writing.language)


def _write_text(
    renderer: RendererHTML, tokens: Sequence[Token], index: int, options: OptionsDict, env: Mapping[str, Any]
) -> str:
    return escape(typeset(tokens[index].content))


def mark_reference(said: Said, language: str) -> str:
    """A reference as HTML: a value says on demand what it is, of where and when; a letter, that one may doubt."""
    if said.indicator is None:
        return escape(said.words)
    title, words = escape(said.title), escape(said.words)
    if said.mention:
        letter = escape(text(f"state_letter.{said.state}", language))
        words += f'<sup class="doubt-letter" aria-hidden="true">{letter}</sup>'
        words += f'<span class="visually-hidden"> ({escape(said.mention)})</span>'
    return f'<data class="value value-{said.state}" value="{escape(said.indicator)}" title="{title}">{words}</data>'


def _open_table(
    renderer: RendererHTML, tokens: Sequence[Token], index: int, options: OptionsDict, env: Mapping[str, Any]
) -> str:
    """A table that is wider than the page moves sideways by itself, by hand or by keyboard."""
    label = escape(text("page.table", env["writing"].language))
    return f'<div class="grid-scroll" tabindex="0" role="group" aria-label="{label}"><table class="values">\n'


def _open_heading(
    renderer: RendererHTML, tokens: Sequence[Token], index: int, options: OptionsDict, env: Mapping[str, Any]
) -> str:
    writing: Writing = env["writing"]
    depth = max(2, int(tokens[index].tag[1:]))
    words = PATTERN.sub(lambda found: writing.said[found.group(1).strip()].words, typeset(tokens[index + 1].content))
    anchor = _anchor(words, {heading.anchor for heading in writing.headings})
    writing.headings.append(Heading(anchor, words, depth))
    return f'<h{depth} id="{anchor}">'


def _close_heading(
    renderer: RendererHTML, tokens: Sequence[Token], index: int, options: OptionsDict, env: Mapping[str, Any]
) -> str:
    return f"</h{max(2, int(tokens[index].tag[1:]))}>\n"


def _anchor(words: str, taken: set[str]) -> str:
    plain = unicodedata.normalize("NFKD", words).encode("ascii", "ignore").decode().lower()
    stem = re.sub(r"[^a-z0-9]+", "-", plain).strip("-") or "section"
    anchor, again = stem, 2
    while anchor in taken:
        anchor, again = f"{stem}-{again}", again + 1
    return anchor


__all__ = ["Heading", "Writing", "mark_reference", "write_prose"]
