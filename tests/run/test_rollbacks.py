"""Going back to an older edition: its data are served again, and what was published in between is not forgotten."""

import hashlib

import pytest

from beffroi.access import BUILDER, PUBLIC, partner
from beffroi.errors import BeffroiError
from beffroi.lake.editions import build_lock
from beffroi.observe import Atlas
from beffroi.observe.corrections import list_corrected
from beffroi.run import build
from beffroi.run.auditing import audit
from beffroi.run.rollbacks import roll_back
from tests.run.conftest import Trial
from tests.run.test_corrections import DWELLINGS, HOMES, OWNERS, RATE, figures, make, told


@pytest.fixture
def twice(trial: Trial) -> Trial:
    """Two editions, the second of which changed a figure."""
    make(trial)
    trial.replace(DWELLINGS, "99003;150;30", "99003;150;45")
    make(trial)
    return trial


def test_what_was_published_then_withdrawn_is_a_correction(twice: Trial) -> None:
    served = roll_back(twice.workplace)
    assert (served.id, served.restores) == ("000003", "000001")
    withdrawal, change = told(twice)
    assert [withdrawal["edition"], change["edition"]] == ["000003", "000002"]
    assert withdrawal["causes"] == [{"kind": "withdrawn", "edition": "000002"}]
    rows = [row[3:] for row in figures(twice) if row[2] == "99003"]
    assert rows == [("changed", 20.0, 30.0), ("changed", 30.0, 20.0)]
    atlas = Atlas(twice.workplace.lake.release(PUBLIC))
    assert list_corrected(atlas, "fr")[0].why.endswith("l’édition 000002 a été retirée.")
    assert list_corrected(atlas, "en")[0].why == "Reason not declared: edition 000002 was withdrawn."
    assert len(audit(twice.workplace).corrections) == 2


def test_the_history_goes_on_with_the_next_build(twice: Trial) -> None:
    roll_back(twice.workplace)
    text = (twice.root / RATE).read_text()
    day = twice.workplace.lake.edition().built[:10]
    twice.write(RATE, text + f"corrections: [{{on: {day}, why: Fichier mal lu.}}]\n")
    twice.replace(DWELLINGS, "99003;150;45", "99003;150;60")
    make(twice)
    assert [event["edition"] for event in told(twice)] == ["000004", "000003", "000002"]
    assert told(twice)[1]["reasons"][0]["why"] == {"fr": "Fichier mal lu."}, "a reason is declared as of any change"
    assert [row[4:] for row in figures(twice) if row[2] == "99003"] == [(20.0, 30.0), (30.0, 20.0), (20.0, 40.0)]


def test_a_period_that_is_withdrawn_is_told_without_value(trial: Trial) -> None:
    make(trial)
    trial.replace("sources/town/dwellings/table.sql", "cast(vacant as integer)", "nullif(cast(vacant as integer), 30)")
    make(trial)
    roll_back(trial.workplace, "000001")
    kinds = {row[2]: row[3:] for row in figures(trial) if row[1] == "commune"}
    assert all(before is None and after is None for kind, before, after in kinds.values() if kind != "changed")


def test_what_was_told_to_a_partner_alone_stays_so_and_what_is_hidden_again_has_no_value(trial: Trial) -> None:
    text = (trial.root / HOMES).read_text()
    trial.write(HOMES, text + "protection:\n  minimum_units: 11\n  units: empty_homes\n"
                              "  asked_by: Essai\n  why: Moins de onze unités.\n")  # fmt: skip
    trial.replace(OWNERS, "99003,7654321", "99003,3")
    make(trial)
    trial.write(HOMES, text)
    make(trial)
    roll_back(trial.workplace)
    assert told(trial) == []
    assert [event["edition"] for event in told(trial, partner("dreal"))] == ["000003", "000002"]
    own = [row for row in figures(trial, BUILDER) if row[2] == "99003"]
    assert [row[3:] for row in own] == [("shown", None, None), ("hidden", None, None)]


def test_an_indicator_that_comes_back_hidden_loses_what_was_told_of_it(trial: Trial) -> None:
    make(trial)
    trial.replace(OWNERS, "99003,7654321", "99003,3")
    make(trial)
    assert ("housing/empty_homes", "commune", "99003", "changed", 7654321.0, 3.0) in figures(trial, BUILDER)
    text = (trial.root / HOMES).read_text()
    (trial.root / HOMES).unlink()
    make(trial)
    assert figures(trial, BUILDER) == []
    trial.write(HOMES, text + "protection:\n  minimum_units: 11\n  units: empty_homes\n"
                              "  asked_by: Essai\n  why: Moins de onze unités.\n")  # fmt: skip
    make(trial)
    assert [row[3:] for row in figures(trial, BUILDER) if row[2] == "99003"] == [("changed", None, None)]


def test_the_data_have_the_root_that_they_had(twice: Trial) -> None:
    lake = twice.workplace.lake

    def root(edition: str | None = None) -> str:
        manifest = lake.release(PUBLIC, edition).manifest()
        assert manifest is not None
        return manifest.root

    roll_back(twice.workplace)
    assert root() == root("000001") != root("000002")
    builder = lake.release(BUILDER).manifest()
    assert builder is not None
    marks = {leaf.name: leaf.sha256 for leaf in builder.leaves}
    for label, key in lake.edition().objects.items():
        item = lake.objects.get(key)
        assert item is not None
        if not label.startswith("manifest:"):
            assert marks[label] == hashlib.sha256(item.data.read_bytes()).hexdigest(), label


def test_going_back_needs_no_edition_but_the_one_that_it_goes_to(twice: Trial) -> None:
    lake = twice.workplace.lake
    (lake.root / "editions" / "000002.json").write_text("{")
    assert roll_back(twice.workplace).restores == "000001"
    assert told(twice) == []
    with pytest.raises(BeffroiError) as caught:
        roll_back(twice.workplace)
    assert caught.value.faults[0].code == "no-older-edition"
    assert roll_back(twice.workplace, "000003").id == "000003", "what is served already is left so"


def test_nobody_goes_back_under_a_build(twice: Trial) -> None:
    with build_lock(twice.workplace.lake.root), pytest.raises(BeffroiError) as caught:
        roll_back(twice.workplace)
    assert caught.value.faults[0].code == "build-running"


def test_what_a_withdrawn_edition_told_of_hidden_values_is_not_untold(trial: Trial) -> None:
    text = (trial.root / HOMES).read_text()
    rule = "protection: {{minimum_units: {least}, units: empty_homes, asked_by: Essai, why: Essai de seuil.}}\n"
    for least in (11, 12):
        trial.write(HOMES, text + rule.format(least=least))
        make(trial)
    lake = trial.workplace.lake
    known = {key for label, key in lake.edition().objects.items() if label.startswith("told:")}
    assert known
    roll_back(trial.workplace)
    kept = {key for label, key in lake.edition().objects.items() if label.startswith("told:")}
    assert known < kept
    trial.write(HOMES, text + rule.format(least=13))
    build(trial.workplace)
    later = {key for label, key in lake.edition().objects.items() if label.startswith("told:")}
    assert known < later, "it outlives the edition"
