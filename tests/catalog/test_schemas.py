"""The JSON Schemas accept the examples and refuse what is misspelt."""

import json
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from beffroi.catalog import export_schemas
from beffroi.catalog.reading.documents import parse_document
from beffroi.catalog.reading.layouts import read_layout
from beffroi.catalog.reading.shapes import read_plainly
from beffroi.catalog.schemas import schema_of
from tests.catalog.workspaces import EXAMPLES


def data(path: Path) -> Any:
    document, _ = parse_document(path.read_text("utf-8"), path.name)
    assert document is not None
    return read_plainly(document.root)


def files(root: Path) -> list[tuple[str, Path]]:
    layout = read_layout(root)
    assert layout.workspace is not None
    found = [("workspace", layout.workspace), *layout.vocabularies.items()]
    kinds = {"territory": layout.groupings, "source": layout.sources, "table": layout.tables}
    kinds |= {"indicator": layout.indicators, "layer": layout.layers}
    found += [(kind, file) for kind, declared in kinds.items() for file in declared.values()]
    return [(kind, root / file) for kind, file in found]


@pytest.mark.parametrize("example", ["small", "every_kind"])
def test_the_examples_are_valid(example: str) -> None:
    for kind, path in files(EXAMPLES / example):
        errors = list(Draft202012Validator(schema_of(kind)).iter_errors(data(path)))
        assert not errors, (path, errors[0].message)


def test_what_is_misspelt_is_refused() -> None:
    for kind, path in files(EXAMPLES / "small"):
        content = data(path)
        entry = (
            content
            if kind in ("workspace", "territory", "source", "table", "indicator")
            else next(iter(content.values()))
        )
        entry["zzz"] = 1
        assert not Draft202012Validator(schema_of(kind)).is_valid(content), path


def test_editors_are_told_what_keys_mean(tmp_path: Path) -> None:
    paths = export_schemas(tmp_path / "schemas")
    paths = [path for path in paths if not path.name.startswith(("block_", "page.", "map.", "beffroi."))]
    assert [path.name for path in paths] == [
        "workspace.schema.json", "themes.schema.json", "units.schema.json", "columns.schema.json",
        "territory.schema.json", "source.schema.json", "table.schema.json", "indicator.schema.json",
        "layer.schema.json", "observatory.schema.json", "schemas.json",
    ]  # fmt: skip
    for path in paths[:-1]:
        schema = json.loads(path.read_text("utf-8"))
        Draft202012Validator.check_schema(schema)
        assert schema["description"]
    source = json.loads((tmp_path / "schemas" / "source.schema.json").read_text("utf-8"))
    assert "Which years the data are about" in source["properties"]["periods"]["description"]
    assert source["$defs"]["Package"]["description"].startswith("A package of a registry")
    settings = json.loads(paths[-1].read_text("utf-8"))
    assert settings["./indicator.schema.json"] == ["indicators/**/*.yaml"]
