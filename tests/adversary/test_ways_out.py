"""Nothing that is hidden comes out: neither as it is, in any form, nor as a difference between what it could be.

Two worlds differ by what is hidden alone (``lent_worlds``): every byte that anybody outside is given is the same.
Where nothing is hidden, the same search finds the numbers in every way out: it knows how to look.
"""

import json
import logging
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from beffroi.access import BUILDER, PUBLIC, Reader, partner
from beffroi.errors import BeffroiError
from beffroi.run import BuildOptions, BuildReport, build
from beffroi.run.auditing import audit
from beffroi.run.consoles import build_in_console
from beffroi.run.explaining import explain
from beffroi.run.exporting import ExportOptions, export
from beffroi.run.showing import select_series
from beffroi.serve import create_app
from tests.adversary.crawls import LAYERS, MEASURES, crawl, starts
from tests.adversary.lent_worlds import OTTERS, PLAIN, THEIRS, TOKENS, canaries, lend, other, steady
from tests.adversary.readings import Seen, Traces, read, trace
from tests.run.conftest import Trial
from tests.serve.conftest import assets_folder

__all__ = ["assets_folder"]

READERS = {None: PUBLIC, "dreal": partner("dreal"), "cci": partner("cci")}
OPENINGS = (
    "/donnees/lent/jobs.csv", "/donnees/lent/jobs.xlsx", "/donnees/lent/jobs.parquet", "/donnees/lent/jobs.geojson",
    "/api/series?indicator=lent/jobs", "/api/figure?indicator=lent/jobs", "/explorer?indicator=lent/jobs",
    "/figures/table.svg?indicator=lent/jobs", "/figures/map.vl.json?indicator=lent/jobs", "/territoires/commune/99001",
    "/observatoires/otters/index/commune/99001", "/couches/lent/jobs.csv", "/couches/lent/jobs.gpkg",
    "/couches/lent/jobs.fgb", "/couches/lent/jobs.parquet", "/couches/lent/jobs.shp.zip", "/couches/lent/jobs.geojson",
    "/tuiles/lent/jobs.pmtiles", "/tuiles/lent/jobs/8/129/86.mvt", "/ogc/collections/lent.jobs/items",
    "/cartes/jobs.json", "/cartes/jobs.qgz", "/integrer?indicator=lent/jobs",
)  # fmt: skip
"""Starts of addresses, one a way out: where nothing is hidden, each shows one of the numbers at least. (A printed map
draws them as circles.)"""

WHOLE = (MEASURES, LAYERS)
BRIEF = (("lent/jobs", "lent/pay"), ("lent/pays",))
"""What is asked again where the code that answers is the same: of all indicators and layers, these."""


@pytest.fixture(scope="module")
def calm() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as monkeypatch:
        steady(monkeypatch)
        yield


def built(folder: Path, trial: Trial) -> Trial:
    report = build(trial.workplace)
    assert {item.state for item in report.items} == {"built"}, [one for one in report.items if one.state != "built"]
    return trial


@pytest.fixture(scope="module")
def plain(calm: None, tmp_path_factory: pytest.TempPathFactory) -> Trial:
    folder = tmp_path_factory.mktemp("plain")
    return built(folder, lend(folder / "trial"))


@pytest.fixture(scope="module")
def twin(plain: Trial, tmp_path_factory: pytest.TempPathFactory) -> Trial:
    """Other values under what is hidden; of the two kinds of jobs, those move that are hidden beside others."""
    series = plain.workplace.lake.release(PUBLIC).series("lent/jobs_by_kind/b", territory="99003", period="2020")
    kind = "b" if series["confidentiality"].to_pylist() == ["C"] else "a"
    folder = tmp_path_factory.mktemp("twin")
    return built(folder, lend(folder / "trial", other(kind)))


@pytest.fixture(scope="module")
def theirs(plain: Trial, tmp_path_factory: pytest.TempPathFactory) -> Trial:
    """Another file of the other partner."""
    folder = tmp_path_factory.mktemp("theirs")
    return built(folder, lend(folder / "trial", THEIRS))


@pytest.fixture(scope="module")
def opened(calm: None, tmp_path_factory: pytest.TempPathFactory) -> Trial:
    """The same values, and nothing hidden."""
    folder = tmp_path_factory.mktemp("opened")
    return built(folder, lend(folder / "trial", protected=False))


@pytest.fixture
def house(plain: Trial, tmp_path: Path) -> Trial:
    """A copy of its own, lake and all."""
    return plain.copy(tmp_path / "trial")


def traces_of(trial: Trial) -> Traces:
    """Traces of all that is hidden in a world, and of the lent file."""
    manifests = (trial.workplace.lake.root / "objects").glob("*/manifest.json")
    lent = [each for each in map(json.loads, (path.read_text() for path in manifests)) if each["name"] == "lent/otters"]
    marks = [each["sha256"][:16] for each in lent if each["kind"] == "table"]
    assert marks
    return trace(canaries(PLAIN), (PLAIN.owner, *marks), ((trial.root / OTTERS).read_bytes(),))


