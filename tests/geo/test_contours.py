"""Polygons made to fit: slivers, what a merged commune forgot, enclaves, levels, areas, projections."""

from collections.abc import Mapping

import numpy as np
import pyarrow as pa
import pytest
import shapely

from beffroi.geo import FillRules, Territories, build_contours, clean_contours, gap_faults
from beffroi.geo.contours import commune_contours
from beffroi.geo.coverages import measure_faults
from beffroi.geo.projections import geodesic_areas, projection_of
from tests.geo.invented import contour_table, square, territories

GRID = {
    f"62{column}{row}": square(column * 10, row * 10, column * 10 + 10, row * 10 + 10)
    for column in range(3)
    for row in range(3)
}
"""Nine square communes; 6211 is in the middle."""


def place(polygons: Mapping[str, bytes], vintage: int = 2025, **options: object) -> Territories:
    lists = {2024: dict.fromkeys(GRID, 10), 2025: dict.fromkeys(GRID, 10)}
    return territories(lists, contours=contour_table(vintage, polygons), **options)  # type: ignore[arg-type]


def contours(polygons: Mapping[str, bytes]) -> pa.Table:
    return contour_table(2025, polygons).select(["code", "geometry"])


def shapes(table: pa.Table) -> dict[tuple[str, str], shapely.Geometry]:
    keys = zip(table["level"].to_pylist(), table["code"].to_pylist(), strict=True)
    return dict(zip(keys, shapely.from_wkb(table["geometry"].to_numpy()), strict=True))


def test_polygons_that_fit_are_left_to_the_last_digit() -> None:
    clean = clean_contours(contours(GRID), place(GRID), 2025, fill=FillRules())
    assert clean.codes == tuple(sorted(GRID))
    assert [bytes(shapely.to_wkb(shape)) for shape in clean.geometries] == [GRID[code] for code in clean.codes]
    assert clean.gaps.num_rows == 0


def test_an_overlap_is_given_to_one_of_the_two() -> None:
    overlapping = {**GRID, "6211": square(9.5, 10, 20, 20)}
    before = measure_faults(shapely.from_wkb(np.array(list(overlapping.values()), dtype=object)))
    clean = clean_contours(contours(overlapping), place(GRID), 2025, fill=FillRules())
    assert (before["overlaps"], measure_faults(clean.geometries)["overlaps"]) == (1, 0)
    assert shapely.coverage_is_valid(clean.geometries)
    assert shapely.area(clean.geometries).sum() == pytest.approx(0.09)


def test_a_sliver_goes_to_the_neighbour_with_the_longest_border() -> None:
    thin = shapely.Polygon([(2.1, 50.1), (2.1, 50.2), (2.1003, 50.15)])
    cut = {**GRID, "6211": bytes(shapely.to_wkb(shapely.from_wkb(GRID["6211"]).difference(thin)))}
    clean = clean_contours(contours(cut), place(GRID), 2025, fill=FillRules())
    (gap,) = clean.gaps.to_pylist()
    assert (gap["rule"], gap["commune"]) == ("sliver", "6211")
    assert measure_faults(clean.geometries)["holes"] == 0


def test_a_hole_that_is_no_commune_s_fault_stays_a_hole() -> None:
    """A commune of elsewhere, surrounded by this department."""
    ring = {code: polygon for code, polygon in GRID.items() if code != "6211"}
    others = dict.fromkeys(ring, 10)
    enclosed = territories({2025: others}, contours=contour_table(2025, ring))
    clean = clean_contours(contours(ring), enclosed, 2025, fill=FillRules())
    (gap,) = clean.gaps.to_pylist()
    assert (gap["rule"], gap["commune"]) == ("kept", None)
    whole = shapes(build_contours(enclosed, 2025, ["pays"]).table)["pays", "FR"]
    assert len(whole.interiors) == 1


def test_what_a_merged_commune_forgot_is_given_back_to_it() -> None:
    """6210 absorbed 6211 in 2025, and its contour is still the old one."""
    forgot = {code: polygon for code, polygon in GRID.items() if code != "6211"}
    lists = {2024: dict.fromkeys(GRID, 10), 2025: dict.fromkeys(forgot, 10)}
    merged = territories(lists, contours=contour_table(2025, forgot), parts={2025: {"6211": "COMD 6210"}})
    clean = clean_contours(contours(forgot), merged, 2025, fill=FillRules())
    assert [(gap["rule"], gap["commune"]) for gap in clean.gaps.to_pylist()] == [("absorbed", "6210")]
    found = shapes(build_contours(merged, 2025, ["commune"]).table)["commune", "6210"]
    assert found.equals(shapely.from_wkb(square(10, 0, 20, 20)))
    kept = clean_contours(contours(forgot), merged, 2025, fill=FillRules(absorbed=False))
    assert kept.gaps["rule"].to_pylist() == ["kept"]


