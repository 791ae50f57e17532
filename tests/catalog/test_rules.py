"""One change in a whole workspace, and the fault it makes: what the counterexamples show once, in its other places."""

from pathlib import Path

import pytest

from tests.catalog.workspaces import check, copy_example, replace

FILOSOFI = "sources/income/filosofi/source.yaml"
ACCIDENTS = "sources/mobility/accidents/source.yaml"
PARCELS = "sources/land/parcels/source.yaml"
SALES = "sources/land/transactions/source.yaml"
STOCK = "sources/retail/stock/source.yaml"
RATE = "indicators/mobility/killed_per_inhabitant.yaml"
COUNT = "indicators/mobility/accidents.yaml"

CHANGES = [
    ("workspace.yaml", "  - grouping:valley", "  - grouping:vally", "unknown-grouping"),
    ("workspace.yaml", "  - pays\ncompare", "compare", "level-not-kept"),
    ("workspace.yaml", "  - region:32", "  - regions:32", "unknown-value"),
    ("workspace.yaml", "  transport-authority:", "  Transport:", "bad-format"),
    ("workspace.yaml", "BEFFROI_TOKEN_TRANSPORT", "BEFFROI_TOKEN_AGENCY", "variable-taken"),
    ("workspace.yaml", "why: Un pays inventé pour les essais.", "", "missing-why"),
    ("workspace.yaml", "  - 2021\n", "  - 2021\n  - 2021\n", "duplicate-value"),
    ("workspace.yaml", '"#1d4f91"', "bleu", "bad-format"),
    ("vocabulary/units.yaml", "\nm2:\n", "\nM2:\n", "bad-format"),
    ("vocabulary/columns.yaml", "  unit: m2", "  unit: ha", "unknown-unit"),
    ("vocabulary/columns.yaml", "name:\n  type: text", "name:\n  type: text\n  unit: m2", "key-without-effect"),
    ("vocabulary/columns.yaml", "name:\n  type: text",
     "name:\n  type: text\n  min: 1\n  why: pour voir", "key-without-effect"),
    ("territories/agency.yaml", "    - valley", "    - vallee", "unknown-grouping"),
    ("territories/valley.yaml", "  communes:\n    - 62498", "  communes: []", "empty-value"),
    ("territories/valley.yaml", "  communes:\n    - 62498", "  {}", "empty-value"),
    ("territories/valley.yaml", "    - 62498", "    - 6249", "bad-code"),
    ("territories/agency.yaml", "    - 900000001", "    - 90000000", "bad-code"),
    (FILOSOFI, "  - income\n", "  - income\n  - incomes\n", "unknown-theme"),
    (FILOSOFI, "why: Revenus inventés pour les essais.", "", "missing-why"),
    (FILOSOFI, "      url: s3://inventes/{year}.csv", "      url: inventes/{year}.csv", "bad-format"),
    (FILOSOFI, "        region: nulle-part", "        secret_key: abc", "secret-in-text"),
    (FILOSOFI, "  - year: 2021\nfiles", "  - annee: 2021\nfiles", "parts-uneven"),
    (FILOSOFI, "  - year: 2021\nfiles", "  - year: 2016\nfiles", "duplicate-value"),
    (FILOSOFI, "    member: cc_{year}_COM.csv", "    member: ../cc_{year}_COM.csv", "bad-format"),
    (FILOSOFI, "member: data/archive.tgz!cc_*_{year}_COM.csv",
     "member: data/archive.tgz!cc_*_{year}.xlsx", "format-mismatch"),
    (FILOSOFI, "    unknown: refuse", "    unknown: ignore", "unknown-value"),
    (FILOSOFI, "      min: 1\n      change: 0.2\n", "", "at-least-one-of"),
    (FILOSOFI, "      min: 1\n", "      min: 1\n      max: 0\n", "inverted-range"),
    (FILOSOFI, "      change: 0.2", "      change: 0", "out-of-range"),
    (ACCIDENTS, "      url: http://donnees", "      url: http://moi:secret@donnees", "secret-in-text"),
    (ACCIDENTS, "      format: geojson", "      format: geojson\n      layer: a", "key-without-effect"),
    (ACCIDENTS, "        - 3\n", "        - 3\n        - 3\n", "duplicate-value"),
    (ACCIDENTS, "    vintage_column: vintage", "    vintage_column: road", "unsuitable-column"),
    (ACCIDENTS, "  period:\n    column: year", "  period:\n    column: date", "unsuitable-column"),
    (ACCIDENTS, "  key:\n    - accident", "  key:\n    - geometry", "unsuitable-column"),
    (ACCIDENTS, "  crs: EPSG:2154", "  crs: Lambert", "bad-format"),
    (ACCIDENTS, "    column: commune\n    level: commune", "    column: commun\n    level: commune", "unknown-column"),
    (PARCELS, "  audience: partner:agency", "  audience: agency", "unknown-audience"),
    (PARCELS, "  audience: partner:agency", "  audience: public", "secret-table-public"),
    (PARCELS, "    minimum_units: 3", "    minimum_units: 3\n    secondary: rounding", "rounding-and-base"),
    (PARCELS, "    minimum_units: 3", "    minimum_units: 3\n    audience: agency", "unknown-audience"),
    (PARCELS, "    minimum_units: 3", "    minimum_units: 3\n    units: owner", "unsuitable-column"),
    (PARCELS, "      share: 85", "      share: 850", "out-of-range"),
    (PARCELS, "      query: select * from parcelles\n", "", "exactly-one-of"),
    (SALES, "      - column: persons", "      - column: quarter", "unsuitable-column"),
    (SALES, "        against_column: persons", "        against_column: inhabitants", "unknown-column"),
    (STOCK, "      header_row: 0\n      names:\n        - a\n        - b\n", "      header_row: 0\n", "missing-key"),
    (STOCK, "    level_column: level", "    level_column: level\n    level: commune", "exactly-one-of"),
    ("sources/energy/labels/source.yaml", "      records: results",
     "      records: results\n      header_row: 2", "key-without-effect"),
    ("sources/official/communes/source.yaml", "    epci:\n      type: text",
     "    epci:\n      type: integer", "unsuitable-column"),
    ("tables/housing/parcels_by_commune/table.yaml", "  - housing", "  - houses", "unknown-theme"),
    (COUNT, "    - 1\n    - \"3\"", "    []", "empty-value"),
    (COUNT, "  night: true", "  night: 1", "value-not-of-type"),
    (COUNT, "    min: 2005\n    max: 2020", "    min: 2020\n    max: 2005", "inverted-range"),
    (COUNT, "  year:\n", "  road_kind: 1\n  year:\n", "unknown-column"),
    (COUNT, "  night: true", "  geometry: x", "unsuitable-column"),
    (COUNT, "  night: true", "  accident: {min: 1}", "unsuitable-column"),
    (COUNT, "  - period: 2018", "  - period: été 2018", "bad-format"),
    (COUNT, "periods:\n  - 2019\n  - 2020", "periods: []", "empty-value"),
    (RATE, "  indicator: mobility/killed\n", "  indicator: mobility/killed\n  sum: killed\n", "exactly-one-of"),
    (RATE, "  indicator: mobility/killed\n",
     "  indicator: mobility/killed\n  table: income/filosofi\n", "exclusive-keys"),
    (RATE, "  indicator: mobility/killed\n", "  indicator: mobility/night_share\n", "unsuitable-indicator"),
    (RATE, "  table: income/filosofi\n", "", "missing-key"),
    ("indicators/mobility/night_share.yaml", "table: mobility/accidents\n", "", "missing-key"),
    ("indicators/income/median.yaml", "confidentiality: confidentiality",
     "confidentiality: persons", "unsuitable-column"),
    ("indicators/income/median_change.yaml", "of: income/median", "of: income/median_change", "unsuitable-indicator"),
    ("indicators/housing/price.yaml", "quantile: 0.5", "quantile: 50", "out-of-range"),
    ("indicators/housing/price.yaml", "  - iris\n", "  - iris\n  - iris\n", "duplicate-value"),
    (COUNT, "corrections:\n", "corrections:\n  - on: 2026-03-02\n    why: Toutes les périodes.\n", "duplicate-value"),
    (COUNT, "  - on: 2026-03-02", "  - on: 2 mars 2026", "wrong-type"),
    (COUNT, "    periods:\n      - 2019\n", "    periods:\n      - 2019\n      - 2019\n", "duplicate-value"),
    (COUNT, "    periods:\n      - 2019\n", "    periods:\n      - 2018\n", "period-not-given"),
    ("indicators/housing/parcels.yaml", "kind: sum",
     "corrections: [{on: 2026-03-02, periods: [2024], why: Lot oublié.}]\nkind: sum", "period-not-given"),
    ("indicators/housing/parcels.yaml", "audience: partner:agency", "audience: public", "audience-too-wide"),
    ("indicators/housing/parcels.yaml", "audience: partner:agency",
     "audience: partner:transport-authority", "audience-too-wide"),
    ("indicators/housing/parcels.yaml", "  observations: parcels", "  observations: parcel", "unknown-column"),
    ("indicators/housing/parcels.yaml", "  minimum_units: 3\n  units: parcels\n", "", "at-least-one-of"),
    ("indicators/housing/dwellings.yaml", "kind: sum", "kind: [sum]", "wrong-type"),
    ("indicators/housing/dwellings.yaml", "kind: sum\n", "", "missing-key"),
    ("indicators/housing/dwellings.yaml", "kind: sum", "knd: sum", "unknown-key"),
]  # fmt: skip


