"""Pages in a build: each is looked at before it is published, one that cannot be drawn keeps its last good text."""

import pytest

from beffroi.access import BUILDER, PUBLIC, partner
from beffroi.errors import BeffroiError
from beffroi.run import build
from tests.run.conftest import Trial

PAGE, OTHER = "observatories/housing/index.md", "observatories/housing/more.md"
PICTURE = b"\x89PNG\r\n\x1a\n" + b"0" * 20
OBSERVATORY = """title: Se loger
summary: Le parc de logements.
pages: [index, more]
"""
TEXT = """---
title: Se loger {{ here.in }}
levels: [commune]
---

{{ here }} compte {{ housing/dwellings }}.

```choropleth
indicator: housing/vacancy_rate
```
"""
MORE = """---
title: Le reste
---

Une phrase.

```key_figures
name: cles
indicators: [housing/dwellings]
```
"""


@pytest.fixture(scope="module")
def once(tmp_path_factory):
    trial = Trial(tmp_path_factory.mktemp("paged") / "trial")
    trial.write("observatories/housing/observatory.yaml", OBSERVATORY)
    trial.write(PAGE, TEXT)
    trial.write(OTHER, MORE)
    report = build(trial.workplace)
    assert not report.own_faults
    return trial


@pytest.fixture
def paged(once, tmp_path):
    return once.copy(tmp_path / "trial")


def states(report) -> dict[str, str]:
    return {item.name: item.state for item in report.items if item.stage == "page"}


def pages(trial, reader=PUBLIC) -> dict:
    return trial.workplace.lake.release(reader).catalogue["pages"]


def prose(trial, page="housing/index") -> str:
    return " ".join(part.get("prose", "") for part in pages(trial)[page]["texts"]["fr"]["parts"])


def test_pages_are_published_with_the_edition(paged):
    assert {name: page["state"] for name, page in pages(paged).items()} == {
        "housing/index": "released", "housing/more": "released",
    }  # fmt: skip
    observatory = paged.workplace.lake.release(PUBLIC).catalogue["observatories"]["housing"]
    assert observatory["pages"] == ["housing/index", "housing/more"]


def test_a_page_that_did_not_change_is_not_looked_at_again(paged):
    assert set(states(build(paged.workplace)).values()) <= {"unchanged"}
    paged.replace(OTHER, "Une phrase.", "Une autre phrase.")
    assert states(build(paged.workplace)) == {"housing/index": "unchanged", "housing/more": "built"}
    assert "Une autre phrase." in prose(paged, "housing/more")


def test_new_values_make_a_page_be_looked_at_again(paged):
    paged.replace("sources/town/dwellings/dwellings.csv", "99003;150;30", "99003;150;31")
    assert states(build(paged.workplace))["housing/index"] == "built"


def test_a_period_that_is_not_there_keeps_the_last_good_text_and_is_told_on_its_line(paged):
    paged.replace(PAGE, "indicator: housing/vacancy_rate", "indicator: housing/vacancy_rate\nperiod: '1999'")
    paged.replace(PAGE, "compte", "comptait")
    paged.replace(OTHER, "Une phrase.", "Une autre phrase.")
    report = build(paged.workplace)
    assert states(report) == {"housing/index": "kept", "housing/more": "built"}, "the rest goes on"
    (fault,) = report.own_faults
    assert fault.code == "figure-period-absent"
    assert fault.place.file == PAGE
    line = (paged.root / PAGE).read_text().splitlines()[fault.place.line - 1]
    assert line.startswith("```choropleth")
    assert "compte" in prose(paged)
    kept = pages(paged)["housing/index"]
    assert (kept["state"], kept["reasons"][0]["code"]) == ("kept", "figure-period-absent")
    assert "Une autre phrase." in prose(paged, "housing/more")
    paged.write(PAGE, TEXT)
    assert not build(paged.workplace).own_faults
    assert pages(paged)["housing/index"]["state"] == "released"


def test_a_first_page_that_cannot_be_drawn_is_not_published(trial):
    trial.write("observatories/housing/observatory.yaml", OBSERVATORY)
    trial.write(
        PAGE, TEXT.replace("indicator: housing/vacancy_rate", "indicator: housing/vacancy_rate\nperiod: '1999'")
    )
    trial.write(OTHER, MORE)
    report = build(trial.workplace)
    assert states(report) == {"housing/index": "blocked", "housing/more": "built"}
    assert list(pages(trial)) == ["housing/more"]
    observatory = trial.workplace.lake.release(PUBLIC).catalogue["observatories"]["housing"]
    assert observatory["pages"] == ["housing/more"]


def test_a_text_at_fault_keeps_its_page_and_the_rest_is_published(paged):
    paged.replace(PAGE, "```choropleth", "```choroplete")
    paged.replace(OTHER, "Une phrase.", "Une autre phrase.")
    report = build(paged.workplace)
    assert states(report)["housing/index"] == "kept"
    assert "unknown-block" in {fault.code for fault in report.faults}
    kept = pages(paged)["housing/index"]
    assert (kept["state"], kept["reasons"][0]["code"]) == ("kept", "declaration-faulty")
    observatory = paged.workplace.lake.release(PUBLIC).catalogue["observatories"]["housing"]
    assert observatory["pages"] == ["housing/index", "housing/more"], "in its place"
    assert "Une autre phrase." in prose(paged, "housing/more")


def test_a_page_that_is_deleted_disappears(paged):
    paged.remove(OTHER)
    paged.replace("observatories/housing/observatory.yaml", "[index, more]", "[index]")
    report = build(paged.workplace)
    assert not report.own_faults
    assert list(pages(paged)) == ["housing/index"]


