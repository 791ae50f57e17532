"""What a build or a question is refused for, and what each refusal leaves standing."""

import shutil

import pytest

from beffroi.access import PUBLIC
from beffroi.errors import BeffroiError
from beffroi.run import BuildOptions, BuildReport, build
from beffroi.run.stages import indicators
from tests.run.conftest import Trial


def codes(report: BuildReport, stage: str, name: str) -> list[str]:
    return [fault.code for item in report.items if (item.stage, item.name) == (stage, name) for fault in item.reasons]


def test_what_stands_on_a_blocked_table_names_it(trial: Trial) -> None:
    trial.write("sources/town/dwellings/dwellings.csv", "code;dwellings;vacant\n99001;-5;5\n")
    report = build(trial.workplace)
    assert codes(report, "table", "town/dwellings") == ["value-outside-range"]
    (fault,) = next(item.reasons for item in report.items if item.name == "housing/dwellings")
    assert fault.code == "blocked-by"
    assert "town/dwellings" in fault.message()


def test_a_text_at_fault_keeps_what_it_last_gave(trial: Trial) -> None:
    build(trial.workplace)
    trial.replace("indicators/housing/dwellings.yaml", "column: dwellings", "column: dwellings\ncolour: blue")
    report = build(trial.workplace)
    assert codes(report, "indicator", "housing/dwellings") == ["declaration-faulty"]
    assert trial.workplace.lake.release(PUBLIC).series("housing/dwellings").num_rows > 0


def test_only_what_is_declared_can_be_built(trial: Trial) -> None:
    with pytest.raises(BeffroiError) as caught:
        build(trial.workplace, BuildOptions(only=frozenset({"housing/dwelings"})))
    (fault,) = caught.value.faults
    assert (fault.code, fault.nearest) == ("nothing-named", "housing/dwellings")


def test_an_object_that_was_deleted_by_hand_is_said_damaged(trial: Trial) -> None:
    build(trial.workplace)
    lake = trial.workplace.lake
    shutil.rmtree(trial.root / ".beffroi" / "objects")
    with pytest.raises(BeffroiError) as caught:
        lake.release(PUBLIC).series("housing/dwellings")
    assert caught.value.faults[0].code == "object-damaged"


def test_what_the_edition_never_had_is_said_absent(trial: Trial) -> None:
    build(trial.workplace)
    with pytest.raises(BeffroiError) as caught:
        trial.workplace.lake.release(PUBLIC).load_series("housing/xylophones")
    assert caught.value.faults[0].code == "table-absent"


def test_a_defect_of_ours_costs_one_indicator(trial: Trial, monkeypatch: pytest.MonkeyPatch) -> None:
    def break_down(*_: object, **__: object) -> None:
        raise ZeroDivisionError("a defect")

    monkeypatch.setattr(indicators, "make_series", break_down)
    report = build(trial.workplace)
    assert codes(report, "indicator", "housing/dwellings") == ["unexpected"]
    assert any("ZeroDivisionError" in account for account in report.tracebacks)
    assert codes(report, "table", "town/dwellings") == []
