"""A series as a grid that a terminal can hold: codes are whole, and what matters least is left out first.

What is left out is said under the grid; the other forms of ``show`` have every column.
"""

from collections.abc import Mapping, Sequence

import pyarrow as pa
from rich.table import Table as Grid

from beffroi.lake.series import SHOWN_COLUMNS
from beffroi.language import format_number, text

_NUMERIC = frozenset({"value", "numerator", "denominator", "observations"})
_LEFT_OUT_FIRST = ("observations", "reliability", "denominator", "numerator", "confidentiality")
_SAYS_NOTHING = {"confidentiality": {"F"}, "reliability": {"good", "unknown"}}
"""Columns that may be left out only when they hold nothing else."""
_NAME_WIDTH = 24
"""Names of territories are folded beyond, before any column is left out."""


def make_grid(table: pa.Table, *, title: str, caption: str, decimals: int, width: int, language: str) -> Grid:
    """The rows of a series (``SHOWN_COLUMNS``) under ``title``, in a grid of ``width`` characters at most."""
    heads = {name: text(f"grid.{name}", language) for name in SHOWN_COLUMNS[1:]}
    cells = {
        name: [_cell(value, decimals if name == "value" else 0, name, language) for value in table[name].to_pylist()]
        for name in SHOWN_COLUMNS[1:]
    }
    kept = fit_columns(cells, width, heads)
    if left_out := [name for name in cells if name not in kept]:
        names = ", ".join(heads[name] for name in left_out)
        caption += f" · {text('terminal.left_out', language, columns=names)}"
    grid = Grid(title=title, caption=caption, title_justify="left", caption_justify="left", box=None)
    for name in kept:
        grid.add_column(heads[name], justify="right" if name in _NUMERIC else "left", no_wrap=name != "label")
    for row in zip(*(cells[name] for name in kept), strict=True):
        grid.add_row(*row)
    return grid


def fit_columns(cells: Mapping[str, Sequence[str]], width: int, heads: Mapping[str, str]) -> list[str]:
    """The columns of ``cells``, under their ``heads``, that ``width`` characters can hold. What tells of secrecy or
    weakness stays."""
    needed = {name: 2 + max(map(len, (heads[name], *column))) for name, column in cells.items()}
    needed["label"] = min(needed["label"], 2 + _NAME_WIDTH)
    for name in _LEFT_OUT_FIRST:
        if sum(needed.values()) <= width:
            break
        if set(cells[name]) <= _SAYS_NOTHING.get(name, set(cells[name])):
            del needed[name]
    return list(needed)


def _cell(value: object, decimals: int, name: str, language: str) -> str:
    if value is None:
        return "–"
    return format_number(float(value), decimals, language) if name in _NUMERIC else str(value)  # type: ignore[arg-type]
