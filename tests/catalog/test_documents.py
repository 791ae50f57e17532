"""YAML as nodes with lines: the C parser and the pure one say the same, and bad writing is told on its line."""

from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from ruamel.yaml import YAML

from beffroi.catalog.reading import documents
from beffroi.catalog.reading.documents import MappingNode, key_name, parse_document
from beffroi.catalog.reading.shapes import read_plainly


def pure_events(text: str) -> Iterator[Any]:
    yield from YAML(typ="safe", pure=True).parse(text)


def parse_both(text: str, monkeypatch: pytest.MonkeyPatch) -> list[tuple[Any, list[tuple[str, int | None]]]]:
    results = []
    for parser in (documents.parse_events, pure_events):
        with monkeypatch.context() as patched:
            patched.setattr(documents, "parse_events", parser)
            document, faults = parse_document(text, "a.yaml")
        plain = read_plainly(document.root) if document else None
        results.append((plain, [(fault.code, fault.place.line) for fault in faults if fault.place]))
    return results


@pytest.mark.parametrize(
    ("text", "code", "line"),
    [
        ("a: 1\nb: c: d\n", "yaml-syntax", 2),
        ("a: 'x\nb: 2\n", "yaml-syntax", 1),
        ("b: 1\na: [1, 2\nc: 3\n", "yaml-syntax", 2),
        ("a: 1\n\tb: 2\n", "yaml-tab", 2),
        ("a:\n  b: 1\n c: 2\n", "yaml-syntax", 3),
        ("a: @x\n", "yaml-syntax", 1),
        ("a: 1\nfoo\nb: 2\n", "yaml-syntax", 2),
        ("a: &x 1\nb: *x\n", "yaml-anchor", 1),
        ("b: 1\na: *x\n", "yaml-anchor", 2),
        ("a: 1\n---\nb: 2\n", "yaml-several-documents", 2),
        ("- a\nb: 1\n", "yaml-syntax", 2),
        ("a: 1\nb: \x07\n", "yaml-syntax", 2),
        ("{a: 1}: 2\n", "yaml-key-not-text", 1),
        ('a: 1\nb: "\\z"\n', "yaml-syntax", 2),
        ("a: " + "[" * 100_000, "yaml-too-deep", 1),
        ("a: 1\na: 2\n", "duplicate-key", 2),
        ("x:\n  a: 1\n  a:\n    b: 1\n", "duplicate-key", 3),
        ("- a\n", "wrong-type", 1),
        ("juste un texte\n", "wrong-type", 1),
        ("# rien\n", "text-empty", 1),
        ("~\n", "text-empty", 1),
    ],
)
def test_bad_writing_is_told_on_its_line(text: str, code: str, line: int, monkeypatch: pytest.MonkeyPatch) -> None:
    for _, faults in parse_both(text, monkeypatch):
        assert faults == [(code, line)]


@given(
    st.recursive(
        st.text(alphabet="abcé:#-'\" 01", max_size=8),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text("ab1", min_size=1), inner, max_size=3),
        max_leaves=8,
    )
)
def test_both_parsers_read_the_same(value: Any) -> None:
    from io import StringIO

    stream = StringIO()
    YAML(typ="safe", pure=True).dump({"a": value}, stream)
    with pytest.MonkeyPatch.context() as monkeypatch:
        by_c, by_python = parse_both(stream.getvalue(), monkeypatch)
    assert by_c == by_python


def test_every_key_has_its_line() -> None:
    document, faults = parse_document("a: 1\nb:\n  - c: 2\n    d: >-\n      long\n      text\n  - e\nf: 3\n", "x.yaml")
    assert document is not None
    assert not faults
    lines = {key: place.line for key, place in document.places().items()}
    assert lines == {"": 1, "a": 1, "b": 2, "b[0]": 3, "b[0].c": 3, "b[0].d": 4, "b[1]": 7, "f": 8}
    assert document.place(("b", 0, "missing")).line == 3
    assert key_name(("locations", 0, "package", "name")) == "locations[0].package.name"


def test_a_duplicate_key_keeps_the_first_value() -> None:
    document, _ = parse_document("a: 1\na: 2\n", "x.yaml")
    assert document is not None
    assert read_plainly(document.root) == {"a": 1}


def test_plain_and_quoted_are_told_apart() -> None:
    document, _ = parse_document("a: 01001\nb: '1'\nc: 62498\nd: true\ne: ~\nf: yes\ng: 1.5\nh: 1e3\n", "x.yaml")
    assert document is not None
    assert isinstance(document.root, MappingNode)
    assert read_plainly(document.root) == {
        "a": "01001", "b": "1", "c": 62498, "d": True, "e": None, "f": "yes", "g": 1.5, "h": 1000.0,
    }  # fmt: skip
