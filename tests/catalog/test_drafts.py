"""Drafts of layers and maps: they check and build as they are, and never take the place of what is there."""

import shutil
from pathlib import Path

import pytest

from beffroi.catalog import Catalog, check_catalog, format_workspace
from beffroi.catalog.drafts import draft_layer, draft_map
from beffroi.errors import BeffroiError
from tests.workspaces.benches import WORKSPACES


@pytest.fixture
def root(tmp_path: Path) -> Path:
    shutil.copytree(WORKSPACES / "exemple", tmp_path / "exemple", ignore=shutil.ignore_patterns(".beffroi"))
    return tmp_path / "exemple"


def read(root: Path) -> Catalog:
    checked = check_catalog(root)
    assert not checked.faults, "\n".join(f"{fault.place} {fault.message()}" for fault in checked.faults)
    assert checked.partial is not None
    return checked.partial


def code_of(*asked: object, **how: object) -> str:
    with pytest.raises(BeffroiError) as caught:
        (draft_map if "layers" in how else draft_layer)(*asked, **how)  # type: ignore[operator]
    return caught.value.faults[0].code


def test_a_layer_of_rows_has_all_of_its_table_but_its_place(root: Path) -> None:
    catalog = read(root)
    table = next(one for one in catalog.tables.values() if any(c.type == "geometry" for c in one.columns.values()))
    file = draft_layer(catalog, "land/essai", table=table.id)
    written = (root / file).read_text("utf-8")
    assert written.startswith("# Brouillon")
    layer = read(root).layers["land/essai"]
    shown = set(layer.declaration.attributes)
    assert shown == {name for name, column in table.columns.items() if column.type != "geometry"}
    assert layer.declaration.state == "draft"
    assert layer.declaration.theme == "land"
    assert root / file not in format_workspace(root, write=False), "a draft is in canonical form"


def test_coded_values_are_categories_and_filters(root: Path) -> None:
    catalog = read(root)
    coded = next(
        one for one in catalog.tables.values()
        if any(c.type == "geometry" for c in one.columns.values())
        and any(1 < len(c.values or ()) <= 12 for c in one.columns.values())
    )  # fmt: skip
    draft_layer(catalog, "land/essai", table=coded.id)
    declared = read(root).layers["land/essai"].declaration
    assert declared.style.kind == "categories"
    assert declared.style.column in declared.filters


def test_a_layer_of_territories_is_shades_of_a_rate_and_circles_of_a_count(root: Path) -> None:
    catalog = read(root)
    draft_layer(catalog, "housing/taux", indicators=["housing/vacancy_rate"])
    draft_layer(catalog, "housing/compte", indicators=["housing/dwellings"], level="epci")
    draft_layer(catalog, "territory/contours", level="epci")
    layers = read(root).layers
    assert layers["housing/taux"].declaration.style.kind == "classes"
    assert layers["housing/taux"].declaration.level == "commune"
    assert layers["housing/compte"].declaration.style.kind == "circles"
    assert layers["territory/contours"].declaration.style.kind == "single"


def test_a_map_of_layers_that_there_are(root: Path) -> None:
    catalog = read(root)
    file = draft_map(catalog, "essai", ["activity/brownfields", "territory/communes"])
    found = read(root).maps["essai"]
    assert [shown.layer for shown in found.layers] == ["activity/brownfields", "territory/communes"]
    assert found.head.themes == ["economy", "territory"]
    assert "À écrire" in (root / file).read_text("utf-8")
    assert root / file not in format_workspace(root, write=False)


def test_what_cannot_be_drafted_says_why(root: Path) -> None:
    catalog = read(root)
    placeless = next(
        one.id for one in catalog.tables.values()
        if "geometry" not in {column.type for column in one.columns.values()}
        and not {"longitude", "lon", "lng", "x"} & set(one.columns)
    )  # fmt: skip
    assert code_of(catalog, "land/essai", table=placeless) == "draft-without-place"
    assert code_of(catalog, "land/essai", table="rien/de_tel") == "draft-table-unknown"
    assert code_of(catalog, "land/essai") == "draft-of-nothing"
    assert code_of(catalog, "land/essai", indicators=["rien/de_tel"]) == "draft-indicator-unknown"
    assert code_of(catalog, "Land/Essai", level="epci") == "name-refused"
    assert code_of(catalog, "../ailleurs", level="epci") == "name-refused"
    assert code_of(catalog, "territory/communes", level="commune") == "name-taken"
    assert code_of(catalog, "essai", layers=[]) == "draft-of-nothing"
    assert code_of(catalog, "essai", layers=["rien/de_tel"]) == "draft-layer-unknown"
    assert code_of(catalog, "zonage", layers=["land/zoning_2024"]) == "name-taken"
    assert not (root / "layers/land/essai.yaml").exists()
