"""QPV: listed under the communes where they lie, followed when these merge, never led from one list to another."""

import pyarrow as pa
import pytest
import shapely

from beffroi.errors import BeffroiError
from beffroi.geo import Territories, build_contours, located_codes, quarter_codes, unknown_codes
from tests.geo.invented import territories

COMMUNES = {2021: {"01001": 10, "01002": 20, "01003": 30, "01004": 40}, 2024: {"01001": 30, "01003": 30, "01004": 40}}
MERGER = ("32 2023-01-01 COM 01001 COM 01001", "32 2023-01-01 COM 01002 COM 01001")
SPLIT = ("20 2023-01-01 COM 01004 COM 01004", "20 2023-01-01 COM 01004 COM 01005")
LEVELS = ("qpv_2024", "qpv_2015", "commune", "grouping", "pays")
ALL = {"all": {"title": "Tout", "members": {"communes": ["01001", "01003", "01004"]}},
       "part": {"title": "Partie", "members": {"communes": ["01003"]}}}  # fmt: skip


def listed(*rows: tuple[int, str, str, str], shapes: dict[str, shapely.Geometry] | None = None) -> pa.Table:
    columns = dict(zip(("vintage", "code", "name", "commune"), map(list, zip(*rows, strict=True)), strict=True))
    table = pa.table({**columns, "vintage": pa.array(columns["vintage"], pa.int32())})
    if shapes is None:
        return table
    drawn = [shapely.to_wkb(shapes[code]) if code in shapes else None for code in columns["code"]]
    return table.append_column("geometry", pa.array(drawn, pa.binary()))


def country(*events: str, **lists: pa.Table) -> Territories:
    return territories(COMMUNES, *(events or MERGER), groupings=ALL, **lists)


OLD = listed(
    (2021, "QP001001", "Les Tilleuls", "01002"),
    (2021, "QP001002", "La Gare", "01001"), (2021, "QP001002", "La Gare", "01003"),
)  # fmt: skip
NEW = listed((2024, "QN00101M", "Les Tilleuls", "01001"), (2024, "QN00102N", "Le Port", "01004"))


def test_a_quarter_is_listed_under_each_commune_where_it_lies_and_follows_mergers():
    found = country(qpv_2015=OLD)
    at_2021 = found.quarters("qpv_2015", 2021)
    assert [(row["code"], row["commune"]) for row in at_2021.to_pylist()] == [
        ("QP001001", "01002"), ("QP001002", "01001"), ("QP001002", "01003"),
    ]  # fmt: skip
    assert found.quarters("qpv_2015", 2024)["commune"].to_pylist() == ["01001", "01001", "01003"]
    assert country().quarters("qpv_2015", 2024).num_rows == 0, "no list, no quarter"


def test_rows_of_the_nearest_vintage_are_read():
    both = pa.concat_tables([OLD, listed((2024, "QP001001", "Les Grands Tilleuls", "01003"))])
    found = country(qpv_2015=both)
    assert found.quarters("qpv_2015", 2024)["commune"].to_pylist() == ["01003"]
    assert found.names(2021, "qpv_2015")["QP001001"] == "Les Grands Tilleuls", "one name, the most recent"


def test_nothing_adds_up_to_a_quarter_nor_from_it():
    held = country(qpv_2015=OLD, qpv_2024=NEW).membership(2024, LEVELS)
    assert not {level for level in held["level"].to_pylist() if level.startswith("qpv")}


def test_parents_are_all_that_a_quarter_lies_in_be_it_in_part():
    rows = country(qpv_2015=OLD).territories_table(2024, LEVELS, "all").to_pylist()
    (gare,) = (row for row in rows if row["code"] == "QP001002")
    assert gare["parents"] == ["commune:01001", "commune:01003", "grouping:part", "grouping:all", "pays:FR"]
    assert gare["population"] is None
    assert not any("qpv" in parent for row in rows for parent in row["parents"])


def test_a_perimeter_shows_the_quarters_that_lie_in_it_be_it_in_part():
    shown = country(qpv_2015=OLD, qpv_2024=NEW).territories_in_perimeter(2024, LEVELS, "part")
    pairs = list(zip(shown["level"].to_pylist(), shown["code"].to_pylist(), strict=True))
    assert [code for level, code in pairs if level.startswith("qpv")] == ["QP001002"]


def test_the_codes_of_a_list_are_known_at_its_level_alone():
    found = country(qpv_2015=OLD, qpv_2024=NEW)
    known = {(row["level"], row["code"]) for row in found.known_codes().to_pylist()}
    assert ("qpv_2015", "QP001001") in known
    assert ("qpv_2024", "QP001001") not in known
    assert located_codes(found, "qpv_2024", 2024)["code"].to_pylist() == ["QN00101M", "QN00102N"]
    lost = unknown_codes(found, pa.array(["QN00101M", "QP001001", "QP001001"]), "qpv_2024", 2024)
    assert lost.to_pylist() == [{"code": "QP001001", "count": 2}]
    assert [row["code"] for row in quarter_codes(found).to_pylist()] == ["QN00101M", "QN00102N", "QP001001", "QP001002"]


def test_a_list_with_the_codes_of_another_is_refused():
    with pytest.raises(BeffroiError) as caught:
        country(qpv_2015=NEW, qpv_2024=OLD)
    assert [fault.code for fault in caught.value.faults] == ["qpv-codes-foreign", "qpv-codes-foreign"]
    assert "QP001001, QP001002" in caught.value.faults[0].message("fr")


@pytest.mark.parametrize("commune", ["01009", "01004"])
def test_a_commune_that_never_was_or_was_split_cannot_hold_a_quarter(commune: str):
    split = {**COMMUNES, 2024: {**COMMUNES[2024], "01005": 5}}
    wrong = listed((2021, "QP001001", "Les Tilleuls", commune))
    found = territories(split, *MERGER, *SPLIT, groupings=ALL, qpv_2015=wrong)
    with pytest.raises(BeffroiError) as caught:
        found.quarters("qpv_2015", 2024)
    (fault,) = caught.value.faults
    assert fault.code == "qpv-commune-unknown"
    assert f"la commune {commune} au 01/01/2021" in fault.message("fr")


def test_contours_come_from_the_list_and_unite_what_it_gives_by_commune():
    one, other = shapely.box(2.0, 50.0, 2.01, 50.01), shapely.box(2.01, 50.0, 2.02, 50.01)
    rows = [(2024, "QN00101M", "A", "01001"), (2024, "QN00101M", "A", "01003"), (2024, "QN00102N", "B", "01004")]
    table = listed(*rows)
    drawn = [shapely.to_wkb(one), shapely.to_wkb(other), None]
    table = table.append_column("geometry", pa.array(drawn, pa.binary()))
    made = build_contours(country(qpv_2024=table), 2024, LEVELS, "all").table
    assert made.select(["level", "code"]).to_pylist() == [{"level": "qpv_2024", "code": "QN00101M"}]
    whole = shapely.from_wkb(made["geometry"][0].as_py())
    assert whole.equals(shapely.box(2.0, 50.0, 2.02, 50.01))
    assert made["area_m2"][0].as_py() == pytest.approx(1_430 * 1_112, rel=0.01), "0.02° by 0.01° at 50° north"
    assert made["drawn_epsg"].to_pylist() == [2154]
