"""Which canonical form each file of a workspace has, and putting a whole workspace in it."""

import re
from pathlib import Path
from typing import Any

from beffroi.catalog.formatting import format_text
from beffroi.catalog.groupings import Grouping
from beffroi.catalog.indicators import IndicatorBase
from beffroi.catalog.layers import LayerBase
from beffroi.catalog.maps import MapHead
from beffroi.catalog.observatories import Observatory
from beffroi.catalog.page_formatting import format_page
from beffroi.catalog.reading.documents import read_text
from beffroi.catalog.reading.layouts import read_layout
from beffroi.catalog.sources import Source
from beffroi.catalog.tables import Table
from beffroi.catalog.vocabularies import Column, Theme, UnitDeclaration
from beffroi.catalog.workspaces import Workspace

_MODELS: tuple[tuple[str, Any], ...] = (
    (r"workspace\.yaml", Workspace),
    (r"vocabulary/themes\.yaml", dict[str, Theme]),
    (r"vocabulary/units\.yaml", dict[str, UnitDeclaration]),
    (r"vocabulary/columns\.yaml", dict[str, Column]),
    (r"territories/.+\.yaml", Grouping),
    (r"sources/.+/source\.yaml", Source),
    (r"tables/.+/table\.yaml", Table),
    (r"indicators/.+\.yaml", IndicatorBase),
    (r"layers/.+\.yaml", LayerBase),
    (r"observatories/.+/observatory\.yaml", Observatory),
)


def format_workspace(root: Path, write: bool) -> list[Path]:
    """The texts of ``root`` that are not in canonical form, sorted; with ``write`` they are put in it."""
    layout = read_layout(root)
    files = [*layout.vocabularies.values(), *layout.fragments.values()]
    files += [layout.workspace] if layout.workspace else []
    declared = (layout.groupings, layout.sources, layout.tables, layout.indicators, layout.layers, layout.observatories)
    files += [file for each in declared for file in each.values()]
    files += [file for texts in (*layout.pages.values(), *layout.maps.values()) for file in texts.values()]
    changed: list[Path] = []
    for file in sorted(files):
        text = read_text(root / file, file)
        if not isinstance(text, str):
            continue
        canonical = format_file(file, text)
        if canonical != (root / file).read_bytes().decode("utf-8"):
            changed.append(root / file)
            if write:
                (root / file).write_text(canonical, "utf-8", newline="\n")
    return changed


def format_file(file: str, text: str) -> str:
    """The canonical form of a text by its path in the workspace; SQL, and what declares nothing, as they are."""
    if re.fullmatch(r"observatories/.+\.md", file):
        return format_page(text)
    if re.fullmatch(r"maps/.+\.md", file):
        return format_page(text, MapHead)
    model = next((model for pattern, model in _MODELS if re.fullmatch(pattern, file)), None)
    return text if model is None else format_text(text, model)


__all__ = ["format_file", "format_workspace"]
