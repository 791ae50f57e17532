"""A build makes what is stale, keeps what was good when something breaks, and serves nothing half-made."""

import json
import os
import signal
import subprocess
import sys
import time

import pytest

from beffroi.access import BUILDER, PUBLIC, partner
from beffroi.errors import BeffroiError, fault
from beffroi.run import BuildOptions, build
from beffroi.run.rollbacks import roll_back
from beffroi.run.stages import indicators, tables

DEPOSIT = "deposit: {name: late.csv, ask: Le service qui tient le fichier.}"


def states(report) -> dict[str, str]:
    return {f"{item.stage} {item.name}": item.state for item in report.items}


def values(trial, indicator="housing/dwellings", level="commune", reader=PUBLIC, **more) -> dict[str, float]:
    series = trial.workplace.lake.release(reader).series(indicator, level=level, **more)
    return dict(zip(series["territory"].to_pylist(), series["value"].to_pylist(), strict=True))


def test_a_workspace_becomes_series_at_every_level_and_vintage(trial):
    report = build(trial.workplace)
    assert report.published
    assert not report.own_faults
    assert values(trial) == {"99001": 150, "99003": 150, "99004": 200}
    assert values(trial, vintage=2021) == {"99001": 50, "99002": 100, "99003": 150, "99004": 200}
    assert values(trial, level="epci") == {"999000001": 150, "999000002": 350}
    assert values(trial, level="grouping") == {"agency": 500}
    rates = values(trial, "housing/vacancy_rate")
    assert rates["99001"] == pytest.approx(100 * 20 / 150), "a ratio is made again from its parts"


def test_nothing_stale_nothing_done(trial):
    first = build(trial.workplace)
    again = build(trial.workplace)
    assert (again.edition, again.published) == (first.edition, False)
    assert {item.state for item in again.items} == {"unchanged"}
    os.utime(trial.root / "workspace.yaml", (1, 1))
    looked = build(trial.workplace)
    assert {item.state for item in looked.items} == {"unchanged"}, "a date alone makes nothing stale"
    assert looked.edition == first.edition


def test_only_what_changed_is_made_again(trial):
    build(trial.workplace)
    trial.replace("indicators/housing/vacancy_rate.yaml", "numerator: vacant", "numerator: dwellings")
    report = build(trial.workplace)
    assert [name for name, state in states(report).items() if state == "built"] == ["indicator housing/vacancy_rate"]
    trial.replace(
        "indicators/housing/dwellings.yaml",
        "Nombre de logements.",
        "Nombre de logements, résidences secondaires comprises.",
    )
    words = build(trial.workplace)
    assert [name for name, state in states(words).items() if state == "built"] == [], "words change no value"
    described = trial.workplace.lake.release(PUBLIC).indicator("housing/dwellings")
    assert "secondaires" in described["definition"]["fr"], "but they are published"


def test_a_breach_keeps_the_last_good_edition_and_blocks_its_descendants_alone(trial):
    build(trial.workplace)
    trial.replace("sources/town/dwellings/dwellings.csv", "99003;150;30", "99003;-150;30")
    report = build(trial.workplace)
    found = states(report)
    assert found["table town/dwellings"] == "kept"
    assert found["indicator housing/dwellings"] == "kept"
    assert found["table town/communes"] == "unchanged"
    (fault,) = report.own_faults
    assert fault.code == "value-outside-range"
    assert "99003" in fault.message()
    assert fault.place.key == "table.columns.dwellings"
    declared = (trial.root / fault.place.file).read_text("utf-8").splitlines()[fault.place.line - 1]
    assert declared.strip().startswith("dwellings:"), "the breach is told on the line of what was promised"
    assert values(trial)["99003"] == 150, "the last good values are served"
    entry = trial.workplace.lake.release(PUBLIC).indicator("housing/dwellings")
    assert entry["state"] == "kept"
    trial.restore("sources/town/dwellings/dwellings.csv")
    assert not build(trial.workplace).own_faults
    assert trial.workplace.lake.release(PUBLIC).indicator("housing/dwellings")["state"] == "released"


def test_a_source_that_changed_is_told_and_is_no_fault(trial):
    build(trial.workplace)
    trial.replace("sources/town/dwellings/dwellings.csv", "99003;150", "99003;160")
    report = build(trial.workplace)
    assert not report.own_faults
    ((note,),) = [item.notes for item in report.items if item.notes]
    assert (note.code, note.values["source"]) == ("edition-new", "town/dwellings")
    assert note.place.line, "on the line of the locations"


