"""What is asked is read, or refused with what there is instead."""

from dataclasses import replace

import pypdfium2
import pytest

from beffroi.access import PUBLIC
from beffroi.errors import BeffroiError
from beffroi.observe import Atlas
from beffroi.observe.places import Place
from beffroi.publish import Assets, Site
from beffroi.publish.maps import look_at_map
from beffroi.publish.prints import PrintOrder, read_order, sheets
from beffroi.publish.prints.atlases import list_subjects
from beffroi.publish.prints.orders import subject_of
from beffroi.run import build
from tests.publish.prints.conftest import words_of
from tests.run.conftest import Trial
from tests.run.layered import add_layers


def code_of(ask) -> str:
    with pytest.raises(BeffroiError) as caught:
        ask()
    return caught.value.faults[0].code


@pytest.mark.parametrize(
    ("asked", "code"),
    [
        ({"format": "A7"}, "print-format-unknown"),
        ({"orientation": "biais"}, "print-orientation-unknown"),
        ({"echelle": "grande"}, "print-scale-malformed"),
        ({"echelle": "1:-5"}, "print-scale-malformed"),
        ({"echelle": "9" * 40}, "print-scale-malformed"),
        ({"echelle": "100"}, "print-scale-outside"),
        ({"echelle": "900000000"}, "print-scale-outside"),
        ({"centre": "ici"}, "print-centre-malformed"),
        ({"centre": "2.5"}, "print-centre-malformed"),
        ({"centre": "nan,nan"}, "print-centre-outside"),
        ({"centre": "-61.5,16.2"}, "print-centre-outside"),
        ({"centre": "50.4,2.8"}, "print-centre-outside"),
        ({"territoire": "commune:00000"}, "unknown-territory"),
        ({"couche": "housing/owned"}, "unknown-layer-asked"),
        ({"atlas": "planete"}, "print-atlas-unknown"),
    ],
)
def test_what_cannot_be_is_refused(order, asked, code):
    assert code_of(lambda: order(**asked)) == code


def test_a_scale_is_read_however_one_writes_it(order):
    for written in ("2000000", "1:2000000", "1/2 000 000", "1 : 2 000 000", "2 000 000"):
        assert order(echelle=written).scale == 2_000_000
    assert (order().scale, order(echelle=" ").scale, order(format="a3").paper.name) == (None, None, "A3")


def test_a_territory_is_found_by_name_code_or_key(order):
    keys = {order(territoire=words).territory.key for words in ("aubel", "Aubel", "99001", "commune:99001")}
    assert keys == {"commune:99001"}


def test_contours_are_not_printed_closer_than_they_bear(site, order, tmp_path):
    close = order(format="A4", echelle="1000000", territoire="99001")
    assert code_of(lambda: sheets.write_print(site, close, "fr", tmp_path / "a.pdf")) == "print-too-close"
    # What is not generalised is printed at any scale.
    free = order(format="A4", echelle="50000", centre="-8.5,46.5", couche="housing/sites")
    sheets.write_print(site, free, "fr", tmp_path / "b.pdf")


def test_shapes_of_rows_are_not_printed_closer_than_it_is_said(tmp_path_factory, tmp_path):
    folder = tmp_path_factory.mktemp("borne")
    trial = add_layers(Trial(folder / "trial"))
    why = "Relevé au mille, dit le producteur."
    trial.replace("layers/housing/sites.yaml", "style:", f"bears: {{scale: 100000, why: '{why}'}}\nstyle:")
    assert not build(trial.workplace).own_faults
    (folder / "fonts").mkdir()
    assets = Assets("main.js", "main.css", "face.woff2", {}, "test", folder / "fonts")
    site = Site(Atlas(trial.workplace.lake.release(PUBLIC)), assets, "https://observatoire.exemple")

    def ask(scale: int) -> PrintOrder:
        asked = {"format": ["A4"], "echelle": [str(scale)], "centre": ["-8.5,46.5"], "couche": ["housing/sites"]}
        return read_order(site.atlas, look_at_map(site, "housing", "fr"), asked, "fr")

    assert code_of(lambda: sheets.check_bearings(site, ask(20_000), 20_000)) == "print-closer-than-said"
    ((layer, bearing),) = sheets.check_bearings(site, ask(50_000), 50_000)
    assert (layer.id, bearing.scale, bearing.why) == ("housing/sites", 100_000, why)
    assert sheets.check_bearings(site, ask(100_000), 100_000) == []
    sheets.write_print(site, ask(50_000), "fr", tmp_path / "a.pdf")
    assert why in words_of(pypdfium2.PdfDocument(tmp_path / "a.pdf")[0])


def test_a_sheet_of_too_many_features_names_a_larger_scale(site, order, tmp_path, monkeypatch):
    monkeypatch.setattr("beffroi.publish.prints.plates.MOST_FEATURES", 2)
    with pytest.raises(BeffroiError) as caught:
        sheets.write_print(site, order(format="A4", echelle="5000000"), "fr", tmp_path / "a.pdf")
    (found,) = caught.value.faults
    assert found.code == "print-too-many"
    assert found.values["closer"] < 5_000_000


def test_a_place_without_contour_has_no_sheet(site, order):
    nowhere = replace(order(), territory=Place("commune", "99002", "Bruyère"))
    assert code_of(lambda: subject_of(site.atlas, nowhere)) == "print-place-without-contour"


def test_an_atlas_has_an_index_and_a_sheet_for_each(site, order, printed):
    file = printed(format="A4", atlas="commune")
    assert len(file) == 4
    index = words_of(file[0])
    for name in ("Feuilles", "Aubel", "Coudray", "Dornes"):
        assert name in index
    assert "Feuille 2 sur 3" in words_of(file[2])
    points = list_subjects(site.atlas, order(atlas="housing/sites"), "fr")
    assert [subject.key for subject in points] == [f"housing/sites:S{rank}" for rank in (1, 2, 3)]


def test_an_atlas_is_bounded(site, order, monkeypatch):
    monkeypatch.setattr("beffroi.publish.prints.atlases.MOST_SHEETS", 2)
    for name in ("commune", "housing/sites"):
        assert code_of(lambda name=name: list_subjects(site.atlas, order(atlas=name), "fr")) == "print-too-many-sheets"
    lone = order(atlas="commune", territoire="commune:99001")
    assert [subject.name for subject in list_subjects(site.atlas, lone, "fr")] == ["Aubel"]


def test_an_atlas_of_nothing_is_refused(site, order):
    nothing = order(atlas="epci", territoire="commune:99001")
    assert code_of(lambda: list_subjects(site.atlas, nothing, "fr")) == "print-atlas-empty"


def test_a_map_without_layer_is_not_printed(site, order):
    view = replace(order().view, layers=())
    assert code_of(lambda: read_order(site.atlas, view, {}, "fr")) == "print-without-layer"
