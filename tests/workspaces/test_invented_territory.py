"""The invented territory: parcels that cover their communes, one seed one territory, as many parcels as are asked for;
and what the example's workspace shows of it."""

import json
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest
import rasterio
import shapely
from scripts.invent_territory import Territory, draw_images, invent_territory
from scripts.invent_territory.planes import Plane, Splits, cut_ring
from shapely.geometry import shape

from beffroi.catalog import Catalog
from beffroi.lake import Release
from beffroi.lake.releases import FeatureQuery
from tests.workspaces.benches import WORKSPACES

CONTOURS = WORKSPACES / "exemple/sources/official/contours/data/contours.geojson"
COMMUNES = ("20001", "20006", "20014")
LAND = WORKSPACES / "exemple/sources/land"
SITES, SALES = "activity/sites", "land/sales"
PARTNER_S = "activity/premises"


def features(file: Path) -> tuple[list[Mapping[str, Any]], Any]:
    read = json.loads(file.read_text("utf-8"))["features"]
    return [each["properties"] for each in read], np.array([shape(each["geometry"]) for each in read])


def contour_of(code: str) -> shapely.Polygon:
    rows, shapes = features(CONTOURS)
    return next(each for row, each in zip(rows, shapes, strict=True) if row["code"] == code)


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Territory:
    return invent_territory(tmp_path_factory.mktemp("small"), CONTOURS, parcels=240, communes=COMMUNES[:2], seed=7)


def test_parcels_and_public_ways_cover_each_commune(small: Territory) -> None:
    parcels, ways = (features(small.folder / f"{name}.geojson") for name in ("parcelles", "voirie"))
    rows, cover = [*parcels[0], *ways[0]], np.concatenate([parcels[1], ways[1]])
    assert shapely.is_valid(cover).all()
    assert shapely.coverage_is_valid(cover), "neighbours share their vertices: no overlap, no sliver between them"
    for code in COMMUNES[:2]:
        own = cover[[row["commune"] == code for row in rows]]
        # New vertices on the border are on a grid of ten centimetres: beside the line, never farther.
        assert shapely.area(own).sum() == pytest.approx(contour_of(code).area, rel=1e-5)
        assert shapely.get_num_interior_rings(shapely.coverage_union_all(own)) == 0


def test_a_building_stands_inside_its_parcel(small: Territory) -> None:
    rows, shapes = features(small.folder / "parcelles.geojson")
    grounds = {row["parcelle"]: ground for row, ground in zip(rows, shapes, strict=True)}
    buildings, outlines = features(small.folder / "batiments.geojson")
    assert buildings
    assert all(grounds[row["parcelle"]].contains(outline) for row, outline in zip(buildings, outlines, strict=True))


def test_zones_cover_each_commune_at_both_dates(small: Territory) -> None:
    rows, zones = features(small.folder / "zonage.geojson")
    for year in (2015, 2024):
        own = zones[[row["annee"] == year and row["commune"] == "20006" for row in rows]]
        assert shapely.coverage_is_valid(own)
        assert shapely.area(own).sum() == pytest.approx(contour_of("20006").area, rel=1e-5)


def test_as_many_parcels_as_are_asked_for(small: Territory, tmp_path: Path) -> None:
    assert small.rows["parcelles"] == pytest.approx(240, rel=0.03)
    larger = invent_territory(tmp_path, CONTOURS, parcels=1500, communes=COMMUNES, seed=7, form="parquet")
    assert larger.rows["parcelles"] == pytest.approx(1500, rel=0.01)
    table = pq.read_table(tmp_path / "parcelles.parquet")
    assert table.num_rows == larger.rows["parcelles"]
    assert json.loads(table.schema.metadata[b"geo"])["primary_column"] == "geometry"
    parcels = shapely.from_wkb(table["geometry"].to_numpy(zero_copy_only=False))
    assert shapely.coverage_is_valid(parcels)
    assert len(set(table["parcelle"].to_pylist())) == table.num_rows


def test_one_seed_is_one_territory(small: Territory, tmp_path: Path) -> None:
    again = invent_territory(tmp_path / "again", CONTOURS, parcels=240, communes=COMMUNES[:2], seed=7)
    other = invent_territory(tmp_path / "other", CONTOURS, parcels=240, communes=COMMUNES[:2], seed=8)
    for file in sorted(small.folder.iterdir()):
        assert (again.folder / file.name).read_bytes() == file.read_bytes()
    parcels = "parcelles.geojson"
    assert (other.folder / parcels).read_bytes() != (small.folder / parcels).read_bytes()


def test_the_files_of_the_example_are_those_that_the_generator_gives(tmp_path: Path) -> None:
    invent_territory(tmp_path, CONTOURS, parcels=900, communes=COMMUNES)
    for source, name in (("parcels", "parcelles.geojson"), ("sales", "ventes.csv")):
        assert (LAND / source / "data" / name).read_bytes() == (tmp_path / name).read_bytes()


