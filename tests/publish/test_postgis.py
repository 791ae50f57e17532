"""An edition in a real PostGIS: whole or not at all, with its words, for its audience alone."""

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from beffroi.access import PUBLIC, Reader, partner
from beffroi.cli import main
from beffroi.errors import BeffroiError
from beffroi.observe import Atlas
from beffroi.publish import postgis
from beffroi.publish.postgis import cut_name, name_schema, publish_postgis
from beffroi.run import build
from beffroi.run.consoles import publish_in_console
from tests.run.conftest import Trial
from tests.run.layered import add_layers

psycopg = pytest.importorskip("psycopg")


def find_programs() -> tuple[Path | None, str]:
    """The newest PostgreSQL of the machine that has PostGIS, or why there is none."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    if not found:
        return None, "no PostgreSQL: install postgresql and its postgis package"
    version = found[-1].parts[-3]
    if not Path(f"/usr/share/postgresql/{version}/extension/postgis.control").exists():
        return None, f"no PostGIS for PostgreSQL {version}"
    if os.geteuid() == 0:
        try:
            pwd.getpwnam("postgres")
        except KeyError:
            return None, "PostgreSQL does not run as root, and there is no user postgres"
        if not shutil.which("runuser"):
            return None, "PostgreSQL does not run as root, and there is no runuser"
    return found[-1].parent, ""


PROGRAMS, REASON = find_programs()
pytestmark = pytest.mark.skipif(PROGRAMS is None, reason=REASON)


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    """A server of its own, that listens on a socket of its folder and nowhere else; its address."""
    folder = Path(tempfile.mkdtemp(prefix="beffroi-pg-"))
    as_whom = ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []
    if as_whom:
        shutil.chown(folder, "postgres")
    data = folder / "data"

    def run(*words: str | Path) -> None:
        subprocess.run(
            [*as_whom, *map(str, words)], check=True, cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )

    try:
        run(PROGRAMS / "initdb", "-D", data, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--no-sync", "--locale=C")
        options = f"-c listen_addresses='' -c unix_socket_directories='{folder}' -c fsync=off"
        run(PROGRAMS / "pg_ctl", "-D", data, "-w", "-l", folder / "log", "-o", options, "start")
        yield f"host={folder} user=postgres dbname=postgres"
    finally:
        subprocess.run([*as_whom, PROGRAMS / "pg_ctl", "-D", data, "-m", "immediate", "stop"], capture_output=True)
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="module")
def trial(tmp_path_factory: pytest.TempPathFactory) -> Trial:
    trial = add_layers(Trial(tmp_path_factory.mktemp("postgis") / "trial"))
    assert not build(trial.workplace).own_faults
    return trial


@pytest.fixture
def base(server: str, request: pytest.FixtureRequest) -> str:
    """A database of its own for each test."""
    name = f"t{abs(hash(request.node.name))}"
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
    dsn = server.replace("dbname=postgres", f"dbname={name}")
    with psycopg.connect(dsn) as connection:
        connection.execute("CREATE EXTENSION postgis")
    return dsn


def open_atlas(trial: Trial, reader: Reader = PUBLIC) -> Atlas:
    return Atlas(trial.workplace.lake.release(reader))


def ask(dsn: str, statement: str) -> list[tuple]:
    with psycopg.connect(dsn) as connection:
        return connection.execute(statement).fetchall()


def code_of(do) -> str:
    with pytest.raises(BeffroiError) as caught:
        do()
    return caught.value.faults[0].code


def test_layers_and_series_are_tables_with_keys_words_and_an_index(trial, base):
    written = publish_postgis(open_atlas(trial), base, "ville", "public")
    assert written.rows == {
        "couche_housing_communes": 3, "couche_housing_sites": 3,
        "serie_housing_dwellings": written.rows["serie_housing_dwellings"],
        "serie_housing_vacancy_rate": written.rows["serie_housing_vacancy_rate"],
    }  # fmt: skip
    placed = ask(base, "SELECT fid, kind, area, ST_SRID(geom), ST_X(ST_Transform(geom, 4326)) "
                       "FROM ville.couche_housing_sites ORDER BY fid")  # fmt: skip
    assert [row[:4] for row in placed] == [
        ("S1", "port", 10.5, 2154), ("S2", "port", 20.5, 2154), ("S3", "zone", 30.5, 2154),
    ]  # fmt: skip
    assert placed[0][4] == pytest.approx(-8.5, abs=1e-6)
    kinds = dict(ask(base, "SELECT f_table_name, type FROM geometry_columns WHERE f_table_schema = 'ville'"))
    assert kinds == {"couche_housing_communes": "POLYGON", "couche_housing_sites": "POINT"}
    indexes = dict(ask(base, "SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = 'ville'"))
    assert "gist (geom)" in indexes["couche_housing_sites_geom_idx"]
    assert "(fid)" in indexes["couche_housing_sites_pkey"]
    assert "(vintage, level, territory, period)" in indexes["serie_housing_dwellings_pkey"]
    (told,) = ask(base, "SELECT obj_description('ville.couche_housing_sites'::regclass)")[0]
    assert "Essai, Sites" in told
    assert "inventées" in told
    words = dict(ask(base, "SELECT attname, col_description(attrelid, attnum) FROM pg_attribute "
                           "WHERE attrelid = 'ville.couche_housing_sites'::regclass AND attnum > 0"))  # fmt: skip
    assert words["kind"].startswith("Genre")


def test_a_series_is_what_was_released(trial, base):
    atlas = open_atlas(trial)
    publish_postgis(atlas, base, "ville", "public")
    found = ask(base, "SELECT territory, value, numerator FROM ville.serie_housing_vacancy_rate "
                      "WHERE level = 'commune' AND vintage = 2022 ORDER BY territory")  # fmt: skip
    series = atlas.release.series("housing/vacancy_rate", level="commune").sort_by("territory")
    columns = ("territory", "value", "numerator")
    assert found == list(zip(*(series[name].to_pylist() for name in columns), strict=True))
    assert found


def test_nothing_of_a_partner_is_in_the_schema_of_the_public(trial, base):
    publish_postgis(open_atlas(trial), base, "ville", "public")
    names = {name for (name,) in ask(base, "SELECT relname FROM pg_class WHERE relnamespace = 'ville'::regnamespace")}
    assert not any("owned" in name or "empty" in name for name in names)
    written = publish_postgis(open_atlas(trial, partner("dreal")), base, "ville_dreal", "partner:dreal")
    assert {"couche_housing_owned", "serie_housing_empty_homes"} <= set(written.rows)
    again = open_atlas(trial, partner("dreal"))
    assert code_of(lambda: publish_postgis(again, base, "ville", "partner:dreal")) == "postgis-audience"
    assert not ask(base, "SELECT 1 FROM pg_class WHERE relname = 'couche_housing_owned' "
                         "AND relnamespace = 'ville'::regnamespace")  # fmt: skip


def test_a_reader_sees_one_edition_whole_and_what_was_given_is_kept(trial, base, monkeypatch):
    atlas = open_atlas(trial)
    publish_postgis(atlas, base, "ville", "public")
    ask(base, "SELECT 1")
    with psycopg.connect(base) as connection:
        connection.execute("CREATE ROLE lecteur")
        connection.execute("GRANT SELECT ON ville.couche_housing_sites TO lecteur")
        connection.execute("CREATE TABLE ville.notes (n int)")
    seen = []

    def spy(*names: object) -> object:
        seen.append(ask(base, "SELECT count(*) FROM ville.couche_housing_sites")[0][0])
        return read_pages(*names)

    read_pages = postgis.read_pages
    monkeypatch.setattr(postgis, "read_pages", spy)
    publish_postgis(atlas, base, "ville", "public")
    assert seen == [3, 3]
    assert ask(base, "SELECT has_table_privilege('lecteur', 'ville.couche_housing_sites', 'SELECT')") == [(True,)]
    assert ask(base, "SELECT count(*) FROM ville.notes") == [(0,)]
    assert not ask(base, "SELECT 1 FROM pg_namespace WHERE nspname LIKE '%beffroi_new'")


def test_what_fails_changes_nothing(trial, base, monkeypatch):
    atlas = open_atlas(trial)
    publish_postgis(atlas, base, "ville", "public")
    before = ask(base, "SELECT edition, built FROM ville.beffroi_tables")

    def fail(*_: object) -> Iterator[None]:
        raise BeffroiError(postgis.fault("geodata-busy"))
        yield

    monkeypatch.setattr(postgis, "read_pages", fail)
    assert code_of(lambda: publish_postgis(atlas, base, "ville", "public")) == "geodata-busy"
    monkeypatch.undo()
    with psycopg.connect(base) as connection:
        connection.execute("CREATE VIEW public.vue AS SELECT fid FROM ville.couche_housing_sites")
    assert code_of(lambda: publish_postgis(atlas, base, "ville", "public")) == "postgis-depended-on"
    assert ask(base, "SELECT edition, built FROM ville.beffroi_tables") == before
    assert ask(base, "SELECT count(*) FROM public.vue") == [(3,)]


def test_a_table_of_others_is_never_replaced(trial, base):
    with psycopg.connect(base) as connection:
        connection.execute("CREATE SCHEMA ville")
        connection.execute("CREATE TABLE ville.couche_housing_sites (mine int)")
    assert code_of(lambda: publish_postgis(open_atlas(trial), base, "ville", "public")) == "postgis-table-taken"
    assert ask(base, "SELECT count(mine) FROM ville.couche_housing_sites") == [(0,)]


def test_what_is_no_longer_published_goes(trial, base, monkeypatch):
    atlas = open_atlas(trial)
    publish_postgis(atlas, base, "ville", "public")
    monkeypatch.setitem(atlas.catalogue["layers"]["housing/sites"], "download", "refused")
    written = publish_postgis(atlas, base, "ville", "public")
    assert (written.gone, written.refused) == (("couche_housing_sites",), ("housing/sites",))
    assert not ask(base, "SELECT 1 FROM pg_class WHERE relname = 'couche_housing_sites'")


def test_a_base_that_cannot_take_it_says_why_and_no_secret(trial, server):
    atlas = open_atlas(trial)
    assert code_of(lambda: publish_postgis(atlas, server, "ville", "public")) == "postgis-missing"
    with pytest.raises(BeffroiError) as caught:
        publish_postgis(atlas, "host=/nowhere user=moi password=motdepasse dbname=x", "ville", "public")
    fault = caught.value.faults[0]
    assert fault.code == "postgis-failed"
    assert not any(secret in fault.render("fr") for secret in ("motdepasse", "moi", "/nowhere"))


def test_the_command_writes_and_tells(trial, base, monkeypatch, capsys):
    monkeypatch.setenv("VILLE_DSN", base)
    asked = ["publish-postgis", "-w", str(trial.root), "--schema", "ville"]
    assert run(*asked, "--dsn-env", "VILLE_DSN") == 0
    assert "ville.couche_housing_sites  3" in capsys.readouterr().out
    asking = (trial.workplace, "ABSENT_DSN", "ville", "public", PUBLIC, "2154")
    assert code_of(lambda: publish_in_console(*asking)) == "postgis-dsn-missing"
    assert run(*asked, "--dsn-env", "VILLE_DSN", "--audience", "builder") != 0
    assert run(*asked, "--dsn-env", "VILLE_DSN", "--crs", "27572") != 0


def run(*words: str) -> int:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("sys.argv", ["beffroi", *words])
        with pytest.raises(SystemExit) as caught:
            main()
    return int(caught.value.code or 0)


def test_names_fit_where_they_go():
    assert (name_schema("Mon-Territoire", "public"), name_schema("artois", "partner:dreal")) == (
        "mon_territoire", "artois_dreal",
    )  # fmt: skip
    long, other = cut_name("é" * 60 + "a"), cut_name("é" * 60 + "b")
    assert long != other
    assert max(len(long.encode()), len(other.encode())) <= 63


def test_without_a_client_it_says_what_to_install(trial, monkeypatch):
    def absent(name: str) -> None:
        raise ImportError(name)

    monkeypatch.setattr(postgis, "import_module", absent)
    assert code_of(lambda: publish_postgis(open_atlas(trial), "", "ville", "public")) == "postgis-client-missing"
