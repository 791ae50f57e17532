"""A table or a query of PostgreSQL or PostGIS, copied out as CSV in one read-only transaction.

Geometry comes as hexadecimal EWKB text, which ``table.sql`` turns back. Give the query an ORDER BY: without one, the
same rows in another order are a new edition.
"""

from importlib import import_module
from typing import Any

from beffroi.catalog.sources import Location, Postgres
from beffroi.collect.locations.errands import Errand, Fetched, declared
from beffroi.errors import BeffroiError, fault


def address(location: Location) -> str:
    """``postgres:<environment variable>/<table>``, or the query; never the server's address."""
    postgres = declared(location, location.postgres)
    return f"postgres:{postgres.dsn_env}/{postgres.table or ' '.join((postgres.query or '').split())}"


def fetch(location: Location, errand: Errand) -> Fetched:
    """The rows as CSV in UTF-8, with a header. Needs the extra ``beffroi[postgres]``."""
    postgres = declared(location, location.postgres)
    dsn = errand.session.environment.get(postgres.dsn_env, "")
    if not dsn:
        raise BeffroiError(fault("dsn-missing", name=postgres.dsn_env))
    errand.session.keep_secret(dsn)
    try:
        psycopg: Any = import_module("psycopg")
    except ImportError as error:
        raise BeffroiError(fault("postgres-client-missing")) from error
    target, done = errand.incoming / "rows.csv", 0
    try:
        with psycopg.connect(dsn, connect_timeout=5, options="-c client_encoding=UTF8") as connection:
            connection.read_only = True
            connection.execute(f"SET statement_timeout = {location.timeout_seconds * 1000}")
            with (
                target.open("wb") as stream,
                connection.cursor() as cursor,
                cursor.copy(_copy_statement(postgres, psycopg.sql)) as copy,
            ):
                for chunk in copy:
                    done += len(chunk)
                    if done > location.max_bytes:
                        limit = location.max_bytes
                        raise BeffroiError(fault("download-too-large", address=address(location), limit=limit))
                    stream.write(chunk)
                    errand.advance(done, None)
    except psycopg.Error as error:
        reason = errand.session.hide(str(error).strip().partition("\n")[0]) or type(error).__name__
        reason = _without_dsn(reason, dsn, psycopg)
        raise BeffroiError(fault("postgres-failed", name=postgres.dsn_env, reason=reason)) from error
    return Fetched(target)


def _copy_statement(postgres: Postgres, sql: Any) -> Any:
    if postgres.query:
        chosen = sql.SQL(postgres.query.strip().rstrip(";"))
    else:
        names = (postgres.table or "").split(".")
        chosen = sql.SQL("SELECT * FROM {}").format(sql.Identifier(*names))
    return sql.SQL("COPY (\n{}\n) TO STDOUT (FORMAT csv, HEADER, ENCODING 'UTF8')").format(chosen)


def _without_dsn(text: str, dsn: str, psycopg: Any) -> str:
    """``text`` without the host, the user and the password of ``dsn``."""
    try:
        known = psycopg.conninfo.conninfo_to_dict(dsn)
    except psycopg.Error:
        return text
    for name in ("password", "user", "host", "hostaddr"):
        if value := str(known.get(name) or ""):
            text = text.replace(value, "***")
    return text