def test_a_text_at_fault_keeps_what_it_made(trial):
    build(trial.workplace)
    trial.replace("indicators/housing/dwellings.yaml", "column: dwellings", "column: dweling")
    report = build(trial.workplace)
    assert [fault.code for fault in report.faults] == ["unknown-column"]
    assert values(trial)["99003"] == 150
    assert trial.workplace.lake.release(PUBLIC).indicator("housing/dwellings")["state"] == "kept"
    trial.remove("indicators/housing/dwellings.yaml")
    build(trial.workplace)
    with pytest.raises(BeffroiError):
        trial.workplace.lake.release(PUBLIC).indicator("housing/dwellings")


def test_a_source_that_never_answered_is_shown_as_unavailable_with_its_reason(trial):
    trial.replace("sources/town/dwellings/source.yaml", "file: {path: dwellings.csv}", DEPOSIT)
    trial.remove("sources/town/dwellings/dwellings.csv")
    report = build(trial.workplace)
    assert states(report)["indicator housing/dwellings"] == "blocked"
    assert report.published, "the rest goes on"
    catalogue = trial.workplace.lake.release(PUBLIC).catalogue
    described = catalogue["indicators"]["housing/dwellings"]
    assert described["state"] == "unavailable"
    assert [cause["code"] for cause in described["reasons"][0]["causes"]] == ["source-unreachable"], "the root is told"
    assert catalogue["sources"]["town/dwellings"]["reasons"][0]["code"] == "source-unreachable"


def test_a_change_of_row_count_is_accepted_by_name(trial):
    build(trial.workplace)
    trial.write("sources/town/dwellings/dwellings.csv", "code;dwellings;vacant\n99001;50;5\n")
    assert [fault.code for fault in build(trial.workplace).own_faults] == ["rows-changed"]
    report = build(trial.workplace, BuildOptions(accept=frozenset({"town/dwellings"})))
    assert not report.own_faults
    assert values(trial, vintage=2021)["99002"] is None, "missing, not zero"


def test_one_thing_may_be_built_alone(trial):
    report = build(trial.workplace, BuildOptions(only=frozenset({"housing/dwellings"})))
    assert "indicator housing/vacancy_rate" not in states(report)
    assert values(trial)["99003"] == 150
    with pytest.raises(BeffroiError) as caught:
        build(trial.workplace, BuildOptions(only=frozenset({"housing/dweling"})))
    assert caught.value.faults[0].nearest == "housing/dwellings"


def test_an_edition_is_rolled_back_in_one_call_and_the_old_values_are_served(trial):
    build(trial.workplace)
    trial.replace("sources/town/dwellings/dwellings.csv", "99003;150", "99003;160")
    build(trial.workplace)
    assert values(trial)["99003"] == 160
    assert roll_back(trial.workplace).restores == "000001"
    assert values(trial)["99003"] == 150
    report = build(trial.workplace)
    assert (report.published, values(trial)["99003"]) == (True, 160), "the text is what is built"


def test_a_release_is_pinned_to_its_edition(trial):
    build(trial.workplace)
    workplace = trial.workplace
    pinned = workplace.lake.release(PUBLIC)
    trial.replace("sources/town/dwellings/dwellings.csv", "99003;150", "99003;160")
    build(trial.workplace)
    read = pinned.series("housing/dwellings", level="commune", territory="99003")
    assert read["value"].to_pylist() == [150]


def test_rebuilding_from_nothing_gives_the_same_objects(trial, tmp_path):
    build(trial.workplace)
    first = trial.workplace.lake.edition().objects
    trial.remove(".beffroi")
    build(trial.workplace)
    assert trial.workplace.lake.edition().objects == first
    shas = {}
    for turn in range(2):
        lake = trial.workplace.lake
        shas[turn] = {
            name: lake.objects.get(key).manifest["sha256"]
            for name, key in lake.edition().objects.items()
            if name != "catalogue"
        }
        trial.remove(".beffroi")
        build(trial.workplace)
    assert shas[0] == shas[1]


def test_without_official_territories_nothing_can_be_counted_and_it_is_said(trial):
    trial.replace("sources/town/communes/source.yaml", "file: {path: communes.csv}", DEPOSIT)
    trial.remove("sources/town/communes/communes.csv")
    with pytest.raises(BeffroiError) as caught:
        build(trial.workplace)
    assert {fault.code for fault in caught.value.faults} >= {"territories-missing", "source-unreachable"}


