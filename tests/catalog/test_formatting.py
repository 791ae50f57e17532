"""The canonical form: nothing that is said changes, no comment is lost, and a second time changes nothing."""

from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from ruamel.yaml import YAML

from beffroi.catalog import check_catalog, format_workspace
from beffroi.catalog.formatting import format_text
from beffroi.catalog.indicators import IndicatorBase
from beffroi.catalog.reading.commented import all_comments, read_commented
from beffroi.catalog.reading.documents import parse_document
from beffroi.catalog.reading.scalars import write_inline
from beffroi.catalog.reading.shapes import read_plainly
from beffroi.catalog.vocabularies import Theme
from tests.catalog.workspaces import EXAMPLES, copy_example, write


def said(text: str) -> Any:
    document, faults = parse_document(text, "x.yaml")
    assert document is not None, (text, faults)
    return read_plainly(document.root)


def test_a_file_in_canonical_form() -> None:
    text = """\
# Le taux de vacance.

kind:   ratio   # un rapport
unit: "percent"
theme:    'housing'
title: {fr: Taux, en: "Rate"}
# Ce que c'est :
# une définition.
definition: >
    Une part

    de quelque chose
levels: [commune, "epci"]  # deux niveaux
numerator:
      sum: vacant
      # la table, ensuite
      table: a/b
      where: {code: "01", kind: [a, '2']}
denominator: "dwellings"
breaks:
- why: On a changé la manière de compter les logements vacants cette année-là, et la
    suite ne se compare plus à ce qui précède.
  period: 2018
  # dernier mot
# Fin.
"""
    expected = """\
# Le taux de vacance.

title:
  fr: Taux
  en: Rate
# Ce que c'est :
# une définition.
definition: >
  Une part

  de quelque chose
theme: housing
unit: percent
levels: # deux niveaux
  - commune
  - epci
breaks:
  - period: 2018
    why: >-
      On a changé la manière de compter les logements vacants cette année-là, et la suite ne se compare plus à ce qui
      précède.
    # dernier mot
kind: ratio # un rapport
numerator:
  # la table, ensuite
  table: a/b
  sum: vacant
  where:
    code: "01"
    kind:
      - a
      - "2"
denominator: dwellings
# Fin.
"""
    assert format_text(text, IndicatorBase) == expected
    assert format_text(expected, IndicatorBase) == expected


@pytest.mark.parametrize(
    ("text", "canonical"),
    [
        ("a", "a"),
        ("01", '"01"'),
        ("true", '"true"'),
        ("", '""'),
        ("~", '"~"'),
        ("1.5", '"1.5"'),
        ("a: b", '"a: b"'),
        ("a # b", '"a # b"'),
        ("#a", '"#a"'),
        ("a:b", "a:b"),
        ("-", '"-"'),
        ("-a", "-a"),
        ("yes", '"yes"'),
        ("2020-01-01", '"2020-01-01"'),
        ("2016 à 2021", "2016 à 2021"),
        ("\x1f𐀀", '"\\u001f𐀀"'),
        ("[a]", '"[a]"'),
        ("l'été", "l'été"),
        ('dit "oui"', 'dit "oui"'),
        ('"oui"', "'\"oui\"'"),
        ("a\\d", "a\\d"),
        ("^P(\\d)$", "^P(\\d)$"),
        ("@a", '"@a"'),
        (" a", '" a"'),
        ("a\tb", '"a\\tb"'),
        ("{year}", '"{year}"'),
        ("---", '"---"'),
        ("?", '"?"'),
    ],
)
def test_quotes_only_where_they_are_needed(text: str, canonical: str) -> None:
    assert write_inline(text, "quoted") == canonical
    assert said(f"a: {canonical}\n") == {"a": text}


