"""Layers are made when stale, kept when they fail, and shown to those who may see all that they are made of."""

import json
from pathlib import Path

import pytest

from beffroi.access import BUILDER, PUBLIC, partner
from beffroi.errors import BeffroiError
from beffroi.lake.objects import LakeObject
from beffroi.lake.releases import FeatureQuery
from beffroi.run import BuildOptions, build
from beffroi.run.stages import layers
from beffroi.run.staleness import explain_staleness
from beffroi.run.verifying import verify
from tests.run.conftest import Trial
from tests.run.layered import add_layers

SITES, COMMUNES, OWNED = "housing/sites", "housing/communes", "housing/owned"


@pytest.fixture
def layered(trial: Trial) -> Trial:
    return add_layers(trial)


@pytest.fixture(scope="module")
def once(tmp_path_factory) -> Trial:
    """Built once: each test has a copy."""
    trial = add_layers(Trial(tmp_path_factory.mktemp("layered") / "trial"))
    report = build(trial.workplace)
    assert not report.own_faults, [fault.render("en") for fault in report.own_faults]
    return trial


@pytest.fixture
def built(once: Trial, tmp_path) -> Trial:
    return once.copy(tmp_path / "built")


def states(report, *stages: str) -> dict[str, str]:
    return {item.name: item.state for item in report.items if item.stage in (stages or ("layer",))}


def release(trial: Trial, reader=PUBLIC):
    return trial.workplace.lake.release(reader)


def rows(trial: Trial, layer: str, reader=PUBLIC) -> dict[str, dict]:
    page = release(trial, reader).features(layer, FeatureQuery(geometry=False))
    return {row.pop("fid"): row for row in page.to_pylist()}


def code_of(ask) -> str:
    with pytest.raises(BeffroiError) as caught:
        ask()
    return caught.value.faults[0].code


def test_layers_and_maps_are_released_with_all_that_a_page_needs(built):
    catalogue = release(built).catalogue
    entry = catalogue["layers"][SITES]
    assert (entry["state"], entry["declared_state"], entry["audience"]) == ("released", "draft", "public")
    assert [(one["name"], one["title"]) for one in entry["attributes"]] == [
        ("kind", {"fr": "Genre"}), ("area", {"fr": "area"}),
    ]  # fmt: skip
    assert entry["style"]["values"] == [
        {"value": "port", "title": {"fr": "Port"}, "count": 2}, {"value": "zone", "count": 1},
    ]  # fmt: skip
    assert [(one["attribute"], one["type"]) for one in entry["filters"]] == [("kind", "text"), ("area", "number")]
    assert (entry["count"], entry["without_geometry"], entry["geometry_types"]) == (3, 1, ["Point"])
    assert entry["bbox"] == [-8.5, 46.5, -7.5, 47.5]
    assert (entry["sources"], entry["synthetic"]) == (["town/sites"], True)
    told = entry["tiles"]
    assert (told["min_zoom"], told["max_zoom"], told["over_limit"]) == (0, 14, 0)
    assert [one["merged"] for one in told["zooms"]] == [0] * 15
    shown = catalogue["maps"]["housing"]
    assert (shown["state"], shown["declared_state"], shown["absent"]) == ("released", "draft", [])
    assert shown["texts"]["fr"]["title"] == "Le logement"


def test_rows_without_a_place_are_told_when_the_layer_is_made(built):
    built.replace("sources/town/sites/sites.csv", "10.5", "11.5")
    report = build(built.workplace)
    (item,) = [item for item in report.items if item.name == SITES and item.stage == "layer"]
    assert [note.code for note in item.notes] == ["layer-rows-unplaced"]
    assert (item.notes[0].values["count"], item.notes[0].values["rows"]) == (1, 4)
    assert item.rows == 3


def test_what_is_not_declared_is_nowhere(built):
    lake = built.workplace.lake
    item = lake.objects_of(lake.edition(), "layer")[SITES]
    assert b"canary" not in item.data.read_bytes()
    assert "canary" not in json.dumps(release(built, BUILDER).catalogue)


def test_territories_have_the_values_of_their_series(built):
    series = release(built).series("housing/vacancy_rate", level="commune")
    wanted = dict(zip(series["territory"].to_pylist(), series["value"].to_pylist(), strict=True))
    found = rows(built, COMMUNES)
    assert {code: row["vacancy"] for code, row in found.items()} == {code: wanted[code] for code in found}
    assert set(found) == {"99001", "99003", "99004"}
    entry = release(built).layer(COMMUNES)
    assert entry["indicators"]["vacancy"] == {
        "indicator": "housing/vacancy_rate", "period": "2020", "vintage": 2022, "window": None,
    }  # fmt: skip
    assert "town/contours" in entry["sources"], "whose contours they are is told"
    assert sum(entry["style"]["counts"]) == 3


