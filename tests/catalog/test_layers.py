"""Layers: what they may be made of, what of it leaves, and for whom."""

from pathlib import Path

import pytest

from beffroi.catalog import check_catalog, load_catalog
from beffroi.catalog.colours import COLOURS
from beffroi.catalog.layers import RowLayer, TerritoryLayer
from beffroi.publish.tokens import read_tokens
from tests.catalog.workspaces import EXAMPLES, check, copy_example, replace, write

ACCIDENTS = "layers/mobility/accidents.yaml"
PARCELS = "layers/land/parcels.yaml"
INCOME = "layers/income/communes.yaml"
CIRCLES = "layers/mobility/per_commune.yaml"

MISTAKES = [
    (ACCIDENTS, "table: mobility/accidents", "table: mobility/acidents", 10, "unknown-table"),
    (ACCIDENTS, "theme: mobility", "theme: mobilité", 5, "unknown-theme"),
    (ACCIDENTS, "  accident:\n", "  acident:\n", 19, "unknown-column"),
    (ACCIDENTS, "  accident:\n", "  geometry:\n", 19, "unsuitable-column"),
    (ACCIDENTS, "  accident:\n", "  accident:\n    unit: persons\n", 20, "key-without-effect"),
    (ACCIDENTS, "where:\n  year:", "where:\n  yaer:", 12, "unknown-column"),
    (ACCIDENTS, '    - "3"\n', '    - "4"\n', 17, "unknown-value"),
    (ACCIDENTS, "table: mobility/accidents\n", "table: mobility/accidents\ngeometry: road\n", 11, "unsuitable-column"),
    (ACCIDENTS, "  column: road", "  column: raod", 28, "attribute-not-shown"),
    (ACCIDENTS, "    2:\n", "    9:\n", 33, "unknown-value"),
    (ACCIDENTS, "      colour: cat-3", "      colour: '#123456'", 32, "missing-why"),
    (ACCIDENTS, "      colour: cat-3", "      colour: red", 32, "bad-format"),
    (ACCIDENTS, "    2:\n", "    2:\n      colour: cat-3\n", 34, "duplicate-value"),
    (ACCIDENTS, "kind: categories", "kind: categorys", 27, "unknown-value"),
    (ACCIDENTS, "  attribute: year\n", "  attribute: killed\n", 38, "attribute-not-shown"),
    (ACCIDENTS, "  min: 8", "  min: 15", 42, "inverted-range"),
    (ACCIDENTS, "  max: 14", "  max: 17", 42, "out-of-range"),
    (ACCIDENTS, "  fr: Accident de {year}", "  fr: Accident de {annee}", 44, "attribute-not-shown"),
    (ACCIDENTS, "      - year\n      - night\n", "      - year\n      - date\n", 50, "attribute-not-shown"),
    (ACCIDENTS, "filters:\n  - year\n", "filters:\n  - killed\n", 52, "attribute-not-shown"),
    (ACCIDENTS, "  - night\nstate", "  - year\nstate", 53, "duplicate-value"),
    (ACCIDENTS, "state: adopted", "state: adoptd", 54, "unknown-value"),
    (ACCIDENTS, "act:\n  title: Délibération inventée\n  date: 2025-06-12\n", "", 1, "missing-key"),
    (PARCELS, "download: refused", "download: refused\naudience: public", 23, "secret-rows-public"),
    (PARCELS, "download: refused", "download: refused\naudience: partner:agncy", 23, "unknown-audience"),
    (PARCELS, "download: refused", "download: refused\naudience: partner:transport-authority", 23, "audience-too-wide"),
    (PARCELS, "  area_m2:\n", "  area_m2:\n    unit: persons\n", 10, "unit-differs"),
    (PARCELS, "  area_m2:\n", "  area_m2:\n    unit: m3\n", 10, "unknown-unit"),
    (PARCELS, "  column: area_m2", "  column: parcel", 13, "unsuitable-column"),
    (PARCELS, "name: parcel", "name: owner", 10, "attribute-not-shown"),
    (PARCELS, "    - 500\n", "    - 200\n", 17, "limits-not-increasing"),
    (PARCELS, "  why: Les seuils de l'arrêté inventé.\n", "", 15, "missing-why"),
    (PARCELS, "  method: manual", "  method: jenks", 15, "key-without-effect"),
    (PARCELS, "  method: manual", "  method: manual\n  count: 4", 15, "key-without-effect"),
    (PARCELS, "  limits:\n    - 200\n    - 500\n    - 1000\n", "", 11, "missing-key"),
    (PARCELS, "geometry: geometry\n", "geometry: geometry\npoint: {longitude: area_m2, latitude: area_m3}\n", 7, None),
    (PARCELS, "geometry: geometry\n", "point: {longitude: area_m2, latitude: parcel}\n", 6, "unsuitable-column"),
    (PARCELS, "geometry: geometry\n", "point: {longitude: area_m2, latitude: area_m2}\n", 6, "duplicate-value"),
    (INCOME, "level: commune", "level: qpv_2024", 5, "level-not-kept"),
    (INCOME, "vintage: 2021", "vintage: 2019", 6, "unknown-value"),
    (INCOME, "indicator: income/median\n", "indicator: income/median_of_communes\n", 9, "undeclared-indicator"),
    (INCOME, "  change:\n", "  code:\n", 11, "attribute-reserved"),
    (INCOME, "  change:\n", "  median_status:\n", 11, "attribute-reserved"),
    (INCOME, "  change:\n", "  Évolution:\n", 11, "bad-format"),
    (INCOME, "  median:\nstyle", "  mediane:\nstyle", 17, "unknown-attribute"),
    (INCOME, "  count: 6", "  count: 8", 22, "out-of-range"),
    (INCOME, "  column: median", "  column: name", 20, "unsuitable-column"),
]