def test_pictures_are_kept_with_the_edition_and_served_to_those_who_see_the_page(paged):
    (paged.root / "observatories/housing/plan.png").write_bytes(PICTURE)
    paged.replace(OTHER, "Une phrase.", "```image\nfile: plan.png\nalt: Un plan\ncredit: Agence\nlicence: lov2\n```")
    assert not build(paged.workplace).own_faults
    release = paged.workplace.lake.release(PUBLIC)
    assert release.picture("housing", "plan.png") == PICTURE
    with pytest.raises(BeffroiError) as caught:
        release.picture("housing", "autre.png")
    assert caught.value.faults[0].code == "unknown-picture"
    (paged.root / "observatories/housing/plan.png").write_bytes(PICTURE + b"1")
    build(paged.workplace)
    assert paged.workplace.lake.release(PUBLIC).picture("housing", "plan.png") == PICTURE + b"1"


@pytest.mark.parametrize(
    "broken",
    [
        "```choroplete\nindicator: housing/vacancy_rate\n```",
        "```choropleth\nindicator: housing/vacancy_rate\nperiod: '1999'\n```",
    ],
)
def test_a_page_that_is_kept_keeps_its_pictures(paged, broken):
    (paged.root / "observatories/housing/plan.png").write_bytes(PICTURE)
    shown = "```image\nfile: plan.png\nalt: Un plan\ncredit: Agence\nlicence: lov2\n```"
    paged.replace(OTHER, "Une phrase.", shown)
    build(paged.workplace)
    paged.replace(OTHER, shown, broken)
    paged.remove("observatories/housing/plan.png")
    assert states(build(paged.workplace))["housing/more"] == "kept"
    assert paged.workplace.lake.release(PUBLIC).picture("housing", "plan.png") == PICTURE


def test_a_partners_observatory_is_for_that_partner(paged):
    head = "title: Vacance longue\nsummary: Pour les services.\naudience: partner:dreal\npages: [index]\n"
    paged.write("observatories/reserved/observatory.yaml", head)
    paged.write("observatories/reserved/index.md",
                "---\ntitle: Vides\nlevels: [commune]\n---\n\n{{ here }} : {{ housing/empty_homes }}.\n")  # fmt: skip
    report = build(paged.workplace)
    assert not report.own_faults
    assert states(report)["reserved/index"] == "built"
    assert "reserved/index" not in pages(paged)
    assert "reserved" not in paged.workplace.lake.release(PUBLIC).catalogue["observatories"]
    assert "reserved/index" in pages(paged, partner("dreal"))
    assert "reserved/index" in pages(paged, BUILDER)


def test_a_page_of_public_readers_that_becomes_a_partners_is_public_no_more(paged):
    paged.replace("observatories/housing/observatory.yaml", "pages:", "audience: partner:dreal\npages:")
    build(paged.workplace)
    assert pages(paged) == {}
    assert set(pages(paged, partner("dreal"))) == {"housing/index", "housing/more"}


def test_a_kept_page_follows_its_audience(paged):
    """A page that cannot be drawn any more is not kept for those who may not see it now."""
    paged.replace("observatories/housing/observatory.yaml", "pages:", "audience: partner:dreal\npages:")
    paged.replace(PAGE, "indicator: housing/vacancy_rate", "indicator: housing/vacancy_rate\nperiod: '1999'")
    build(paged.workplace)
    assert "housing/index" not in pages(paged)


def test_a_page_is_not_kept_for_those_who_may_not_see_its_indicators_any_more(paged):
    paged.replace("indicators/housing/vacancy_rate.yaml", "kind: ratio", "audience: partner:dreal\nkind: ratio")
    report = build(paged.workplace)
    assert "page-too-wide" in {fault.code for fault in report.faults}
    assert states(report)["housing/index"] == "blocked"
    assert list(pages(paged)) == ["housing/more"]


def test_an_indicator_that_is_gone_takes_its_page_with_it(paged):
    paged.remove("indicators/housing/vacancy_rate.yaml")
    report = build(paged.workplace)
    assert "undeclared-indicator" in {fault.code for fault in report.faults}
    assert states(report)["housing/index"] == "blocked"
    assert list(pages(paged)) == ["housing/more"]


def test_an_unknown_watched_territory_blocks_its_pages_and_says_the_nearest(paged):
    """Only the built territories tell which EPCI there are: the pages keep their last good text, and theirs alone."""
    paged.write("observatories/housing/observatory.yaml", OBSERVATORY + "perimeter: epci:999000009\n")
    report = build(paged.workplace)
    faults = [fault for item in report.items if item.stage == "page" for fault in item.reasons]
    assert {fault.code for fault in faults} == {"watched-territory-unknown"}
    assert {fault.nearest for fault in faults} <= {"epci:999000001", "epci:999000002"}
    assert states(report) == {"housing/index": "kept", "housing/more": "kept"}
    assert pages(paged)["housing/index"]["state"] == "kept"
    assert "perimeter" not in pages(paged)["housing/index"], "the last good page watches over what it did"


def test_a_perimeter_that_changes_is_looked_at_again(paged):
    paged.write("observatories/housing/observatory.yaml", OBSERVATORY + "perimeter: epci:999000001\n")
    assert states(build(paged.workplace)) == {"housing/index": "built", "housing/more": "built"}
    assert pages(paged)["housing/index"]["perimeter"] == ["epci:999000001"]
    assert states(build(paged.workplace)) in ({}, {"housing/index": "unchanged", "housing/more": "unchanged"})
