"""A YAML file as nodes that remember their lines.

Plain scalars keep their text: whether ``01001`` is a code or a number is for the model to say, not for YAML. Anchors,
tags and several documents in one file are refused: a declaration is read as it is written. The C parser is used where
it is installed, the pure one elsewhere; both give the same nodes. This module never looks at what a key means.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError

from beffroi.errors import Fault, Place, fault

MAX_BYTES = 512 * 1024
"""A declaration has some sixty lines; a file thousands of times longer is not one."""

MAX_DEPTH = 32

NULLS = frozenset({"", "~", "null", "Null", "NULL"})
"""How YAML 1.2 writes nothing."""

KeyPath = tuple[str | int, ...]
"""The way to a value inside a file: keys, and indices counted from 0."""


@dataclass(frozen=True, slots=True)
class ScalarNode:
    """A value: its text, whether it was written without quotes nor block mark, and its line counted from 1."""

    text: str
    plain: bool
    line: int


@dataclass(frozen=True, slots=True)
class SequenceNode:
    """A list."""

    items: list["Node"]
    line: int


@dataclass(frozen=True, slots=True)
class MappingNode:
    """Keys with their values. ``key_lines`` gives the line of each key."""

    entries: dict[str, "Node"]
    key_lines: dict[str, int]
    line: int


Node = ScalarNode | SequenceNode | MappingNode


@dataclass(frozen=True)
class Document:
    """One file of YAML: its name in the workspace, and its root when it could be read."""

    file: str
    root: MappingNode

    def node(self, path: KeyPath) -> Node | None:
        """The node at ``path``, or None when the file has none there."""
        node: Node = self.root
        for step in path:
            child = _child(node, step)
            if child is None:
                return None
            node = child
        return node

    def place(self, path: KeyPath = ()) -> Place:
        """Where ``path`` is written, or where it should be: the line of the nearest key above it."""
        node: Node = self.root
        line = 1
        for step in path:
            child = _child(node, step)
            if child is None:
                break
            line = node.key_lines[str(step)] if isinstance(node, MappingNode) else child.line
            node = child
        return Place(self.file, line, key_name(path) or None)

    def places(self) -> dict[str, Place]:
        """The place of every key by its dotted name; the empty name is the first line."""
        return {key_name(path): Place(self.file, line, key_name(path) or None) for path, line in _lines(self.root, ())}


def key_name(path: KeyPath) -> str:
    """``locations[0].package.name``."""
    name = ""
    for step in path:
        name += f"[{step}]" if isinstance(step, int) else f".{step}" if name else step
    return name


def read_text(path: Path, file: str) -> str | Fault:
    """The text of a file in UTF-8; a fault when it cannot be opened, is too large, empty or in another encoding."""
    try:
        with path.open("rb") as stream:
            content = stream.read(MAX_BYTES + 1)
    except OSError as error:
        return fault("text-unreadable", Place(file), reason=error.strerror or type(error).__name__)
    if len(content) > MAX_BYTES:
        return fault("text-too-large", Place(file), limit=MAX_BYTES // 1024)
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        return fault("text-not-utf8", Place(file, line), byte=f"0x{content[error.start]:02x}")
    if not text.strip():
        return fault("text-empty", Place(file, 1))
    return text


def read_document(path: Path, file: str) -> tuple[Document | None, list[Fault]]:
    """A YAML file as a document, with all that is wrong in its writing. No document when nothing can be read of it."""
    text = read_text(path, file)
    if isinstance(text, Fault):
        return None, [text]
    return parse_document(text, file)


def parse_document(text: str, file: str) -> tuple[Document | None, list[Fault]]:
    """As ``read_document``, from the text itself."""
    try:
        builder = _build(parse_events(text), file)
    except YAMLError:
        # The C parser refuses a little of YAML 1.2; the pure one has the last word, and the same words everywhere.
        try:
            builder = _build(YAML(typ="safe", pure=True).parse(text), file)
        except YAMLError as error:
            return None, [_syntax_fault(error, text, file)]
    if builder.unreadable:
        return None, builder.faults
    if builder.root is None or (isinstance(builder.root, ScalarNode) and builder.root.text in NULLS):
        return None, [fault("text-empty", Place(file, 1))]
    if not isinstance(builder.root, MappingNode):
        place = Place(file, builder.root.line)
        return None, [wrong_type(place, "mapping", builder.root)]
    return Document(file, builder.root), builder.faults


def _build(events: Iterable[Any], file: str) -> "_Builder":
    builder = _Builder(file)
    for event in events:
        if not builder.take(event):
            break
    return builder


def parse_events(text: str) -> Iterator[Any]:
    """The parsing events of a YAML text, from the C parser where there is one."""
    try:
        from ruamel.yaml.cyaml import CParser  # type: ignore[attr-defined]
    except ImportError:
        yield from YAML(typ="safe", pure=True).parse(text)
        return
    parser = CParser(text)
    while parser.check_event():
        yield parser.get_event()


TYPE_WORDS = {
    "text": ("un texte", "a text"),
    "integer": ("un nombre entier", "a whole number"),
    "number": ("un nombre", "a number"),
    "boolean": ("true ou false", "true or false"),
    "date": ("une date (AAAA-MM-JJ)", "a date (YYYY-MM-DD)"),
    "sequence": ("une liste", "a list"),
    "mapping": ("des clés avec leurs valeurs", "keys with their values"),
}


def wrong_type(place: Place, kind: str, node: Node | None) -> Fault:
    """The fault of a value that is not of the ``kind`` (a key of ``TYPE_WORDS``) that is wanted."""
    french, english = TYPE_WORDS[kind]
    return fault("wrong-type", place, expected_fr=french, expected_en=english, found=found_words(node))


def found_words(node: Node | None) -> str:
    """What was found, short enough for a message."""
    if isinstance(node, MappingNode):
        return "{" + ", ".join(list(node.entries)[:3]) + ("…}" if len(node.entries) > 3 else "}")
    if isinstance(node, SequenceNode):
        return f"[{len(node.items)}]"
    text = node.text if node else ""
    return text if len(text) <= 60 else text[:57] + "…"


def _child(node: Node, step: str | int) -> Node | None:
    if isinstance(node, MappingNode):
        return node.entries.get(str(step))
    if isinstance(node, SequenceNode) and isinstance(step, int) and step < len(node.items):
        return node.items[step]
    return None


def _lines(node: Node, path: KeyPath, line: int = 1) -> Iterator[tuple[KeyPath, int]]:
    yield path, line
    if isinstance(node, MappingNode):
        for key, child in node.entries.items():
            yield from _lines(child, (*path, key), node.key_lines[key])
    elif isinstance(node, SequenceNode):
        for index, child in enumerate(node.items):
            yield from _lines(child, (*path, index), child.line)


@dataclass
class _Builder:
    """Puts events together into nodes, without recursion: depth is bounded by ``MAX_DEPTH``, not by the stack."""

    file: str
    root: Node | None = None
    faults: list[Fault] = field(default_factory=list)
    unreadable: bool = False
    _open: list[SequenceNode | MappingNode] = field(default_factory=list)
    _keys: list[tuple[str, int] | None] = field(default_factory=list)
    _documents: int = 0

    def take(self, event: Any) -> bool:
        """Add one event; False when nothing more can be understood."""
        kind = type(event).__name__
        line = event.start_mark.line + 1
        if kind == "ScalarEvent":
            if event.tag is not None or event.anchor is not None:
                return self._refuse("yaml-tag" if event.tag is not None else "yaml-anchor", line)
            return self._add(ScalarNode(event.value, not event.style, line), line)
        if kind in ("MappingStartEvent", "SequenceStartEvent"):
            if event.tag is not None or event.anchor is not None:
                return self._refuse("yaml-tag" if event.tag is not None else "yaml-anchor", line)
            if len(self._open) >= MAX_DEPTH:
                return self._refuse("yaml-too-deep", line, limit=MAX_DEPTH)
            node = MappingNode({}, {}, line) if kind == "MappingStartEvent" else SequenceNode([], line)
            if not self._add(node, line):
                return False
            self._open.append(node)
            self._keys.append(None)
        elif kind in ("MappingEndEvent", "SequenceEndEvent"):
            self._open.pop()
            self._keys.pop()
        elif kind == "AliasEvent":
            return self._refuse("yaml-anchor", line)
        elif kind == "DocumentStartEvent":
            self._documents += 1
            if self._documents > 1:
                return self._refuse("yaml-several-documents", line)
        return True

    def _add(self, node: Node, line: int) -> bool:
        if not self._open:
            self.root = node
            return True
        parent = self._open[-1]
        if isinstance(parent, SequenceNode):
            parent.items.append(node)
            return True
        pending = self._keys[-1]
        if pending is None:
            if not isinstance(node, ScalarNode):
                return self._refuse("yaml-key-not-text", line)
            self._keys[-1] = (node.text, line)
            return True
        self._keys[-1] = None
        key, key_line = pending
        if key in parent.entries:
            name = Place(self.file, key_line, key)
            self.faults.append(fault("duplicate-key", name, first=parent.key_lines[key]))
        else:
            parent.entries[key] = node
            parent.key_lines[key] = key_line
        return True

    def _refuse(self, code: str, line: int, **values: Any) -> bool:
        self.faults.append(fault(code, Place(self.file, line), **values))
        self.unreadable = True
        return False


_SYNTAX_WORDS: Sequence[tuple[str, bool, str, str]] = (
    (
        "mapping values are not allowed",
        False,
        "un « : » que rien n'attend ici : retrait irrégulier, ou texte contenant « : » à mettre entre guillemets",
        "a ':' that nothing expects here: uneven indentation, or a text with ':' that needs quotes",
    ),
    ("could not find expected ':'", True, "il manque « : » après cette clé", "this key lacks its ':'"),
    ("end of stream", True, "ce guillemet n'est pas refermé", "this quote is never closed"),
    (
        "flow ",
        True,
        "ce crochet ou cette accolade n'est pas bien refermé",
        "this bracket or brace is not closed as it should be",
    ),
    (
        "cannot start any token",
        False,
        "un texte ne peut pas commencer par ce caractère sans guillemets",
        "a text cannot begin with this character unless it is quoted",
    ),
    (
        "characters are not allowed",
        False,
        "un caractère de contrôle invisible s'est glissé dans le texte",
        "an invisible control character has slipped into the text",
    ),
    ("escape character", False, "échappement « \\ » inconnu entre guillemets doubles", "unknown '\\' escape in quotes"),
    (
        "",
        False,
        "retrait irrégulier, ou liste et clés mélangées",
        "uneven indentation, or a list mixed with keys",
    ),
)
"""What the parsers say, whether the place is the context's rather than the problem's, and our words for it."""


def _syntax_fault(error: YAMLError, text: str, file: str) -> Fault:
    if isinstance(error, MarkedYAMLError):
        said = f"{error.context or ''} / {error.problem or ''}"
        problem, context = error.problem_mark, error.context_mark
    else:
        said = str(error)
        position = getattr(error, "position", 0)
        line = text.count("\n", 0, position) + 1 if isinstance(position, int) else 1
        problem, context = None, None
        french, english = next((fr, en) for words, _, fr, en in _SYNTAX_WORDS if words in said)
        return fault("yaml-syntax", Place(file, line), reason_fr=french, reason_en=english)
    lines = text.splitlines()
    line = (problem.line if problem else 0) + 1
    around = lines[line - 1] if line <= len(lines) else ""
    if "\t" in said or "tab character" in said or "\t" in around[: len(around) - len(around.lstrip())]:
        return fault("yaml-tab", Place(file, line))
    _, at_context, french, english = next(entry for entry in _SYNTAX_WORDS if entry[0] in said)
    if at_context and context is not None:
        line = context.line + 1
    return fault("yaml-syntax", Place(file, min(line, max(len(lines), 1))), reason_fr=french, reason_en=english)
