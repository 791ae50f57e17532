"""The shape of codes, and zeros that spreadsheets take away."""

import pyarrow as pa
import pytest

from beffroi.catalog.workspaces import Level
from beffroi.geo import codes


@pytest.mark.parametrize(
    ("level", "good", "bad"),
    [
        (
            "commune",
            ["62119", "01001", "2A004", "2B033", "97105", "97801", "98818", "75101", "20004"],
            ["6211", "00001", "96001", "97001", "2C001", "62119 ", "62 119", "99100"],
        ),
        ("iris", ["621190101", "2A0040101", "971050000"], ["62119", "62119010", "96001010"]),
        ("departement", ["01", "2A", "974", "976", "95"], ["1", "97", "96", "970"]),
        ("epci", ["200072460"], ["20007246", "ZZZZZZZZZ"]),
        ("arrondissement", ["622", "2A1", "9711"], ["62", "6222"]),
        ("region", ["32", "01"], ["1", "132"]),
        ("pays", ["FR"], ["FRA"]),
        ("grouping", ["pma", "bassin_minier"], ["PMA", "1a"]),
    ],
)
def test_each_level_has_its_own_shape(level: Level, good: list[str], bad: list[str]) -> None:
    assert [code for code in good if not codes.is_code(code, level)] == []
    assert [code for code in bad if codes.is_code(code, level)] == []


def test_a_missing_code_is_neither_good_nor_bad() -> None:
    assert codes.are_codes(pa.array([None, "62119"]), "commune").to_pylist() == [None, True]


def test_a_lost_zero_is_given_back_and_nothing_else_changes() -> None:
    given = pa.array(["1001", "9334", "62119", "621", "2A04", "0101", "abc", None])
    assert codes.repair_leading_zeros(given, "commune").to_pylist() == [
        "01001", "09334", "62119", "621", "2A04", "0101", "abc", None,
    ]  # fmt: skip


def test_a_number_read_as_text_is_repaired_at_every_level_that_can_lose_a_zero() -> None:
    assert codes.repair_leading_zeros(pa.array(["10010101"]), "iris").to_pylist() == ["010010101"]
    assert codes.repair_leading_zeros(pa.array(["1", "62", "0"]), "departement").to_pylist() == ["01", "62", "0"]
    assert codes.repair_leading_zeros(pa.array(["1"]), "region").to_pylist() == ["01"]
    assert codes.repair_leading_zeros(pa.array(["20007246"]), "epci").to_pylist() == ["20007246"]


def test_integers_become_codes() -> None:
    assert codes.repair_leading_zeros(pa.array([1001, 62119]), "commune").to_pylist() == ["01001", "62119"]


def test_the_department_is_read_from_the_code() -> None:
    column = pa.chunked_array([["62119", "2A004"], ["97411", "621190101", None]])
    assert codes.departements_of(column).to_pylist() == ["62", "2A", "974", "62", None]
    assert [codes.departement_of(code) for code in ("62119", "2B033", "98818")] == ["62", "2B", "988"]


def test_an_iris_begins_with_its_commune() -> None:
    assert codes.communes_of_iris(pa.array(["621190101", None])).to_pylist() == ["62119", None]
