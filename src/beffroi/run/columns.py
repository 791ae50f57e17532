"""What a column of a table holds, for who shares a measure out among its values."""

from typing import Any

from beffroi.access import BUILDER
from beffroi.run.workplaces import Workplace

MOST = 60
"""Values beyond which a column is not one of categories."""


def list_values(workplace: Workplace, table: str, column: str) -> list[tuple[Any, int]]:
    """The values of a column in the edition that is served, in order, with the number of rows of each; empty when the
    table was not built yet, has no such column, or has too many values to be categories."""
    lake = workplace.lake
    item = lake.objects.get(lake.edition().objects.get(f"table:{table}", ""))
    if item is None or column not in item.manifest["columns"]:
        return []
    named = '"' + column.replace('"', '""') + '"'
    found = lake.query(
        f'select {named} as value, count(*) as rows from "{table}" where {named} is not null '
        f"group by 1 order by 1 limit {MOST + 1}",
        BUILDER,
        tables={table: item},
    )
    rows = [(row["value"], int(row["rows"])) for row in found.to_pylist()]
    return rows if len(rows) <= MOST else []


__all__ = ["MOST", "list_values"]
