"""What would be made again is said before anything is made, whatever cannot be had."""

from beffroi.run import build
from beffroi.run.staleness import explain_staleness

EVENTS = """
title: Événements
producer: Essai
licence: synthetic
use: open
periods: depuis 1943
verified_against: none
synthetic: true
why: Des événements inventés, pour les essais.
locations: [{deposit: {name: events.csv, ask: Le service qui tient la liste.}}]
files: {rows: {read: {format: csv}}}
table:
  rows: une ligne par commune avant et après
  key: [date, code_before, code_after]
  columns:
    mod: {type: text}
    date: {type: date}
    type_before: {type: text}
    code_before: {type: text}
    type_after: {type: text}
    code_after: {type: text}
"""


def test_what_changed_is_named(trial):
    build(trial.workplace)
    assert not list(explain_staleness(trial.workplace))
    trial.replace("indicators/housing/vacancy_rate.yaml", "numerator: vacant", "numerator: dwellings")
    assert list(explain_staleness(trial.workplace)) == [("indicateur housing/vacancy_rate", "changé : declared")]


def test_indicators_are_told_though_an_optional_role_is_out_of_reach(trial):
    trial.write("sources/town/events/source.yaml", EVENTS)
    trial.write("sources/town/events/table.sql", "select mod, cast(date as date) as date, type_before, code_before,"
                " type_after, code_after from rows\n")  # fmt: skip
    trial.replace("workspace.yaml", "epci: town/epci", "epci: town/epci, events: town/events")
    build(trial.workplace)
    trial.replace("indicators/housing/vacancy_rate.yaml", "numerator: vacant", "numerator: dwellings")
    told = dict(explain_staleness(trial.workplace))
    assert told["indicateur housing/vacancy_rate"] == "changé : declared"
    assert "hors ligne" in told["table town/events"]
