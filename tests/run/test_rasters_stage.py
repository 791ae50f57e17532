"""Images are made when stale, kept with their tiles when they fail, and shown to those whom they are for."""

import hashlib
import json
from pathlib import Path

import numpy as np
import pytest

from beffroi.access import PUBLIC, partner
from beffroi.errors import BeffroiError
from beffroi.lake.releases import FeatureQuery
from beffroi.observe.audit_words import say_audit
from beffroi.run import BuildOptions, build
from beffroi.run.audit_consoles import draw_text
from beffroi.run.auditing import audit
from beffroi.run.staleness import explain_staleness
from beffroi.run.verifying import verify
from tests.lake.image_benches import write_image
from tests.lake.tile_readings import read_archive
from tests.run.conftest import Trial
from tests.run.imaged import CANARY, COVER, LENT, PHOTO, add_images
from tests.run.test_layers_stage import code_of, release, states


@pytest.fixture(scope="module")
def once(tmp_path_factory: pytest.TempPathFactory) -> Trial:
    """Built once: each test has a copy."""
    trial = add_images(Trial(tmp_path_factory.mktemp("imaged") / "trial"))
    report = build(trial.workplace)
    assert not report.own_faults, [fault.render("en") for fault in report.own_faults]
    return trial


def test_an_image_is_in_the_manifest_under_its_name_and_told_to_who_audits(once: Trial) -> None:
    edition = once.workplace.lake.release(PUBLIC)
    manifest = edition.manifest()
    assert manifest is not None
    digest = hashlib.sha256(edition.image_file(COVER).read_bytes()).hexdigest()
    assert set(manifest.find(digest)) == {f"raster:{COVER}", f"couches/{COVER}.tif"}
    assert not [leaf.name for leaf in manifest.leaves if LENT in leaf.name or leaf.name == f"couches/{PHOTO}.tif"]
    images = {each.id: each.features for each in audit(once.workplace).layers if each.id.startswith("land/")}
    assert images == {COVER: None, PHOTO: None, LENT: None}
    assert LENT not in {each.id for each in audit(once.workplace, None, "public").layers}
    own = audit(once.workplace, None, "partner:dreal")
    assert LENT in {each.id for each in own.layers}
    assert COVER not in {each.id for each in own.layers}
    assert "town/zibelines" in {each.id for each in own.sources}
    assert "image" in "\n".join(draw_text(say_audit(own, "fr")))


@pytest.fixture
def built(once: Trial, tmp_path: Path) -> Trial:
    return once.copy(tmp_path / "built")


def images(report) -> dict[str, str]:
    return {name: state for name, state in states(report).items() if name.startswith("land/")}


def test_an_image_is_released_with_all_that_a_page_needs(built: Trial) -> None:
    entry = release(built).layer(COVER)
    assert (entry["kind"], entry["state"], entry["audience"], entry["count"]) == ("raster", "released", "public", 9_000)
    assert (entry["sources"], entry["licences"], entry["synthetic"]) == (["town/cover"], ["synthetic"], True)
    assert (entry["attributes"], entry["filters"], entry["tables"]) == ([], [], [])
    assert [(each["value"], each["title"]["fr"]) for each in entry["style"]["values"]] == [
        (1, "Eau"), (2, "Forêt"), (3, "Bâti"),
    ]  # fmt: skip
    assert all(colour.startswith("#") for colour in entry["style"]["colours"]), (
        "a tile is a picture: no page recolours it"
    )
    assert entry["zoom"] == {"min": 0, "max": entry["tiles"]["max_zoom"]}
    # Three communes of one square degree: 99001 and 99003 in the south, 99004 in the north, under the gap.
    inside = entry["areas"]["inside"]
    assert (inside["level"], inside["code"]) == ("grouping", "agency")
    water, woods, built_up, _ = (line["ha"] for line in inside["classes"])
    assert (water, woods) == (pytest.approx(850_000, rel=0.02), pytest.approx(1_510_000, rel=0.02))
    assert built_up == 0
    assert inside["covered"] == pytest.approx(0.93, abs=0.01)
    held = read_archive(release(built).tiles(COVER))
    assert len(held.tiles) == entry["tiles"]["tiles"]


def test_values_and_files_of_an_image(built: Trial) -> None:
    public = release(built)
    assert (public.value_at(COVER, -8.5, 46.5), public.value_at(COVER, -7.5, 46.5)) == (1.0, 2.0)
    assert public.value_at(COVER, -8.5, 47.9) is None
    assert public.image_file(COVER).read_bytes()[:4] in (b"II*\x00", b"II+\x00")
    assert code_of(lambda: public.value_at(PHOTO, -8.5, 46.5)) == "layer-without-values"
    assert code_of(lambda: public.features(COVER, FeatureQuery())) == "layer-without-features"
    assert code_of(lambda: public.image_file("housing/sites")) == "layer-without-image"


def test_what_no_pixel_has_is_told(built: Trial) -> None:
    built.replace("layers/land/cover.yaml", "3: {title: Bâti}", "4: {title: Carrière}")
    (item,) = [item for item in build(built.workplace).items if item.name == COVER]
    assert [note.code for note in item.notes] == ["image-categories-unseen"]
    built.replace("layers/land/cover.yaml", "1: {title: Eau}, ", "")
    (item,) = [item for item in build(built.workplace).items if item.name == COVER]
    unseen, unnamed = item.notes
    assert (unseen.values["values"], unnamed.code) == ("4", "image-values-unnamed")
    assert unnamed.values["count"] == 50 * 90


