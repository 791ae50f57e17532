"""What a good workspace gives, and what is left of it when something is wrong."""

import pickle
from pathlib import Path

import pytest

from beffroi.catalog import check_catalog, load_catalog
from beffroi.errors import BeffroiError, Place
from beffroi.units import Unit
from tests.catalog.workspaces import EXAMPLES, copy_example, replace, write


def test_nouns_by_id() -> None:
    catalog = load_catalog(EXAMPLES / "small")
    assert set(catalog.sources) == {"official/communes", "official/epci", "census/housing", "smt/counts"}
    assert set(catalog.tables) == {*catalog.sources, "housing/by_tenure"}
    assert set(catalog.indicators) == {"housing/dwellings", "housing/vacancy_rate", "housing/vacancy_change"}
    assert catalog.groupings["bassin"].members.communes == ["00201"]
    assert catalog.units["percent"] == Unit("percent", {"fr": "%"}, {}, decimals=1, factor=100)
    assert catalog.root == EXAMPLES / "small"


def test_a_table_knows_its_select_and_its_columns() -> None:
    catalog = load_catalog(EXAMPLES / "small")
    derived = catalog.tables["housing/by_tenure"]
    assert derived.inputs == ("census/housing",)
    assert derived.source is None
    assert derived.sql_file == "tables/housing/by_tenure/table.sql"
    assert derived.sql.startswith("select commune")
    # The contract names the column; the vocabulary says what it is.
    assert derived.columns["dwellings"].unit == "dwellings"
    assert derived.columns["dwellings"].min == 0
    own = catalog.tables["census/housing"]
    assert (own.source, own.inputs) == ("census/housing", ("housing",))
    assert own.columns["tenure"].values == ["1", "2", "Z"]


def test_values_are_those_that_the_column_holds() -> None:
    catalog = load_catalog(EXAMPLES / "every_kind")
    assert catalog.tables["mobility/accidents"].columns["road"].values == ["1", "2", "3"]
    where = catalog.indicators["mobility/accidents"].where  # type: ignore[union-attr]
    assert where["road"] == ["1", "3"]
    assert where["night"] is True


def test_a_derived_table_and_its_indicator_have_the_strictest_audience() -> None:
    catalog = load_catalog(EXAMPLES / "every_kind")
    assert catalog.tables["housing/parcels_by_commune"].contract.audience == "partner:agency"
    assert catalog.tables["mobility/accidents"].contract.audience == "public"
    assert catalog.indicators["mobility/accidents"].audience == "public"


def test_places_of_every_key() -> None:
    places = load_catalog(EXAMPLES / "small").places
    where = places["indicators/housing/dwellings"]
    assert where[""] == Place("indicators/housing/dwellings.yaml", 1, None)
    assert where["where.tenure[1]"] == Place("indicators/housing/dwellings.yaml", 11, "where.tenure[1]")
    assert places["workspace"]["perimeter"].line == 7
    assert places["vocabulary/units"]["percent.symbol"].line == 6
    assert places["sources/census/housing"]["table.columns.dwellings"].line == 39
    assert places["tables/housing/by_tenure"]["table.key"].line == 6


def test_a_catalog_travels_between_processes() -> None:
    catalog = load_catalog(EXAMPLES / "every_kind")
    again = pickle.loads(pickle.dumps(catalog))
    assert again.indicators == catalog.indicators
    assert again.places["workspace"]["title"] == catalog.places["workspace"]["title"]


def test_what_is_good_goes_on_without_what_is_not(tmp_path: Path) -> None:
    root = copy_example("small", tmp_path)
    replace(root, "sources/census/housing/source.yaml", "use: open", "use: opne")
    result = check_catalog(root)
    assert result.catalog is None
    assert result.partial is not None
    # What reads the source goes with it, and what reads that.
    assert set(result.partial.tables) == {"official/communes", "official/epci", "smt/counts"}
    assert not result.partial.indicators
    assert set(result.partial.sources) == {"official/communes", "official/epci", "smt/counts"}
    with pytest.raises(BeffroiError) as raised:
        load_catalog(root)
    assert raised.value.faults == result.faults


def test_one_wrong_indicator_blocks_only_those_that_read_it(tmp_path: Path) -> None:
    root = copy_example("small", tmp_path)
    replace(root, "indicators/housing/vacancy_rate.yaml", "title:", "titel:")
    partial = check_catalog(root).partial
    assert partial is not None
    assert set(partial.indicators) == {"housing/dwellings"}
    assert "housing/by_tenure" in partial.tables


def test_one_wrong_unit_blocks_only_those_that_use_it(tmp_path: Path) -> None:
    root = copy_example("small", tmp_path)
    replace(root, "vocabulary/units.yaml", "  factor: 100", "  factor: 0")
    partial = check_catalog(root).partial
    assert partial is not None
    assert set(partial.units) == {"dwellings", "inhabitants"}
    assert set(partial.indicators) == {"housing/dwellings"}


def test_a_circle_blocks_all_its_members(tmp_path: Path) -> None:
    root = copy_example("small", tmp_path)
    write(root, "territories/vallee.yaml", "title: Vallée\nmembers:\n  groupings:\n    - coteau\n")
    write(root, "territories/coteau.yaml", "title: Coteau\nmembers:\n  groupings:\n    - vallee\n")
    result = check_catalog(root)
    assert [fault.code for fault in result.faults] == ["circular-reference"]
    assert result.partial is not None
    assert set(result.partial.groupings) == {"bassin"}


def test_nothing_is_left_without_a_good_workspace_file(tmp_path: Path) -> None:
    root = copy_example("small", tmp_path)
    replace(root, "workspace.yaml", "reference_vintage: 2025", "reference_vintage: 1789")
    assert check_catalog(root).partial is None
    (root / "workspace.yaml").unlink()
    result = check_catalog(root)
    assert [fault.code for fault in result.faults] == ["missing-file"]
    assert result.partial is None


def test_an_empty_or_absent_folder_has_one_fault(tmp_path: Path) -> None:
    assert [fault.code for fault in check_catalog(tmp_path).faults] == ["missing-file"]
    assert [fault.code for fault in check_catalog(tmp_path / "nowhere").faults] == ["missing-file"]
