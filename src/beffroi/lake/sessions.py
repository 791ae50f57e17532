"""Sessions: several statements over the same tables of the lake, each within the limits."""

import time
import weakref
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

import duckdb
import pyarrow as pa

from beffroi.errors import BeffroiError, fault
from beffroi.lake.connections import LIMITS_REACHED, EngineLimits, first_line, quote_name, within


class Session:
    """Asks the engine. The time allowed is for all the statements of a session, or since it was renewed."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, limits: EngineLimits) -> None:
        self._connection = connection
        self._limits = limits
        self._frames: dict[str, weakref.ref[pa.Table]] = {}
        self.renew()

    def renew(self) -> None:
        """Allow all the time again, for another thing to be made."""
        self._since = time.monotonic()

    def __call__(self, sql: str, frames: Mapping[str, pa.Table]) -> pa.Table:
        """Rows of one statement over the tables of the session, what it holds, and Arrow relations by name."""
        with self._refusing():
            self._take_in(frames)
            return self._connection.execute(sql).to_arrow_table()

    @contextmanager
    def hold(self, name: str, sql: str, frames: Mapping[str, pa.Table]) -> Iterator[None]:
        """Keep the rows of a statement in the engine as ``name``, on disk where memory is short, until left."""
        with self._refusing():
            self._take_in(frames)
            self._connection.execute(f"CREATE TEMP TABLE {quote_name(name)} AS {sql}")
        try:
            yield
        finally:
            self._connection.execute(f"DROP TABLE {quote_name(name)}")

    def _take_in(self, frames: Mapping[str, pa.Table]) -> None:
        """Copy in the relations that are not there yet; one stays for as long as whoever gave it holds on to it."""
        for name, held in list(self._frames.items()):
            if held() is None or (name in frames and held() is not frames[name]):
                del self._frames[name]
                self._connection.execute(f"DROP TABLE {quote_name(name)}")
        for name in frames.keys() - self._frames.keys():
            # The engine asks Python for every piece of an Arrow relation, filters of joins included: copied, it is
            # fast.
            self._connection.register("arriving", frames[name])
            self._connection.execute(f"CREATE TEMP TABLE {quote_name(name)} AS SELECT * FROM arriving")
            self._connection.unregister("arriving")
            self._frames[name] = weakref.ref(frames[name])

    @contextmanager
    def _refusing(self) -> Iterator[None]:
        allowed = self._limits.seconds
        left = None if allowed is None else allowed - (time.monotonic() - self._since)
        with within(self._limits, self._connection, left):
            try:
                yield
            except LIMITS_REACHED:
                raise
            except duckdb.Error as error:
                raise BeffroiError(fault("sql-refused", detail=first_line(error))) from error
