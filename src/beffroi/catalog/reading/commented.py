"""A YAML file with its comments, each beside what it is about, so that it can be written again in another order.

A comment on a line of its own goes with the entry below it, or closes the block whose indentation it has; a comment at
the end of a line goes with what that line says. Comments at the head of a file, set apart by an empty line, stay there.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from beffroi.catalog.reading.documents import parse_events

_BREAK = re.compile("\r\n|[\n\r\x85\u2028\u2029]")
"""What the parsers take for the end of a line."""


@dataclass
class Leaf:
    """A scalar: its text, and whether it was written plain (``style`` is None), quoted or as a block."""

    text: str
    style: str | None


@dataclass
class Entry:
    """A key with its value, or an item of a list (``key`` is None)."""

    key: Leaf | None
    value: "Leaf | Branch"
    line: int
    column: int
    before: list[str] = field(default_factory=list)
    """Comments above; an empty text is an empty line."""
    beside: str = ""


@dataclass
class Branch:
    """A mapping or a list, and the comments that close it."""

    mapping: bool
    entries: list[Entry] = field(default_factory=list)
    tail: list[str] = field(default_factory=list)


@dataclass
class CommentedText:
    """A whole file."""

    head: list[str]
    root: Branch


def read_commented(text: str) -> CommentedText:
    """The file with its comments. Raises ruamel's ``YAMLError``, as ``parse_events``, on text that is not YAML.

    The text is supposed to be a mapping without anchor: what ``parse_document`` reads.
    """
    lines = _BREAK.split(text.removeprefix("\ufeff"))
    builder = _Builder(lines)
    for event in parse_events(text):
        builder.take(event)
    head = _attach_comments(builder, lines)
    return CommentedText(head, builder.root)


def all_comments(text: CommentedText) -> Iterator[str]:
    """Every comment of a file, in the order of its entries."""

    def within(branch: Branch) -> Iterator[str]:
        for entry in branch.entries:
            yield from (comment for comment in entry.before if comment)
            if entry.beside:
                yield entry.beside
            if isinstance(entry.value, Branch):
                yield from within(entry.value)
        yield from (comment for comment in branch.tail if comment)

    yield from (comment for comment in text.head if comment)
    yield from within(text.root)


@dataclass
class _Builder:
    """Puts events together, and remembers which lines are inside a text and what each line ends with."""

    lines: list[str]
    root: Branch = field(default_factory=lambda: Branch(mapping=True))
    entries: list[tuple[Entry, Branch]] = field(default_factory=list)
    """Every entry with the branch that holds it, in the order of the text."""
    covered: set[int] = field(default_factory=set)
    """Lines, from 0, on which a ``#`` that begins the line is text."""
    ends: dict[int, tuple[int, Entry]] = field(default_factory=dict)
    """By line: the column where its last word ends, and the entry that it belongs to."""
    _open: list[tuple[Branch, Entry | None]] = field(default_factory=list)
    _key: list[tuple[Leaf, Any] | None] = field(default_factory=list)

    def take(self, event: Any) -> None:
        kind = type(event).__name__
        if kind == "ScalarEvent":
            self._scalar(event)
        elif kind in ("MappingStartEvent", "SequenceStartEvent"):
            branch = Branch(mapping=kind == "MappingStartEvent")
            entry = self._place(branch, event) if self._open else None
            if entry is None:
                self.root = branch
            elif event.flow_style:
                self._end(event.end_mark, entry)
            self._open.append((branch, entry))
            self._key.append(None)
        elif kind in ("MappingEndEvent", "SequenceEndEvent"):
            _, entry = self._open.pop()
            self._key.pop()
            if entry is not None and event.start_mark.column < event.end_mark.column:
                self._end(event.end_mark, entry)

    def _scalar(self, event: Any) -> None:
        leaf = Leaf(event.value, event.style or None)
        start, end = event.start_mark, event.end_mark
        last = end.line if end.column else end.line - 1
        self.covered.update(range(start.line + 1, last + 1))
        branch, _ = self._open[-1]
        if branch.mapping and self._key[-1] is None:
            self._key[-1] = (leaf, event)
            return
        entry = self._place(leaf, event)
        if leaf.style in ("|", ">"):
            header = re.match(r"[|>][-+0-9]*", self.lines[start.line][start.column :])
            self.ends[start.line] = (start.column + (header.end() if header else 1), entry)
        else:
            self._end(end, entry)

    def _place(self, value: Leaf | Branch, event: Any) -> Entry:
        branch, _ = self._open[-1]
        start = event.start_mark
        if branch.mapping:
            pending = self._key[-1]
            assert pending is not None, "a value comes after its key"
            self._key[-1] = None
            leaf, key = pending
            entry = Entry(leaf, value, key.start_mark.line, key.start_mark.column)
            self._end(key.end_mark, entry)
        else:
            line, column = self._dash(start.line, start.column)
            entry = Entry(None, value, line, column)
        branch.entries.append(entry)
        self.entries.append((entry, branch))
        return entry

    def _dash(self, line: int, column: int) -> tuple[int, int]:
        """Where the dash of an item is: before it on its line, or alone on a line above; itself in a flow list."""
        before = self.lines[line][:column].rstrip()
        while not before and line > 0:
            line -= 1
            before = self.lines[line].split("#")[0].rstrip()
        return (line, len(before) - 1) if before.endswith("-") else (line, column)

    def _end(self, mark: Any, entry: Entry) -> None:
        known = self.ends.get(mark.line)
        if known is None or mark.column >= known[0]:
            self.ends[mark.line] = (mark.column, entry)


