"""Territories with their contours and, in columns, the values that were released of them.

Values come from protected series: one that is confidential or missing is not there, and the column beside it says why.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from beffroi.catalog.layers import Layer, LayerAttribute, TerritoryLayer
from beffroi.errors import BeffroiError, fault
from beffroi.lake.objects import LakeObject, read_frame
from beffroi.lake.series import absence_of, state_of


@dataclass(frozen=True)
class JoinedTerritories:
    """What a layer of territories is made from: contours, names and series, at one ``vintage`` of the geography."""

    vintage: int
    contours: LakeObject
    names: LakeObject
    series: Mapping[str, LakeObject]
    """By indicator."""


@dataclass(frozen=True)
class Joined:
    """``frame``: ``fid``, the attributes, each value followed by its status, and ``~shape`` (WKB, null for a territory
    that has no contour). ``statuses``: the attribute that each status is about. ``told``: indicator, period and vintage
    of each attribute that has values of one."""

    frame: pa.Table
    statuses: Mapping[str, str]
    told: Mapping[str, Any]


def join_territories(layer: Layer, inputs: JoinedTerritories) -> Joined:
    """One row a territory of the layer's level, in the order of codes.

    ``layer-series-absent`` when a series has nothing at that level, period and vintage.
    """
    level = layer.declaration.level if isinstance(layer.declaration, TerritoryLayer) else ""
    names = read_frame(inputs.names, ["vintage", "level", "code", "name"])
    names = names.filter(_equal(names, level=level, vintage=inputs.vintage)).sort_by("code")
    contours = read_frame(inputs.contours, ["level", "code", "geometry"])
    contours = contours.filter(_equal(contours, level=level))
    codes = names["code"].to_pylist()
    columns: dict[str, Any] = {"fid": names["code"]}
    statuses: dict[str, str] = {}
    told: dict[str, Any] = {}
    for name, attribute in layer.attributes.items():
        if attribute.indicator is None:
            columns[name] = names[name]
            continue
        period, values = _released(layer, attribute, inputs, level)
        found = [values.get(code, (None, "missing")) for code in codes]
        columns[name] = pa.array([value for value, _ in found], pa.float64())
        columns[f"{name}_status"] = pa.array([word for _, word in found], pa.string())
        statuses[f"{name}_status"] = name
        told[name] = {"indicator": attribute.indicator, "period": period, "vintage": inputs.vintage}
    shapes = dict(zip(contours["code"].to_pylist(), contours["geometry"].to_pylist(), strict=True))
    columns["~shape"] = pa.array([shapes.get(code) for code in codes], pa.binary())
    return Joined(pa.table(columns), statuses, told)


def _released(
    layer: Layer, attribute: LayerAttribute, inputs: JoinedTerritories, level: str
) -> tuple[str, dict[str, tuple[float | None, str]]]:
    """The period, and for each territory its value and the word for its state."""
    assert attribute.indicator is not None
    series = read_frame(inputs.series[attribute.indicator])
    series = series.filter(_equal(series, level=level, vintage=inputs.vintage))
    periods = sorted(pc.unique(series["period"]).to_pylist())
    period = attribute.period or (periods[-1] if periods else "")
    if period not in periods:
        raise BeffroiError(
            fault(
                "layer-series-absent", name=layer.id, indicator=attribute.indicator, level=level,
                period=period or "–", vintage=inputs.vintage, available=periods,
            )
        )  # fmt: skip
    series = series.filter(_equal(series, period=period))
    kept = ("territory", "value", "status", "confidentiality", "reliability")
    rows = zip(*(series[name].to_pylist() for name in kept), strict=True)
    return period, {territory: (value, _word(value, *codes)) for territory, value, *codes in rows}


def _word(value: float | None, status: str, confidentiality: str, reliability: str) -> str:
    if value is None:
        return absence_of(status, confidentiality)
    return state_of(value, status, confidentiality, reliability)


def _equal(table: pa.Table, **wanted: str | int) -> Any:
    kept: Any = pa.scalar(True)
    for column, value in wanted.items():
        kept = pc.and_(kept, pc.equal(table[column], pa.scalar(value, table[column].type)))
    return kept


__all__ = ["Joined", "JoinedTerritories", "join_territories"]
