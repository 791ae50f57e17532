"""The real department of Pas-de-Calais, its lists of 2021 to 2026 and its events since 1943."""

import csv
import json
from functools import cache
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pytest
import shapely

from beffroi.catalog.groupings import Grouping
from beffroi.geo import (
    FillRules,
    Territories,
    build_contours,
    build_events,
    build_territories,
    clean_contours,
    convert,
    crosswalk,
)
from beffroi.geo.coverages import measure_faults
from beffroi.geo.projections import geodesic_areas
from tests.geo.invented import COMMUNES, EVENTS

pytestmark = pytest.mark.real

AGENCY = {"epci": ["246200364", "200072460", "200044030", "200069672", "246200299"]}
MERGED = ["62461", "62549", "62743"]


def read(file: Path) -> list[dict[str, str]]:
    with file.open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


@cache
def polygons(folder: Path) -> dict[str, bytes]:
    """IGN's contours of the communes of 2018, by code."""
    collection = json.loads((folder / "geo/communes-62-pas-de-calais.geojson").read_text("utf-8"))
    features = ((f["properties"]["code"], json.dumps(f["geometry"])) for f in collection["features"])
    return {code: bytes(shapely.to_wkb(shapely.from_geojson(geometry))) for code, geometry in features}


@cache
def artois(folder: Path, without: tuple[str, ...] = (), contours_of: int = 2018, events: bool = True) -> Territories:
    listed = [
        {
            "vintage": int(row["cog"]),
            "code": row["code"],
            "name": row["nom"],
            "kind": "COM",
            "departement": row["departement"] or None,
            "arrondissement": row["arrondissement"] or None,
            "epci": row["epci"] or None,
            "population": int(row["population_communes_json"]) if row["population_communes_json"] else None,
        }
        for row in read(folder / "territoire/communes_62_cog2021-2026.csv")
    ]
    told = read(folder / "territoire/mvtcommunes_62_1943-2025.csv") if events else []
    columns = dict(zip(EVENTS.names, ("MOD", "DATE_EFF", "TYPECOM_AV", "COM_AV", "TYPECOM_AP", "COM_AP"), strict=True))
    shapes = {code: shape for code, shape in polygons(folder).items() if code not in without}
    departements = [
        {"vintage": year, "code": code, "name": name}
        for year in range(2021, 2027)
        for code, name in (("59", "Nord"), ("62", "Pas-de-Calais"), ("80", "Somme"))
    ]
    tables = {
        "departements": pa.Table.from_pylist(departements),
        "communes": pa.Table.from_pylist(listed, schema=COMMUNES),
        "contours": pa.table(
            {
                "vintage": pa.array([contours_of] * len(shapes), pa.int32()),
                "code": pa.array(list(shapes), pa.string()),
                "geometry": pa.array(list(shapes.values()), pa.binary()),
            }
        ),
    }
    if events:
        rows = [{name: row[given] for name, given in columns.items()} for row in told]
        tables["events"] = pa.Table.from_pylist(rows, schema=EVENTS)
    return build_territories(
        tables, {"agency": Grouping.model_validate({"title": "AULA", "members": AGENCY})}, reference=2026
    )


def goes(place: Territories, code: str, start: int, end: int) -> dict[str, bool]:
    """Where a code goes, and whether the share is an estimate."""
    table = crosswalk(place, start, end).table
    rows = table.filter(pc.equal(table["from_code"], code)).to_pylist()
    return {row["to_code"]: row["estimated"] for row in rows}


def people(place: Territories, vintage: int, inside: frozenset[str]) -> pa.Table:
    communes = place.communes(vintage)
    kept = communes.filter(pc.is_in(communes["code"], pa.array(sorted(inside))))
    return pa.table({"code": kept["code"], "v": pc.multiply(kept["population"], 1_000_000)})


def test_the_agency_has_322_communes_then_319_one_of_them_in_the_somme(real_data: Path) -> None:
    place = artois(real_data)
    counts = {vintage: len(place.perimeter("agency", vintage)) for vintage in place.vintages}
    assert counts == {2021: 322, 2022: 322, 2023: 322, 2024: 322, 2025: 319, 2026: 319}
    assert "80810" in place.perimeter("agency", 2026)