def test_the_images_of_the_example_are_those_that_the_generator_gives(tmp_path: Path) -> None:
    """Pixel by pixel: how they are packed is the affair of a library."""
    draw_images(tmp_path, CONTOURS)
    for source, name in (("cover", "occupation.tif"), ("surface_heat", "chaleur.tif")):
        kept, drawn = LAND / source / "data" / name, tmp_path / name
        assert kept.stat().st_size < 150_000
        with rasterio.open(kept) as one, rasterio.open(drawn) as other:
            assert np.array_equal(one.read(), other.read())
            assert (one.transform, one.scales) == (other.transform, other.scales)


def test_images_say_what_one_expects_of_a_territory(released: dict[str, Release]) -> None:
    public = released["public"]
    cover, heat = public.layer("land/cover"), public.layer("land/surface_heat")
    areas = {line["ha"] for line in cover["areas"]["inside"]["classes"]}
    ground = pc.sum(pc.filter(public.territories()["area_m2"], pc.equal(public.territories()["level"], "epci"))).as_py()
    assert sum(areas) == pytest.approx(ground / 10_000, rel=2e-4), "every hectare has a cover"
    assert cover["areas"]["inside"]["covered"] == pytest.approx(1, abs=1e-3)
    assert 22 < heat["values"]["min"] < heat["values"]["quantiles"]["0.5"] < heat["values"]["max"] < 36
    # The middle of the main town is dense, and warmer than the wood beside it.
    town, wood = (-7.713, 46.786), (-7.62, 46.81)
    assert public.value_at("land/cover", *town) == 6
    assert public.value_at("land/cover", *wood) == 2
    warm, cool = (public.value_at("land/surface_heat", *place) for place in (town, wood))
    assert warm is not None
    assert cool is not None
    assert warm > cool + 4


def test_a_cut_is_refused_where_it_does_not_part_a_ring_in_two() -> None:
    plane, square = Plane(46.0), [(0, 0), (1000, 0), (1000, 1000), (0, 1000)]
    beside = plane.metres((2000, 0))[0]
    assert cut_ring(plane, square, 0.0, beside, 1.0) is None
    cut = cut_ring(plane, square, 0.0, plane.metres((400, 0))[0], 1.0)
    assert cut is not None
    assert plane.area(cut.low) + plane.area(cut.high) == pytest.approx(plane.area(square))
    splits = Splits()
    for edge, vertex in cut.made:
        splits.add(edge, vertex)
    assert (400, 0) in splits.ring([(0, 0), (1000, 0), (500, -900)]), "a neighbour below has the vertex too"


def test_every_layer_of_the_example_is_built(exemple: Catalog, released: dict[str, Release]) -> None:
    public, partner = released["public"], released["chambre"]
    known = partner.catalogue["layers"]
    declared = {*exemple.layers, *exemple.rasters}
    assert set(known) == declared
    assert set(public.catalogue["layers"]) == declared - {PARTNER_S}
    counts = {name: each["count"] for name, each in known.items()}
    assert counts["land/parcels"] == 900
    assert counts["land/zoning_2015"] + counts["land/zoning_2024"] == len(
        features(LAND / "zoning/data/zonage.geojson")[0]
    )
    assert counts[SITES] == 9
    assert all(each["object"] and each["synthetic"] for each in known.values())


def test_the_example_shows_every_style(exemple: Catalog) -> None:
    styles = [layer.declaration.style for layer in exemple.layers.values()]
    assert {style.kind for style in styles} == {"single", "categories", "classes", "circles"}
    assert {style.method for style in styles if style.kind == "classes"} == {"quantile", "jenks", "equal", "manual"}
    assert {"circle", "square", "diamond"} <= {style.symbol for style in styles}
    states = Counter(each.head.state for each in exemple.maps.values())
    assert {"draft", "for_comment", "adopted"} <= set(states)
    assert {raster.declaration.style.kind for raster in exemple.rasters.values()} == {"categories", "ramp"}
    assert [name for name, each in exemple.maps.items() if each.head.swipe] == ["sol", "zonage"]
    assert all(set(each.texts) == {"fr", "en"} for each in exemple.maps.values())
    assert all("données fictives" in each.texts["fr"].title for each in exemple.maps.values())


def test_premises_are_seen_by_their_partner_alone(released: dict[str, Release]) -> None:
    assert "locaux" not in released["public"].catalogue["maps"]
    assert "locaux" in released["chambre"].catalogue["maps"]
    assert released["chambre"].count_features(PARTNER_S, FeatureQuery()) == 20


def test_sales_are_in_the_communes_that_have_parcels(released: dict[str, Release]) -> None:
    west, south, east, north = released["public"].layer(SALES)["bbox"]
    contours = shapely.union_all([contour_of(code) for code in COMMUNES]).bounds
    assert contours[0] < west < east < contours[2]
    assert contours[1] < south < north < contours[3]
