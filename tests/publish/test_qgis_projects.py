"""A map for QGIS: what is in the project, and what QGIS itself makes of it where it is installed."""

import io
import json
import os
import shutil
import subprocess
import zipfile
from pathlib import Path
from xml.etree import ElementTree

import pytest

from beffroi.access import PUBLIC
from beffroi.observe import Atlas
from beffroi.publish import Assets, Site
from beffroi.publish.geodata import write_geodata
from beffroi.publish.maps import look_at_layer
from beffroi.publish.qgis_projects import name_project, write_project
from beffroi.publish.qgis_symbols import scale_at
from beffroi.run import build
from tests.run.conftest import Trial
from tests.run.layered import add_layers

ASSETS = Assets("main.js", "main.css", "face.woff2", {}, "test", Path("fonts"))
LAYERS = {
    "layers/housing/amounts.yaml": """\
title: Logements
description: Les logements des communes.
theme: housing
kind: territories
level: commune
indicators: {dwellings: {indicator: housing/dwellings}}
style: {kind: circles, column: dwellings}
labels: {attribute: name, from_zoom: 8}
""",
    "layers/housing/plain.yaml": """\
title: Repères
description: Les sites, tous pareils.
theme: housing
kind: rows
table: town/sites
point: {longitude: lon, latitude: lat}
attributes: {area: }
style: {kind: single, colour: cat-3, symbol: diamond}
""",
    "maps/whole.md": """\
---
title: Tout le logement
summary: Pour essayer.
layers:
  - housing/plain
  - {layer: housing/sites, shown: false}
  - housing/amounts
  - {layer: housing/communes, opacity: 0.5}
---

Texte.
""",
}
QGIS = Path("/usr/bin/python3")
SCRIPT = Path(__file__).with_name("qgis_reading.py")


@pytest.fixture(scope="module")
def trial(tmp_path_factory: pytest.TempPathFactory) -> Trial:
    trial = add_layers(Trial(tmp_path_factory.mktemp("qgis") / "trial"))
    for name, words in LAYERS.items():
        trial.write(name, words)
    report = build(trial.workplace)
    assert not report.own_faults, [fault.render("en") for fault in report.own_faults]
    return trial


def open_site(trial: Trial, base: str = "https://observatoire.exemple") -> Site:
    return Site(Atlas(trial.workplace.lake.release(PUBLIC)), ASSETS, base)


def read(project: bytes) -> ElementTree.Element:
    archive = zipfile.ZipFile(io.BytesIO(project))
    return ElementTree.fromstring(archive.read(archive.namelist()[0]))


def test_a_project_is_on_the_server_or_on_the_files_beside_it(trial):
    site = open_site(trial)
    live = read(write_project(site, "whole", "fr"))
    sources = [each.findtext("datasource") for each in live.iter("maplayer")]
    assert len(sources) == 4
    assert all("url='https://observatoire.exemple/ogc'" in each for each in sources)
    assert "typename='housing.plain'" in sources[0]
    published = read(write_project(site, "whole", "fr", served=False))
    assert next(each.findtext("datasource") for each in published.iter("maplayer")) == (
        "/vsicurl/https://observatoire.exemple/couches/housing/plain.gpkg|layername=housing_plain"
    )
    apart = read(write_project(open_site(trial, ""), "whole", "fr", served=False))
    assert apart.find(".//maplayer/datasource").text == "../couches/housing/plain.gpkg|layername=housing_plain"


def test_a_project_says_what_it_is_and_is_the_same_twice(trial):
    site = open_site(trial)
    project = write_project(site, "whole", "fr")
    assert project == write_project(site, "whole", "fr")
    assert name_project(site, "whole") == "whole_donnees-fictives.qgz"
    root = read(project)
    assert root.findtext("projectMetadata/title") == "Tout le logement"
    told = root.findtext("projectMetadata/abstract")
    assert "inventées" in told
    assert "Essai, Sites" in told
    assert "canary" not in ElementTree.tostring(root, encoding="unicode")
    aliases = {each.get("field"): each.get("name") for each in root.find(".//maplayer").iter("alias")}
    assert aliases == {"fid": "Identifiant", "area": "area"}


def test_a_class_ends_just_before_the_limit_that_is_of_the_next(trial):
    site = open_site(trial)
    root = read(write_project(site, "whole", "fr"))
    limits = look_at_layer(site, "housing/communes", "fr").entry["style"]["limits"]
    ranges = [(float(each.get("lower")), float(each.get("upper"))) for each in root.iter("range")]
    assert [lower for lower, _ in ranges[1:]] == limits
    for (_, upper), limit in zip(ranges, limits, strict=False):
        assert upper < limit
        assert limit - upper < 1e-12


def test_a_zoom_is_a_scale():
    assert scale_at(0, 0) == pytest.approx(559_082_264)
    assert scale_at(12) == pytest.approx(93_956, rel=1e-3)


def has_qgis() -> bool:
    if not QGIS.exists() or not shutil.which("qgis_process"):
        return False
    return subprocess.run([QGIS, "-c", "import qgis.core"], capture_output=True).returncode == 0


@pytest.mark.skipif(not has_qgis(), reason="no QGIS for /usr/bin/python3")
def test_qgis_opens_a_project_with_its_styles_and_draws_it(trial, tmp_path):
    site = open_site(trial, "")
    (tmp_path / "cartes").mkdir()
    (tmp_path / "cartes" / "whole.qgz").write_bytes(write_project(site, "whole", "fr", served=False))
    for name in ("plain", "sites", "amounts", "communes"):
        file = tmp_path / "couches" / "housing" / f"{name}.gpkg"
        file.parent.mkdir(parents=True, exist_ok=True)
        view = look_at_layer(site, f"housing/{name}", "fr")
        write_geodata(site.atlas, view, "gpkg", "EPSG:4326", "fr", file)
    done = subprocess.run(
        [QGIS, SCRIPT, tmp_path / "cartes" / "whole.qgz", tmp_path / "map.png"], capture_output=True, text=True,
        timeout=300, env={"PATH": os.environ["PATH"], "HOME": str(tmp_path), "QT_QPA_PLATFORM": "offscreen"},
    )  # fmt: skip
    said = json.loads(done.stdout.splitlines()[-1])
    assert said["title"] == "Tout le logement"
    assert said["crs"] == "EPSG:2154"
    layers = {each["name"]: each for each in said["layers"]}
    assert all(each["valid"] for each in layers.values())
    found = {name: (each["renderer"], each["classes"], each["features"]) for name, each in layers.items()}
    assert found == {
        "Repères": ("singleSymbol", 1, 3), "Sites": ("categorizedSymbol", 2, 3), "Logements": ("singleSymbol", 1, 3),
        "Communes": ("graduatedSymbol", len(layers["Communes"]["limits"]), 3),
    }  # fmt: skip
    assert layers["Communes"]["drawn"] == 3
    assert (layers["Logements"]["labels"], layers["Sites"]["visible"]) == ("name", False)
    assert said["groups"] == ["Logement"]
    assert said["colours"] > 20
