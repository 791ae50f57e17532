"""Maps among the files of an export: pages, what their script asks for, archives of tiles, by relative links."""

import json
import os
from pathlib import Path
from urllib.parse import urljoin

import pytest

from beffroi.access import PUBLIC, partner
from beffroi.run import build
from beffroi.run.exporting import ExportOptions, ExportReport, export
from tests.publish.links import find_dead_links, find_rooted_links
from tests.run.conftest import Trial
from tests.run.layered import add_layers
from tests.serve.conftest import assets_folder

__all__ = ["assets_folder"]

OWNED, SITES = "housing/owned", "housing/sites"


@pytest.fixture(scope="module")
def once(tmp_path_factory: pytest.TempPathFactory) -> Trial:
    """Two maps in both languages, one of them for a partner."""
    trial = add_layers(Trial(tmp_path_factory.mktemp("maps") / "trial"))
    trial.replace("workspace.yaml", "perimeter: agency", "perimeter: agency\nlanguages: [fr, en]")
    build(trial.workplace)
    assert trial.workplace.lake.release(partner("dreal")).tiles(OWNED)
    return trial


@pytest.fixture
def site(once: Trial, tmp_path: Path) -> Trial:
    return once.copy(tmp_path / "trial")


def write(site: Trial, folder: Path, assets: Path) -> ExportReport:
    return export(site.workplace, folder, ExportOptions(workers=1), assets_folder=assets)


def test_a_map_is_files_that_lead_to_one_another(site, tmp_path, assets_folder):
    root = tmp_path / "files"
    report = write(site, root, assets_folder)
    assert not report.faults
    release = site.workplace.lake.release(PUBLIC)
    for prefix, up in (("", ""), ("en/", "../")):
        page = (root / f"{prefix}cartes/housing/index.html").read_text("utf-8")
        assert f'data-config="{up}../../{prefix}cartes/housing.json"' in page
        assert f'data-places="{up}../../{prefix}cartes/lieux.json"' in page
        config = root / prefix / "cartes" / "housing.json"
        told = json.loads(config.read_text("utf-8"))
        assert [layer["id"] for layer in told["layers"]] == [SITES, "housing/communes"]
        for layer in told["layers"]:
            assert layer["items"] is None
            archive = root / urljoin(f"{prefix}cartes/housing.json", layer["tiles"]["archive"])
            assert archive.read_bytes() == release.tiles(layer["id"]).read_bytes()
        assert (root / f"{prefix}couches/{SITES}/index.html").exists()
    assert not find_dead_links(root)
    assert not find_rooted_links(root)


def test_features_are_found_by_name_where_no_server_answers(site, tmp_path, assets_folder):
    """A file of names a layer; one that may not be taken away has none, and a map has the list of territories."""
    site.replace("layers/housing/sites.yaml", "filters:", "name: kind\nfilters:")
    build(site.workplace)
    root = tmp_path / "files"
    write(site, root, assets_folder)
    sites, communes = json.loads((root / "cartes/housing.json").read_text("utf-8"))["layers"]
    assert communes["names"] is None
    names = json.loads((root / urljoin("cartes/housing.json", sites["names"])).read_text("utf-8"))
    assert sorted(names) == [["port", -8.5, 46.5], ["port", -7.5, 46.5], ["zone", -7.5, 47.5]]
    english = json.loads((root / "en/cartes/housing.json").read_text("utf-8"))["layers"][0]
    assert urljoin("en/cartes/housing.json", english["names"]) == f"couches/{SITES}.noms.json"
    site.replace("layers/housing/sites.yaml", "filters:", "download: refused\nfilters:")
    build(site.workplace)
    write(site, root, assets_folder)
    assert not (root / f"couches/{SITES}.noms.json").exists()


def test_nothing_of_a_partners_map_is_among_the_files(site, tmp_path, assets_folder):
    root = tmp_path / "files"
    write(site, root, assets_folder)
    names = [str(path.relative_to(root)) for path in root.rglob("*")]
    assert not [name for name in names if "owned" in name or "lent" in name]
    secret = site.workplace.lake.release(partner("dreal")).tiles(OWNED).read_bytes()
    for path in root.rglob("*"):
        if path.is_file() and ".beffroi" not in path.parts:
            body = path.read_bytes()
            assert body != secret
            assert OWNED.encode() not in body


def test_what_has_not_changed_is_not_copied_again(site, tmp_path, assets_folder):
    root = tmp_path / "files"
    write(site, root, assets_folder)
    archive = root / "tuiles" / f"{SITES}.pmtiles"
    before = os.stat(archive)
    again = write(site, root, assets_folder)
    assert (again.written, again.removed) == (0, 0)
    site.replace("sources/town/sites/sites.csv", "S1,port,10.5,canary-one,-8.5", "S1,port,10.5,canary-one,-8.4")
    build(site.workplace)
    write(site, root, assets_folder)
    assert os.stat(archive).st_ino != before.st_ino
    assert archive.read_bytes() == site.workplace.lake.release(PUBLIC).tiles(SITES).read_bytes()
    (site.root / "layers/housing/sites.yaml").unlink()
    (site.root / "maps/housing.md").unlink()
    build(site.workplace)
    write(site, root, assets_folder)
    assert not archive.exists()
    assert not (root / "cartes" / "housing.json").exists()