@pytest.mark.parametrize(("file", "old", "new", "code"), CHANGES)
def test_change(file: str, old: str, new: str, code: str, tmp_path: Path) -> None:
    root = copy_example("every_kind", tmp_path)
    replace(root, file, old, new)
    told = check(root)
    # A change that is two faults at once (an indicator that reads itself is a circle too) says so here.
    expected = ["circular-reference", code] if old == "of: income/median" else [code]
    assert [found for _, _, found in told] == expected
    place, line, _ = told[-1]
    assert place == file
    changed = (root / file).read_text("utf-8").split("\n")
    assert line is None or line <= len(changed)


def test_a_period_that_the_data_alone_know_is_not_judged(tmp_path: Path) -> None:
    root = copy_example("small", tmp_path)
    why = "corrections: [{on: 2026-03-02, periods: [2012], why: Fichier mal lu.}]\nkind: ratio"
    replace(root, "indicators/housing/vacancy_rate.yaml", "kind: ratio", why)
    assert check(root) == []


def test_partners_cannot_be_mixed(tmp_path: Path) -> None:
    """A table made of the data of two partners has no reader, unless one of the two is opened to the other."""
    root = copy_example("every_kind", tmp_path)
    replace(root, FILOSOFI, "  territory:\n", "  audience: partner:transport-authority\n  territory:\n")
    replace(root, "tables/housing/parcels_by_commune/table.sql", '"official/communes"', '"income/filosofi"')
    replace(root, "tables/housing/parcels_by_commune/table.sql", "c.code", "c.commune")
    codes = [code for _, _, code in check(root)]
    assert codes.count("audiences-apart") == 1


def test_a_table_that_several_measure_bears_the_fault_itself(tmp_path: Path) -> None:
    root = copy_example("every_kind", tmp_path)
    replace(root, ACCIDENTS, "  period:\n    column: year\n", "")
    assert check(root) == [(ACCIDENTS, 29, "no-period-column")]


def test_a_table_may_not_read_itself(tmp_path: Path) -> None:
    root = copy_example("every_kind", tmp_path)
    sql = "tables/housing/parcels_by_commune/table.sql"
    replace(root, sql, '"land/parcels"', '"housing/parcels_by_commune"')
    assert check(root) == [(sql, 2, "circular-reference")]