TEXTS = st.text(
    alphabet=st.one_of(st.sampled_from("abé01:#-'\"\\ \n,[]{}?!&*|>%@`~.=\t"), st.characters(codec="utf-8")),
    max_size=40,
)
VALUES = st.recursive(
    TEXTS | st.integers() | st.booleans() | st.none() | st.floats(allow_nan=False, allow_infinity=False),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3),
    max_leaves=10,
)


@given(st.dictionaries(st.sampled_from(["title", "theme", "where", "levels", "kind", "z"]), VALUES, min_size=1))
def test_whatever_is_said_stays_said(value: dict[str, Any]) -> None:
    for flow in (False, True):
        stream = StringIO()
        yaml = YAML(typ="safe", pure=True)
        yaml.default_flow_style = flow
        yaml.dump(value, stream)
        text = stream.getvalue()
        document, faults = parse_document(text, "x.yaml")
        if document is None or faults:
            continue
        canonical = format_text(text, IndicatorBase)
        assert said(canonical) == said(text)
        assert format_text(canonical, IndicatorBase) == canonical


LINES = st.lists(
    st.sampled_from(
        [
            "a: 1", "b:", "  c: x # beside", "  # in b", "# above", "", "d: [1, 2] # list", "  - x", "  - y: 1",
            "    z: 2", "    # in y", "e: |", "  text", "  # text too", "f: 'q' # q", "g: >-", "   folded",
            "      # far", "title: t", "theme: # beside a key", "levels:", "- i # item", "# last",
            "h: {k: v, # inside", "  l: w}",
        ]
    ),
    max_size=14,
)  # fmt: skip


@given(LINES)
def test_no_comment_is_lost(lines: list[str]) -> None:
    text = "\n".join(lines) + "\n"
    document, faults = parse_document(text, "x.yaml")
    if document is None or faults:
        return
    canonical = format_text(text, IndicatorBase)
    before, after = read_commented(text), read_commented(canonical)
    assert sorted(all_comments(before)) == sorted(all_comments(after))
    assert said(canonical) == said(text)
    assert format_text(canonical, IndicatorBase) == canonical
    # It is put in order, not just left alone.
    keys = [entry.key.text for entry in after.root.entries if entry.key]
    known = [key for key in keys if key in ("title", "theme", "levels")]
    assert known == [key for key in ("title", "theme", "levels") if key in known]


def test_the_examples_are_in_canonical_form() -> None:
    for folder in EXAMPLES.iterdir():
        assert format_workspace(folder, write=False) == [], folder.name


def test_only_what_is_not_canonical_is_written(tmp_path: Path) -> None:
    root = copy_example("small", tmp_path)
    before = {path: path.read_bytes() for path in root.rglob("*") if path.is_file()}
    write(root, "vocabulary/themes.yaml", "housing:   {title: 'Habitat'}\r\nmobility: {title: Mobilité}   # bouger\r\n")
    assert format_workspace(root, write=False) == [root / "vocabulary/themes.yaml"]
    assert "'Habitat'" in (root / "vocabulary/themes.yaml").read_text("utf-8")
    assert format_workspace(root, write=True) == [root / "vocabulary/themes.yaml"]
    expected = "housing:\n  title: Habitat\nmobility: # bouger\n  title: Mobilité\n"
    assert (root / "vocabulary/themes.yaml").read_bytes() == expected.encode()
    assert format_workspace(root, write=True) == []
    changed = {path for path, content in before.items() if path.read_bytes() != content}
    assert changed == {root / "vocabulary/themes.yaml"}
    assert check_catalog(root).faults == ()


@pytest.mark.parametrize("text", ["a: [\n", "a: &x 1\nb: *x\n", "a: 1\na: 2\n", "", "# rien\n"])
def test_what_cannot_be_read_is_left_alone(text: str, tmp_path: Path) -> None:
    assert format_text(text, dict[str, Theme]) == text
    root = copy_example("small", tmp_path)
    write(root, "indicators/housing/dwellings.yaml", text)
    assert format_workspace(root, write=True) == []
    assert (root / "indicators/housing/dwellings.yaml").read_text("utf-8") == text