_seen: dict[tuple[Path, str | None, bool], Mapping[str, Seen]] = {}


def go_through(trial: Trial, whom: str | None = None, *, whole: bool = False) -> Mapping[str, Seen]:
    """All that a reader is answered in a world, remembered; with ``whole``, of all indicators, and of what pages lead
    to."""
    key = (trial.root, whom, whole)
    if key not in _seen:
        app = create_app(trial.workplace.lake.release, tokens=TOKENS)
        with TestClient(app, base_url="http://beffroi.test", raise_server_exceptions=False) as client:
            _seen[key] = crawl(client, TOKENS.get(whom or ""), starts(*(WHOLE if whole else BRIEF)), depth=int(whole))
    return _seen[key]


def test_where_nothing_is_hidden_every_way_out_shows_it(opened: Trial) -> None:
    traces = traces_of(opened)
    asked = [one for one in starts() if one.startswith(OPENINGS)]
    with TestClient(create_app(opened.workplace.lake.release), base_url="http://beffroi.test") as client:
        shown = {one for one, answer in crawl(client, None, asked, depth=0).items() if traces.found(answer)}
    assert [opening for opening in OPENINGS if not any(one.startswith(opening) for one in shown)] == []


def test_the_world_hides_by_both_ways(plain: Trial) -> None:
    series = plain.workplace.lake.release(PUBLIC).series("lent/jobs", level="commune", period="2020")
    codes = dict(zip(series["territory"].to_pylist(), series["confidentiality"].to_pylist(), strict=True))
    confidential = {"99001", "99004", "99006", "unlocated"}
    hidden = {territory for territory, code in codes.items() if code == "C"}
    assert confidential < hidden, "some are hidden for others, and nothing says which"
    assert set(codes.values()) == {"C", "F"}


def test_which_are_confidential_is_told_to_who_lent_the_rows_alone(plain: Trial) -> None:
    counted = {}
    for audience in ("public", "partner:cci"):
        (group,) = audit(plain.workplace, audience=audience).groups
        levels = [level for each in group.indicators if each.audience == "public" for level in each.levels]
        attempt = next(one for one in group.attempts if one.audience == "public")
        hidden, beside = (sum(getattr(level, name) for level in levels) for name in ("hidden", "dependent"))
        counted[audience] = (hidden, beside, attempt.confidential, attempt.tried)
    (hidden, beside, confidential, tried), public = counted["partner:cci"], counted["public"]
    assert 0 < beside < hidden
    assert confidential >= tried > 0
    assert public == (hidden, 0, None, None)


@pytest.mark.parametrize(("whom", "whole"), [(None, True), ("dreal", False)])
def test_nothing_hidden_is_found(plain: Trial, whom: str | None, whole: bool) -> None:
    seen, traces = go_through(plain, whom, whole=whole), traces_of(plain)
    assert len(seen) > (600 if whole else 250)
    assert {address: found for address, answer in seen.items() if (found := traces.found(answer))} == {}
    assert [address for address, answer in seen.items() if answer.status >= 500] == []


@pytest.mark.parametrize(
    ("world", "whom", "whole"),
    [("twin", None, True), ("twin", "dreal", False), ("theirs", None, False), ("theirs", "cci", False)],
)
def test_what_is_hidden_changes_nothing(
    plain: Trial, world: str, whom: str | None, whole: bool, request: pytest.FixtureRequest
) -> None:
    """Status, headers, sizes and bytes are those of the other world: ranks, limits, colours, ends of axes, order,
    counts, notices, marks of edition."""
    first = go_through(plain, whom, whole=whole)
    second = go_through(request.getfixturevalue(world), whom, whole=whole)
    assert sorted(first) == sorted(second)
    assert [address for address in first if _told(first[address]) != _told(second[address])] == []


def _told(seen: Seen) -> tuple[object, ...]:
    # What GDAL leaves in the free pages of a GeoPackage is of the moment when it was written.
    body = seen.text if ".gpkg" in seen.address else seen.body
    return seen.status, {name: value for name, value in seen.headers.items() if name != "content-length"}, body


@pytest.mark.parametrize("reader", [PUBLIC, partner("dreal")])
def test_the_catalogue_of_a_reader_holds_no_mark_of_what_is_hidden(plain: Trial, twin: Trial, reader: Reader) -> None:
    """The release is all that pages, files and answers are made from."""
    first, second = (trial.workplace.lake.release(reader) for trial in (plain, twin))
    assert first.catalogue == second.catalogue
    assert first.manifest() == second.manifest()
    for name in first.catalogue["indicators"]:
        assert first.load_series(name).equals(second.load_series(name)), name


