"""A published figure that changes later keeps its history: what it was, why it changed, and for whom."""

import json
from collections.abc import Mapping
from typing import Any

from beffroi.access import BUILDER, PUBLIC, Reader, partner
from beffroi.run import build
from tests.run.conftest import Trial

DWELLINGS = "sources/town/dwellings/dwellings.csv"
OWNERS = "sources/town/owners/owners.csv"
RATE = "indicators/housing/vacancy_rate.yaml"
HOMES = "indicators/housing/empty_homes.yaml"


def make(trial: Trial) -> str:
    report = build(trial.workplace)
    assert not report.own_faults, [fault.render() for fault in report.own_faults]
    assert report.edition is not None
    return report.edition


def told(trial: Trial, reader: Reader = PUBLIC) -> list[Mapping[str, Any]]:
    return list(trial.workplace.lake.release(reader).corrections())


def figures(trial: Trial, reader: Reader = PUBLIC) -> list[tuple[Any, ...]]:
    table = trial.workplace.lake.release(reader).corrected()
    names = ("indicator", "level", "territory", "kind", "before", "after")
    return [tuple(row[name] for name in names) for row in table.to_pylist() if row["vintage"] == 2022]


def test_a_first_edition_corrects_nothing_and_the_same_again_neither(built: Trial) -> None:
    first = built.workplace.lake.edition()
    assert told(built) == []
    assert "corrections" not in first.objects
    assert make(built) == first.id


def test_a_source_that_changed(built: Trial) -> None:
    built.replace(DWELLINGS, "99003;150;30", "99003;150;45")
    edition = make(built)
    events = told(built)
    assert [event["indicator"] for event in events] == ["housing/vacancy_rate"]
    event = events[0]
    assert (event["edition"], event["audience"], event["changed"]) == (edition, "public", event["figures"])
    assert event["on"] == built.workplace.lake.edition().built[:10]
    (cause,) = event["causes"]
    assert (cause["kind"], cause["name"]) == ("source", "town/dwellings")
    assert [len(each) for each in (cause["before"], cause["after"])] == [1, 1]
    assert ("housing/vacancy_rate", "commune", "99003", "changed", 20.0, 30.0) in figures(built)
    assert event["periods"]["2020"]["greatest"]["territory"] == "99003"
    assert {row[2] for row in figures(built)} == {"99003", "999000002", "agency"}, "only what changed is told"


def test_what_was_told_stays_and_nothing_is_told_twice(built: Trial) -> None:
    built.replace(DWELLINGS, "99003;150;30", "99003;150;45")
    first = make(built)
    assert make(built) == first
    built.replace(DWELLINGS, "99004;200;10", "99004;200;20")
    second = make(built)
    assert [(event["number"], event["edition"]) for event in told(built)] == [(2, second), (1, first)]
    assert ("housing/vacancy_rate", "commune", "99003", "changed", 20.0, 30.0) in figures(built)
    built.replace(RATE, "title: Taux de vacance", "title: Part de logements vacants")
    make(built)
    assert len(told(built)) == 2, "words correct no figure"


def test_a_declared_reason_goes_to_the_first_change_from_its_day_on(built: Trial) -> None:
    built.replace(DWELLINGS, "99003;150;30", "99003;150;45")
    first = make(built)
    assert told(built)[0]["reasons"] == []
    before = built.workplace.lake.edition().objects
    text = (built.root / RATE).read_text()
    built.write(RATE, text + "corrections:\n- {on: 2020-01-01, why: {fr: Fichier mal lu., en: Misread file.}}\n")
    second = make(built)
    assert second != first
    after = built.workplace.lake.edition().objects
    assert after["series:housing/vacancy_rate"] == before["series:housing/vacancy_rate"], (
        "a reason measures nothing again"
    )
    assert after["corrected"] == before["corrected"]
    assert told(built)[0]["reasons"] == [{"periods": None, "why": {"fr": "Fichier mal lu.", "en": "Misread file."}}]
    built.write(RATE, text)
    make(built)
    assert told(built)[0]["reasons"][0]["why"]["fr"] == "Fichier mal lu.", "history outlives its text"


