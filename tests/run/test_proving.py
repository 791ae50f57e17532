"""A file brought back is the lake's, or is told not to be: whole, part of a series, of any edition that is kept."""

import json
from pathlib import Path

import openpyxl
import pytest

from beffroi.access import PUBLIC, partner
from beffroi.errors import BeffroiError
from beffroi.observe import Atlas
from beffroi.observe.layers import list_layers, observe_layer
from beffroi.observe.pages import observe_page
from beffroi.publish import Site, load_assets
from beffroi.publish.block_files import write_block_file
from beffroi.publish.files import write_data
from beffroi.publish.geodata import GEODATA_CRS, write_geodata
from beffroi.run import build
from beffroi.run.exporting import ExportOptions, export
from beffroi.run.proving import Proof, prove_figure, prove_file, prove_file_by
from tests.run.conftest import Trial
from tests.run.layered import add_layers
from tests.serve.conftest import assets_folder

__all__ = ["assets_folder"]

DWELLINGS = "sources/town/dwellings/dwellings.csv"
HOMES = "indicators/housing/empty_homes.yaml"
RATE = "housing/vacancy_rate"
FORMS = {".csv", ".xlsx", ".parquet", ".gpkg", ".geojson"}


@pytest.fixture(scope="module")
def twice(tmp_path_factory: pytest.TempPathFactory) -> Trial:
    """Two editions, of which the second corrects the first."""
    trial = Trial(tmp_path_factory.mktemp("proving") / "trial")
    trial.write("observatories/homes/observatory.yaml", "title: Habiter\nsummary: Le parc.\npages: [index]\n")
    trial.write(
        "observatories/homes/index.md", "---\ntitle: Se loger\n---\n\n```ranking\nindicator: housing/dwellings\n```\n"
    )
    assert not build(trial.workplace).own_faults
    trial.replace(DWELLINGS, "99003;150;30", "99003;150;45")
    assert not build(trial.workplace).own_faults
    return trial


def download(trial: Trial, extension: str, edition: str = "000002", level: str | None = None) -> bytes:
    atlas = Atlas(trial.workplace.lake.release(PUBLIC, edition))
    return write_data(extension, atlas, atlas.measure(RATE), atlas.release.series(RATE, level=level), "fr", level)


def save(folder: Path, name: str, body: bytes) -> Path:
    file = folder / name
    file.write_bytes(body)
    return file


def refuse(trial: Trial, file: Path) -> str:
    with pytest.raises(BeffroiError) as raised:
        prove_file(trial.workplace, file)
    (fault,) = raised.value.faults
    return f"{fault.code} {fault.message('fr')}"


@pytest.mark.parametrize("extension", ["csv", "parquet"])
def test_a_whole_file_is_known_by_its_bytes_with_a_proof(twice: Trial, tmp_path: Path, extension: str) -> None:
    found = prove_file(twice.workplace, save(tmp_path, "n'importe", download(twice, extension)))
    assert (found.how, found.edition, found.of) == ("whole", "000002", (f"series:{RATE}",))
    assert found.proof is not None
    assert (found.proof.audience, found.proof.holds) == ("public", True)


def test_a_file_of_an_older_edition_is_told_to_be(twice: Trial, tmp_path: Path) -> None:
    file = save(tmp_path, "rate.csv", download(twice, "csv", "000001"))
    assert prove_file(twice.workplace, file).edition == "000001"
    assert prove_file(twice.workplace, file, "1").edition == "000001"
    with pytest.raises(BeffroiError, match="file-altered"):
        prove_file(twice.workplace, file, "2")


@pytest.mark.parametrize("extension", ["csv", "parquet", "xlsx"])
def test_a_part_of_a_series_is_known_by_its_rows(twice: Trial, tmp_path: Path, extension: str) -> None:
    found = prove_file(twice.workplace, save(tmp_path, "epci", download(twice, extension, level="epci")))
    assert (found.how, found.rows, found.of) == ("rows", 2, (f"series:{RATE}",))
    assert found.proof is not None
    assert found.proof.name == f"series:{RATE}"
    assert found.proof.holds


def rewrite(file: Path, sheet: int, change: dict[str, str]) -> Path:
    """A workbook with cells of one of its sheets changed, by the label of their line."""
    book = openpyxl.load_workbook(file)
    for row in book.worksheets[sheet].rows:
        if (label := str(row[0].value)) in change:
            row[-1].value = change[label]
    book.save(file)
    return file


