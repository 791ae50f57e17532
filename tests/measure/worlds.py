"""A small invented geography with a merger and two splits, a catalogue over it, and a lake in memory."""

import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd
import pyarrow as pa
from pydantic import TypeAdapter

from beffroi.catalog.catalogs import Catalog, DeclaredTable
from beffroi.catalog.indicators import Indicator
from beffroi.catalog.tables import Contract
from beffroi.catalog.vocabularies import Column, Vocabulary
from beffroi.catalog.workspaces import Workspace
from beffroi.errors import Place
from beffroi.measure import Geography, Measured, measure_indicator
from beffroi.units import Unit

LEVELS = ["iris", "commune", "epci", "grouping", "departement", "pays"]
ENGINE_TYPES = {
    "text": "VARCHAR",
    "integer": "BIGINT",
    "decimal": "DECIMAL(18, 6)",
    "number": "DOUBLE",
    "boolean": "BOOLEAN",
    "date": "DATE",
}

# 62099 merged into 62002; 62050 was split between 62004 and 62005, of one EPCI; 62060 between 62001 and 80810, of two.
PASSAGE_2021 = [
    ("62001", "62001", 0, 1, 1, False, "COM"),
    ("62002", "62002", 0, 1, 1, False, "COM"),
    ("62099", "62002", 0, 1, 1, False, "COM"),
    ("62003", "62003", 0, 1, 1, False, "COM"),
    ("62050", "62004", 0, 3, 5, True, "COM"),
    ("62050", "62005", 3, 5, 5, True, "COM"),
    ("62060", "62001", 0, 1, 3, True, "COM"),
    ("62060", "80810", 1, 3, 3, True, "COM"),
    ("80810", "80810", 0, 1, 1, False, "COM"),
    ("75056", "75056", 0, 1, 1, False, "COM"),
    ("75101", "75056", 0, 1, 1, False, "ARM"),
    ("75102", "75056", 0, 1, 1, False, "ARM"),
]
COMMUNES_2026 = ["62001", "62002", "62003", "62004", "62005", "75056", "80810"]
PASSAGE_2026 = [(code, code, 0, 1, 1, False, "COM") for code in COMMUNES_2026] + PASSAGE_2021[-2:]
COMMUNES_2021 = sorted({row[0] for row in PASSAGE_2021 if row[6] == "COM"})

MEMBERS: dict[tuple[str, str], list[str]] = {
    ("epci", "e1"): ["62001", "62002", "62003"],
    ("epci", "e2"): ["62004", "62005"],
    ("epci", "e3"): ["80810"],
    ("grouping", "both"): ["62001", "62002", "62003", "62004", "62005"],
    ("grouping", "across"): ["62003", "62004", "80810"],
    ("departement", "62"): ["62001", "62002", "62003", "62004", "62005"],
    ("departement", "75"): ["75056"],
    ("departement", "80"): ["80810"],
    ("pays", "FR"): COMMUNES_2026,
}
IRIS = [
    ("620010101", "62001", 2021),
    ("620010102", "62001", 2021),
    ("620020000", "62002", 2021),
    ("620990000", "62099", 2021),
    ("620030000", "62003", 2021),
    ("620500101", "62050", 2021),
    ("620500102", "62050", 2021),
    ("620600000", "62060", 2021),
    ("808100000", "80810", 2021),
    ("750560000", "75056", 2021),
]


def crosswalk_table(rows: list[tuple[Any, ...]]) -> pa.Table:
    names = ["from_code", "to_code", "low", "high", "total", "estimated", "kind"]
    return pa.table(dict(zip(names, [list(column) for column in zip(*rows, strict=True)], strict=True)))


def geography(vintage: int = 2026, **changes: Any) -> Geography:
    """The geography of 2026, or of 2021 (with its own communes and no larger territory than the country)."""
    if vintage == 2026:
        passages = {2021: crosswalk_table(PASSAGE_2021), 2026: crosswalk_table(PASSAGE_2026)}
        communes, members = COMMUNES_2026, MEMBERS
    else:
        communes = COMMUNES_2021
        passages = {2021: crosswalk_table([(code, code, 0, 1, 1, False, "COM") for code in communes])}
        members = {
            ("epci", "e1"): ["62001", "62002", "62099", "62003"],
            ("epci", "e2"): ["62050"],
            ("epci", "e3"): ["62060", "80810"],
            ("pays", "FR"): communes,
        }
    pairs = [(code, level, territory) for (level, territory), codes in members.items() for code in codes]
    names = [("commune", code, f"Commune {code}") for code in communes]
    names += [(level, code, f"{level} {code}") for level, code in members]
    made = Geography(
        vintage=vintage,
        crosswalks=passages,
        membership=pa.table(
            dict(zip(["commune", "level", "territory"], map(list, zip(*pairs, strict=True)), strict=True))
        ),
        names=pa.table(dict(zip(["level", "code", "name"], map(list, zip(*names, strict=True)), strict=True))),
        iris=pa.table(dict(zip(["code", "commune", "vintage"], map(list, zip(*IRIS, strict=True)), strict=True))),
        perimeter=frozenset({"62001", "62002", "62003", "62099", "62050", "62060"}),
    )
    return replace(made, **changes)


