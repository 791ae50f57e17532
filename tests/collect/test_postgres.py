"""PostgreSQL, tried on a real server that the test starts, where there is one."""

import os
import pwd
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from beffroi.collect.locations import Fetched, Session
from beffroi.errors import BeffroiError
from tests.collect.invented import codes

Fetch = Callable[..., Fetched]


def table(name: str) -> dict[str, object]:
    return {"postgres": {"dsn_env": "BEFFROI_DSN", "table": name}}


def test_the_address_comes_from_the_environment(fetch: Fetch) -> None:
    with pytest.raises(BeffroiError) as refused:
        fetch(table("sites"))
    assert codes(refused.value) == ["dsn-missing"]


def test_the_client_is_an_extra(fetch: Fetch, session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    session.environment = {"BEFFROI_DSN": "host=127.0.0.1"}
    monkeypatch.setitem(sys.modules, "psycopg", None)
    with pytest.raises(BeffroiError) as refused:
        fetch(table("sites"))
    assert codes(refused.value) == ["postgres-client-missing"]


def test_a_server_that_does_not_answer_is_told_without_its_address(fetch: Fetch, session: Session) -> None:
    pytest.importorskip("psycopg", reason="the extra beffroi[postgres] is not installed")
    session.environment = {"BEFFROI_DSN": "postgresql://agent:hunter2@127.0.0.1:1/base"}
    with pytest.raises(BeffroiError) as refused:
        fetch(table("sites"))
    assert codes(refused.value) == ["postgres-failed"]
    for secret in ("hunter2", "agent", "127.0.0.1"):
        assert secret not in str(refused.value)


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    """The address of a PostgreSQL with one table, gone after the tests."""
    psycopg = pytest.importorskip("psycopg", reason="the extra beffroi[postgres] is not installed")
    programs = [Path(found).parent] if (found := shutil.which("initdb")) else []
    programs += sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    if not programs:
        pytest.skip("no PostgreSQL server on this machine (Debian: apt-get install postgresql)")
    as_user = []
    if os.geteuid() == 0:
        try:
            pwd.getpwnam("postgres")
        except KeyError:
            pytest.skip("PostgreSQL does not run as root, and there is no user postgres")
        as_user = ["runuser", "-u", "postgres", "--"]
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    folder = Path(tempfile.mkdtemp(prefix="beffroi-postgres-"))
    folder.chmod(0o777)
    data = str(folder / "data")
    initdb = [*as_user, str(programs[0] / "initdb"), "-D", data, "-U", "postgres", "-A", "trust", "-E", "UTF8", "-N"]
    made = subprocess.run(initdb, cwd=folder, capture_output=True, text=True, check=False)
    if made.returncode:
        pytest.skip(f"PostgreSQL could not be prepared: {made.stderr.strip()[-200:]}")
    run = [*as_user, str(programs[0] / "postgres"), "-D", data, "-h", "127.0.0.1", "-p", str(port), "-k", "", "-F"]
    process = subprocess.Popen(run, cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    dsn = f"postgresql://postgres@127.0.0.1:{port}/postgres"
    try:
        _fill(psycopg, dsn)
        yield dsn
    finally:
        process.terminate()
        process.wait()
        shutil.rmtree(folder, ignore_errors=True)


def _fill(psycopg: object, dsn: str) -> None:
    until = time.monotonic() + 20
    while True:
        try:
            with psycopg.connect(dsn) as connection:  # type: ignore[attr-defined]
                connection.execute("CREATE SCHEMA eco")
                connection.execute("CREATE TABLE eco.sites (code text, label text, area numeric)")
                connection.execute("INSERT INTO eco.sites VALUES ('01', 'Zone d''été', 1.5), ('02', NULL, 12345.678)")
            return
        except psycopg.OperationalError:  # type: ignore[attr-defined]
            if time.monotonic() > until:
                raise


def test_a_table_comes_out_as_csv(fetch: Fetch, session: Session, server: str) -> None:
    session.environment = {"BEFFROI_DSN": server}
    fetched = fetch(table("eco.sites"))
    assert fetched.file is not None
    assert fetched.file.read_text("utf-8") == "code,label,area\n01,Zone d'été,1.5\n02,,12345.678\n"


def test_a_query_comes_out_in_its_order(fetch: Fetch, session: Session, server: str) -> None:
    session.environment = {"BEFFROI_DSN": server}
    query = "SELECT code, area * 2 AS twice FROM eco.sites ORDER BY code DESC; "
    fetched = fetch({"postgres": {"dsn_env": "BEFFROI_DSN", "query": query}})
    assert fetched.file is not None
    assert fetched.file.read_text("utf-8") == "code,twice\n02,24691.356\n01,3.0\n"


@pytest.mark.parametrize(
    "query",
    [
        "DELETE FROM eco.sites RETURNING code",
        "SELECT 1) TO PROGRAM 'touch /tmp/beffroi-was-here' --",
        "SELECT nothing FROM eco.sites",
    ],
)
def test_a_query_can_only_read(fetch: Fetch, session: Session, server: str, query: str) -> None:
    session.environment = {"BEFFROI_DSN": server}
    with pytest.raises(BeffroiError) as refused:
        fetch({"postgres": {"dsn_env": "BEFFROI_DSN", "query": query}})
    assert codes(refused.value) == ["postgres-failed"]


def test_rows_over_the_limit_are_refused(fetch: Fetch, session: Session, server: str) -> None:
    session.environment = {"BEFFROI_DSN": server}
    with pytest.raises(BeffroiError) as refused:
        fetch({**table("eco.sites"), "max_bytes": 10})
    assert codes(refused.value) == ["download-too-large"]
