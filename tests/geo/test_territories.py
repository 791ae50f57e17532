"""Members, parents and perimeters, official and declared, at each vintage."""

from collections.abc import Mapping
from typing import Any

import pyarrow as pa
import pytest

from beffroi.catalog.groupings import Grouping
from beffroi.errors import BeffroiError
from beffroi.geo import Territories, build_territories, located_codes, unknown_codes
from tests.geo.invented import COMMUNES, commune_table, territories

ROWS = [
    # code, epci, arrondissement, departement, region, population
    ("01a", "e1", "011", "01", "84", 100),
    ("01b", "e1", "011", "01", "84", 50),
    ("01c", "e2", "012", "01", "84", 7),
    ("02a", "e2", "021", "02", "84", 3),
    ("02b", None, "021", "02", "84", None),
]


def named(*codes: str, vintages: tuple[int, ...] = (2024, 2025)) -> pa.Table:
    return pa.Table.from_pylist([{"vintage": v, "code": c, "name": f"Nom {c}"} for v in vintages for c in codes])


def country(groupings: Mapping[str, Any] | None = None, **roles: pa.Table) -> Territories:
    """Five communes in two EPCI, one of which spans two departments; 01b joins 01a in 2025."""
    rows = []
    for vintage in (2024, 2025):
        for code, *owners, population in ROWS:
            if (vintage, code) == (2025, "01b"):
                rows.append({"vintage": 2025, "code": "01b", "name": "B", "kind": "COMD", "parent": "01a"})
                continue
            more = 50 if (vintage, code) == (2025, "01a") else 0
            where = dict(zip(("epci", "arrondissement", "departement", "region"), owners, strict=True))
            people = None if population is None else population + more
            rows.append(
                {"vintage": vintage, "code": code, "name": code.upper(), "kind": "COM", "population": people, **where}
            )
    listed = pa.Table.from_pylist(rows, schema=COMMUNES)
    tables = {
        "communes": listed, "epci": named("e1", "e2"), "departements": named("01", "02"), "regions": named("84"),
        "arrondissements": named("011", "012", "021"), **roles,
    }  # fmt: skip
    declared = {code: Grouping.model_validate(grouping) for code, grouping in (groupings or {}).items()}
    return build_territories(tables, declared, reference=2025)


GROUPINGS = {
    "agency": {"title": "Agence", "members": {"epci": ["e1"], "groupings": ["edge"]}},
    "edge": {"title": {"fr": "Lisière", "en": "Edge"}, "members": {"communes": ["02a", "01c"]}},
    "old": {"title": "Ancien", "vintage": 2024, "members": {"communes": ["01a", "01b"]}},
}


def pairs(table: pa.Table, *columns: str) -> list[tuple[Any, ...]]:
    return list(zip(*(table[name].to_pylist() for name in columns), strict=True))


def codes_of(caught: pytest.ExceptionInfo[BeffroiError]) -> list[str]:
    return [fault.code for fault in caught.value.faults]


def test_membership_has_a_row_a_commune_and_territory_that_holds_it() -> None:
    held = country(GROUPINGS).membership(2025, ["commune", "epci", "grouping", "departement", "pays"])
    rows = pairs(held, "level", "territory", "commune")
    assert [row for row in rows if row[2] == "01a"] == [
        ("commune", "01a", "01a"), ("epci", "e1", "01a"), ("grouping", "agency", "01a"), ("grouping", "old", "01a"),
        ("departement", "01", "01a"), ("pays", "FR", "01a"),
    ]  # fmt: skip
    assert not [row for row in rows if row[0] == "epci" and row[2] == "02b"]
    assert not [row for row in rows if row[2] == "01b"]


def test_a_grouping_goes_across_departments_and_holds_groupings() -> None:
    place = country(GROUPINGS)
    assert place.perimeter("agency", 2025) == {"01a", "01c", "02a"}
    assert place.perimeter("agency", 2024) == {"01a", "01b", "01c", "02a"}
    assert place.perimeter("epci:e2", 2025) == place.perimeter("grouping:edge", 2025) == {"01c", "02a"}


def test_members_written_at_another_vintage_are_followed() -> None:
    place = country(GROUPINGS)
    assert place.perimeter("old", 2024) == {"01a", "01b"}
    assert place.perimeter("old", 2025) == {"01a"}
    now = country({"now": {"title": "N", "members": {"communes": ["01a"]}}})
    assert now.perimeter("now", 2024) == {"01a", "01b"}


