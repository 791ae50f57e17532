"""A small lake, and tables declared in a line."""

from pathlib import Path

import pytest

from beffroi.catalog.catalogs import DeclaredTable
from beffroi.catalog.tables import Contract
from beffroi.collect.relations import RawRelation
from beffroi.lake import Lake, LakeObject
from beffroi.lake.contracts import Expectations
from beffroi.lake.tables import TableInputs, build_table


class Bench:
    """A lake in a folder with one raw file, ``rows``, of which tables are made."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.lake = Lake(folder)

    def write(self, text: str, fingerprint: str = "1") -> None:
        (self.folder / "rows.csv").write_text(text)
        self.fingerprint = fingerprint

    def declare(self, sql: str, columns: dict, key: list[str], **contract: object) -> DeclaredTable:
        said = {"rows": "une ligne par commune", "key": key, "columns": columns, **contract}
        checked = Contract.model_validate(said)
        return DeclaredTable(
            "town/counts", {"fr": "Comptages"}, checked, checked.columns, sql, "sources/town/counts/table.sql",
            ("rows",), "town/counts",
        )  # fmt: skip

    def make(self, table: DeclaredTable, expected: Expectations | None = None, **tables: LakeObject) -> LakeObject:
        header = (self.folder / "rows.csv").read_text().splitlines()[0].split(",")
        path = str(self.folder / "rows.csv").replace("'", "''")
        raw = RawRelation(
            "rows", f"read_csv('{path}', all_varchar = true)", dict.fromkeys(header, "VARCHAR"), self.fingerprint
        )
        inputs = TableInputs({"rows": raw}, tables)
        return build_table(table, inputs, self.lake.objects, self.lake.limits, expected or Expectations(), self.folder)


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    return Bench(tmp_path)