def test_an_image_of_a_partner_is_for_the_partner(built: Trial) -> None:
    public, lender = release(built), release(built, partner("dreal"))
    said = json.dumps(public.catalogue, ensure_ascii=False)
    assert "ibelines" not in said, "neither the layer nor its source"
    for ask in (public.layer, public.tiles, public.image_file, public.load_image):
        assert code_of(lambda ask=ask: ask(LENT)) in ("unknown-layer-asked", "access-refused")
    assert code_of(lambda: public.value_at(LENT, -8.5, 46.5)) == "unknown-layer-asked"
    assert code_of(lambda: public.load_image(LENT)) == "access-refused"
    assert lender.value_at(LENT, -8.5, 46.5) == CANARY
    assert lender.layer(LENT)["audience"] == "partner:dreal"
    assert [each["layer"] for each in lender.map("fur")["layers"]] == [LENT, COVER]
    assert code_of(lambda: public.map("fur")) == "unknown-map-asked"


def test_nothing_is_made_twice(built: Trial) -> None:
    report = build(built.workplace)
    assert set(images(report).values()) == {"unchanged"}
    assert not report.published
    built.replace("layers/land/cover.yaml", "value: Couvert", "value: Ce qui couvre")
    report = build(built.workplace)
    assert images(report)[COVER] == "unchanged", "words change no pixel"
    built.replace("sources/town/cover/source.yaml", "producer: Essai", "producer: Autre")
    assert images(build(built.workplace))[COVER] == "built", "the file says whom it comes from"


def test_colours_make_tiles_anew_and_leave_the_image(built: Trial) -> None:
    before, tiles = release(built).layer(COVER)["object"], release(built).layer(COVER)["tiles"]["object"]
    built.replace("layers/land/cover.yaml", "1: {title: Eau}", "1: {title: Eau, colour: cat-5}")
    assert images(build(built.workplace))[COVER] == "unchanged"
    after = release(built).layer(COVER)
    assert after["object"] == before
    assert after["tiles"]["object"] != tiles


def test_an_image_that_fails_keeps_its_last_edition(built: Trial) -> None:
    was = release(built).layer(COVER)
    (built.root / "sources/town/cover/cover.tif").write_text("<html>")
    report = build(built.workplace)
    (item,) = [item for item in report.items if item.name == COVER]
    assert (item.state, [reason.code for reason in item.reasons]) == ("kept", ["image-unreadable"])
    assert item.reasons[0].place is not None
    assert item.reasons[0].place.file == "layers/land/cover.yaml"
    kept = release(built)
    assert (kept.layer(COVER)["state"], kept.layer(COVER)["object"]) == ("kept", was["object"])
    assert kept.value_at(COVER, -8.5, 46.5) == 1.0
    assert kept.tiles(COVER) is not None


def test_a_text_at_fault_keeps_the_image_with_its_tiles(built: Trial) -> None:
    built.replace("layers/land/cover.yaml", "kind: categories", "kind: rainbow")
    build(built.workplace)
    kept = release(built)
    assert kept.layer(COVER)["state"] == "kept"
    assert kept.tiles(COVER) is not None
    assert kept.value_at(COVER, -8.5, 46.5) == 1.0


def test_a_source_that_cannot_be_had_blocks_its_images_alone(tmp_path: Path) -> None:
    trial = add_images(Trial(tmp_path / "trial"))
    (trial.root / "sources/town/cover/cover.tif").unlink()
    report = build(trial.workplace)
    assert images(report) == {COVER: "blocked", PHOTO: "built", LENT: "built"}
    assert trial.workplace.lake.release(PUBLIC).catalogue["layers"][COVER]["state"] == "unavailable"
    assert [each["layer"] for each in trial.workplace.lake.release(PUBLIC).map("ground")["layers"]] == [
        "housing/communes", PHOTO,
    ]  # fmt: skip


def test_why_an_image_would_be_made_again_is_told(built: Trial) -> None:
    assert not list(explain_staleness(built.workplace))
    built.replace("layers/land/cover.yaml", "kind: raster", "kind: raster\nresampling: mode")
    write_image(built.root / "sources/town/photo/photo.tif", np.full((3, 4, 4), 9, np.uint8), crs="EPSG:2154")
    told = dict(explain_staleness(built.workplace))
    assert set(told) == {f"couche {COVER}", f"couche {PHOTO}"}
    assert "declared" in told[f"couche {COVER}"]


def test_one_image_alone(built: Trial) -> None:
    write_image(built.root / "sources/town/photo/photo.tif", np.full((3, 4, 4), 9, np.uint8), crs="EPSG:2154")
    report = build(built.workplace, BuildOptions(only=frozenset({PHOTO})))
    assert images(report) == {PHOTO: "built"}
    assert release(built).value_at(COVER, -8.5, 46.5) == 1.0
    assert release(built).tiles(COVER) is not None
    with pytest.raises(BeffroiError) as caught:
        build(built.workplace, BuildOptions(only=frozenset({"land/fotos"})))
    assert caught.value.faults[0].nearest == PHOTO


def test_an_image_narrowed_is_no_longer_shown(built: Trial) -> None:
    """The reason to narrow an audience does not wait until the image can be made again."""
    built.replace("sources/town/cover/source.yaml", "files:", "audience: partner:dreal\nfiles:")
    (built.root / "sources/town/cover/cover.tif").write_text("<html>")
    built.replace("maps/ground.md", ", land/cover", "")
    build(built.workplace)
    assert code_of(lambda: release(built).layer(COVER)) == "unknown-layer-asked"


def test_a_lake_with_images_is_whole(built: Trial) -> None:
    assert not verify(built.workplace).faults