def test_a_layer_is_for_those_who_may_see_all_that_it_is_made_of(built):
    public, lender = release(built), release(built, partner("dreal"))
    assert OWNED not in json.dumps(public.catalogue)
    assert rows(built, OWNED, partner("dreal"))["99003"]["empty"] == 7654321
    asked = FeatureQuery()
    assert code_of(lambda: public.features(OWNED, asked)) == "unknown-layer-asked"
    assert code_of(lambda: public.count_features(OWNED, asked)) == "unknown-layer-asked"
    assert code_of(lambda: public.tiles(OWNED)) == "unknown-layer-asked"
    assert code_of(lambda: public.load_layer(OWNED)) == "access-refused"
    assert code_of(lambda: release(built, partner("other")).features(OWNED, asked)) == "unknown-layer-asked"
    assert lender.count_features(OWNED, asked) == 3


def test_a_map_is_for_its_audience_and_has_the_layers_that_its_reader_may_see(built):
    assert list(release(built).catalogue["maps"]) == ["housing"]
    assert list(release(built, partner("dreal")).catalogue["maps"]) == ["housing", "lent"]
    assert code_of(lambda: release(built).map("lent")) == "unknown-map-asked"
    assert [shown["layer"] for shown in release(built).map("housing")["layers"]] == [SITES, COMMUNES]
    assert release(built).map("housing")["swipe"] == {"left": SITES, "right": COMMUNES}
    text = (built.root / "layers/housing/sites.yaml").read_text()
    built.write("layers/housing/sites.yaml", text + "audience: partner:dreal\n")
    build(built.workplace)
    kept = release(built).map("housing")
    assert kept["state"] == "kept", "its text is at fault: it shows a layer that its readers may not see"
    assert [shown["layer"] for shown in kept["layers"]] == [COMMUNES]
    assert kept["swipe"] is None


def test_nothing_stale_nothing_made(built):
    first = built.workplace.lake.edition()
    built.replace("layers/housing/sites.yaml", "title: Sites", "title: Tous les sites")
    report = build(built.workplace)
    assert set(states(report).values()) == {"unchanged"}, "words make nothing stale"
    assert release(built).layer(SITES)["title"] == {"fr": "Tous les sites"}, "but they are published"
    second = built.workplace.lake.edition()
    worded = {name for name in first.objects if name == "catalogue" or name.startswith("manifest:")}
    assert {name: key for name, key in second.objects.items() if name not in worded} == {
        name: key for name, key in first.objects.items() if name not in worded
    }
    built.replace("layers/housing/sites.yaml", ", area: }", "}")
    built.replace("layers/housing/sites.yaml", "filters: [kind, area]", "filters: [kind]")
    built.replace("layers/housing/sites.yaml", " de {area} ha", "")
    assert {name for name, why in explain_staleness(built.workplace)} == {f"couche {SITES}"}
    assert states(build(built.workplace)) == {SITES: "built", COMMUNES: "unchanged", OWNED: "unchanged"}
    assert list(explain_staleness(built.workplace)) == []


def test_a_layer_that_cannot_be_made_keeps_what_it_had(built):
    built.replace("sources/town/sites/sites.csv", "46.5", "")
    built.replace("sources/town/sites/sites.csv", "-8.5,", ",")
    built.replace("sources/town/sites/sites.csv", "47.5", "")
    report = build(built.workplace)
    assert states(report)[SITES] == "kept"
    (fault,) = report.own_faults
    assert fault.code == "layer-without-geometry"
    assert str(fault.place).startswith("layers/housing/sites.yaml:")
    entry = release(built).layer(SITES)
    assert (entry["state"], entry["count"]) == ("kept", 3)
    assert [reason["code"] for reason in entry["reasons"]] == ["layer-without-geometry"]
    assert len(rows(built, SITES)) == 3


def test_a_layer_waits_for_its_table_and_for_its_series(built):
    built.replace("sources/town/sites/sites.csv", "S2,", "S1,")
    built.replace("sources/town/dwellings/dwellings.csv", "99003;150;30", "99003;-150;30")
    report = build(built.workplace)
    found = {item.name: item for item in report.items if item.stage == "layer"}
    assert (found[SITES].state, found[SITES].blocked_by) == ("kept", "town/sites")
    assert (found[COMMUNES].state, found[COMMUNES].blocked_by) == ("kept", "housing/vacancy_rate")
    assert found[COMMUNES].reasons[0].causes[0].code == "value-outside-range"
    assert found[OWNED].state == "unchanged"
    assert rows(built, COMMUNES)["99003"]["dwellings"] == 150


def test_a_layer_that_was_never_made_is_told_with_its_reason_and_maps_do_without(layered):
    layered.replace("sources/town/sites/sites.csv", "S2,", "S1,")
    report = build(layered.workplace)
    assert states(report)[SITES] == "blocked"
    entry = release(layered).catalogue["layers"][SITES]
    assert (entry["state"], entry["object"], entry["count"]) == ("unavailable", None, None)
    assert code_of(lambda: release(layered).features(SITES, FeatureQuery())) == "unknown-layer-asked"
    shown = release(layered).map("housing")
    assert (shown["absent"], [one["layer"] for one in shown["layers"]]) == ([SITES], [COMMUNES])


