"""What a person gets when asking for a value, and the way back from it to its source bytes."""

import csv
import io
import json

import pytest

import beffroi
from beffroi.access import BUILDER, PUBLIC, partner
from beffroi.errors import BeffroiError
from beffroi.lake.series import SHOWN_COLUMNS, write_csv
from beffroi.run import build
from beffroi.run.explaining import explain
from beffroi.run.showing import select_series, to_json


def test_a_series_is_narrowed_by_level_territory_and_period(built):
    table = select_series(built.workplace, "housing/dwellings", PUBLIC, level="epci", territory="999000002")
    assert table.column_names == list(SHOWN_COLUMNS)
    (row,) = table.to_pylist()
    assert (row["label"], row["period"], row["value"], row["status"]) == ("CC du Sud", "2020", 350, "A")


def test_a_vintage_that_is_not_released_is_worked_out_for_who_builds_only(built):
    built.replace("workspace.yaml", "vintages: [2021]", "vintages: []")
    build(built.workplace)
    table = select_series(built.workplace, "housing/dwellings", BUILDER, level="commune", vintage=2021)
    assert dict(zip(table["territory"].to_pylist(), table["value"].to_pylist(), strict=True)) == {
        "99001": 50, "99002": 100, "99003": 150, "99004": 200,
    }  # fmt: skip
    with pytest.raises(BeffroiError) as caught:
        select_series(built.workplace, "housing/dwellings", PUBLIC, vintage=2021)
    assert caught.value.faults[0].code == "vintage-not-released"


@pytest.mark.parametrize(
    ("asked", "code", "nearest"),
    [
        ({"level": "comune"}, "unknown-level", "commune"),
        ({"territory": "99005"}, "unknown-territory", "99004"),
        ({"period": "2021"}, "unknown-period", "2020"),
    ],
)
def test_what_is_not_there_is_said_with_the_nearest_that_is(built, asked, code, nearest):
    with pytest.raises(BeffroiError) as caught:
        select_series(built.workplace, "housing/dwellings", PUBLIC, **asked)
    (fault,) = caught.value.faults
    assert fault.code == code
    assert fault.nearest in fault.available
    assert nearest in fault.available


def test_an_unknown_indicator_names_the_nearest(built):
    with pytest.raises(BeffroiError) as caught:
        select_series(built.workplace, "housing/vacancy", PUBLIC)
    assert caught.value.faults[0].nearest == "housing/vacancy_rate"


def test_csv_and_json_say_the_same_and_leave_what_is_missing_empty(built):
    table = select_series(built.workplace, "housing/vacancy_rate", PUBLIC, level="commune")
    rows = list(csv.DictReader(io.StringIO(write_csv(table).decode())))
    assert [row["territory"] for row in rows] == [row["territory"] for row in json.loads(to_json(table))]
    assert rows[0]["numerator"] == "20"
    assert json.loads(to_json(table))[0]["numerator"] == 20


def test_a_value_is_explained_down_to_the_bytes(built):
    found = explain(built.workplace, "housing/vacancy_rate", level="epci", territory="999000001", period="2020")
    assert found.value["value"] == pytest.approx(100 * 20 / 150)
    assert {step.id for step in found.tables} == {"town/dwellings"}
    (snapshot,) = found.snapshots
    assert snapshot.source == "town/dwellings"
    assert len(snapshot.sha256) == 64
    numerator = next(part for part in found.contributions if part["part"] == "numerator")
    assert [key["code"] for key in numerator["keys"]] == ["99001", "99002"], "both communes of the merger"


def test_a_value_is_explained_in_the_vintage_that_is_asked(built):
    asked = {"level": "commune", "territory": "99002", "period": "2020"}
    with pytest.raises(BeffroiError) as caught:
        explain(built.workplace, "housing/dwellings", **asked)
    assert caught.value.faults[0].code == "unknown-territory", "Bruyère is a part of Aubel in 2022"
    found = explain(built.workplace, "housing/dwellings", **asked, vintage=2021)
    assert (found.vintage, found.value["value"]) == (2021, 100)
    (part,) = found.contributions
    assert part["keys"] == [{"code": "99002"}]
    with pytest.raises(BeffroiError) as caught:
        explain(built.workplace, "housing/dwellings", **asked, vintage=2020, reader=PUBLIC)
    assert caught.value.faults[0].code == "vintage-not-released"


def test_a_reader_who_does_not_build_gets_no_row(built):
    found = explain(
        built.workplace, "housing/dwellings", level="commune", territory="99003", period="2020", reader=PUBLIC
    )
    assert found.contributions == []
    with pytest.raises(BeffroiError):
        explain(
            built.workplace, "housing/empty_homes", level="commune", territory="99003", period="2020", reader=PUBLIC
        )


def test_a_notebook_reads_what_is_released_to_its_audience(built, monkeypatch):
    frame = beffroi.open(built.root).series("housing/vacancy_rate", level="grouping")
    assert frame["value"].tolist() == pytest.approx([100 * 60 / 500])
    with pytest.raises(BeffroiError):
        beffroi.open(built.root).series("housing/empty_homes")
    assert len(beffroi.open(built.root, "partner:dreal").series("housing/empty_homes")) > 0
    assert "housing/empty_homes" not in beffroi.open(built.root).indicators().index
    assert partner("dreal") != PUBLIC


def test_nothing_built_is_said_with_its_remedy(trial):
    with pytest.raises(BeffroiError) as caught:
        beffroi.open(trial.root)
    assert caught.value.faults[0].code == "no-edition"
    with pytest.raises(BeffroiError) as caught:
        beffroi.open(trial.root.parent)
    assert caught.value.faults[0].code == "workspace-not-found"
