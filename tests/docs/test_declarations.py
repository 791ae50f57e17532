"""Every declaration that a page shows is one that the models accept, whole or key by key when only a part is shown."""

from collections.abc import Iterator
from typing import Annotated, Any

import pytest
from pydantic import BaseModel, TypeAdapter, ValidationError
from ruamel.yaml import YAML

from beffroi.catalog.breakdowns import Breakdown
from beffroi.catalog.groupings import Grouping
from beffroi.catalog.indicators import INDICATOR_KINDS, IndicatorBase
from beffroi.catalog.layers import LAYER_KINDS
from beffroi.catalog.observatories import Observatory
from beffroi.catalog.sources import Source
from beffroi.catalog.tables import Table
from beffroi.catalog.vocabularies import Column, Theme, UnitDeclaration
from beffroi.catalog.workspaces import Workspace
from tests.docs.blocks import Block, pages, read_blocks

BLOCKS = [block for page in pages() for block in read_blocks(page) if block.language == "yaml"]
ENTRIES: dict[str, type[BaseModel]] = {"themes": Theme, "units": UnitDeclaration, "columns": Column}


@pytest.mark.parametrize("block", BLOCKS, ids=str)
def test_declaration_is_accepted(block: Block) -> None:
    assert block.file, "the sentence before a declaration names its file: « Dans `workspace.yaml` : »"
    document = YAML(typ="safe").load(block.text)
    # A variable of a part is text, whatever it looks like: the workspace's own reader takes it so.
    for part in document.get("parts", []):
        part.update({name: str(value) for name, value in part.items()})
    for model, entry in models_of(block.file, document):
        check(model, entry)


def models_of(file: str, document: dict[str, Any]) -> Iterator[tuple[type[BaseModel], dict[str, Any]]]:
    """The model of what a file declares; the three vocabularies declare one thing a key."""
    folder, _, name = file.partition("/")
    if file == "workspace.yaml":
        yield Workspace, document
    elif folder == "vocabulary":
        for entry in document.values():
            yield ENTRIES[name.removesuffix(".yaml")], entry
    elif folder == "indicators":
        kinds = {**INDICATOR_KINDS, "breakdown": Breakdown}
        yield (kinds[document["kind"]] if "kind" in document else IndicatorBase), document
    elif folder == "layers":
        yield LAYER_KINDS[document["kind"]], document
    else:
        yield (
            {"observatories": Observatory, "sources": Source, "tables": Table, "territories": Grouping}[folder],
            document,
        )


def check(model: type[BaseModel], document: dict[str, Any]) -> None:
    required = {name for name, field in model.model_fields.items() if field.is_required()}
    if required <= document.keys():
        model.model_validate(document)
        return
    for key, value in document.items():
        assert key in model.model_fields, f"{model.__name__} has no key {key!r}"
        field = model.model_fields[key]
        TypeAdapter(Annotated[field.annotation, field]).validate_python(value)


def test_a_wrong_declaration_would_be_seen() -> None:
    with pytest.raises(ValidationError):
        check(Source, {"locations": [{"htp": {"url": "https://www.exemple.fr/a.csv"}}]})
    with pytest.raises(AssertionError):
        check(Source, {"location": []})