def test_what_a_workbook_says_beside_its_values_is_compared_too(twice: Trial, tmp_path: Path) -> None:
    for level in (None, "epci"):
        file = save(tmp_path, "rate.xlsx", download(twice, "xlsx", level=level))
        assert prove_file(twice.workplace, file).notes == "same"
    said = refuse(twice, rewrite(file, 1, {"Unité": "habitants", "Définition": "Autre chose."}))
    assert said.startswith("notes-altered")
    assert said.endswith("Définition ; Unité")
    assert "habitants" not in said


def test_the_edition_that_a_workbook_names_is_the_one_that_it_is_of(twice: Trial, tmp_path: Path) -> None:
    # The values of the EPCI that did not change are those of both editions: what stands beside them tells which.
    atlas = Atlas(twice.workplace.lake.release(PUBLIC, "000001"))
    series = atlas.release.series(RATE, level="epci", territory="999000001")
    file = save(tmp_path, "one.xlsx", write_data("xlsx", atlas, atlas.measure(RATE), series, "en"))
    found = prove_file(twice.workplace, file)
    assert (found.edition, found.notes) == ("000001", "same")
    assert prove_file(twice.workplace, file, "2").notes == "another"
    elsewhere = rewrite(file, 1, {"Edition": "000009, 3 March 2020"})
    assert prove_file(twice.workplace, elsewhere).notes == "another", "no edition that is kept says so"


def test_a_workbook_without_its_other_sheets_is_told_to_be(twice: Trial, tmp_path: Path) -> None:
    book = openpyxl.load_workbook(save(tmp_path, "rate.xlsx", download(twice, "xlsx", level="epci")))
    del book[book.sheetnames[1]]
    book.save(tmp_path / "rate.xlsx")
    assert prove_file(twice.workplace, tmp_path / "rate.xlsx").notes == "absent"


def test_a_workbook_of_a_figure_is_compared_with_the_figure_that_it_names(
    twice: Trial, tmp_path: Path, assets_folder: Path
) -> None:
    site = Site(Atlas(twice.workplace.lake.release(PUBLIC)), load_assets(assets_folder))
    for language in ("fr", "en"):
        view = observe_page(site.atlas, "homes/index", language, "grouping:agency")
        file = save(tmp_path, "figure.xlsx", write_block_file(site, view, "1", "xlsx", language))
        assert prove_file(twice.workplace, file).notes == "same"
    said = refuse(twice, rewrite(file, 1, {"Reference": "homes/index#2@grouping:agency"}))
    assert said.startswith("notes-altered")


def test_a_hidden_value_has_what_there_is_instead_in_a_workbook_that_is_compared(trial: Trial, tmp_path: Path) -> None:
    trial.write("sources/town/owners/owners.csv", "code,empty_homes\n99001,3\n99002,50\n99003,60\n99004,70\n")
    text = (trial.root / HOMES).read_text()
    trial.write(HOMES, text + "protection: {minimum_units: 11, units: empty_homes, asked_by: Essai, "
                              "why: Moins de onze unités.}\n")  # fmt: skip
    build(trial.workplace)
    atlas = Atlas(trial.workplace.lake.release(partner("dreal")))
    measure = atlas.measure("housing/empty_homes")
    series = atlas.release.series(measure.id, level="commune", vintage=2021)
    body = write_data("xlsx", atlas, measure, series, "fr")
    file = save(tmp_path, "homes.xlsx", body)
    book = openpyxl.load_workbook(file)
    assert "Géographie au 01/01/2021" in [row[1].value for row in book.worksheets[1].rows], "that of the rows"
    assert len(book.worksheets) == 3
    assert prove_file(trial.workplace, file).notes == "same"
    changed = rewrite(file, 2, {measure.title("fr"): "CC du Sud : 12"})
    assert refuse(trial, changed).startswith("notes-altered")


def test_a_value_that_was_changed_is_found_and_that_of_the_lake_is_not_told(twice: Trial, tmp_path: Path) -> None:
    body = download(twice, "csv", level="commune").replace(b",30.0,", b",29.0,")
    said = refuse(twice, save(tmp_path, "rate.csv", body))
    assert said.startswith("file-altered")
    assert "1 ligne(s) sur 3" in said
    assert "commune 99003 2020" in said
    assert "30" not in said.replace("99003", "")