def _attach_comments(builder: _Builder, lines: list[str]) -> list[str]:
    """Put every comment of the text where it belongs; the comments of the head are returned."""
    pending: list[tuple[int, str]] = []
    entries = sorted(builder.entries, key=lambda pair: pair[0].line)
    position = 0
    head: list[str] | None = None
    for number, line in enumerate(lines):
        while position < len(entries) and entries[position][0].line <= number:
            head = _settle(pending, builder.entries, entries[position], head)
            pending = []
            position += 1
        if number in builder.covered and number not in builder.ends:
            continue
        stripped = line.strip()
        if number in builder.ends:
            column, owner = builder.ends[number]
            if found := re.search(r"(?:^|\s)(#.*)$", line[column:]):
                owner.beside = f"{owner.beside} {found[1].rstrip()}".strip()
        elif stripped.startswith("#"):
            pending.append((len(line) - len(line.lstrip()), stripped))
        elif not stripped:
            pending.append((-1, ""))
    _close(pending, builder.entries, builder.root)
    return head or []


def _settle(
    pending: list[tuple[int, str]],
    entries: list[tuple[Entry, Branch]],
    next_pair: tuple[Entry, Branch],
    head: list[str] | None,
) -> list[str] | None:
    """Give what was pending to the entry that comes next, save what is indented more than it."""
    entry, _ = next_pair
    texts = [text for _, text in pending]
    if head is None:
        head = []
        if "" in texts:
            last_gap = len(texts) - 1 - texts[::-1].index("")
            head, pending = _squeezed(texts[:last_gap]), pending[last_gap + 1 :]
        entry.before = _squeezed([text for _, text in pending])
        return head
    deeper = 0
    for index, (column, text) in enumerate(pending):
        if text and column > entry.column:
            deeper = index + 1
    before = [pair for pair in entries if pair[0].line < entry.line]
    _close(pending[:deeper], before, None)
    entry.before = _squeezed([text for _, text in pending[deeper:]], gap_first=True)
    return head


def _close(pending: list[tuple[int, str]], before: list[tuple[Entry, Branch]], root: Branch | None) -> None:
    """Put comments at the end of the block whose indentation they have."""
    for column, text in pending:
        if not text:
            continue
        holder = _holder(before, column) or root or before[-1][1]
        holder.tail.append(text)


def _holder(before: list[tuple[Entry, Branch]], column: int) -> Branch | None:
    """The innermost block at ``column`` or left of it; of a list and its key at the same column, the key's."""
    found: tuple[Entry, Branch] | None = None
    for entry, branch in reversed(before):
        if found is None and entry.column <= column:
            found = entry, branch
        if found is not None and (found[0].key is not None or entry.column < found[0].column):
            break
        if found is not None and entry.key is not None and entry.column == found[0].column:
            return branch
    return found[1] if found else None


def _squeezed(texts: list[str], *, gap_first: bool = False) -> list[str]:
    """Without empty lines at the ends (save one in front with ``gap_first``) nor two in a row."""
    kept: list[str] = []
    for text in texts:
        if text or (kept and kept[-1]) or (gap_first and not kept):
            kept.append(text)
    while kept and not kept[-1] and not (gap_first and len(kept) == 1):
        kept.pop()
    return kept