def test_the_old_contour_may_lie_in_the_middle_of_what_it_forgot() -> None:
    island = {**GRID, "6211": square(13, 13, 16, 16)}
    lists = {2024: {**dict.fromkeys(GRID, 10), "62x": 5}, 2025: dict.fromkeys(GRID, 10)}
    merged = territories(lists, contours=contour_table(2025, island), parts={2025: {"62x": "COMD 6211"}})
    found = shapes(build_contours(merged, 2025, ["commune"]).table)["commune", "6211"]
    assert found.normalize().equals(shapely.from_wkb(GRID["6211"]))
    assert found.geom_type == "Polygon"


def test_communes_far_away_do_not_make_a_hole_doubtful() -> None:
    forgot = {code: polygon for code, polygon in GRID.items() if code != "6211"} | {"62far": square(200, 0, 210, 10)}
    lists = {2024: {**dict.fromkeys(GRID, 10), "62far": 1}, 2025: dict.fromkeys(forgot, 10)}
    groupings = {"near": {"title": "N", "members": {"communes": ["6210"]}}}
    merged = territories(lists, contours=contour_table(2025, forgot), parts={2025: {"6211": "COMD 6210"}},
                         groupings=groupings)  # fmt: skip
    found = shapes(build_contours(merged, 2025, ["commune", "grouping"], "near").table)
    assert found["grouping", "near"].equals(shapely.from_wkb(square(10, 0, 20, 20)))


def test_with_two_absorbers_or_a_listed_commune_without_contour_nothing_is_guessed() -> None:
    forgot = {code: polygon for code, polygon in GRID.items() if code != "6211"}
    start = {**dict.fromkeys(GRID, 10), "62x": 5}
    two = territories({2024: start, 2025: dict.fromkeys(forgot, 10)}, contours=contour_table(2025, forgot),
                      parts={2025: {"6211": "COMD 6210", "62x": "COMD 6201"}})  # fmt: skip
    missing = territories({2024: start, 2025: dict.fromkeys(GRID, 10)}, contours=contour_table(2025, forgot),
                          parts={2025: {"62x": "COMD 6210"}})  # fmt: skip
    for unsure in (two, missing):
        made = build_contours(unsure, 2025, ["commune", "pays"])
        assert made.gaps["rule"].to_pylist() == ["kept"]


def test_the_area_of_what_may_have_more_ground_than_its_contour_is_unknown() -> None:
    """6201 and 6210 absorbed others; nothing tells to which of the two the hole between them belongs."""
    forgot = {code: polygon for code, polygon in GRID.items() if code != "6211"}
    lists = {2024: {**dict.fromkeys(GRID, 10), "62x": 5}, 2025: dict.fromkeys(forgot, 10)}
    groupings = {
        "south": {"title": "S", "members": {"communes": ["6200", "6210"]}},
        "corners": {"title": "C", "members": {"communes": ["6200", "6202", "6220", "6222"]}},
    }
    parts = {2025: {"6211": "COMD 6210", "62x": "COMD 6201"}}
    unsure = territories(lists, contours=contour_table(2025, forgot), parts=parts, groupings=groupings)
    made = build_contours(unsure, 2025, ["commune", "grouping", "pays"])
    unknown = {row["code"] for row in made.table.to_pylist() if row["area_m2"] is None}
    assert unknown == {"6201", "6210", "south", "FR"}
    assert made.gaps["may_be_of"].to_pylist() == [["6201", "6210"]]
    (told,) = gap_faults(made.gaps)
    assert (told.code, told.values["count"], told.values["codes"]) == ("contour-ground-unknown", 1, "6201, 6210")
    decided = clean_contours(contours(forgot), unsure, 2025, fill=FillRules(given={"6210": "decree of 2 January"}))
    assert decided.gaps["may_be_of"].to_pylist() == [[]]
    assert gap_faults(decided.gaps) == ()


def test_a_rule_may_name_the_commune() -> None:
    forgot = {code: polygon for code, polygon in GRID.items() if code != "6211"}
    rules = FillRules(given={"6221": "decree of 2 January"})
    clean = clean_contours(contours(forgot), place(forgot), 2025, fill=rules)
    assert [(gap["rule"], gap["commune"]) for gap in clean.gaps.to_pylist()] == [("given", "6221")]


def test_levels_are_unions_with_areas_that_add_up() -> None:
    groupings = {
        "west": {"title": "W", "members": {"communes": ["6200", "6201", "6202"]}},
        "apart": {"title": "A", "members": {"communes": ["6200", "6222"]}},
    }
    table = build_contours(place(GRID, groupings=groupings), 2025, ["commune", "grouping", "pays"]).table
    areas = {(row["level"], row["code"]): row["area_m2"] for row in table.to_pylist()}
    assert areas["grouping", "west"] == sum(areas["commune", code] for code in ("6200", "6201", "6202"))
    assert areas["pays", "FR"] == sum(area for (level, _), area in areas.items() if level == "commune")
    found = shapes(table)
    assert found["grouping", "west"].equals(shapely.from_wkb(square(0, 0, 10, 30)))
    assert found["grouping", "apart"].geom_type == "MultiPolygon"
    assert table["level"].to_pylist() == ["commune"] * 9 + ["grouping"] * 2 + ["pays"]


