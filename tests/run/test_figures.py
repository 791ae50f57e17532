"""The reference printed under a figure leads back to its text, its values, and the bytes that they came from."""

import json

import pytest

from beffroi.errors import BeffroiError
from beffroi.run import build
from beffroi.run.consoles import print_explanation
from beffroi.run.figures import explain_figure
from tests.run.conftest import Trial

PAGE = "observatories/housing/index.md"
TEXT = """---
title: Se loger {{ here.in }}
levels: [commune]
compared: [epci]
---

Une phrase.

```key_figures
name: cles
indicators: [housing/dwellings, housing/vacancy_rate]
```

```choropleth
indicator: housing/vacancy_rate
```
"""


@pytest.fixture(scope="module")
def once(tmp_path_factory):
    trial = Trial(tmp_path_factory.mktemp("paged") / "trial")
    trial.write("observatories/housing/observatory.yaml", "title: Se loger\nsummary: Le parc.\npages: [index]\n")
    trial.write(PAGE, TEXT)
    assert not build(trial.workplace).own_faults
    return trial


@pytest.fixture
def paged(once, tmp_path):
    return once.copy(tmp_path / "trial")


def test_a_figure_is_explained_down_to_the_bytes(paged):
    found = explain_figure(paged.workplace, "housing/index#cles@commune:99001")
    assert (found.file, (paged.root / PAGE).read_text().splitlines()[found.line - 1]) == (PAGE, "```key_figures")
    assert [measure.indicator for measure in found.measures] == ["housing/dwellings", "housing/vacancy_rate"]
    dwellings, rate = found.measures
    assert [(v["level"], v["territory"], v["value"]) for v in dwellings.values] == [("commune", "99001", 150)]
    assert [v["territory"] for v in rate.values] == ["99001", "999000001"], "and what it compares with"
    assert {row["part"] for row in rate.contributions[0]} == {"numerator", "denominator"}
    assert [key["code"] for key in rate.contributions[0][0]["keys"]] == ["99001", "99002"], "both that merged"
    assert [table.id for table in found.tables] == ["town/dwellings"]
    assert found.tables[0].sql.startswith("select")
    (snapshot,) = found.snapshots
    assert len(snapshot.sha256) == 64
    assert snapshot.address
    assert found.edition == paged.workplace.lake.editions.current_id()


def test_a_figure_without_a_name_is_found_by_its_position(paged):
    found = explain_figure(paged.workplace, "housing/index#2@commune:99004")
    assert found.kind == "choropleth"
    (rate,) = found.measures
    assert [value["territory"] for value in rate.values] == ["99004", "99001", "99003"], "the one in hand first"
    assert all(rate.contributions)


def test_rows_may_be_sought_for_the_first_values_alone(paged):
    found = explain_figure(paged.workplace, "housing/index#2@commune:99004", traced=1)
    (rate,) = found.measures
    assert [bool(rows) for rows in rate.contributions] == [True, False, False]


def test_rows_behind_a_secret_value_are_never_shown(paged):
    found = explain_figure(paged.workplace, "housing/index#2@commune:99004")
    for measure in found.measures:
        for value, rows in zip(measure.values, measure.contributions, strict=True):
            assert value["confidentiality"] == "F" or rows == []


def test_a_kept_page_is_explained_as_it_stands(paged):
    paged.replace(PAGE, "indicator: housing/vacancy_rate", "indicator: housing/vacancy_rate\nperiod: '1999'")
    build(paged.workplace)
    assert explain_figure(paged.workplace, "housing/index#2@commune:99001").page_state == "kept"


def test_a_reference_may_say_the_period_that_its_reader_chose(paged):
    opened = explain_figure(paged.workplace, "housing/index#2@commune:99004")
    (period,) = {value["period"] for value in opened.measures[0].values}
    chosen = explain_figure(paged.workplace, f"housing/index#2@commune:99004/{period}")
    assert chosen.measures == opened.measures


@pytest.mark.parametrize(
    ("reference", "code"),
    [
        ("housing/index", "figure-reference-unreadable"),
        ("housing/index#cles", "figure-reference-unreadable"),
        ("housing/index#cles@99001", "figure-reference-unreadable"),
        ("housing#cles@commune:99001", "figure-reference-unreadable"),
        ("../x#cles@commune:99001", "figure-reference-unreadable"),
        ("housing/nothing#cles@commune:99001", "unknown-page-asked"),
        ("housing/index#nothing@commune:99001", "unknown-figure"),
        ("housing/index#cles@commune:00000", "unknown-territory"),
        ("housing/index#cles@epci:999000002", "territory-without-page"),
        ("housing/index#2@commune:99004/1999", "figure-period-unknown"),
    ],
)
def test_a_reference_that_leads_nowhere_is_refused(paged, reference, code):
    with pytest.raises(BeffroiError) as caught:
        explain_figure(paged.workplace, reference)
    assert caught.value.faults[0].code == code


def test_it_is_printed_in_both_forms(paged, capsys):
    found = explain_figure(paged.workplace, "housing/index#cles@commune:99001")
    print_explanation(found, "text", "fr")
    told = capsys.readouterr().out
    for words in (f"{PAGE}:9", "housing/vacancy_rate  Taux de vacance", "20 / 150", "town/dwellings", "| select",
                  found.snapshots[0].sha256):  # fmt: skip
        assert words in told, words
    print_explanation(found, "json", "fr")
    read = json.loads(capsys.readouterr().out)
    assert read["measures"][1]["values"][0]["numerator"] == "20.000000" or float(
        read["measures"][1]["values"][0]["numerator"]) == 20  # fmt: skip


def test_a_figure_that_waits_for_its_data_says_why_and_shows_nothing(paged, capsys):
    source = (paged.root / "sources/town/dwellings/source.yaml").read_text()
    deposit = source.replace("file: {path: dwellings.csv}", "deposit: {name: late.csv, ask: Personne.}")
    paged.write("sources/town/late/source.yaml", deposit)
    paged.write("sources/town/late/table.sql", (paged.root / "sources/town/dwellings/table.sql").read_text())
    paged.write("indicators/housing/late.yaml", (paged.root / "indicators/housing/dwellings.yaml").read_text().replace(
        "town/dwellings", "town/late"))  # fmt: skip
    paged.write(PAGE, TEXT + "\n```circles\nname: late\nindicator: housing/late\n```\n")
    build(paged.workplace)
    found = explain_figure(paged.workplace, "housing/index#late@commune:99001")
    assert found.measures == []
    assert "attend des données" in found.absent
    print_explanation(found, "text", "fr")
    assert found.absent in capsys.readouterr().out
