"""Connections to the embedded engine, within limits, the spatial extension loaded in this one place."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from threading import Timer

import duckdb

from beffroi.collect.relations import quote_name, quote_text
from beffroi.errors import BeffroiError, Fault, fault

ENGINE = f"duckdb {duckdb.__version__}"
"""Name and version of the engine: part of every staleness key, since another version may write other bytes."""


LIMITS_REACHED = (duckdb.OutOfMemoryException, duckdb.InterruptException)
"""Errors of the engine that ``connect`` turns into faults: whoever catches the others lets these go by."""

__all__ = [
    "ENGINE",
    "LIMITS_REACHED",
    "EngineLimits",
    "connect",
    "first_line",
    "load_spatial",
    "quote_name",
    "quote_text",
    "within",
]


_COUNTED = 0.6
"""Part of the memory allowed that the engine may count. Sorting twenty million rows it takes 400 MB more than that, and
Python and Arrow hold 300 MB: counting 1.2 GB, a build stays under 2 GB (benchmarks/README.md)."""


@dataclass(frozen=True)
class EngineLimits:
    """What one connection may use. ``scratch`` is where it spills, up to ``scratch_size``; after ``seconds`` it is
    interrupted (never when None)."""

    memory: str = "2GB"
    threads: int = 2
    scratch: Path | None = None
    scratch_size: str = "20GB"
    seconds: float | None = None


@contextmanager
def connect(
    limits: EngineLimits, *, readable: Iterable[Path] = (), spatial: bool = False
) -> Iterator[duckdb.DuckDBPyConnection]:
    """A connection in memory that can read and write nothing but what lies under ``readable``.

    Errors of the engine that a person can do something about come out as faults: ``engine-memory`` when the
    work does not fit in the memory and scratch space allowed, ``engine-time`` when it does not end in time.
    """
    packaged = _packaged_spatial() if spatial else None
    if packaged:
        _check_signature(packaged)
    connection = duckdb.connect(":memory:", config={"allow_unsigned_extensions": packaged is not None})
    try:
        with within(limits, connection, limits.seconds):
            connection.execute("SET enable_progress_bar = false")
            connection.execute("SET threads = ?", [limits.threads])
            connection.execute("SET memory_limit = ?", [_counted(limits.memory)])
            connection.execute("SET preserve_insertion_order = false")
            connection.execute("SET TimeZone = 'UTC'")
            folders = [str(path) for path in readable]
            if limits.scratch is not None:
                limits.scratch.mkdir(parents=True, exist_ok=True)
                connection.execute("SET temp_directory = ?", [str(limits.scratch)])
                connection.execute("SET max_temp_directory_size = ?", [limits.scratch_size])
                folders.append(str(limits.scratch))
            if spatial:
                load_spatial(connection)
            connection.execute("SET allowed_directories = ?", [folders])
            connection.execute("SET enable_external_access = false")
            yield connection
    finally:
        connection.close()


@contextmanager
def within(limits: EngineLimits, connection: duckdb.DuckDBPyConnection, seconds: float | None) -> Iterator[None]:
    """Interrupt what ``connection`` does after ``seconds``, those left; limits that are reached come out as faults."""
    if seconds is not None and seconds <= 0:
        raise BeffroiError(_out_of_time(limits))
    clock = Timer(seconds or 0, connection.interrupt)
    clock.daemon = True
    if seconds is not None:
        clock.start()
    try:
        yield
    except duckdb.OutOfMemoryException as error:
        raise BeffroiError(
            fault("engine-memory", memory=limits.memory, scratch=limits.scratch_size, detail=first_line(error))
        ) from error
    except duckdb.InterruptException as error:
        raise BeffroiError(_out_of_time(limits)) from error
    finally:
        clock.cancel()


def _out_of_time(limits: EngineLimits) -> Fault:
    return fault("engine-time", seconds=f"{limits.seconds or 0:g}")


def _counted(allowed: str) -> str:
    """The engine's own limit when so much is allowed in all."""
    amount = allowed.rstrip("BGKMTi")
    return f"{float(amount) * _COUNTED:.3f}{allowed.removeprefix(amount)}"


def load_spatial(connection: duckdb.DuckDBPyConnection) -> None:
    """Load the spatial extension: the packaged file, or the engine's own installation where there is one."""
    if packaged := _packaged_spatial():
        connection.execute(f"LOAD {quote_text(str(packaged))}")
        return
    connection.execute("INSTALL spatial")
    connection.execute("LOAD spatial")


def _packaged_spatial() -> Path | None:
    spec = find_spec("duckdb_extension_spatial")
    for folder in (spec.submodule_search_locations or []) if spec else []:
        for file in sorted(Path(folder).glob(f"extensions/v{duckdb.__version__}/spatial.duckdb_extension")):
            return file
    return None


@cache
def _check_signature(extension: Path) -> None:
    """Have the engine check who signed the file, once in a process: 80 MB are read, which takes a quarter of a second.

    Further connections of the process use the code that was mapped then, whatever the file has become.
    """
    with duckdb.connect(":memory:") as connection:
        connection.execute(f"LOAD {quote_text(str(extension))}")


def first_line(error: Exception) -> str:
    """What the engine says, without the excerpt of the statement that follows."""
    return str(error).split("\n", 1)[0]
