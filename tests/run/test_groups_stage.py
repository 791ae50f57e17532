"""Indicators under secrecy in a build: protected together, attacked, held back when something can be found again."""

import json
from dataclasses import replace

import pytest

from beffroi.access import PUBLIC, partner
from beffroi.errors import BeffroiError
from beffroi.run import build
from beffroi.run.staleness import explain_staleness
from beffroi.secrecy import Attack, Problem, attack
from beffroi.secrecy.problems import Flags
from tests.run.conftest import Trial

OWNERS = "sources/town/owners/source.yaml"
SECRECY = """  audience: partner:dreal
  secrecy:
    minimum_units: 11
    units: empty_homes
    audience: public
    asked_by: Services de l'État
    why: Onze logements, comme pour les fichiers fiscaux.
"""


@pytest.fixture
def lent(trial: Trial) -> Trial:
    """Empty homes by commune, lent under secrecy, whose sums are for all: few of them in Aubel."""
    trial.replace(OWNERS, "  audience: partner:dreal\n", SECRECY)
    trial.write("sources/town/owners/owners.csv", "code,empty_homes\n99001,5\n99002,30\n99003,40\n99004,20\n")
    trial.replace("indicators/housing/empty_homes.yaml", "audience: partner:dreal", "audience: public")
    return trial


def codes(trial: Trial, vintage: int = 2021) -> dict[str, str]:
    rows = trial.workplace.lake.release(PUBLIC).series("housing/empty_homes", vintage=vintage).to_pylist()
    return {row["territory"]: row["confidentiality"] for row in rows}


def states(trial: Trial) -> dict[str, str]:
    return {item.name: item.state for item in build(trial.workplace).items if item.stage == "indicator"}


def test_what_is_hidden_is_not_found_by_subtraction(lent: Trial) -> None:
    assert states(lent)["housing/empty_homes"] == "built"
    found = codes(lent)
    assert found["99001"] == "C"
    assert "C" in (found["99002"], found["999000001"]), "the EPCI less the other commune would give it"
    # The two communes of 2021 are one in 2022: it is the same number as that of the EPCI, under another name.
    assert codes(lent, 2022)["99001"] == found["999000001"]


def test_the_report_counts_and_tells_no_value(lent: Trial) -> None:
    build(lent.workplace)
    lake = lent.workplace.lake
    edition = lake.editions.current()
    assert edition is not None
    item = lake.objects.get(edition.objects["secrecy:town/owners"])
    assert item is not None
    said = json.loads(item.data.read_text("utf-8"))["audiences"]["public"]
    assert (said["confidential"], said["tried"], said["found"], said["whole"]) == (1, 1, 0, True)


def test_what_can_be_found_again_is_not_published_and_the_rest_is(lent: Trial) -> None:
    lent.replace(OWNERS, "    asked_by", "    secondary: none\n    asked_by")
    report = build(lent.workplace)
    items = {item.name: item for item in report.items if item.stage == "indicator"}
    assert items["housing/empty_homes"].state == "blocked"
    (reason,) = items["housing/empty_homes"].reasons
    assert reason.code == "hidden-value-found"
    assert "99001" in reason.message("fr")
    assert "30" not in reason.message("fr")
    assert items["housing/dwellings"].state == "built"
    assert report.published
    for reader in (PUBLIC, partner("dreal")):
        with pytest.raises(BeffroiError):
            lent.workplace.lake.release(reader).series("housing/empty_homes")


def test_the_last_good_edition_of_a_group_stays(lent: Trial) -> None:
    build(lent.workplace)
    before = codes(lent)
    lent.replace(OWNERS, "    asked_by", "    secondary: none\n    asked_by")
    assert states(lent)["housing/empty_homes"] == "kept"
    assert codes(lent) == before


def test_nothing_changes_when_nothing_has(lent: Trial) -> None:
    build(lent.workplace)
    first = lent.workplace.lake.editions.current_id()
    lent.replace("indicators/housing/dwellings.yaml", "Nombre de logements.", "Combien de logements.")
    again = build(lent.workplace)
    assert {item.state for item in again.items if item.name == "housing/empty_homes"} == {"unchanged"}
    assert lent.workplace.lake.editions.current_id() != first
    assert list(explain_staleness(lent.workplace)) == []


def test_what_was_told_is_remembered_from_edition_to_edition(lent: Trial) -> None:
    lent.replace(OWNERS, "minimum_units: 11", "minimum_units: 4")
    build(lent.workplace)
    assert codes(lent)["99001"] == "F"
    lent.replace(OWNERS, "minimum_units: 4", "minimum_units: 11")
    assert states(lent)["housing/empty_homes"] == "built"
    found = codes(lent)
    assert found["99001"] == "C"
    hidden = [territory for territory, code in found.items() if code != "F"]
    assert hidden == ["99001"], "five homes were told: hiding others now would hide them from nobody"
    assert states(lent)["housing/empty_homes"] == "unchanged"


def test_an_edition_that_is_not_wholly_proved_says_so(lent: Trial, monkeypatch: pytest.MonkeyPatch) -> None:
    def tire(problem: Problem, hidden: Flags) -> Attack:
        return replace(attack(problem, hidden), whole=False)

    monkeypatch.setattr("beffroi.measure.groups.attack", tire)
    report = build(lent.workplace)
    (item,) = [item for item in report.items if item.name == "housing/empty_homes"]
    assert item.state == "built"
    assert [note.code for note in item.notes] == ["protection-not-proved"]


def test_a_leak_is_told_with_what_leads_to_it(lent: Trial) -> None:
    lent.replace(OWNERS, "    asked_by", "    secondary: none\n    asked_by")
    items = {item.name: item for item in build(lent.workplace).items if item.stage == "indicator"}
    said = items["housing/empty_homes"].reasons[0].message("fr")
    assert "commune 99002 2020 (2021)" in said
    assert "commune 99001 2020 (2022)" in said, "what both communes became, less the one"