def test_texts_at_fault_keep_what_they_made_and_texts_removed_do_not(built):
    built.replace("layers/housing/sites.yaml", "filters: [kind, area]", "filters: [kinds]")
    built.replace("maps/housing.md", "themes: [housing]", "themes: [house]")
    report = build(built.workplace)
    assert (states(report)[SITES], states(report, "map")["housing"]) == ("kept", "kept")
    assert len(rows(built, SITES)) == 3
    assert release(built).map("housing")["state"] == "kept"
    built.remove("layers/housing/sites.yaml")
    built.remove("maps/housing.md")
    build(built.workplace)
    assert SITES not in release(built).catalogue["layers"]
    assert not release(built).catalogue["maps"]


def test_an_audience_that_narrows_is_obeyed_at_once(built):
    text = (built.root / "layers/housing/sites.yaml").read_text()
    built.write("layers/housing/sites.yaml", text.replace("[kind, area]", "[kinds]") + "audience: partner:dreal\n")
    build(built.workplace)
    assert SITES not in json.dumps(release(built).catalogue)
    assert code_of(lambda: release(built, partner("dreal")).features(SITES, FeatureQuery())) == "unknown-layer-asked"


def test_one_layer_may_be_built_alone_with_what_it_needs(built):
    built.replace("sources/town/sites/sites.csv", "10.5", "11.5")
    built.replace("sources/town/dwellings/dwellings.csv", "99003;150;30", "99003;150;45")
    report = build(built.workplace, BuildOptions(only=frozenset({COMMUNES})))
    assert states(report) == {COMMUNES: "built"}
    assert rows(built, COMMUNES)["99003"]["vacancy"] == 30
    assert rows(built, SITES)["S1"]["area"] == 10.5, "the rest keeps what it has"
    build(built.workplace, BuildOptions(only=frozenset({SITES})))
    assert rows(built, SITES)["S1"]["area"] == 11.5


def test_layers_are_verified_and_those_that_no_edition_names_are_removed(built, monkeypatch):
    lake = built.workplace.lake
    old = lake.objects_of(lake.edition(), "layer")[SITES]
    file = Path(old.data)
    data = bytearray(file.read_bytes())
    data[100] ^= 1
    file.write_bytes(data)
    assert [(one.code, one.values["name"]) for one in verify(built.workplace).faults] == [
        ("object-altered", f"layer:{SITES}")
    ]
    monkeypatch.setattr("beffroi.run.building._EDITIONS_KEPT", 1)
    built.replace("sources/town/sites/sites.csv", "10.5", "11.5")
    build(built.workplace)
    assert not old.folder.exists()
    assert not verify(built.workplace).faults


def test_an_archive_of_tiles_is_of_the_edition_and_for_those_of_its_layer(built):
    edition = built.workplace.lake.edition()
    tiles = built.workplace.lake.objects.get(edition.objects[f"tiles:{OWNED}"])
    assert (tiles.audience, tiles.data.read_bytes()[:7]) == ("partner:dreal", b"PMTiles")
    assert release(built, partner("dreal")).tiles(OWNED) == tiles.data
    assert release(built, partner("dreal")).layer(OWNED)["tiles"]["bytes"] == tiles.data.stat().st_size
    assert release(built).tiles(SITES) is not None
    assert code_of(lambda: release(built).tiles(OWNED)) == "unknown-layer-asked"


def test_a_defect_costs_its_layer_alone(built, monkeypatch):
    cell = "".join(("can", "ary"))

    def fail(*_args):
        raise ZeroDivisionError(cell)

    monkeypatch.setattr(layers, "build_layer", fail)
    built.replace("sources/town/sites/sites.csv", "10.5", "11.5")
    report = build(built.workplace)
    assert states(report)[SITES] == "kept"
    assert report.own_faults[0].code == "unexpected"
    written = (built.workplace.lake.root / "runs" / (report.edition or "") / "run.json").read_text()
    assert cell not in written


def test_rebuilding_from_nothing_gives_the_same_layers(built, tmp_path):
    first = built.workplace.lake.edition()
    (built.root / ".beffroi").rename(tmp_path / "elsewhere")
    build(built.workplace)
    again = built.workplace.lake.edition()
    for name in (SITES, COMMUNES, OWNED):
        assert again.objects[f"layer:{name}"] == first.objects[f"layer:{name}"]


def test_layers_of_another_year_have_its_contours_and_its_values(layered):
    layered.replace("layers/housing/communes.yaml", "level: commune", "level: commune\nvintage: 2021")
    report = build(layered.workplace)
    assert not report.own_faults, [fault.render("en") for fault in report.own_faults]
    entry = release(layered).layer(COMMUNES)
    assert entry["indicators"]["dwellings"]["vintage"] == 2021
    assert entry["without_geometry"] == 2, "Aubel and Bruyère were two communes, whose limit nobody drew"
    assert rows(layered, COMMUNES)["99003"]["dwellings"] == 150


def test_shapes_that_were_repaired_are_told_with_their_number():
    told = {"rows": 9, "without_geometry": 0, "outside_world": 0, "repaired": 2}
    (note,) = layers.tell_losses("land/parcels", LakeObject("key", Path(), told))
    assert note.code == "layer-shapes-repaired"
    assert "2" in note.message("fr")
    assert "9" in note.message("en")
