"""Layers that are images: what they may be made of, and for whom."""

from pathlib import Path

import pytest

from beffroi.catalog import check_catalog, load_catalog
from tests.catalog.workspaces import EXAMPLES, check, copy_example, replace

COVER = "layers/land/cover.yaml"
HEAT = "layers/land/heat.yaml"
CLASSES = "layers/land/heat_classes.yaml"
PHOTO = "layers/land/photo.yaml"
SOURCE = "sources/land/cover/source.yaml"

MISTAKES = [
    (COVER, "source: land/cover", "source: land/coevr", 5, "unknown-source"),
    (COVER, "source: land/cover\n", "source: land/cover\nfile: covr\n", 6, "unknown-value"),
    (COVER, "nodata: 0", "nodata: 3", 16, "exclusive-keys"),
    (COVER, "nodata: 0", "unit: percent", 6, "key-without-effect"),
    (COVER, "nodata: 0", "resampling: average", 6, "resampling-unsuited"),
    (COVER, "    2:\n      title: Forêt\n", "    2:\n", 14, "empty-value"),
    (COVER, "    2:\n", "    forêt:\n", 14, "value-not-of-type"),
    (COVER, "    2:\n", "    2.5:\n", 14, "value-not-of-type"),
    (COVER, "      title: Forêt\n", "      title: Forêt\n      colour: '#9ec9e2'\n", 16, "duplicate-value"),
    (COVER, "  why: L'eau est bleue dans la nomenclature de l'essai.\n", "", 13, "missing-why"),
    (COVER, "  kind: categories", "  kind: single", 9, "unknown-value"),
    (HEAT, "band: 2", "band: 0", 7, "out-of-range"),
    (HEAT, "unit: percent", "unit: kelvins", 9, "unknown-unit"),
    (HEAT, "resampling: bilinear", "resampling: mode", 10, "resampling-unsuited"),
    (HEAT, "  high: 31.5", "  high: 12", 14, "limits-not-increasing"),
    (HEAT, "  why: De la plus fraîche à la plus chaude des nuits de l'essai.\n", "", 13, "missing-why"),
    (HEAT, "  max: 13", "  max: 3", 19, "inverted-range"),
    (HEAT, "  max: 13", "  max: 17", 19, "out-of-range"),
    (HEAT, "theme: housing", "theme: housing\nlabels: {attribute: x}", 4, "unknown-key"),
    (CLASSES, "    - 22\n", "    - 18\n", 13, "limits-not-increasing"),
    (CLASSES, "  why: Seuils de l'essai.\n", "", 11, "missing-why"),
    (CLASSES, "  method: manual", "  method: equal", 11, "key-without-effect"),
    (PHOTO, "    - 1\n", "    - 2\n", 11, "duplicate-value"),
    (PHOTO, "    - 1\n", "", 8, None),
    (PHOTO, "source: land/cover\n", "source: land/cover\nband: 2\n", 6, "key-without-effect"),
    (PHOTO, "theme: housing", "theme: housing\naudience: partner:agence", 4, "unknown-audience"),
    (SOURCE, "      format: geotiff", "      format: geotiff\n      encoding: latin-1", 17, "key-without-effect"),
    (SOURCE, "producer: Personne", "producer: Personne\naudience: partner:agence", 3, "unknown-audience"),
    ("sources/land/heat/source.yaml", "audience: partner:agency\n", "legal: {personal_data: true}\n", 20,
     "personal-data-public"),
    (HEAT, "theme: housing", "theme: housing\naudience: public", 4, "audience-too-wide"),
    ("sources/official/epci/source.yaml", "producer:", "audience: public\nproducer:", 2, "key-without-effect"),
]  # fmt: skip


@pytest.mark.parametrize(("file", "old", "new", "line", "code"), MISTAKES)
def test_what_is_wrong_is_told_where_it_stands(
    file: str, old: str, new: str, line: int, code: str | None, tmp_path: Path
) -> None:
    root = copy_example("every_kind", tmp_path)
    replace(root, file, old, new)
    found = check(root)
    if code is not None:
        assert (file, line, code) in found
        assert len(found) == 1, found
    else:
        assert {(name, at) for name, at, _ in found} == {(file, line)}


def test_a_closed_image_is_not_given_to_everyone_as_a_file(tmp_path: Path) -> None:
    root = copy_example("every_kind", tmp_path / "kept")
    replace(root, SOURCE, "licence: synthetic\nuse: open", "licence: purchased\nuse: purchased")
    assert (SOURCE, 4, "terms-forbid-public") in check(root)
    root = copy_example("every_kind", tmp_path / "shown")
    replace(
        root, SOURCE, "licence: synthetic\nuse: open", "licence: purchased\nuse: purchased\nlegal: {outputs: [cartes]}"
    )
    assert {code for _, _, code in check(root)} == {"closed-rows-in-files"}
    for layer in (COVER, PHOTO):
        replace(root, layer, "kind: raster", "kind: raster\ndownload: refused")
    assert check(root) == []


def test_an_image_is_settled() -> None:
    rasters = load_catalog(EXAMPLES / "every_kind").rasters
    cover, night = rasters["land/cover"], rasters["land/heat"]
    # What the declaration leaves out: the only file, one pixel for several, the audience of the source.
    assert (cover.file, cover.declaration.resampling, cover.audience) == ("cover", "nearest", "public")
    assert (night.file, night.declaration.resampling, night.audience) == ("night", "bilinear", "partner:agency")
    assert rasters["land/photo"].declaration.resampling == "average"


def test_an_image_is_meant_for_those_of_its_source(tmp_path: Path) -> None:
    told = check_catalog(EXAMPLES / "every_kind").intentions
    assert told["sources/land/heat"] == told["layers/land/heat"] == "partner:agency"
    assert told["sources/land/cover"] == told["layers/land/photo"] == "public"


def test_an_image_goes_with_its_source(tmp_path: Path) -> None:
    root = copy_example("every_kind", tmp_path)
    replace(root, SOURCE, "producer:", "producr:")
    partial = check_catalog(root).partial
    assert partial is not None
    assert sorted(partial.rasters) == ["land/heat", "land/heat_classes"]
