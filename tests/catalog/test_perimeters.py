"""What an observatory may watch over, and what tables of QPV say of their territories."""

from pathlib import Path

import pytest

from beffroi.catalog import check_catalog
from tests.catalog.workspaces import check, copy_example, replace, write

OBSERVATORY = "title: Se loger\nsummary: Le parc.\npages: [index]\n"
PAGE = "---\ntitle: Se loger {{ here.in }}\nlevels: [commune]\ncompared: [commune, epci]\n---\n\nUne phrase.\n"
WHERE = "observatories/housing/observatory.yaml"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    root = copy_example("small", tmp_path)
    write(root, "observatories/housing/index.md", PAGE)
    return root


@pytest.mark.parametrize(
    "perimeter", ["bassin", "grouping:bassin", "epci:900000001", "[bassin, 'epci:900000001', 'commune:90001']"]
)
def test_a_grouping_an_epci_a_commune_or_a_list_of_them(root: Path, perimeter: str) -> None:
    write(root, WHERE, OBSERVATORY + f"perimeter: {perimeter}\n")
    assert check(root) == []


@pytest.mark.parametrize(
    ("perimeter", "line", "code"),
    [
        ("basin", 4, "unknown-grouping"),
        ("grouping:basin", 4, "unknown-grouping"),
        ("epci:90", 4, "bad-code"),
        ("commune:1004", 4, "bad-code"),
        ("departement:62", 4, "unknown-value"),
        ("qpv_2015:QP062001", 4, "unknown-value"),
        ("'le bassin'", 4, "bad-format"),
        ("\n  - bassin\n  - bassin", 6, "duplicate-value"),
        ("\n  - bassin\n  - basin", 6, "unknown-grouping"),
        ("[]", 4, "empty-value"),
    ],
)
def test_what_is_no_territory_of_the_workspace_is_told_on_its_line(
    root: Path, perimeter: str, line: int, code: str
) -> None:
    write(root, WHERE, OBSERVATORY + f"perimeter: {perimeter}\n")
    assert check(root) == [(WHERE, line, code)]


def test_a_grouping_that_is_at_fault_takes_its_observatory_with_it_and_says_it_once(root: Path) -> None:
    write(root, "territories/rive.yaml", "title: Rive\nmembers: {communes: ['1004']}\n")
    write(root, WHERE, OBSERVATORY + "perimeter: rive\n")
    result = check_catalog(root)
    assert [fault.code for fault in result.faults] == ["bad-code"]
    assert result.partial is not None
    assert not result.partial.observatories


def test_a_table_of_one_list_of_qpv_says_no_vintage(root: Path) -> None:
    write(root, WHERE, OBSERVATORY)
    file = "tables/housing/by_tenure/table.yaml"
    replace(root, file, "    level: commune\n", "    level: qpv_2015\n")
    assert [code for _, _, code in check(root)] == ["key-without-effect"]
    replace(root, file, "    vintage: 2025\n", "")
    assert check(root) == []


@pytest.mark.parametrize(
    ("level", "code", "good"),
    [
        ("qpv_2015", "QP062001", True), ("qpv_2015", "QP02A001", True), ("qpv_2015", "QP974012", True),
        ("qpv_2024", "QN06201M", True), ("qpv_2024", "QN02A01N", True), ("qpv_2015", "QN06201M", False),
        ("qpv_2024", "QP062001", False), ("qpv_2015", "062001", False), ("qpv_2024", "QN0621M", False),
    ],
)  # fmt: skip
def test_the_code_of_a_quarter_is_that_of_its_list(root: Path, level: str, code: str, good: bool) -> None:
    write(root, WHERE, OBSERVATORY)
    write(root, "observatories/housing/index.md", PAGE.replace("[commune, epci]", f"['{level}:{code}']"))
    assert [fault for _, _, fault in check(root)] == ([] if good else ["bad-code"])


def test_a_level_that_another_list_gives_is_told_for_what_it_is(root: Path) -> None:
    write(root, WHERE, OBSERVATORY)
    replace(
        root, "tables/housing/by_tenure/table.yaml", "    level: commune\n    vintage: 2025\n", "    level: qpv_2015\n"
    )
    replace(root, "workspace.yaml", "levels:\n", "levels:\n  - qpv_2024\n  - qpv_2015\n")
    roles = "territories:\n  qpv_2015: official/qpv\n  qpv_2024: official/qpv\n"
    replace(root, "workspace.yaml", "territories:\n", roles)
    columns = "{vintage: , code: , name: , commune: }"
    source = (
        "title: Quartiers\nproducer: Personne\nlicence: synthetic\nuse: open\nperiods: '2024'\n"
        "verified_against: none\nsynthetic: true\nwhy: Pour les essais.\nlocations: [{file: {path: q.csv}}]\n"
        "files: {rows: {read: {format: csv}}}\n"
        f"table: {{rows: une ligne par quartier, key: [code, commune], columns: {columns}}}\n"
    )
    write(root, "sources/official/qpv/source.yaml", source)
    write(root, "sources/official/qpv/table.sql", "select vintage, code, name, commune from rows\n")
    write(root, "sources/official/qpv/q.csv", "vintage,code,name,commune\n")
    indicator = (
        "title: Logements\ndefinition: Logements.\ntheme: housing\nunit: dwellings\nkind: sum\n"
        "table: housing/by_tenure\ncolumn: dwellings\nlevels: [{}]\n"
    )
    write(root, "indicators/housing/quarters.yaml", indicator.format("qpv_2015"))
    assert check(root) == []
    write(root, "indicators/housing/quarters.yaml", indicator.format("qpv_2024"))
    assert check(root) == [("indicators/housing/quarters.yaml", 8, "qpv-lists-mixed")]
    write(root, "indicators/housing/quarters.yaml", indicator.format("commune"))
    assert [code for _, _, code in check(root)] == ["unsuitable-level"], "a quarter is no part of a commune's figures"


def test_the_table_of_a_list_may_have_no_contour_but_needs_its_communes(root: Path) -> None:
    write(root, WHERE, OBSERVATORY)
    replace(root, "workspace.yaml", "levels:\n", "levels:\n  - qpv_2015\n")
    replace(root, "workspace.yaml", "territories:\n", "territories:\n  qpv_2015: official/epci\n")
    assert [code for _, _, code in check(root)] == ["role-column-missing"]