def test_what_is_none_of_ours_is_unknown(twice: Trial, tmp_path: Path) -> None:
    for name, body in (
        ("a.csv", b"a,b\n1,2\n"), ("b.xlsx", b"PK\x03\x04 broken"), ("c.parquet", b"PAR1 broken"), ("d.json", b"{"),
        ("e.gpkg", b"SQLite"), ("f", b""),
        ("g.csv", download(twice, "csv").replace(b"housing/", b"elsewhere/")),
    ):  # fmt: skip
        assert refuse(twice, save(tmp_path, name, body)).startswith("file-unknown"), name


def test_anybody_with_a_manifest_checks_a_file(twice: Trial, tmp_path: Path) -> None:
    tree = twice.workplace.lake.release(PUBLIC).manifest()
    assert tree is not None
    manifest = save(tmp_path, "manifest.json", json.dumps(tree.to_json()).encode())
    proof = prove_file_by(manifest, save(tmp_path, "rate.csv", download(twice, "csv")))
    assert proof == Proof(proof.name, proof.sha256, "public", tree.root, tree.prove(proof.name))
    assert proof.holds
    with pytest.raises(BeffroiError, match="file-not-in-manifest"):
        prove_file_by(manifest, save(tmp_path, "other.csv", b"x"))
    altered = manifest.read_text().replace(proof.sha256, "0" * 64)
    with pytest.raises(BeffroiError, match="manifest-unreadable"):
        prove_file_by(save(tmp_path, "altered.json", altered.encode()), save(tmp_path, "x", b"x"))


def test_a_figure_on_paper_is_read_again_in_its_edition(twice: Trial) -> None:
    found = prove_figure(twice.workplace, "homes/index#1@grouping:agency", "1")
    assert (found.edition, found.absent) == ("000001", "")
    assert {value["indicator"] for value in found.values} == {"housing/dwellings"}
    assert [(proof.name, proof.audience, proof.holds) for proof in found.proofs] == [
        ("series:housing/dwellings", "public", True)
    ]
    with pytest.raises(BeffroiError, match="unknown-figure"):
        prove_figure(twice.workplace, "homes/index#other@grouping:agency")
    with pytest.raises(BeffroiError, match="unknown-edition"):
        prove_figure(twice.workplace, "homes/index#1@grouping:agency", "99")


@pytest.fixture(scope="module")
def layered(tmp_path_factory: pytest.TempPathFactory) -> Trial:
    trial = add_layers(Trial(tmp_path_factory.mktemp("layered") / "trial"))
    assert not build(trial.workplace).own_faults
    return trial


@pytest.mark.parametrize(("extension", "name"), [("gpkg", "renamed (1).gpkg"), ("csv", "sites.csv"), ("fgb", "x.fgb")])
def test_a_file_of_a_layer_is_written_again(layered: Trial, tmp_path: Path, extension: str, name: str) -> None:
    atlas, file = Atlas(layered.workplace.lake.release(PUBLIC)), tmp_path / name
    layer = next(each for each in list_layers(atlas) if each.endswith("sites"))
    write_geodata(atlas, observe_layer(atlas, layer, "fr"), extension, GEODATA_CRS[0], "fr", file)
    found = prove_file(layered.workplace, file)
    assert (found.how, found.of) == ("written", (f"layer:{layer}",))
    assert found.proof is not None
    assert found.proof.holds
    file.write_bytes(file.read_bytes() + b" ")
    assert refuse(layered, file).startswith("file-unknown")


def test_all_that_is_exported_is_in_its_manifest(layered: Trial, tmp_path: Path, assets_folder: Path) -> None:
    folder = tmp_path / "site"
    export(layered.workplace, folder, ExportOptions(workers=1), assets_folder=assets_folder)
    manifest = folder / "manifest.json"
    public = layered.workplace.lake.release(PUBLIC).manifest()
    assert public is not None
    assert json.loads(manifest.read_text())["root"] == public.root
    data = [path for start in ("donnees", "couches") for path in (folder / start).rglob("*.*") if path.suffix in FORMS]
    assert {path.suffix for path in data} == FORMS
    for path in data:
        assert prove_file_by(manifest, path).name == str(path.relative_to(folder))
    again = export(layered.workplace, folder, ExportOptions(workers=1), assets_folder=assets_folder)
    assert again.written == 0, "what has not changed is left as it is, the manifest too"
