"""Layers made from a handful of invented features, or from as many as one wants."""

from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import shapely

from beffroi.catalog.catalogs import DeclaredTable
from beffroi.catalog.layers import TERRITORY_COLUMNS, Layer, LayerAttribute, RowLayer, TerritoryLayer
from beffroi.catalog.tables import Contract
from beffroi.lake import Lake, LakeObject
from beffroi.lake.connections import load_spatial
from beffroi.lake.joined_territories import JoinedTerritories
from beffroi.lake.layers import RowInputs, build_layer
from beffroi.lake.objects import write_frame
from beffroi.lake.series import SERIES_SCHEMA
from beffroi.units import Unit

SAID = {"title": "Couche", "description": "Des objets inventés.", "theme": "housing"}
UNITS = {"m2": Unit("m2", {"fr": "m²"}, {}, 0), "percent": Unit("percent", {"fr": "%"}, {}, 1)}


@cache
def _spatial_engine() -> duckdb.DuckDBPyConnection:
    """One for all the tests: loading its functions takes longer than using them."""
    connection = duckdb.connect()
    load_spatial(connection)
    return connection


class LayerBench:
    """A lake in a folder, and tables in it made from rows in memory."""

    def __init__(self, folder: Path) -> None:
        self.lake = Lake(folder)

    def table(
        self,
        rows: Sequence[Mapping[str, Any]],
        columns: Mapping[str, str],
        key: Sequence[str] = ("id",),
        crs: str = "EPSG:4326",
    ) -> RowInputs:
        """A table of the lake; its geometries are given as shapes."""
        kinds = {"text": pa.string(), "integer": pa.int64(), "number": pa.float64(), "boolean": pa.bool_(),
                 "decimal": pa.decimal128(24, 6), "date": pa.date32(), "geometry": pa.binary()}  # fmt: skip
        arrays = {}
        for name, kind in columns.items():
            values = [row.get(name) for row in rows]
            if kind == "geometry":
                values = [None if value is None else shapely.to_wkb(value) for value in values]
            arrays[name] = pa.array(values, kinds[kind])
        shaped = ", ".join(
            f"ST_SetCRS(ST_GeomFromWKB({name}), '{crs}') AS {name}" if kind == "geometry" else name
            for name, kind in columns.items()
        )
        contract = Contract.model_validate(
            {"rows": "une ligne par objet", "key": list(key), "crs": crs if "geometry" in columns.values() else None,
             "columns": {name: {"type": kind} for name, kind in columns.items()}}
        )  # fmt: skip
        declared = DeclaredTable(
            "town/things", {"fr": "Objets"}, contract, contract.columns, "", "sources/town/things/table.sql", (), None
        )
        marker = f"table{len(list(self.lake.objects.root.glob('*')))}"

        def fill(file: Path) -> dict[str, Any]:
            connection = _spatial_engine()
            connection.register("arriving", pa.table(arrays))
            connection.execute(f"COPY (SELECT {shaped} FROM arriving) TO '{file}' (FORMAT parquet)")
            connection.unregister("arriving")
            return {"rows": len(rows), "columns": {}}

        item = self.lake.objects.write(
            marker, kind="table", name="town/things", audience="public", file="data.parquet", fill=fill
        )
        return RowInputs(declared, item)

    def layer(self, inputs: RowInputs, attributes: Sequence[str], **said: Any) -> Layer:
        """A layer of rows, settled as the catalogue would."""
        columns = inputs.table.columns
        shape = next((name for name, column in columns.items() if column.type == "geometry"), None)
        audience = said.pop("audience", "public")
        units = said.pop("units", {})
        declared = RowLayer.model_validate(
            {
                "kind": "rows",
                "table": "town/things",
                "geometry": shape,
                "attributes": dict.fromkeys(attributes),
                **SAID,
                **said,
            }
        )
        settled = {
            name: LayerAttribute(name, columns[name].type, {"fr": name}, unit=units.get(name)) for name in attributes
        }
        crs = inputs.table.contract.crs if declared.point is None else "EPSG:4326"
        return Layer("town/things", declared, settled, audience, ("town/things",), (), crs or "EPSG:4326")

    def make(self, layer: Layer, inputs: RowInputs | JoinedTerritories) -> LakeObject:
        return build_layer(layer, inputs, UNITS, self.lake.objects, self.lake.limits)

    def territories(
        self, shapes: Mapping[str, Any], series: Mapping[str, Sequence[Mapping[str, Any]]], missing: Sequence[str] = ()
    ) -> JoinedTerritories:
        """Communes with these contours and series; ``missing`` are those that have no contour."""
        codes = [*shapes, *missing]
        names = pa.table(
            {"vintage": pa.array([2024] * len(codes), pa.int32()), "level": ["commune"] * len(codes), "code": codes,
             "name": [f"Commune {code}" for code in codes]}
        )  # fmt: skip
        contours = pa.table(
            {"level": ["commune"] * len(shapes), "code": list(shapes),
             "geometry": pa.array([shapely.to_wkb(shape) for shape in shapes.values()], pa.binary())}
        )  # fmt: skip
        kept = {
            name: self._frame(f"series-{name.replace('/', '-')}", _series(name, rows)) for name, rows in series.items()
        }
        return JoinedTerritories(2024, self._frame("contours", contours), self._frame("names", names), kept)

    def territory_layer(self, indicators: Mapping[str, str], **said: Any) -> Layer:
        """A layer of communes with a column for each indicator."""
        joined = {name: {"indicator": indicator} for name, indicator in indicators.items()}
        declared = TerritoryLayer.model_validate(
            {"kind": "territories", "level": "commune", "vintage": 2024, "indicators": joined, **SAID, **said}
        )
        settled = {
            name: LayerAttribute(name, column.type, column.title or {}) for name, column in TERRITORY_COLUMNS.items()
        }
        settled |= {
            name: LayerAttribute(name, "number", {"fr": name}, unit="percent", indicator=indicator)
            for name, indicator in indicators.items()
        }
        return Layer("town/communes", declared, settled, "public", (), tuple(indicators.values()), "EPSG:4326")

    def _frame(self, name: str, frame: pa.Table) -> LakeObject:
        return write_frame(self.lake.objects, name, kind="frame", name=name, audience="public", frame=frame)


def _series(name: str, rows: Sequence[Mapping[str, Any]]) -> pa.Table:
    given = {"indicator": name, "level": "commune", "label": "", "period": "2022", "value": None, "numerator": None,
             "denominator": None, "observations": None, "status": "A", "confidentiality": "F", "reliability": "good",
             "vintage": 2024}  # fmt: skip
    return pa.Table.from_pylist([{**given, **row} for row in rows], schema=SERIES_SCHEMA)


def read(item: LakeObject) -> pa.Table:
    """All the columns of an object, as anybody could read them in its file."""
    return pq.ParquetFile(item.data).read()


def shapes_of(table: pa.Table) -> list[Any]:
    return list(shapely.from_wkb(table["geometry"].to_pylist()))
