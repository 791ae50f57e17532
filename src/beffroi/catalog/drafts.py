"""Drafts of layers and maps, from what is declared already: written once, for somebody to read again and go on from.

A draft builds as it is. It has every column of the table but what places its rows, so that what must not leave is to be
taken out: its first line says so, and its state is that of a draft. Nothing that exists is overwritten.
"""

import json
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from beffroi.catalog.catalogs import Catalog, DeclaredTable
from beffroi.catalog.formatting import format_text
from beffroi.catalog.layers import RESERVED_ATTRIBUTES, LayerBase
from beffroi.catalog.maps import MapHead
from beffroi.catalog.page_formatting import format_page
from beffroi.errors import BeffroiError, fault
from beffroi.language import text

_NAME = re.compile(r"[a-z][a-z0-9_]*(/[a-z][a-z0-9_]*)*")
_PLACES = (("longitude", "latitude"), ("lon", "lat"), ("lng", "lat"), ("x", "y"))
"""Names under which producers give coordinates in degrees; those of a table in metres are not among them."""
_NAMED = ("name", "nom", "title", "label", "libelle")
_AMOUNTS = ("count", "sum")
"""Kinds of indicators that are added up: circles show them, shades would not."""
_MOST_CATEGORIES = 12


def draft_layer(
    catalog: Catalog, name: str, *, table: str | None = None, indicators: Sequence[str] = (), level: str | None = None,
    language: str = "fr",
) -> str:  # fmt: skip
    """Write ``layers/<name>.yaml`` and give that path: rows of a table (that of the same name when nothing is said), or
    territories of a level (the commune when none is said) with indicators.

    Faults: ``name-refused``, ``name-taken``, ``draft-of-nothing``, ``draft-table-unknown``,
    ``draft-indicator-unknown``, ``draft-without-place``.
    """
    file = _free(catalog.root, f"layers/{name}.yaml", name)
    if indicators or level:
        declared = _of_territories(catalog, name, indicators, level or "commune", language)
    else:
        declared = _of_rows(catalog, name, _table(catalog, table or name, given=table is not None), language)
    note = text("drafts.layer", language)
    _write(catalog.root / file, format_text(f"# {note}\n{_json(declared)}", LayerBase))
    return file


def draft_map(catalog: Catalog, name: str, layers: Sequence[str], language: str = "fr") -> str:
    """Write ``maps/<name>.md`` with some layers, the first on top, and give that path.

    Faults: ``name-refused``, ``name-taken``, ``draft-of-nothing``, ``draft-layer-unknown``.
    """
    file = _free(catalog.root, f"maps/{name}.md", name)
    if not layers:
        raise BeffroiError(fault("draft-of-nothing", name=name, option="--layer", available=catalog.layers))
    for each in layers:
        if each not in catalog.layers:
            raise BeffroiError(fault("draft-layer-unknown", name=each, instead_of=each, available=catalog.layers))
    themes = dict.fromkeys(catalog.layers[each].declaration.theme for each in layers)
    head = {
        "title": _words(name), "summary": text("drafts.summary", language), "themes": list(themes),
        "layers": list(layers), "opens": {"territory": "perimeter"},
    }  # fmt: skip
    prose = text("drafts.prose", language)
    _write(catalog.root / file, format_page(f"---\n{_json(head)}\n---\n\n{prose}\n", MapHead))
    return file


def _free(root: Path, file: str, name: str) -> str:
    if not _NAME.fullmatch(name):
        raise BeffroiError(fault("name-refused", name=name))
    if (root / file).exists():
        raise BeffroiError(fault("name-taken", name=file))
    return file


def _table(catalog: Catalog, name: str, *, given: bool) -> DeclaredTable:
    if name in catalog.tables:
        return catalog.tables[name]
    if not given:
        raise BeffroiError(fault("draft-of-nothing", name=name, option="--table", available=catalog.tables))
    raise BeffroiError(fault("draft-table-unknown", name=name, instead_of=name, available=catalog.tables))


def _of_rows(catalog: Catalog, name: str, table: DeclaredTable, language: str) -> dict[str, Any]:
    shapes = [column for column, said in table.columns.items() if said.type == "geometry"]
    point = next((pair for pair in _PLACES if set(pair) <= set(table.columns)), None)
    if not shapes and point is None:
        raise BeffroiError(fault("draft-without-place", name=table.id))
    placing = {*shapes, *(point or () if not shapes else ())}
    attributes = [column for column in table.columns if column not in placing and column not in RESERVED_ATTRIBUTES]
    coded = [column for column in attributes if table.columns[column].values or table.columns[column].type == "boolean"]
    declared: dict[str, Any] = {
        **_head(catalog, name, table.title, table.themes, language),
        "kind": "rows",
        "table": table.id,
    }
    if len(shapes) > 1:
        declared["geometry"] = shapes[0]
    elif not shapes and point is not None:
        declared["point"] = dict(zip(("longitude", "latitude"), point, strict=True))
    declared["attributes"] = dict.fromkeys(attributes)
    if named := next((column for column in _NAMED if column in attributes), None):
        declared["name"] = named
    declared["style"] = _style(table, coded)
    if coded:
        declared["filters"] = coded
    return declared


def _style(table: DeclaredTable, coded: Sequence[str]) -> dict[str, Any]:
    for column in coded:
        values = table.columns[column].values or ()
        if 1 < len(values) <= _MOST_CATEGORIES:
            return {"kind": "categories", "column": column, "values": {str(value): None for value in values}}
    return {"kind": "single"}


def _of_territories(
    catalog: Catalog, name: str, indicators: Sequence[str], level: str, language: str
) -> dict[str, Any]:  # fmt: skip
    for each in indicators:
        if each not in catalog.indicators:
            available = catalog.indicators
            raise BeffroiError(fault("draft-indicator-unknown", name=each, instead_of=each, available=available))
    columns = {each.rpartition("/")[2]: each for each in indicators}
    style: dict[str, Any] = {"kind": "single"}
    title: Mapping[str, str] = {language: _words(name)}
    themes: tuple[str, ...] = ()
    if indicators:
        first = catalog.indicators[indicators[0]]
        column = next(iter(columns))
        title, themes = first.title, (first.theme,)
        style = {"kind": "circles", "column": column}
        if first.kind not in _AMOUNTS:
            style = {"kind": "classes", "column": column, "method": "quantile"}
    return {
        **_head(catalog, name, title, themes, language),
        "kind": "territories",
        "level": level,
        **({"indicators": {column: {"indicator": each} for column, each in columns.items()}} if columns else {}),
        "style": style,
    }


def _head(
    catalog: Catalog, name: str, title: Mapping[str, str], themes: Sequence[str], language: str
) -> dict[str, Any]:  # fmt: skip
    """Title, description and theme: that of the folder where it is one, else the first of what the layer is made of."""
    known = catalog.vocabulary.themes
    theme = name.partition("/")[0]
    if theme not in known:
        theme = next((each for each in themes if each in known), next(iter(known), ""))
    return {"title": dict(title), "description": text("drafts.description", language), "theme": theme}


def _words(name: str) -> str:
    return name.rpartition("/")[2].replace("_", " ").capitalize()


def _json(declared: Mapping[str, Any]) -> str:
    return json.dumps(declared, ensure_ascii=False)


def _write(path: Path, written: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    # A key without a value is written so in texts.
    with path.open("x", encoding="utf-8", newline="\n") as stream:
        stream.write(re.sub(r": null$", ":", written, flags=re.M))


__all__ = ["draft_layer", "draft_map"]
