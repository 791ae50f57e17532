"""Pages read straight from the groups of rows of a layer's file.

Most questions have no condition: features after one that is known, or near a place. What the footer of the file says of
its groups is then enough to open one or two of them, which takes a fifth of the time that planning a statement and
running it would. What has conditions goes to the engine (``features``), and gives the same rows.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import shapely

from beffroi.lake.areas import SIDES, Area, Flags, Numbers
from beffroi.lake.objects import LakeObject


@dataclass(frozen=True)
class Groups:
    """The groups of a file: ``last`` has the number of the last feature of each, ``extents`` its extent."""

    metadata: pq.FileMetaData
    last: np.ndarray[Any, np.dtype[np.int64]]
    extents: Numbers


def read_groups(layer: LakeObject) -> Groups:
    """What the footer of a layer's file says of its groups, to be remembered: it is read in some ten milliseconds."""
    metadata = pq.read_metadata(layer.data)
    ranks = {metadata.schema.column(rank).name: rank for rank in range(metadata.num_columns)}
    groups = [metadata.row_group(rank) for rank in range(metadata.num_row_groups)]
    last = np.cumsum([group.num_rows for group in groups])
    low = [[group.column(ranks[side]).statistics.min for side in SIDES[:2]] for group in groups]
    high = [[group.column(ranks[side]).statistics.max for side in SIDES[2:]] for group in groups]
    return Groups(metadata, last, np.hstack([np.array(low, float), np.array(high, float)]))


def read_page(
    layer: LakeObject, groups: Groups, columns: Sequence[str], area: Area | None, after: int, limit: int
) -> pa.Table:
    """The first ``limit`` features after ``after``, in the area if there is one: ``columns`` in the order given."""
    points = layer.manifest["geometry_types"] == ["Point"]
    needed = dict.fromkeys(columns) | (dict.fromkeys([*SIDES, "geometry"]) if area else {})
    found: list[pa.Table] = []
    wanted = limit
    with pq.ParquetFile(layer.data, metadata=groups.metadata, memory_map=True) as file:
        for rank in _chosen(groups, area, after):
            rows = file.read_row_group(rank, columns=["n", *(name for name in needed if name != "n")])
            first = int(groups.last[rank]) - rows.num_rows
            rows = rows.slice(max(0, after - first))
            if area is not None:
                rows = rows.filter(pa.array(_in_area(rows, area, points)))
            found.append(rows.slice(0, wanted).select(list(columns)))
            wanted -= found[-1].num_rows
            if wanted == 0:
                break
        if not found:
            found.append(file.schema_arrow.empty_table().select(list(columns)))
    return pa.concat_tables(found).combine_chunks()


def count_in(layer: LakeObject, groups: Groups, area: Area) -> int:
    """How many features touch an area. Groups that lie wholly in it are counted by their footer."""
    # Extents of points say all of a box of degrees, and of no other area.
    points = layer.manifest["geometry_types"] == ["Point"]
    plain = points and all(part.boxed for part in area.parts)
    sizes = np.diff(groups.last, prepend=0)
    whole = np.zeros(len(sizes), bool)
    for part in area.parts:
        whole |= part.holds(groups.extents)
    count = int(sizes[whole].sum())
    with pq.ParquetFile(layer.data, metadata=groups.metadata, memory_map=True) as file:
        for rank in _chosen(groups, area, 0):
            if not whole[rank]:
                rows = file.read_row_group(rank, columns=[*SIDES, *([] if plain else ["geometry"])])
                count += int(_in_area(rows, area, points).sum())
    return count


def _chosen(groups: Groups, area: Area | None, after: int) -> list[int]:
    kept: Flags = groups.last > after
    if area is not None:
        near = [part.near(groups.extents) for part in area.parts]
        kept &= np.logical_or.reduce(near) if near else False
    return [int(rank) for rank in np.flatnonzero(kept)]


def _in_area(rows: pa.Table, area: Area, points: bool) -> Flags:
    extents = np.column_stack([rows[side].to_numpy() for side in SIDES])

    def shapes(flags: Flags) -> Any:
        return shapely.from_wkb(rows["geometry"].filter(pa.array(flags)).to_numpy())

    kept: Flags = np.logical_or.reduce([part.touching(extents, points, shapes) for part in area.parts])
    return kept


__all__ = ["Groups", "count_in", "read_groups", "read_page"]