def test_hesdin_la_foret_absorbed_three_communes_by_name(real_data: Path) -> None:
    place = artois(real_data)
    before, after = place.names(2024, "commune"), place.names(2025, "commune")
    assert after["62447"] == "Hesdin-la-Forêt"
    table = crosswalk(place, 2024, 2025).table
    sources = table.filter(pc.and_(pc.equal(table["to_code"], "62447"), pc.equal(table["kind"], "COM")))
    assert {before[code] for code in sources["from_code"].to_pylist()} == {
        "Hesdin", "Huby-Saint-Leu", "Marconne", "Sainte-Austreberthe",
    }  # fmt: skip
    assert goes(place, "62447", 2026, 2021) == dict.fromkeys(["62447", *MERGED], True)


def test_what_became_of_marconne_is_told(real_data: Path) -> None:
    rows = build_events(artois(real_data), "agency").to_pylist()
    merged = {row["name_before"] for row in rows if row["kind"] == "merger" and row["date"] == "2025-01-01"}
    assert {"Huby-Saint-Leu", "Marconne", "Sainte-Austreberthe"} <= merged
    (name,) = (row for row in rows if row["kind"] == "name" and row["code_after"] == "62447" and row["date"] > "2021")
    assert (name["name_before"], name["name_after"]) == ("Hesdin", "Hesdin-la-Forêt")


def test_bethune_and_verquigneul_since_1990(real_data: Path) -> None:
    """Verquigneul was absorbed on 10 December 1990 and is a commune again since 2008."""
    place = artois(real_data)
    names = place.names(2021, "commune")
    assert (names["62119"], names["62847"]) == ("Béthune", "Verquigneul")
    assert goes(place, "62847", 1990, 2026) == {"62847": False}
    assert goes(place, "62119", 1990, 2026) == {"62119": False}
    assert goes(place, "62119", 2005, 2026) == {"62119": True, "62847": True}
    assert goes(place, "62847", 2005, 2026) == {"62847": False}
    assert goes(place, "62847", 2021, 2005) == {"62119": False}
    table = crosswalk(place, 2005, 2021).table
    share = {row["to_code"]: row["high"] - row["low"] for row in table.to_pylist() if row["from_code"] == "62119"}
    populations = dict(zip(*(place.communes(2021)[name].to_pylist() for name in ("code", "population")), strict=True))
    assert share["62119"] / share["62847"] == populations["62119"] / populations["62847"]


def test_beuvry_absorbed_for_three_years_is_never_estimated_outside_them(real_data: Path) -> None:
    place = artois(real_data)
    assert goes(place, "62126", 1993, 2026) == goes(place, "62126", 1998, 2026) == {"62126": False}
    assert goes(place, "62119", 1996, 2026) == {"62119": True, "62126": True, "62847": True}


def test_codes_that_changed_department(real_data: Path) -> None:
    place = artois(real_data)
    assert goes(place, "80831", 1970, 2021) == {"62909": False}
    assert goes(place, "80072", 1970, 2021) == {"62881": False}


def test_populations_are_conserved_to_the_unit_between_any_two_lists(real_data: Path) -> None:
    place = artois(real_data)
    for start, end in ((2021, 2026), (2026, 2021), (2023, 2024)):
        values = people(place, start, place.perimeter("agency", start))
        found = convert(values, crosswalk(place, start, end))
        assert sum(found["v"].to_pylist()) == sum(values["v"].to_pylist())
        assert set(found["code"].to_pylist()) == place.perimeter("agency", end)


