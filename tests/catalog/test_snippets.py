"""Every block and reference has its snippet, which reads well once filled in."""

import json
import re
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from beffroi.catalog import check_catalog, export_schemas
from beffroi.catalog.blocks import BLOCK_KINDS
from beffroi.catalog.observatories import PageHead
from beffroi.catalog.reading.mismatches import read_declaration
from beffroi.catalog.reading.pages import WrittenBlock, read_page
from beffroi.catalog.reading.shapes import read_plainly
from beffroi.catalog.references import PlaceReference, find_references, read_value
from beffroi.catalog.schemas import schema_of_block, schema_of_head
from beffroi.catalog.snippets import fill_in, list_snippets
from tests.catalog.workspaces import copy_example, write


@pytest.mark.parametrize("kind", BLOCK_KINDS)
def test_a_block_reads_well_once_filled_in(kind: str) -> None:
    (part,) = read_page(fill_in(list_snippets()[kind]["body"]), "x.md", headed=False).parts
    assert isinstance(part, WrittenBlock)
    assert part.kind == kind
    assert part.document is not None
    assert not read_declaration(BLOCK_KINDS[kind], part.document).faults
    assert Draft202012Validator(schema_of_block(kind)).is_valid(read_plainly(part.document.root))


def test_the_head_of_a_page_reads_well() -> None:
    page = read_page(fill_in(list_snippets()["page"]["body"]), "x.md")
    assert page.head is not None
    assert not read_declaration(PageHead, page.head).faults
    assert Draft202012Validator(schema_of_head()).is_valid(read_plainly(page.head.root))


@pytest.mark.parametrize("name", [name for name in list_snippets() if name.startswith("ref-")])
def test_a_reference_reads_well(name: str) -> None:
    (found,) = find_references(fill_in(list_snippets()[name]["body"]))
    if isinstance(found.place, PlaceReference):
        return
    read = read_value(found, "x.md", 1)
    assert read is not None
    assert not read[1].faults


def test_places_to_fill_in_are_numbered_and_end_after_the_block() -> None:
    for name, snippet in list_snippets().items():
        numbers = [int(number) for number in re.findall(r"\$\{(\d+)[:|]", "\n".join(snippet["body"]))]
        assert numbers == list(range(1, len(numbers) + 1)), name
        assert numbers, name
        assert snippet["description"], name


def test_what_is_chosen_in_a_block_is_checked_as_usual(tmp_path: Path) -> None:
    root = copy_example("small", tmp_path)
    write(root, "observatories/homes/observatory.yaml", "title: A\nsummary: B\npages: [index]\n")
    body = fill_in(list_snippets()["ranking"]["body"]).replace("theme/indicator", "housing/dwellings")
    write(root, "observatories/homes/index.md", f"---\ntitle: A\n---\n\n{body}\n")
    assert not check_catalog(root).faults


def test_editors_get_them(tmp_path: Path) -> None:
    names = {path.name for path in export_schemas(tmp_path)}
    assert {
        "page.schema.json",
        "beffroi.code-snippets",
        *(f"block_{kind}.schema.json" for kind in BLOCK_KINDS),
    } <= names
    written = json.loads((tmp_path / "beffroi.code-snippets").read_text("utf-8"))
    assert written["choropleth"]["scope"] == "markdown"
    assert "A map in shades" in schema_of_block("choropleth")["description"]
