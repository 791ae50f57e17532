"""A bench to run a workspace's own SELECTs on: raw relations as collected, other tables given or made before."""

import shutil
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd
import pytest

from beffroi.catalog import Catalog, DeclaredTable, check_catalog
from beffroi.catalog.sources import Source
from beffroi.collect import SnapshotStore, collect_source, raw_relations
from beffroi.errors import BeffroiError, Fault
from beffroi.lake.connections import EngineLimits, connect
from beffroi.lake.contracts import Expectations, check_contract
from beffroi.run import BuildOptions, Workplace, build, open_workplace
from beffroi.settings import Settings

WORKSPACES = Path(__file__).parents[2] / "workspaces"
ABSENT = ("source-unreachable", "package-client-missing", "source-offline", "deposit-missing")


def catalog_of(name: str) -> Catalog:
    """The declarations of a workspace; they have no fault."""
    checked = check_catalog(WORKSPACES / name)
    assert not checked.faults, "\n".join(f"{fault.place} {fault.message()}" for fault in checked.faults)
    assert checked.partial is not None
    return checked.partial


def build_exemple(root: Path) -> Workplace:
    """A copy of the invented workspace, built without any network; what nobody can reach alone is missing."""
    shutil.copytree(WORKSPACES / "exemple", root, ignore=shutil.ignore_patterns(".beffroi"))
    workplace = open_workplace(root, Settings(offline=True, threads=1))
    report = build(workplace, BuildOptions(offline=True))
    assert report.published
    blocked = {item.name for item in report.items if item.state == "blocked"}
    assert blocked == {"energy/consumption"}, "the one source that nobody can reach, and what needs it"
    return workplace


def named(catalog: Catalog, table: str) -> DeclaredTable:
    return catalog.tables[table]


def run_select(sql: str, relations: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """The rows of a SELECT over small relations written by hand."""
    connection = duckdb.connect()
    for name, frame in relations.items():
        connection.register("given", frame)
        connection.execute(f'CREATE TABLE "{name}" AS SELECT * FROM given')
        connection.unregister("given")
    return connection.execute(sql).df()


def breaches(table: DeclaredTable, rows: pd.DataFrame, beside: Mapping[str, pd.DataFrame], folder: Path) -> list[Fault]:
    """What the contract of ``table`` says of these rows, with the tables that its sums are compared with."""
    file = folder / "rows.parquet"
    rows.to_parquet(file, index=False)
    with connect(EngineLimits(threads=1), readable=[folder]) as connection:
        for name, frame in beside.items():
            connection.register("given", frame)
            connection.execute(f'CREATE TABLE "{name}" AS SELECT * FROM given')
        return check_contract(connection, table, file, Expectations())[1]


@dataclass
class Bench:
    """Tables of Artois made one after another from the packages and from ``deposits/``, without a build."""

    folder: Path
    catalog: Catalog
    made: dict[str, Path] = field(default_factory=dict)

    def table(self, name: str) -> Path:
        """The Parquet file of a table, made with those that it reads; the test is skipped where no package comes."""
        if name not in self.made:
            declared = self.catalog.tables[name]
            before = {other: self.table(other) for other in declared.inputs if other in self.catalog.tables}
            raw = self._raw(name) if declared.source else {}
            file = self.folder / "tables" / f"{name.replace('/', '__')}.parquet"
            file.parent.mkdir(exist_ok=True)
            with connect(EngineLimits(), readable=[self.folder], spatial="ST_" in declared.sql) as connection:
                for relation, sql in raw.items():
                    connection.execute(f'CREATE VIEW "{relation}" AS SELECT * FROM {sql}')
                for other, path in before.items():
                    connection.execute(f"CREATE VIEW \"{other}\" AS SELECT * FROM read_parquet('{path}')")
                connection.execute(f"COPY ({declared.sql}) TO '{file}' (FORMAT parquet)")
            self.made[name] = file
        return self.made[name]

    def query(self, sql: str, **tables: str) -> pd.DataFrame:
        """Rows of ``sql``, where each name of ``tables`` stands for a table of the workspace."""
        connection = duckdb.connect(config={"threads": 2})
        for name, table in tables.items():
            connection.execute(f"CREATE VIEW {name} AS SELECT * FROM read_parquet('{self.table(table)}')")
        return connection.execute(sql).df()

    def raw(self, source: str, relation: str) -> str:
        """The expression of a raw relation, to be read by other means."""
        return self._raw(source)[relation]

    def _raw(self, source_id: str) -> dict[str, str]:
        source: Source = self.catalog.sources[source_id]
        near = [one for one in source.locations if one.package or one.deposit]
        packages = source.model_copy(update={"locations": near})
        place = self.folder / "sources" / source_id
        place.mkdir(parents=True, exist_ok=True)
        if (lock := WORKSPACES / "artois" / "sources" / source_id / "source.lock").exists():
            shutil.copy(lock, place / "source.lock")
        try:
            collected = collect_source(source_id, packages, place, SnapshotStore(self.folder))
        except BeffroiError as error:
            if all(fault.code in ABSENT for fault in error.faults):
                pytest.skip(f"no registry gives {source_id} here")
            raise
        found: Any = raw_relations(packages, collected.snapshots, self.folder / "scratch")
        return {name: relation.sql for name, relation in found.items()}
