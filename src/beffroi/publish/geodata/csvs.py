"""A layer as CSV that a spreadsheet opens and never computes, and the description of its columns (CSVW)."""

import csv
import re
from pathlib import Path
from typing import Any

import shapely

from beffroi.publish.geodata.orders import DECIMALS, Order, name_geodata, name_places, read_order
from beffroi.publish.geodata.words import write_csvw

_NUMBER = re.compile(r"^[+-]?\d+([.,]\d+)?$")


def write_csv(order: Order, file: Path) -> None:
    """UTF-8, comma, point as the decimal mark. A text that a spreadsheet would compute has an apostrophe before it."""
    decimals, places = DECIMALS[order.crs], name_places(order.view, order.crs)
    names = ["fid", *(each.name for each in order.view.attributes)]
    with file.open("w", encoding="utf-8", newline="") as out:
        writer = csv.writer(out, lineterminator="\n")
        writer.writerow([*names, *places])
        for page in read_order(order):
            columns = [list(map(_cell, page[name].to_pylist())) for name in names]
            shapes = shapely.from_wkb(page["geometry"].to_numpy(zero_copy_only=False))
            if len(places) == 2:
                columns += [_written(shapely.get_x(shapes), decimals), _written(shapely.get_y(shapes), decimals)]
            else:
                columns.append(shapely.to_wkt(shapes, rounding_precision=decimals, trim=True).tolist())
            writer.writerows(zip(*columns, strict=True))


def _written(values: Any, decimals: int) -> list[str]:
    return [f"{value:.{decimals}f}" for value in values.tolist()]


def _cell(value: Any) -> Any:
    """A value as a cell holds it: nothing when it is missing, and never a formula."""
    if isinstance(value, str):
        return f"'{value}" if value[:1] in "=+-@\t\r" and value and not _NUMBER.match(value) else value
    if isinstance(value, bool):
        return "true" if value else "false"
    if value is None or value != value:
        return None
    return value


def write_csv_metadata(order: Order, file: Path) -> None:
    places = name_places(order.view, order.crs)
    address = name_geodata(order.view, "csv", order.crs)
    file.write_bytes(write_csvw(order.atlas, order.view, address, places, order.crs, order.language))


__all__ = ["write_csv", "write_csv_metadata"]
