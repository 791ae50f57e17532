"""What a reader is given, what it gives back, and the staging of what the engine cannot read as it is."""

import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path

import duckdb

from beffroi.catalog.sources import Reading
from beffroi.collect.relations import quote_name


@dataclass(frozen=True)
class Opened:
    """One file to read. ``label`` names it for people; ``fingerprint`` stands for its bytes and its reading."""

    path: Path
    label: str
    reading: Reading
    scratch: Path
    fingerprint: str

    def stage(self, suffix: str, write: Callable[[Path], None]) -> Path:
        """The file that ``write`` makes of this one, made once for the same bytes and reading; whole or absent."""
        target = self.scratch / "staged" / f"{sha256(self.fingerprint.encode()).hexdigest()[:40]}{suffix}"
        if target.exists():
            return target
        target.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=target.parent, ignore_cleanup_errors=True) as name:
            made = Path(name) / target.name
            write(made)
            made.replace(target)
        return target


@dataclass(frozen=True)
class Rows:
    """Rows as an SQL relation, its columns with the engine's types, the CRS of its geometry, and its files."""

    sql: str
    columns: Mapping[str, str]
    crs: str | None = None
    files: Mapping[str, str] = field(default_factory=dict)


def describe(sql: str) -> dict[str, str]:
    """Columns of a relation with the engine's types, in order."""
    with _engine() as connection:
        found = connection.execute(f"DESCRIBE SELECT * FROM {sql}").fetchall()
    return {str(row[0]): str(row[1]) for row in found}


def read_some(query: str) -> None:
    """Run a query for the sake of the error that it may raise."""
    with _engine() as connection:
        connection.execute(query).fetchall()


def _engine() -> duckdb.DuckDBPyConnection:
    return duckdb.connect(":memory:", config={"threads": 1, "autoinstall_known_extensions": False})


def name_columns(cells: Sequence[str]) -> list[str]:
    """Column names from the cells of a header: blank ones become ``column_<number>``, and one that comes again gets a
    number, upper and lower case being the same for the engine."""
    names: list[str] = []
    taken: set[str] = set()
    for number, cell in enumerate(cells, 1):
        wanted = " ".join(cell.replace("\ufeff", "").split()) or f"column_{number}"
        name, again = wanted, 1
        while name.lower() in taken:
            again += 1
            name = f"{wanted}_{again}"
        taken.add(name.lower())
        names.append(name)
    return names


def select_all(columns: Mapping[str, str], source: str) -> str:
    """``(SELECT expression AS name, ... FROM source)`` of expressions by name."""
    chosen = ", ".join(f"{expression} AS {quote_name(name)}" for name, expression in columns.items())
    return f"(SELECT {chosen} FROM {source})"
