"""A workbook of territories by years is recognised, and every code that is refused has its reason."""

import pytest

from beffroi.collect.surveying import survey_workbook
from beffroi.errors import BeffroiError
from tests.run.sittings import write_workbook

KNOWN = {"commune": {"01001", "62498", "62040"}, "epci": {"246200364"}}
ROWS: list[list[object]] = [
    ["Population municipale"],
    [],
    ["Code", "Commune", "Pop 2019", "Pop 2020", "Note 2"],
    ["62498", "Lens", 30000, 31000.5, "x"],
    [1001, "Ain", 700, "s", ""],
    ["62040", "Arques", "", "12,5", ""],
    ["62999", "Nulle part", 1, 2, ""],
    ["62107", "Avant", 3, 4, ""],
    ["", "Sans code", 5, 6, ""],
    ["6249", "Mauvais", 5, 6, ""],
    ["ABC", "Mauvais", 5, 6, ""],
    ["62498", "Encore", 7, 8, ""],
    ["62", "Total", 9, 10, ""],
]


def test_what_is_recognised() -> None:
    found = survey_workbook(write_workbook(ROWS), KNOWN, {"62107": "Béthune (62119)"})
    assert (found.sheet, found.header_row, found.code_column, found.level) == ("Données", 3, "Code", "commune")
    assert found.years == ("2019", "2020")
    assert found.pattern == "^Pop\\ ([0-9]{4})$"
    assert (found.rows, found.known, found.decimals, found.texts) == (10, 3, 1, ("s",))


def test_every_refusal_has_its_reason() -> None:
    found = survey_workbook(write_workbook(ROWS), KNOWN, {"62107": "Béthune (62119)"})
    assert [(each.row, each.code, each.reason, each.detail) for each in found.refused] == [
        (7, "62999", "unknown", ""), (8, "62107", "merged", "Béthune (62119)"), (9, "", "empty", ""),
        (10, "06249", "unknown", ""), (11, "ABC", "malformed", ""), (12, "62498", "repeated", "4"),
        (13, "62", "total", ""),
    ]  # fmt: skip
    assert found.zeros == 2, "a zero lost at the head is given back"
    assert [each.code for each in found.repeats] == ["62498"]


def test_years_alone_and_another_level() -> None:
    found = survey_workbook(write_workbook([["EPCI", 2019, 2021], [246200364, 1, 2]]), KNOWN, {})
    assert (found.level, found.years, found.pattern) == ("epci", ("2019", "2021"), "^([0-9]{4})$")


@pytest.mark.parametrize(
    "rows", [[["a", "b"], [1, 2]], [["Code", "2019"], ["99999", 1]], [["2019", "2020"], [1, 2]], [[]]]
)
def test_a_workbook_of_something_else(rows: list[list[object]]) -> None:
    with pytest.raises(BeffroiError) as raised:
        survey_workbook(write_workbook(rows), KNOWN, {})
    assert raised.value.faults[0].code == "workbook-without-territories"


@pytest.mark.parametrize("content", [b"", b"code;2019\n62498;1\n", b"PK\x03\x04 truncated"])
def test_a_file_that_is_no_workbook(content: bytes) -> None:
    with pytest.raises(BeffroiError) as raised:
        survey_workbook(content, KNOWN, {})
    assert raised.value.faults[0].code == "workbook-unreadable"


def test_a_workbook_that_would_fill_the_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("beffroi.collect.surveying._UNPACKED", 100)
    with pytest.raises(BeffroiError) as raised:
        survey_workbook(write_workbook(ROWS), KNOWN, {})
    assert raised.value.faults[0].code == "workbook-unreadable"


def test_a_workbook_of_quarters_is_of_one_list() -> None:
    known = {**KNOWN, "qpv_2015": {"QP062001", "QP062002"}, "qpv_2024": {"QN06201M"}}
    rows: list[list[object]] = [["Quartier", 2018, 2021], ["QP062001", 1, 2], ["QP062002", 3, 4], ["QN06201M", 5, 6]]
    found = survey_workbook(write_workbook(rows), known, {})
    assert (found.level, found.known) == ("qpv_2015", 2)
    assert [(each.code, each.reason) for each in found.refused] == [("QN06201M", "malformed")]