def test_old_codes_go_where_insee_s_own_passage_table_sends_them(real_data: Path) -> None:
    place = artois(real_data)
    table = crosswalk(place, 2025, 2025).table
    ours: dict[str, set[str]] = {}
    for row in table.to_pylist():
        ours.setdefault(row["from_code"], set()).add(row["to_code"])
    rows = [row for row in read(real_data / "territoire/passage_codes_communes_62.csv") if row["Niveau"] == "COM"]
    theirs: dict[str, set[str]] = {}
    for row in rows:
        theirs.setdefault(row["Ancien Code Officiel"], set()).add(row["Code Courant Officiel"])
    # Béthune alone stands for two communes there: as it was before Verquigneul left it.
    assert theirs.pop("62119") == set(goes(place, "62119", 2005, 2025))
    assert {code: (ours.get(code), now) for code, now in theirs.items() if ours.get(code) != now} == {}
    assert len(theirs) > 890


def test_without_events_nor_delegated_communes_nothing_is_guessed(real_data: Path) -> None:
    passage = crosswalk(artois(real_data, events=False), 2024, 2025)
    lost = passage.unexplained.filter(pc.equal(passage.unexplained["side"], "from"))["code"].to_pylist()
    assert set(MERGED) <= set(lost)


def test_contours_of_2018_become_those_of_2026(real_data: Path) -> None:
    place = artois(real_data)
    table = build_contours(place, 2026, ["commune", "grouping"], "agency").table
    areas = {(row["level"], row["code"]): row["area_m2"] for row in table.to_pylist()}
    hectares = areas["commune", "62447"] / 10_000
    parts = geodesic_areas([shapely.from_wkb(polygons(real_data)[code]) for code in ("62447", *MERGED)]).sum() / 10_000
    assert hectares == pytest.approx(parts, abs=0.01)
    assert hectares == pytest.approx(2151, abs=1)
    drawn = shapely.from_wkb(table.filter(pc.equal(table["level"], "commune"))["drawn"].to_numpy())
    assert shapely.coverage_is_valid(drawn)


def test_the_hole_of_hesdin_is_filled_and_the_enclave_of_the_nord_is_kept(real_data: Path) -> None:
    """What a set of contours of 2026 that kept old Hesdin's polygon looks like, and what comes out of it."""
    place = artois(real_data, without=tuple(MERGED), contours_of=2026)
    given = {code: shape for code, shape in polygons(real_data).items() if code not in MERGED}
    before = measure_faults(shapely.from_wkb(np.array(list(given.values()), dtype=object)))
    assert before["holes"] == 2
    communes = pa.table({"code": list(given), "geometry": list(given.values())})
    clean = clean_contours(communes, place, 2026, fill=FillRules())
    gaps = {row["rule"]: row for row in clean.gaps.to_pylist()}
    assert set(gaps) == {"absorbed", "kept"}
    assert gaps["absorbed"]["commune"] == "62447"
    assert gaps["absorbed"]["area_m2"] / 10_000 == pytest.approx(2062, abs=1)
    assert gaps["kept"]["area_m2"] / 10_000 == pytest.approx(2238, abs=1)
    after = measure_faults(clean.geometries)
    assert (after["overlaps"], after["holes"]) == (0, 1)
    shown = build_contours(place, 2026, ["commune"], "agency").table.filter(pc.field("code") == "62447")
    assert shown["area_m2"][0].as_py() / 10_000 == pytest.approx(2151, abs=1)
    everything = geodesic_areas([shapely.from_wkb(shape) for shape in polygons(real_data).values()]).sum()
    assert geodesic_areas(clean.geometries).sum() == pytest.approx(everything, abs=1000)


def test_the_department_keeps_its_enclave_and_its_area(real_data: Path) -> None:
    table = build_contours(artois(real_data), 2026, ["departement"]).table
    rows = {row["code"]: row for row in table.to_pylist()}
    published = json.loads((real_data / "geo/departement-62-pas-de-calais.geojson").read_text("utf-8"))["geometry"]
    theirs = geodesic_areas([shapely.from_geojson(json.dumps(published))])[0]
    assert rows["62"]["area_m2"] == pytest.approx(theirs, rel=1e-4)
    assert sum(len(part.interiors) for part in shapely.get_parts(shapely.from_wkb(rows["62"]["geometry"]))) == 1
