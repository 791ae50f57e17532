"""A block is put between two pieces of a page, never inside one, and never before the end of its head."""

import pytest

from beffroi.catalog.composing import compose_page
from beffroi.catalog.page_formatting import format_page
from beffroi.catalog.sections import insert_block, list_sections

BLOCK = "```ranking\nindicator: a/b\n```\n"
PAGE = """---
title: Titre
---

Un début
sur deux lignes.

## Première

- un
- deux

```line
indicator: c/d
```

### Dedans

Fin.
"""


def test_sections_end_where_the_next_heading_begins() -> None:
    assert [(section.heading, section.line, section.end) for section in list_sections(PAGE)] == [
        ("", 4, 7), ("Première", 8, 16), ("Dedans", 17, 19),
    ]  # fmt: skip
    assert [section.heading for section in list_sections("---\ntitle: Vide\n---\n")] == [""]
    assert [section.heading for section in list_sections("Sans tête.\n")] == [""]


@pytest.mark.parametrize(
    ("after", "before"),
    [(0, "---"), (2, "---"), (4, ""), (5, "sur deux lignes."), (10, "- deux"), (13, "```"), (14, "```"), (99, "Fin.")],
)
def test_a_piece_is_never_cut(after: int, before: str) -> None:
    made = insert_block(PAGE, BLOCK, after)
    lines = made.text.split("\n")
    assert lines[made.line - 1] == "```ranking"
    assert lines[made.line - 2] == ""
    assert lines[made.line - 3].endswith(before if before else "---")
    assert made.text.replace(f"{BLOCK}\n", "").replace(f"\n{BLOCK}", "").split() == PAGE.split()
    assert format_page(made.text) == made.text


def test_a_block_may_be_the_first_thing_of_a_page() -> None:
    assert insert_block("", BLOCK, 3).text == BLOCK
    assert insert_block(compose_page({"title": "Titre"}), BLOCK, 1).text.endswith(f"---\n\n{BLOCK}")