def test_exported_trees_are_the_same(plain: Trial, twin: Trial, tmp_path: Path, assets_folder: Path) -> None:
    trees = []
    for name, trial in (("plain", plain), ("twin", twin)):
        options = ExportOptions(base_url="https://exemple.test", languages=("fr",), workers=1)
        report = export(trial.workplace, tmp_path / name, options, assets_folder=assets_folder)
        assert not report.faults
        trees.append(
            {path.relative_to(tmp_path / name): path for path in (tmp_path / name).rglob("*") if path.is_file()}
        )
    first, second = trees
    assert sorted(first) == sorted(second)
    assert len(first) > 150
    assert [str(name) for name in first if first[name].read_bytes() != second[name].read_bytes()] == []
    traces = traces_of(plain)
    texts = (Seen(str(name), 200, {}, read(path.read_bytes(), str(name))) for name, path in first.items())
    assert {text.address: found for text in texts if (found := traces.found(text))} == {}


@pytest.mark.parametrize("whom", [None, "dreal", "cci"])
def test_explaining_a_hidden_value_tells_nothing(plain: Trial, whom: str | None) -> None:
    for code in ("99001", "99003"):
        told = explain(plain.workplace, "lent/jobs", level=None, territory=code, period="2020", reader=READERS[whom])
        said = json.dumps(told.to_json(), default=str)
        assert traces_of(plain).found(Seen("", 200, {}, said)) == []
        assert told.value["value"] is None
        assert [step.rows for step in told.tables] == [None] * len(told.tables)
        # Who lent the file reads its SELECT; others do not know its name.
        assert ("lent/otters" in said) is (whom == "cci")


def test_what_nobody_has_attacked_is_shown_to_nobody(plain: Trial) -> None:
    """A geography that is not released is worked out by an indicator's own rules: another would give it away."""
    assert select_series(plain.workplace, "town/homes", BUILDER, vintage=2021).num_rows
    with pytest.raises(BeffroiError) as caught:
        select_series(plain.workplace, "lent/jobs", BUILDER, vintage=2021)
    assert [fault.code for fault in caught.value.faults] == ["vintage-not-released"]


def test_logs_and_the_report_of_a_build_hold_no_value(
    house: Trial, capfd: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    build_in_console(house.workplace, BuildOptions(refresh=True))
    go_through(house)
    written = "".join(capfd.readouterr()) + caplog.text
    runs = "".join(path.read_text("utf-8") for path in (house.workplace.lake.root / "runs").glob("*/run.json"))
    traces = replace(traces_of(house), packed=())
    assert traces.found(Seen("", 200, {}, written)) == []
    assert traces.found(Seen("", 200, {}, runs)) == []


def break_contract(trial: Trial) -> None:
    """A rule that the lent file does not keep: the fault quotes the rows that break it."""
    trial.replace("sources/lent/otters/source.yaml", "jobs: {type: integer}",
                  "jobs: {type: integer, max: 2000000, why: Pas davantage.}")  # fmt: skip


def break_file(trial: Trial) -> None:
    """A line that is no number, beside the numbers."""
    text = (trial.root / OTTERS).read_text().replace(",2666667,", ",2666667x,")
    trial.write(OTTERS, text)


@pytest.mark.parametrize("spoil", [break_contract, break_file])
def test_why_a_sum_could_not_be_renewed_quotes_no_row(house: Trial, spoil: Callable[[Trial], None]) -> None:
    spoil(house)
    report: BuildReport = build(house.workplace)
    assert any(item.state == "kept" for item in report.items if item.name == "lent/jobs")
    traces = traces_of(house)
    app = create_app(house.workplace.lake.release, tokens=TOKENS)
    with TestClient(app, base_url="http://beffroi.test") as client:
        for whom in (None, "dreal", "cci"):
            begin = [f"/{page}/{name}" for name in MEASURES for page in ("indicateurs", "api/indicators")]
            begin += [
                "/couches/lent/jobs",
                "/cartes/jobs",
                "/sources/lent/otters",
                "/api/tables/lent/otters",
                "/catalogue",
            ]
            seen = crawl(client, TOKENS.get(whom or ""), begin, depth=0)
            assert {address: found for address, answer in seen.items() if (found := traces.found(answer))} == {}
    told = house.workplace.lake.release(PUBLIC).catalogue["indicators"]["lent/jobs"]["reasons"]
    assert [reason["code"] for reason in told] == ["behind-closed-data"]


def test_an_edition_that_differs_by_what_is_hidden_says_nothing(house: Trial, twin: Trial) -> None:
    """No new value in the feed, no correction: what readers have is what they had."""
    before = house.workplace.lake.release(PUBLIC)
    house.write(OTTERS, (twin.root / OTTERS).read_text())
    assert build(house.workplace).published
    after = house.workplace.lake.release(PUBLIC)
    assert after.edition.id != before.edition.id
    assert after.catalogue == before.catalogue
    assert after.corrections() == before.corrections() == ()
    app = create_app(house.workplace.lake.release, history=house.workplace.lake.history)
    with TestClient(app, base_url="http://beffroi.test") as client:
        assert client.get("/flux.xml").text.count("<entry>") == 1