@pytest.mark.parametrize(("file", "old", "new", "line", "code"), MISTAKES)
def test_what_is_wrong_is_told_where_it_stands(
    file: str, old: str, new: str, line: int, code: str | None, tmp_path: Path
) -> None:
    root = copy_example("every_kind", tmp_path)
    replace(root, file, old, new)
    found = check(root)
    if code is not None:
        assert found == [(file, line, code)]
    else:
        assert {(name, at) for name, at, _ in found} == {(file, line)}


def test_an_amount_is_not_shaded_and_a_rate_is_no_circle(tmp_path: Path) -> None:
    root = copy_example("every_kind", tmp_path)
    replace(
        root,
        CIRCLES,
        '  kind: circles\n  column: accidents\n  colour: "#9a3412"\n',
        "  kind: classes\n  column: accidents\n",
    )
    assert [code for _, _, code in check(root)] == ["amount-in-shades"]
    replace(root, CIRCLES, "indicator: mobility/accidents", "indicator: mobility/night_share")
    assert check(root) == []
    replace(root, CIRCLES, "kind: classes", "kind: circles")
    assert [code for _, _, code in check(root)] == ["ratio-in-circles"]


def test_a_layer_is_settled_from_its_table() -> None:
    layer = load_catalog(EXAMPLES / "every_kind").layers["mobility/accidents"]
    declaration = layer.declaration
    assert isinstance(declaration, RowLayer)
    # What the declaration leaves out: the only geometry, its system, texts that are codes, the public.
    assert (declaration.geometry, layer.crs, layer.audience) == ("geometry", "EPSG:2154", "public")
    assert declaration.where["road"] == ["1", "3"]
    # Only what is declared leaves; its type and values are the contract's, its words the layer's.
    assert list(layer.attributes) == ["accident", "year", "road", "night"]
    road = layer.attributes["road"]
    assert (road.type, road.values, road.title) == ("text", ("1", "2", "3"), {"fr": "Voie", "en": "Road"})
    assert (layer.tables, layer.indicators) == (("mobility/accidents",), ())


def test_a_layer_of_territories_has_the_words_of_its_indicators() -> None:
    layers = load_catalog(EXAMPLES / "every_kind").layers
    layer = layers["income/communes"]
    assert isinstance(layer.declaration, TerritoryLayer)
    assert (layer.declaration.vintage, layer.declaration.name) == (2021, "name")
    median = layer.attributes["median"]
    assert (median.type, median.unit, median.indicator, median.period) == (
        "number",
        "euros_per_year",
        "income/median",
        "2021",
    )
    assert median.definition == {"fr": "Médiane que publie le producteur."}
    # What is joined and not shown is not read.
    assert layer.indicators == ("income/median",)
    everything = layers["mobility/per_commune"]
    assert isinstance(everything.declaration, TerritoryLayer)
    assert everything.declaration.vintage == 2025
    assert list(everything.attributes) == ["code", "name", "accidents"]


def test_a_layer_is_for_those_who_may_see_what_it_reads(tmp_path: Path) -> None:
    catalog = load_catalog(EXAMPLES / "every_kind")
    assert catalog.layers["land/parcels"].audience == "partner:agency"
    result = check_catalog(EXAMPLES / "every_kind")
    assert result.intentions["layers/land/parcels"] == "partner:agency"
    assert result.intentions["layers/income/communes"] == "public"
    assert result.intentions["maps/land"] == "partner:agency"
    root = copy_example("every_kind", tmp_path)
    write(root, PARCELS, "title: [\n")
    assert check_catalog(root).intentions["layers/land/parcels"] is None


def test_a_layer_goes_with_the_table_that_it_reads(tmp_path: Path) -> None:
    root = copy_example("every_kind", tmp_path)
    replace(root, "sources/mobility/accidents/source.yaml", "producer:", "producr:")
    partial = check_catalog(root).partial
    assert partial is not None
    # Its map needs it, and goes too; those of other tables stay.
    assert sorted(partial.layers) == ["income/communes", "land/parcels", "mobility/contours"]
    assert sorted(partial.maps) == ["land"]


def test_hand_given_coordinates_are_degrees(tmp_path: Path) -> None:
    root = copy_example("every_kind", tmp_path)
    replace(root, "sources/official/contours/source.yaml", "    geometry:\n      type: geometry\n  crs: EPSG:4326\n",
            "    lon:\n      type: number\n    lat:\n      type: decimal\n")  # fmt: skip
    replace(root, "layers/mobility/contours.yaml", "table: official/contours\n",
            "table: official/contours\npoint: {longitude: lon, latitude: lat}\n")  # fmt: skip
    replace(root, "workspace.yaml", "  contours: official/contours\n", "")
    layer = load_catalog(root).layers["mobility/contours"]
    assert isinstance(layer.declaration, RowLayer)
    assert layer.declaration.point is not None
    assert layer.crs == "EPSG:4326"


def test_an_indicator_is_given_at_the_level_of_its_layer(tmp_path: Path) -> None:
    root = copy_example("every_kind", tmp_path)
    replace(root, INCOME, "level: commune", "level: epci")
    assert check(root) == [(INCOME, 9, "figure-level-missing"), (INCOME, 12, "figure-level-missing")]


def test_colours_by_name_are_those_of_the_palette() -> None:
    tokens = read_tokens()
    assert tuple(sorted(name for name in tokens["light"] if name.startswith("cat-"))) == COLOURS