class World:
    """A catalogue and a lake in memory; ``measure`` measures one indicator of it."""

    def __init__(self, threads: int = 1, levels: Sequence[str] = LEVELS) -> None:
        self.levels = list(levels)
        self.connection = duckdb.connect()
        self.connection.execute(f"SET threads = {threads}")
        self.tables: dict[str, DeclaredTable] = {}
        self.indicators: dict[str, Any] = {}
        self.queries: list[str] = []

    def add_table(
        self,
        name: str,
        rows: pd.DataFrame,
        columns: Mapping[str, str],
        *,
        key: list[str],
        territory: Mapping[str, Any] | None = None,
        period: Mapping[str, Any] | None = None,
        **contract: Any,
    ) -> None:
        """A table with its rows; by default coded by commune of 2021 in ``code``, with its year in ``year``."""
        place = {"column": "code", "level": "commune", "vintage": 2021} if territory is None else territory
        declared = Contract.model_validate(
            {
                "rows": "One row",
                "key": key,
                "columns": {column: {"type": kind} for column, kind in columns.items()},
                "territory": place or None,
                "period": {"column": "year"} if period is None else (period or None),
                **contract,
            }
        )
        completed = {column: Column(type=kind) for column, kind in columns.items()}  # type: ignore[arg-type]
        self.tables[name] = DeclaredTable(name, {"fr": name}, declared, completed, "", "", (), None)
        casts = ", ".join(f'CAST("{column}" AS {ENGINE_TYPES[kind]}) AS "{column}"' for column, kind in columns.items())
        self.connection.register("incoming", pa.Table.from_pandas(rows[list(columns)], preserve_index=False))
        self.connection.execute(f'CREATE OR REPLACE TABLE "{name}" AS SELECT {casts} FROM incoming')
        self.connection.unregister("incoming")

    def add_indicator(self, name: str, **declared: Any) -> None:
        given = {"title": name, "definition": name, "theme": "t", "unit": "number"} | declared
        self.indicators[name] = TypeAdapter(Indicator).validate_python(given)

    @property
    def catalog(self) -> Catalog:
        workspace = Workspace.model_validate(
            {
                "format": 1,
                "title": "Essai",
                "sentence": "Un essai.",
                "publisher": "Personne",
                "perimeter": "both",
                "reference_vintage": 2026,
                "levels": self.levels,
                "territories": {"communes": "t/communes", "epci": "t/epci"},
            }
        )
        units = {
            "number": Unit("number", {"fr": ""}, {}),
            "percent": Unit("percent", {"fr": "%"}, {}, decimals=1, factor=100),
        }
        places = {
            f"indicators/{name}": {
                key: Place(f"indicators/{name}.yaml", line, key)
                for line, key in enumerate(["", "levels", "periods", "table", "column", "over"], 1)
            }
            for name in self.indicators
        }
        return Catalog(Path(), workspace, Vocabulary(), units, {}, {}, self.tables, self.indicators, {}, {}, {}, places)

    @property
    def query(self) -> "Engine":
        return Engine(self.connection, self.queries)

    def measure(self, name: str, where: Geography | None = None) -> Measured:
        return measure_indicator(name, self.catalog, where or geography(), self.query)

    def rows(self, name: str, where: Geography | None = None) -> dict[tuple[str, str, str], dict[str, Any]]:
        """The series by (level, territory, period)."""
        series = self.measure(name, where).series.to_pylist()
        found = {(row["level"], row["territory"], row["period"]): row for row in series}
        assert len(found) == len(series), "the key of a series is unique"
        return found


class Engine:
    """The way to ask, as a session of the lake gives it; each statement is noted in ``queries``."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, queries: list[str]) -> None:
        self.connection = connection
        self.queries = queries

    def __call__(self, sql: str, frames: Mapping[str, pa.Table]) -> pa.Table:
        self.queries.append(re.sub(r"\s+", " ", sql))
        cursor = self.connection.cursor()
        for name, frame in frames.items():
            cursor.register(name, frame)
        try:
            return cursor.execute(sql).to_arrow_table()
        finally:
            for name in frames:
                cursor.unregister(name)

    @contextmanager
    def hold(self, name: str, sql: str, frames: Mapping[str, pa.Table]) -> Iterator[None]:
        self.connection.register("held", self(sql, frames))
        self.connection.execute(f"CREATE TABLE {name} AS SELECT * FROM held")
        try:
            yield
        finally:
            self.connection.execute(f"DROP TABLE {name}")
            self.connection.unregister("held")
