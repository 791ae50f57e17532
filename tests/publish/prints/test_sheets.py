"""A sheet is measured with a ruler: what the paper has between two points is what lies between them on the ground."""

import numpy as np
import pypdfium2
import pytest
from pyproj import Geod

from beffroi.errors import BeffroiError
from beffroi.publish import typesetters
from beffroi.publish.prints import sheets
from beffroi.publish.prints.orders import subject_of
from beffroi.publish.prints.papers import PAPERS
from beffroi.publish.prints.sheets import lay_sheet, name_print
from tests.publish.prints.conftest import words_of

_DPI = 120
_PORT = (0x20, 0x55, 0x72)
"""The colour of the first category of sites."""


def marks_on(page: pypdfium2.PdfPage, colour: tuple[int, int, int]) -> list[tuple[float, float]]:
    """Where marks of a colour stand on the paper, in millimetres from its top left corner: the middle of each."""
    pixels = page.render(scale=_DPI / 72).to_numpy()[:, :, :3][:, :, ::-1].astype(int)
    rows, columns = np.nonzero(np.abs(pixels - colour).sum(axis=2) < 24)
    spots: list[list[tuple[int, int]]] = []
    for spot in zip(columns.tolist(), rows.tolist(), strict=True):
        near = next((each for each in spots if max(abs(each[0][0] - spot[0]), abs(each[0][1] - spot[1])) < 25), None)
        if near is None:
            spots.append([spot])
        else:
            near.append(spot)
    middles = [np.mean(each, axis=0) + 0.5 for each in spots if len(each) > 8]
    return [(float(x) * 25.4 / _DPI, float(y) * 25.4 / _DPI) for x, y in middles]


@pytest.mark.parametrize(("scale", "format"), [(750_000, "A3"), (1_000_000, "A4"), (500_000, "A2")])
def test_a_distance_on_paper_is_the_geodesic_distance_at_the_scale(printed, scale, format):
    # S1 and S2 are ports, a degree of longitude apart: 76.7 km on the ellipsoid.
    page = printed(format=format, echelle=str(scale), centre="-8,46.5", couche="housing/sites")[0]
    _, _, apart = Geod(ellps="GRS80").inv(-8.5, 46.5, -7.5, 46.5)
    width = page.get_width() * 25.4 / 72
    ports = [spot for spot in marks_on(page, _mixed(_PORT)) if spot[0] < width * 0.75]
    (one, other) = sorted(ports)
    measured = np.hypot(other[0] - one[0], other[1] - one[1])
    assert measured == pytest.approx(apart * 1000 / scale, rel=0.005)


def _mixed(colour: tuple[int, int, int], opacity: float = 0.8) -> tuple[int, int, int]:
    """A colour as it looks over white paper."""
    return tuple(round(channel * opacity + 255 * (1 - opacity)) for channel in colour)  # type: ignore[return-value]


@pytest.mark.parametrize(("name", "orientation"), [("A4", "portrait"), ("A0", "paysage")])
def test_a_sheet_has_the_size_of_its_paper(printed, name, orientation):
    page, paper = printed(format=name, orientation=orientation)[0], PAPERS[name]
    sides = (paper.short, paper.long) if orientation == "portrait" else (paper.long, paper.short)
    assert (page.get_width() * 25.4 / 72, page.get_height() * 25.4 / 72) == pytest.approx(sides, abs=0.01)


def test_a_sheet_says_what_it_is_and_where_it_comes_from(printed):
    said = words_of(printed(format="A3", echelle="1:2 000 000")[0])
    for words in (
        "Le logement", "Aubel", "1:2 000 000", "1 cm pour 20 km", "portent le 1:5 000 000", "Communes", "Port", "zone",
        "Lambert-93", "nord géographique",
        "Sources : Essai, Sites", "Essai, Contours", "Données fictives", "DOCUMENT DE TRAVAIL", "édition 000001",
        "https://observatoire.exemple/cartes/housing",
    ):  # fmt: skip
        assert words.lower() in said.lower(), (words, said)
    english = words_of(printed("en", format="A3", echelle="2000000")[0])
    assert "1 cm to 20 km" in english
    assert "geographic north" in english


def test_a_file_is_read_aloud_keeps_its_fonts_and_is_the_same_twice(site, order, tmp_path):
    for name in ("one.pdf", "two.pdf"):
        sheets.write_print(site, order(format="A4"), "fr", tmp_path / name)
    held = (tmp_path / "one.pdf").read_bytes()
    assert held == (tmp_path / "two.pdf").read_bytes()
    opened = pypdfium2.PdfDocument(held)
    assert opened.get_metadata_dict()["Title"] == "Le logement"
    assert opened.is_tagged()
    assert b"/FontFile3" in held or b"/FontFile2" in held
    assert b"fr" in held.partition(b"/Lang")[2][:8]
    assert "donnees-fictives" in name_print(order(format="A4"))


def test_without_a_scale_a_sheet_has_the_largest_round_one_that_holds(site, order):
    near = order(format="A4", territoire="commune:99001", couche="housing/sites")
    near_subject = subject_of(site.atlas, near)
    ground = lay_sheet(site, near, near_subject)
    west, south, east, north = near_subject.extent
    assert ground.scale == 750_000
    assert ground.extent[0] < west < east < ground.extent[2]
    assert ground.extent[1] < south < north < ground.extent[3]
    # Generalised contours keep it from going so near.
    assert lay_sheet(site, order(format="A4", territoire="commune:99001"), near_subject).scale == 5_000_000


def test_what_takes_too_long_or_cannot_be_set_is_told(site, order, tmp_path, monkeypatch):
    def code_of() -> str:
        with pytest.raises(BeffroiError) as caught:
            sheets.write_print(site, order(format="A4"), "fr", tmp_path / "sheet.pdf")
        return caught.value.faults[0].code

    monkeypatch.setattr(typesetters, "_SET", "import time; time.sleep(60)")
    monkeypatch.setattr(typesetters, "SECONDS", 0.2)
    assert code_of() == "print-time"
    monkeypatch.undo()
    monkeypatch.setattr(typesetters, "_SET", "raise SystemExit('no such font')")
    assert code_of() == "print-not-set"