def test_a_grouping_that_a_merger_cuts_is_refused_with_what_it_lacks() -> None:
    place = country({"part": {"title": "P", "vintage": 2024, "members": {"communes": ["01b"]}}})
    assert place.perimeter("part", 2024) == {"01b"}
    with pytest.raises(BeffroiError) as caught:
        place.perimeter("part", 2025)
    assert codes_of(caught) == ["grouping-cut-by-merger"]
    assert caught.value.faults[0].values["missing"] == "01a"


def test_a_merger_with_the_grouping_s_own_epci_does_not_cut_it() -> None:
    place = country({"both": {"title": "B", "vintage": 2024, "members": {"communes": ["01b"], "epci": ["e1"]}}})
    assert place.perimeter("both", 2025) == {"01a"}


def test_every_fault_of_a_grouping_is_reported_at_once() -> None:
    wrong = {"title": "X", "members": {"communes": ["01z", "02a"], "epci": ["e9"], "groupings": ["nowhere", "x"]}}
    with pytest.raises(BeffroiError) as caught:
        country({"x": wrong}).perimeter("x", 2025)
    assert sorted(codes_of(caught)) == ["grouping-cycle", *["grouping-member-unknown"] * 3]
    assert {fault.values.get("member") for fault in caught.value.faults} == {"01z", "e9", "nowhere", None}


def test_shown_territories_have_a_commune_inside_but_groupings_are_all_shown() -> None:
    shown = country(GROUPINGS).territories_in_perimeter(
        2025, ["commune", "epci", "grouping", "arrondissement", "departement", "region", "pays"], "edge"
    )
    assert pairs(shown, "level", "code") == [
        ("commune", "01c"), ("commune", "02a"), ("epci", "e2"), ("grouping", "agency"), ("grouping", "edge"),
        ("grouping", "old"), ("arrondissement", "012"), ("arrondissement", "021"), ("departement", "01"),
        ("departement", "02"), ("region", "84"), ("pays", "FR"),
    ]  # fmt: skip


def test_parents_hold_the_whole_territory_smallest_first() -> None:
    table = country(GROUPINGS).territories_table(2025, ["commune", "epci", "grouping", "departement", "region", "pays"])
    parents = {(level, code): found for level, code, found in pairs(table, "level", "code", "parents")}
    assert parents["commune", "02a"] == [
        "epci:e2", "grouping:edge", "departement:02", "grouping:agency", "region:84", "pays:FR",
    ]  # fmt: skip
    assert parents["epci", "e2"] == ["grouping:edge", "grouping:agency", "region:84", "pays:FR"]
    assert parents["epci", "e1"] == ["grouping:old", "departement:01", "grouping:agency", "region:84", "pays:FR"]
    assert parents["grouping", "edge"] == ["grouping:agency", "region:84", "pays:FR"]
    assert parents["region", "84"] == ["pays:FR"]
    assert parents["pays", "FR"] == []


def test_population_is_the_sum_of_the_communes_and_unknown_as_soon_as_one_is() -> None:
    table = country(GROUPINGS).territories_table(2025, ["commune", "epci", "departement", "pays"])
    people = dict(pairs(table, "code", "population"))
    assert people == {
        "01a": 150, "01c": 7, "02a": 3, "02b": None, "e1": 150, "e2": 10, "01": 157, "02": None, "FR": None,
    }  # fmt: skip


def test_names_come_from_the_lists_and_areas_from_contours() -> None:
    areas = pa.table({"level": ["epci"], "code": ["e1"], "area_m2": [1234]})
    table = country(GROUPINGS).territories_table(2025, ["epci", "grouping", "pays"], "agency", areas)
    assert pairs(table, "code", "name", "area_m2") == [
        ("e1", "Nom e1", 1234), ("e2", "Nom e2", None), ("agency", "Agence", None), ("edge", "Lisière", None),
        ("old", "Ancien", None), ("FR", "France", None),
    ]  # fmt: skip


def test_the_article_of_a_name_comes_from_its_list() -> None:
    said = pa.table({"vintage": [2025, 2025], "code": ["01", "02"], "name": ["Somme", "Nord"], "tncc": [3, None]})
    table = country(departements=said).territories_table(2025, ["departement", "region", "pays"])
    assert pairs(table, "code", "tncc") == [("01", 3), ("02", None), ("84", None), ("FR", None)]