def test_a_reason_is_not_that_of_other_periods_nor_of_earlier_changes(trial: Trial) -> None:
    # The data alone know which periods there are: 2019 may be one.
    table = "sources/town/dwellings"
    trial.replace(f"{table}/source.yaml", "period: {value: '2020'}", "period: {column: year}")
    trial.replace(
        f"{table}/source.yaml", "vacant: {type: integer}", "vacant: {type: integer}\n    year: {type: integer}"
    )
    trial.replace(f"{table}/table.sql", "as vacant", "as vacant, 2020 as year")
    make(trial)
    trial.replace(DWELLINGS, "99003;150;30", "99003;150;45")
    make(trial)
    text = (trial.root / RATE).read_text()
    trial.write(RATE, text + "corrections:\n- {on: 2020-01-01, periods: ['2019'], why: Une autre année.}\n"
                             "- {on: 2120-01-01, why: Un autre siècle.}\n")  # fmt: skip
    make(trial)
    assert told(trial)[0]["reasons"] == []


def test_a_declaration_a_table_and_a_provisional_figure_are_told_apart(built: Trial) -> None:
    built.replace(RATE, "numerator: vacant", "numerator: {sum: vacant, where: {vacant: {min: 10}}}")
    make(built)
    assert told(built)[0]["causes"] == [{"kind": "declaration"}]
    built.replace("sources/town/dwellings/table.sql", "cast(vacant as integer)", "2 * cast(vacant as integer)")
    make(built)
    assert told(built)[0]["causes"] == [{"kind": "table", "name": "town/dwellings"}]
    text = (built.root / RATE).read_text()
    built.write(RATE, text + "provisional: ['2020']\n")
    make(built)
    built.replace(DWELLINGS, "99003;150;30", "99003;150;45")
    make(built)
    assert [cause["kind"] for cause in told(built)[0]["causes"]] == ["provisional", "source"]


def test_a_territory_that_had_no_value_appears_without_one(built: Trial) -> None:
    built.replace(DWELLINGS, "99003;150;30", "99003;150;")
    make(built)
    kinds = {row[2]: row[3:] for row in figures(built) if row[1] == "commune"}
    assert all(before is None and after is None for kind, before, after in kinds.values() if kind != "changed")


def test_the_public_hears_nothing_of_a_partner_s_file(built: Trial) -> None:
    built.replace(OWNERS, "99003,7654321", "99003,1234567")
    make(built)
    assert told(built) == []
    assert figures(built) == []
    own = told(built, partner("dreal"))
    assert [event["indicator"] for event in own] == ["housing/empty_homes"]
    assert ("housing/empty_homes", "commune", "99003", "changed", 7654321.0, 1234567.0) in figures(
        built, partner("dreal")
    )
    assert len(told(built, BUILDER)) == 1


def test_a_figure_that_becomes_public_was_never_published(built: Trial) -> None:
    built.replace(DWELLINGS, "99003;150;30", "99003;150;45")
    built.replace(RATE, "title: Taux", "audience: partner:dreal\ntitle: Taux")
    make(built)
    assert told(built) == [], "what left the public is no more told to it"
    assert [event["audience"] for event in told(built, partner("dreal"))] == ["partner:dreal"]
    built.replace(RATE, "audience: partner:dreal\n", "")
    built.replace(DWELLINGS, "99003;150;45", "99003;150;60")
    make(built)
    assert told(built) == [], "nor what it was for others"


def test_a_figure_under_secrecy_now_is_told_without_value_then_and_now(built: Trial) -> None:
    built.replace(OWNERS, "99003,7654321", "99003,3")
    make(built)
    assert ("housing/empty_homes", "commune", "99003", "changed", 7654321.0, 3.0) in figures(built, BUILDER)
    text = (built.root / HOMES).read_text()
    built.write(HOMES, text + "protection:\n  minimum_units: 11\n  units: empty_homes\n"
                              "  asked_by: Essai\n  why: Moins de onze unités.\n")  # fmt: skip
    make(built)
    rows = [row for row in figures(built, BUILDER) if row[2] == "99003"]
    assert ("housing/empty_homes", "commune", "99003", "changed", None, None) in rows
    assert ("housing/empty_homes", "commune", "99003", "hidden", None, None) in rows
    kept = json.dumps(told(built, BUILDER)) + str(figures(built, BUILDER))
    assert " 3.0" not in kept


def test_a_series_kept_from_before_corrects_nothing(built: Trial) -> None:
    built.replace(DWELLINGS, "99003;150;30", "99003;150;trente")
    build(built.workplace)
    assert told(built) == []
