"""JSON Schemas of the declarations, so that a text editor completes keys and underlines what is wrong while one types.

They say the shape only; references between files are ``check_catalog``'s to verify.
"""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pydantic import BaseModel, TypeAdapter

from beffroi.catalog.blocks import BLOCK_KINDS
from beffroi.catalog.breakdowns import Breakdown
from beffroi.catalog.groupings import Grouping
from beffroi.catalog.indicators import Indicator
from beffroi.catalog.layers import RasterLayer, RowLayer, TerritoryLayer
from beffroi.catalog.maps import MapHead
from beffroi.catalog.observatories import Observatory, PageHead
from beffroi.catalog.snippets import list_snippets
from beffroi.catalog.sources import Source
from beffroi.catalog.tables import Table
from beffroi.catalog.vocabularies import Column, Theme, UnitDeclaration
from beffroi.catalog.workspaces import Workspace

_DIALECT = "https://json-schema.org/draft/2020-12/schema"
_KINDS: Mapping[str, tuple[str, Any, str]] = {
    "workspace": ("workspace.yaml", Workspace, ""),
    "themes": ("vocabulary/themes.yaml", dict[str, Theme], "Themes by name."),
    "units": ("vocabulary/units.yaml", dict[str, UnitDeclaration], "Units by name."),
    "columns": ("vocabulary/columns.yaml", dict[str, Column], "Columns by name, shared by the tables that have them."),
    "territory": ("territories/*.yaml", Grouping, ""),
    "source": ("sources/**/source.yaml", Source, ""),
    "table": ("tables/**/table.yaml", Table, ""),
    "indicator": (
        "indicators/**/*.yaml",
        Indicator | Breakdown,
        "An indicator: one measure for every territory and period; or a breakdown of one by categories.",
    ),
    "layer": (
        "layers/**/*.yaml",
        RowLayer | TerritoryLayer | RasterLayer,
        "A layer of maps: rows of a table, territories with indicators, or an image.",
    ),
    "observatory": ("observatories/*/observatory.yaml", Observatory, ""),
}


def export_schemas(folder: Path) -> list[Path]:
    """Write ``<kind>.schema.json`` for each kind of file, and ``schemas.json``: which schema is for which files.

    ``schemas.json`` has the form of the ``yaml.schemas`` setting of editors that use the YAML language server. The head
    of a page has its ``page.schema.json``, that of a map ``map.schema.json`` and each block its
    ``block_<kind>.schema.json``; all are in Markdown, for which ``beffroi.code-snippets`` has something to fill in.
    """
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for kind in _KINDS:
        path = folder / f"{kind}.schema.json"
        path.write_text(_json(schema_of(kind)), "utf-8")
        written.append(path)
    for name, schema in (
        ("page", schema_of_head()),
        ("map", _of_model(MapHead, "maps/*.md")),
        *((f"block_{kind}", schema_of_block(kind)) for kind in BLOCK_KINDS),
    ):
        path = folder / f"{name}.schema.json"
        path.write_text(_json(schema), "utf-8")
        written.append(path)
    snippets = folder / "beffroi.code-snippets"
    snippets.write_text(_json(list_snippets()), "utf-8")
    settings = folder / "schemas.json"
    settings.write_text(_json({f"./{kind}.schema.json": [files] for kind, (files, _, _) in _KINDS.items()}), "utf-8")
    return [*written, snippets, settings]


def schema_of(kind: str) -> dict[str, Any]:
    """The JSON Schema of a kind of file: ``workspace themes units columns territory source table indicator layer
    observatory``."""
    files, annotation, description = _KINDS[kind]
    made = TypeAdapter(annotation).json_schema()
    schema: dict[str, Any] = _readable(made)
    is_model = isinstance(annotation, type) and issubclass(annotation, BaseModel)
    said = {} if is_model else {"title": kind, "description": description}
    return {"$schema": _DIALECT, **said, **schema, "$comment": files}


def schema_of_head() -> dict[str, Any]:
    """The JSON Schema of the head of a page."""
    return _of_model(PageHead, "observatories/*/*.md")


def schema_of_block(kind: str) -> dict[str, Any]:
    """The JSON Schema of what a block holds, by its word."""
    return _of_model(BLOCK_KINDS[kind], f"```{kind}")


def _of_model(model: type[BaseModel], where: str) -> dict[str, Any]:
    return {"$schema": _DIALECT, **_readable(model.model_json_schema()), "$comment": where}


def _readable(schema: Any) -> Any:
    """The schema as one writes YAML: a text may be written as a number, and a discriminator is no JSON Schema."""
    if isinstance(schema, list):
        return [_readable(item) for item in schema]
    if not isinstance(schema, dict):
        return schema
    kept = {key: _readable(value) for key, value in schema.items() if key != "discriminator"}
    free_text = kept.get("type") == "string" and not {"enum", "const", "format"} & kept.keys()
    # An unquoted code (62498) is a number for an editor, and a text for Beffroi, which keeps it as written.
    return {**kept, "type": ["string", "number"]} if free_text else kept


def _json(content: Any) -> str:
    return json.dumps(content, ensure_ascii=False, indent=2) + "\n"