def test_only_what_a_perimeter_shows_has_a_contour() -> None:
    groupings = {"west": {"title": "W", "members": {"communes": ["6200"]}}}
    table = build_contours(place(GRID, groupings=groupings), 2025, ["commune", "grouping"], "west").table
    assert list(zip(table["level"].to_pylist(), table["code"].to_pylist(), strict=True)) == [
        ("commune", "6200"), ("grouping", "west"),
    ]  # fmt: skip


def test_a_territory_that_lacks_a_contour_has_no_area() -> None:
    forgot = {code: polygon for code, polygon in GRID.items() if code != "6200"}
    table = build_contours(place(forgot), 2025, ["commune", "pays"]).table
    areas = {(row["level"], row["code"]): row["area_m2"] for row in table.to_pylist()}
    assert areas["pays", "FR"] is None
    assert ("commune", "6200") not in areas


def test_older_contours_are_merged_as_communes_were_and_a_split_one_is_not_cut() -> None:
    gone = {code: 10 for code in GRID if code != "6211"}
    merged = territories({2024: dict.fromkeys(GRID, 10), 2025: gone}, contours=contour_table(2024, GRID),
                         parts={2025: {"6211": "COMD 6210"}})  # fmt: skip
    found = shapes(build_contours(merged, 2025, ["commune"]).table)
    assert found["commune", "6210"].equals(shapely.from_wkb(square(10, 0, 20, 20)))
    split = territories({2024: gone, 2025: dict.fromkeys(GRID, 10)}, parts={2024: {"6211": "COMD 6210"}},
                        contours=contour_table(2024, {code: GRID[code] for code in gone}))  # fmt: skip
    assert sorted(commune_contours(split, 2025)["code"].to_pylist()) == sorted(set(GRID) - {"6210", "6211"})


def test_without_contours_there_are_none() -> None:
    bare = territories({2025: {"6200": 1}})
    made = build_contours(bare, 2025, ["commune", "iris"])
    assert (made.table.num_rows, made.gaps.num_rows) == (0, 0)


def test_areas_are_on_the_ellipsoid_and_holes_are_taken_out() -> None:
    degree = shapely.box(2, 50, 3, 51)
    pierced = degree.difference(shapely.box(2.2, 50.2, 2.4, 50.4))
    whole, holed, hole = geodesic_areas([degree, pierced, shapely.box(2.2, 50.2, 2.4, 50.4)]).tolist()
    # One degree square between 50 and 51 degrees north: 7 893 km² on GRS 80; geodesic sides bow out a little.
    assert whole == pytest.approx(7_893e6, rel=0.01)
    assert abs(whole - holed - hole) <= 2
    reverse = shapely.Polygon(list(degree.exterior.coords)[::-1])
    assert geodesic_areas([reverse]).tolist() == [whole]


def test_each_territory_is_drawn_in_its_legal_projection_in_metres() -> None:
    assert [projection_of(code) for code in ("62119", "2A004", "97105", "97302", "97411", "97601")] == [
        2154, 2154, 5490, 2972, 2975, 4471,
    ]  # fmt: skip
    overseas = shapely.to_wkb(shapely.box(55.4, -21.2, 55.45, -21.15))
    both = {"6200": GRID["6200"], "97411": bytes(overseas)}
    table = build_contours(
        territories({2025: dict.fromkeys(both, 1)}, contours=contour_table(2025, both)), 2025, ["commune", "pays"]
    ).table
    rows = {(row["level"], row["code"]): row for row in table.to_pylist()}
    assert rows["commune", "6200"]["drawn_epsg"] == rows["pays", "FR"]["drawn_epsg"] == 2154
    assert rows["commune", "97411"]["drawn_epsg"] == 2975
    drawn = shapely.from_wkb(rows["commune", "97411"]["drawn"])
    assert drawn.area == pytest.approx(rows["commune", "97411"]["area_m2"], rel=0.002)
    assert rows["pays", "FR"]["area_m2"] == sum(rows["commune", code]["area_m2"] for code in both)


def test_simplified_neighbours_still_fit() -> None:
    wiggly = [(2.1 + 0.0002 * (step % 2), 50 + step / 400) for step in range(41)]
    west = shapely.Polygon([(2.0, 50.0), *wiggly, (2.0, 50.1)])
    east = shapely.Polygon([(2.2, 50.0), *wiggly, (2.2, 50.1)])
    polygons = {"6200": bytes(shapely.to_wkb(west)), "6201": bytes(shapely.to_wkb(east))}
    place = territories({2025: dict.fromkeys(polygons, 1)}, contours=contour_table(2025, polygons))
    table = build_contours(place, 2025, ["commune"], tolerance_m=100).table
    drawn = shapely.from_wkb(table["drawn"].to_numpy())
    assert shapely.get_num_coordinates(drawn).sum() < shapely.get_num_coordinates([west, east]).sum() / 4
    assert shapely.coverage_is_valid(drawn)
