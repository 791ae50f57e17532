"""Files of the figures of pages: the values that are shown, whole and readable elsewhere."""

import csv
import io
import zipfile
from pathlib import Path
from xml.etree import ElementTree

import pytest

from beffroi.errors import BeffroiError
from beffroi.lake.series import SHOWN_COLUMNS
from beffroi.observe import Atlas
from beffroi.publish import Assets, Site
from beffroi.publish.block_files import list_readings, name_block_file, write_block_file
from beffroi.publish.observatories import find_figure, look_at
from tests.observe.paged import build_paged_release

PLACE = "commune:99002"
DRAWN = ("carte", "3", "lumiere", "nuage", "croisee", "flux")
TABLES = ("cles", "tableau")


@pytest.fixture(scope="module")
def paged() -> Site:
    assets = Assets("main.js", "main.css", "face.woff2", {}, "test", Path("fonts"))
    return Site(Atlas(build_paged_release()), assets, "https://observatoire.exemple")


def write(site: Site, name: str, extension: str, language: str = "fr", place: str = PLACE) -> bytes:
    return write_block_file(site, look_at(site, "housing/index", language, place), name, extension, language)


@pytest.mark.parametrize("name", [*DRAWN, *TABLES])
def test_the_rows_of_a_csv_are_the_values_that_are_shown(paged: Site, name: str) -> None:
    figure = find_figure(look_at(paged, "housing/index", "fr", PLACE), name).figure
    assert figure is not None
    header, *rows = list(csv.reader(io.StringIO(write(paged, name, "csv").decode())))
    assert tuple(header) == SHOWN_COLUMNS
    shown = {(r.measure.id, r.place.level, r.value.territory, r.value.period): r.value.value for r in figure.readings}
    columns = [header.index(key) for key in ("indicator", "level", "territory", "period", "value")]
    told = {tuple(row[i] for i in columns[:4]): row[columns[4]] for row in rows}
    assert set(told) == set(shown)
    assert len(rows) == len(told), "each once"
    assert all((float(said) if said else None) == shown[key] for key, said in told.items())


def test_a_secret_is_an_empty_cell_with_its_code(paged: Site) -> None:
    rows = csv.DictReader(io.StringIO(write(paged, "carte", "csv").decode()))
    (secret,) = [row for row in rows if row["territory"] == "99010"]
    assert (secret["value"], secret["confidentiality"]) == ("", "C")


@pytest.mark.parametrize("name", ["nuage", "cles"])
def test_a_workbook_opens_with_its_values_and_its_words(paged: Site, name: str) -> None:
    figure = find_figure(look_at(paged, "housing/index", "fr", PLACE), name).figure
    assert figure is not None
    book = zipfile.ZipFile(io.BytesIO(write(paged, name, "xlsx")))
    assert book.testzip() is None
    sheet = ElementTree.fromstring(book.read("xl/worksheets/sheet1.xml"))
    rows = [element for element in sheet.iter() if element.tag.endswith("}row")]
    assert len(rows) == 1 + len(list(list_readings(figure.readings)))
    words = book.read("xl/sharedStrings.xml").decode()
    assert "Données fictives" in words
    assert "Géographie au 01/01/2026" in words


@pytest.mark.parametrize("name", DRAWN)
def test_a_plate_is_a_whole_drawing_with_its_words(paged: Site, name: str) -> None:
    drawing = write(paged, name, "svg").decode()
    root = ElementTree.fromstring(drawing)
    assert root.tag == "{http://www.w3.org/2000/svg}svg"
    assert "var(" not in drawing
    assert "style=" not in drawing
    words = " ".join("".join(element.itertext()) for element in root.iter("{http://www.w3.org/2000/svg}text"))
    for said in ("Données fictives", "Source", "Géographie au 01/01/2026", f"#figure-{name}"):
        assert said in words
    width = float(root.get("width") or 0)
    inside = [float(e.get("x") or 0) for e in root.iter("{http://www.w3.org/2000/svg}text")]
    assert all(0 <= x <= max(width, 1000) for x in inside)


@pytest.mark.parametrize("name", ["nuage", "croisee", "flux"])
def test_a_picture_is_a_png(paged: Site, name: str) -> None:
    body = write(paged, name, "png")
    assert body.startswith(b"\x89PNG\r\n\x1a\n")
    assert len(body) > 10_000


@pytest.mark.parametrize(("name", "extension"), [("cles", "svg"), ("tableau", "png"), ("nuage", "pdf")])
def test_a_form_that_a_figure_does_not_have_is_refused(paged: Site, name: str, extension: str) -> None:
    with pytest.raises(BeffroiError) as caught:
        write(paged, name, extension)
    (fault,) = caught.value.faults
    assert fault.code == "file-format-unknown"
    assert "csv" in fault.available


def test_the_name_of_a_file_says_what_it_is_of_and_that_it_is_made_up(paged: Site) -> None:
    view = look_at(paged, "housing/index", "fr", PLACE)
    assert name_block_file(view, "nuage", "csv") == "housing-index_commune-99002_nuage_donnees-fictives.csv"


def test_the_counts_of_the_legend_are_in_the_plate(paged: Site) -> None:
    root = ElementTree.fromstring(write(paged, "croisee", "svg").decode())
    figure = find_figure(look_at(paged, "housing/index", "fr", PLACE), "croisee").figure
    counts = [e.text for e in root.iter("{http://www.w3.org/2000/svg}text") if e.get("class") == "cell-count"]
    assert sum(int(count or 0) for count in counts) == sum(map(sum, figure.counts))  # type: ignore[union-attr]