def test_iris_belong_to_the_vintage_of_their_list_alone() -> None:
    iris = pa.table({"vintage": [2024, 2024], "code": ["01a0101", "02b0000"], "name": ["Centre", "B"],
                     "commune": ["01a", "02b"], "kind": ["H", "Z"]})  # fmt: skip
    place = country(GROUPINGS, iris=iris)
    table = place.territories_table(2024, ["iris", "commune", "epci"], "agency")
    assert [row for row in pairs(table, "level", "code", "name", "parents", "population") if row[0] == "iris"] == [
        ("iris", "01a0101", "Centre", ["commune:01a", "epci:e1"], None)
    ]
    assert "iris" not in place.territories_table(2025, ["iris", "commune"])["level"].to_pylist()
    assert pairs(place.iris, "code", "commune", "vintage") == [("01a0101", "01a", 2024), ("02b0000", "02b", 2024)]


def test_an_iris_of_an_arrondissement_lies_in_its_city() -> None:
    iris = pa.table({"vintage": [2025], "code": ["751010101"], "name": ["L"], "commune": ["75101"], "kind": ["H"]})
    city = territories({2025: {"75056": 9}}, parts={2025: {"75101": "ARM 75056"}}, iris=iris)
    assert city.iris["commune"].to_pylist() == ["75056"]


def test_known_codes_are_those_of_the_lists_and_arrondissements() -> None:
    city = territories({2025: {"75056": 9, "01a": 1}}, parts={2025: {"75101": "ARM 75056", "01b": "COMD 01a"}})
    known = city.known_codes()
    assert sorted(pairs(known, "level", "vintage", "code")) == [
        ("commune", 2025, "01a"), ("commune", 2025, "75056"), ("commune", 2025, "75101"), ("pays", 2025, "FR"),
    ]  # fmt: skip


def test_codes_are_located_or_counted() -> None:
    place = country()
    kinds = dict(pairs(located_codes(place, "commune", 2025), "code", "kind"))
    assert kinds == {"01a": "COM", "01b": "COMD", "01c": "COM", "02a": "COM", "02b": "COM"}
    asked = pa.array(["01a", "01b", "99z", None, "99z", "1a"])
    assert pairs(unknown_codes(place, asked, "commune", 2025), "code", "count") == [("99z", 2), ("1a", 1), (None, 1)]
    assert unknown_codes(place, pa.array(["e1", "e2"]), "epci", 2025).num_rows == 0
    assert unknown_codes(place, pa.array(["FR"]), "pays", 2025).num_rows == 0
    assert pairs(unknown_codes(place, pa.array(["x"]), "iris", 2025), "code", "count") == [("x", 1)]


def test_a_bygone_code_is_located_where_its_territory_is() -> None:
    place = territories({2021: {"a": 1}}, "31 1971-01-01 COM z COM a", "31 1971-01-01 COM a COM a")
    assert dict(pairs(located_codes(place, "commune", 2021), "code", "kind")) == {"a": "COM", "z": "OLD"}
    assert dict(pairs(located_codes(place, "commune", 1980), "code", "kind")) == {"a": "COM", "z": "OLD"}


def test_a_vintage_without_list_a_missing_role_and_an_unknown_territory_are_refused() -> None:
    bare = territories({2025: {"a": 1}})
    for ask, code in (
        (lambda: bare.membership(2019, ["commune"]), "vintage-unlisted"),
        (lambda: bare.membership(2025, ["region"]), "territory-role-missing"),
        (lambda: country(GROUPINGS).perimeter("agence", 2025), "territory-unlisted"),
        (lambda: country(GROUPINGS).perimeter("epci:e7", 2025), "territory-unlisted"),
        (lambda: country(GROUPINGS).perimeter("canton:7", 2025), "territory-unlisted"),
        (lambda: territories({2024: {"a": 1}}, reference=2025), "vintage-unlisted"),
    ):
        with pytest.raises(BeffroiError) as caught:
            ask()
        assert codes_of(caught) == [code]


def test_the_nearest_name_is_offered() -> None:
    with pytest.raises(BeffroiError) as caught:
        country(GROUPINGS).perimeter("agencyy", 2025)
    assert caught.value.faults[0].nearest == "agency"


def test_a_commune_listed_twice_is_refused() -> None:
    twice = pa.concat_tables([commune_table({2025: {"a": 1, "b": 1}}), commune_table({2025: {"a": 2}})])
    with pytest.raises(BeffroiError) as caught:
        build_territories({"communes": twice}, {}, reference=2025)
    assert codes_of(caught) == ["commune-listed-twice"]


def test_encoded_columns_are_read_as_plain_text() -> None:
    listed = commune_table({2025: {"a": 1, "b": None}})
    encoded = listed.set_column(listed.schema.get_field_index("code"), "code", listed["code"].dictionary_encode())
    place = build_territories({"communes": encoded}, {}, reference=2025)
    assert place.membership(2025, ["commune"])["commune"].to_pylist() == ["a", "b"]