def test_a_run_leaves_its_account_without_values(trial):
    report = build(trial.workplace)
    text = (trial.root / ".beffroi" / "runs" / report.edition / "run.json").read_text()
    account = json.loads(text)
    assert account["edition"] == report.edition
    assert account["peak_memory_bytes"] > 0
    assert "7654321" not in text


def test_a_limit_that_an_indicator_reaches_is_told_on_its_line(trial, monkeypatch):
    def fail(*words):
        raise BeffroiError(fault("engine-time", seconds=1))

    monkeypatch.setattr(indicators, "make_series", fail)
    report = build(trial.workplace)
    found = [str(one.place) for item in report.items for one in item.reasons if one.code == "engine-time"]
    assert found == [f"indicators/housing/{name}.yaml:5" for name in ("dwellings", "empty_homes", "vacancy_rate")]


def test_neither_a_breach_nor_a_defect_writes_values_in_the_account_of_a_run(trial, monkeypatch):
    trial.replace(
        "sources/town/owners/source.yaml", "homes: {type: integer}", "homes: {type: integer, max: 9, why: Un essai.}"
    )
    cell = str(7654320 + 1)

    def fail():
        raise ValueError(f"the cell {cell} is strange") from KeyError(cell)

    build_table = tables.build_table
    monkeypatch.setattr(tables, "build_table", lambda table, *words, **more: (
        fail() if table.id == "town/dwellings" else build_table(table, *words, **more)
    ))  # fmt: skip
    report = build(trial.workplace)
    reasons = {reason.code: reason for item in report.items for reason in item.reasons}
    assert cell in reasons["value-outside-range"].message("fr")
    assert cell in reasons["unexpected"].message("fr")
    (file,) = (trial.root / ".beffroi" / "runs").glob("*/run.json")
    text = file.read_text()
    assert {"value-outside-range", "unexpected"} <= {
        reason["code"] for item in json.loads(text)["items"] for reason in item["reasons"]
    }
    assert "ValueError" in text
    assert cell not in text


def test_what_is_meant_for_a_partner_is_found_nowhere_in_what_the_public_reads(trial):
    build(trial.workplace)
    lake = trial.workplace.lake
    public = lake.release(PUBLIC)
    assert "town/owners" not in json.dumps(public.catalogue)
    assert "7654321" not in json.dumps(public.catalogue)
    for ask in (lambda: public.series("housing/empty_homes"), lambda: public.load_series("housing/empty_homes")):
        with pytest.raises(BeffroiError) as caught:
            ask()
        assert "7654321" not in str(caught.value)
    assert values(trial, "housing/empty_homes", reader=partner("dreal"))["99003"] == 7654321
    assert values(trial, "housing/empty_homes", reader=BUILDER)["99003"] == 7654321
    with pytest.raises(BeffroiError):
        lake.release(partner("other")).series("housing/empty_homes")


BUILD = "import sys; from beffroi.cli import main; sys.argv = ['beffroi', 'build', sys.argv[1]]; main()"


def start_build(trial) -> subprocess.Popen:
    return subprocess.Popen(
        [sys.executable, "-c", BUILD, str(trial.root)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )


def test_a_build_killed_at_any_moment_leaves_what_was_served_and_resumes(trial):
    build(trial.workplace)
    served = trial.workplace.lake.edition()
    started = time.monotonic()
    trial.replace("sources/town/communes/communes.csv", "Coudray", "Coudraye")
    trial.replace("sources/town/dwellings/dwellings.csv", "99003;150", "99003;160")
    process = start_build(trial)
    assert process.wait() == 0
    whole = time.monotonic() - started
    assert values(trial)["99003"] == 160
    assert served.id != trial.workplace.lake.edition().id
    for turn, part in enumerate((1, 3, 5, 6, 7, 8, 9)):
        before = trial.workplace.lake.edition()
        expected = values(trial)
        number = 200 + turn
        trial.replace("sources/town/dwellings/dwellings.csv", f"99003;{expected['99003']:.0f};", f"99003;{number};")
        trial.replace("sources/town/communes/communes.csv", "Dornes", "Dornes ")
        process = start_build(trial)
        time.sleep(whole * part / 10)
        os.kill(process.pid, signal.SIGKILL)
        process.wait()
        after = trial.workplace.lake.edition()
        if after.id == before.id:
            assert values(trial) == expected, "what was served is intact"
        else:
            assert values(trial)["99003"] == number, "or the whole of the new edition is"
        assert not build(trial.workplace).own_faults, "the next build takes over"
        assert values(trial)["99003"] == number
        leftovers = [path for path in (trial.root / ".beffroi" / "objects").iterdir() if path.name.startswith(".")]
        assert not leftovers
