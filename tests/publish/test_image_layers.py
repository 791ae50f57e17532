"""Images in what is published: still pictures, prints to scale, projects of QGIS, catalogues for others, files."""

import base64
import io
import json
import os
import re
import shutil
import subprocess
from pathlib import Path

import pypdfium2
import pytest
import rasterio
from PIL import Image
from rdflib import Graph, Namespace, URIRef

from beffroi.access import PUBLIC, partner
from beffroi.errors import BeffroiError
from beffroi.observe import Atlas
from beffroi.observe.rasters import format_hectares, format_share
from beffroi.publish import Site
from beffroi.publish.assets import Assets
from beffroi.publish.dcat import write_dcat
from beffroi.publish.image_files import write_areas
from beffroi.publish.map_pictures import draw_picture, draw_symbol
from beffroi.publish.maps import look_at_layer, look_at_map
from beffroi.publish.prints import read_order, write_print
from beffroi.publish.qgis_projects import write_project
from beffroi.publish.schema_org import describe_layer_dataset
from beffroi.run import build
from beffroi.run.exporting import ExportOptions, export
from tests.lake.image_benches import write_image
from tests.publish.links import find_dead_links, find_rooted_links
from tests.publish.prints.conftest import words_of
from tests.publish.test_dcat import SHAPES, load_shapes, violations
from tests.publish.test_qgis_projects import QGIS, SCRIPT, has_qgis, read
from tests.run.conftest import Trial
from tests.run.imaged import COVER, LENT, PHOTO, add_images
from tests.serve.conftest import assets_folder

__all__ = ["assets_folder"]

BASE = "https://observatoire.exemple"
DCAT = Namespace("http://www.w3.org/ns/dcat#")
DCT = Namespace("http://purl.org/dc/terms/")
WARM = "land/warm"


@pytest.fixture(scope="module")
def trial(tmp_path_factory: pytest.TempPathFactory) -> Trial:
    """Besides, amounts with a ramp, in Lambert-93, coarse enough for their pixels to be seen on paper."""
    trial = add_images(Trial(tmp_path_factory.mktemp("pictures") / "trial"))
    trial.write("sources/town/warm/source.yaml", (trial.root / "sources/town/photo/source.yaml").read_text()
                .replace("Photographie", "Chaleur").replace("photo.tif", "warm.tif"))  # fmt: skip
    place = rasterio.transform.from_origin(-180_000, 6_700_000, 500, 500)
    ramp = [[column / 2 for column in range(240)]] * 200
    write_image(trial.root / "sources/town/warm/warm.tif", ramp, kind="float32", place=place)
    trial.write(f"layers/{WARM}.yaml", "title: Chaleur\ndescription: Du sol.\ntheme: land\nkind: raster\n"
                "source: town/warm\nvalue: Température\nunit: percent\n"
                "style: {kind: ramp, low: 0, high: 120, ramp: diverging, reversed: true, why: Pour l'essai.}\n"
                "zoom: {max: 5}\n")  # fmt: skip
    trial.replace("maps/ground.md", "land/cover,", "land/cover, {layer: land/warm, shown: false},")
    trial.replace("vocabulary/themes.yaml", "{title: Sol}", "{title: Sol, data_theme: ENVI}")
    assert not build(trial.workplace).own_faults
    return trial


def open_site(trial: Trial, base: str = BASE, reader=PUBLIC) -> Site:
    fonts = trial.root.parent / "fonts"
    fonts.mkdir(exist_ok=True)
    assets = Assets("main.js", "main.css", "face.woff2", {}, "test", fonts)
    return Site(Atlas(trial.workplace.lake.release(reader)), assets, base)


@pytest.fixture(scope="module")
def site(trial: Trial) -> Site:
    return open_site(trial)


def embedded(marks: str) -> list[Image.Image]:
    found = re.findall(r'href="data:image/(?:png|webp);base64,([^"]+)"', marks)
    return [Image.open(io.BytesIO(base64.b64decode(each))).convert("RGBA") for each in found]


def test_a_still_picture_holds_the_image_under_the_features(site: Site) -> None:
    drawn = draw_picture(site.atlas.release, look_at_map(site, "ground", "fr"))
    (image,) = embedded(drawn.marks)
    assert image.size == (1000, drawn.height)
    seen = {colour for count, colour in image.getcolors(1 << 20) or () if colour[3] and count > 100}
    colours = site.atlas.release.layer(COVER)["style"]["colours"]
    assert {f"#{red:02x}{green:02x}{blue:02x}" for red, green, blue, _ in seen} == set(colours[:2])
    assert drawn.marks.index("<image") < drawn.marks.index("<path"), "what is above is drawn after"


def test_a_legend_says_how_much_of_the_territory_each_line_covers(site: Site) -> None:
    cover, warm = (look_at_layer(site, name, "fr") for name in (COVER, WARM))
    assert [(entry.words, entry.count) for entry in cover.legend] == [("Eau", None), ("Forêt", None), ("Bâti", None)]
    shares = [float(entry.part.replace("\u202f%", "").replace(",", ".")) for entry in cover.legend]
    assert sum(shares) == pytest.approx(100, abs=0.2)
    assert [entry.words for entry in warm.legend] == ["0,0 et moins", "30,0", "60,0", "90,0", "120,0 et plus"]
    # Cold for the low amounts: the ramp was turned.
    assert warm.legend[0].colour == site.atlas.release.layer(WARM)["style"]["colours"][0] == "#1d5272"
    assert warm.legend_title == "Température (%)"
    assert draw_symbol(warm, warm.legend[2]).count("<rect") == 9, "shades run on from one line to the next"
    assert look_at_layer(site, PHOTO, "fr").legend == ()


def test_the_same_legend_in_english(site: Site) -> None:
    assert [entry.words for entry in look_at_layer(site, COVER, "en").legend][:2] == ["Eau", "Woods"]
    assert look_at_layer(site, WARM, "en").legend[0].words == "0.0 and under"


@pytest.mark.parametrize(
    ("share", "words"),
    [(0.0, "0,0\u202f%"), (0.0001, "moins de 0,1\u202f%"), (0.1234, "12,3\u202f%"), (1.0, "100\u202f%")],
)
def test_shares_are_said_as_one_reads_them(share: float, words: str) -> None:
    assert format_share(share, "fr").replace(" ", "\u202f").replace("\u00a0", "\u202f") == words.replace(" ", "\u202f")
    assert format_hectares(0.25, "fr") == "0,25"


def print_of(site: Site, folder: Path, **asked: str) -> pypdfium2.PdfDocument:
    order = read_order(
        site.atlas, look_at_map(site, "ground", "fr"), {key: [value] for key, value in asked.items()}, "fr"
    )
    write_print(site, order, "fr", folder / "print.pdf")
    return pypdfium2.PdfDocument((folder / "print.pdf").read_bytes())


def images_of(page: pypdfium2.PdfPage) -> list[pypdfium2.PdfObject]:
    return list(page.get_objects(filter=[pypdfium2.raw.FPDF_PAGEOBJ_IMAGE], max_depth=8))


def test_a_print_has_the_image_at_the_dots_of_paper(site: Site, tmp_path: Path) -> None:
    page = print_of(site, tmp_path, format="A4", couche=COVER)[0]
    (image,) = images_of(page)
    wide, high = image.get_px_size()
    left, bottom, right, top = image.get_bounds()
    # A point is a 72nd of an inch.
    assert wide / ((right - left) / 72) == pytest.approx(300, rel=0.01)
    assert high / ((top - bottom) / 72) == pytest.approx(300, rel=0.01)
    drawn = page.render(scale=1).to_pil().convert("RGB")
    colours = site.atlas.release.layer(COVER)["style"]["colours"][:2]
    wanted = {tuple(int(colour[start : start + 2], 16) for start in (1, 3, 5)) for colour in colours}
    counts = {colour: count for count, colour in drawn.getcolors(1 << 20) or ()}
    assert all(counts.get(colour, 0) > 1_000 for colour in wanted)
    assert "Eau" in words_of(page)


def test_a_print_says_that_pixels_are_seen(site: Site, tmp_path: Path) -> None:
    far = words_of(print_of(site, tmp_path, format="A4", couche=WARM, echelle="1000000", centre="-7.5,46.9")[0])
    near = words_of(print_of(site, tmp_path, format="A4", couche=WARM, echelle="100000", centre="-7.5,46.9")[0])
    assert "Un pixel de" not in far
    assert "Un pixel de « Chaleur » (500 m) a 5,0 mm sur cette feuille : l’image porte jusqu’au 1:500 000" in near


def test_an_image_has_no_sheet_for_each_of_its_things(site: Site, tmp_path: Path) -> None:
    with pytest.raises(BeffroiError) as caught:
        print_of(site, tmp_path, format="A4", atlas=COVER)
    assert caught.value.faults[0].code == "print-atlas-unknown"


def test_a_project_reads_images_where_they_lie(trial: Trial, site: Site) -> None:
    live = read(write_project(site, "ground", "fr"))
    layers = {each.findtext("layername"): each for each in live.iter("maplayer")}
    cover, warm, photo = (layers[name] for name in ("Occupation du sol", "Chaleur", "Photographie"))
    assert (cover.get("type"), cover.findtext("provider")) == ("raster", "gdal")
    assert cover.findtext("datasource") == f"/vsicurl/{BASE}/couches/{COVER}.tif"
    # One that is not taken away is seen by its tiles.
    assert photo.findtext("provider") == "wms"
    assert f"url={BASE}/tuiles/{PHOTO}/%7Bz%7D/%7Bx%7D/%7By%7D.webp" in (photo.findtext("datasource") or "")
    entries = [(each.get("value"), each.get("label")) for each in cover.iter("paletteEntry")]
    assert entries == [("1", "Eau"), ("2", "Forêt"), ("3", "Bâti")]
    items = [float(each.get("value") or "") for each in warm.iter("item")]
    assert items == [0, 20, 40, 60, 80, 100, 120]
    apart = read(write_project(open_site(trial, ""), "ground", "fr", served=False))
    sources = [each.findtext("datasource") for each in apart.iter("maplayer")]
    assert f"./../couches/{COVER}.tif" in sources


def test_a_class_of_an_image_ends_just_before_the_limit_of_the_next(trial: Trial) -> None:
    lender = open_site(trial, reader=partner("dreal"))
    items = [float(each.get("value") or "") for each in read(write_project(lender, "fur", "fr")).iter("item")]
    limits = lender.atlas.release.layer(LENT)["style"]["limits"]
    assert all(value < limit and limit - value < 1e-8 for value, limit in zip(items, limits, strict=False))
    assert items[-1] == float("inf")


@pytest.mark.skipif(not has_qgis(), reason="no QGIS for /usr/bin/python3")
def test_qgis_opens_the_images_of_a_project_and_draws_them(trial: Trial, tmp_path: Path) -> None:
    trial.write("maps/images.md", "---\ntitle: Les images\nlayers: [land/cover, land/warm]\n---\n\nDeux.\n")
    build(trial.workplace)
    apart = open_site(trial, "")
    for name in (COVER, WARM):
        file = tmp_path / "couches" / f"{name}.tif"
        file.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(apart.atlas.release.image_file(name), file)
    (tmp_path / "cartes").mkdir()
    project = tmp_path / "cartes" / "images.qgz"
    project.write_bytes(write_project(apart, "images", "fr", served=False))
    done = subprocess.run(
        [QGIS, SCRIPT, project, tmp_path / "drawn.png"], capture_output=True, text=True, timeout=120,
        env={**os.environ, "QT_QPA_PLATFORM": "offscreen", "HOME": str(tmp_path)},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    cover, warm = told["layers"]
    assert (cover["valid"], cover["renderer"], cover["classes"], cover["crs"]) == (True, "paletted", 3, "EPSG:4326")
    assert (warm["valid"], warm["renderer"], warm["classes"]) == (True, "singlebandpseudocolor", 7)
    assert warm["crs"] == "EPSG:2154"
    assert warm["ends"] == [0.0, 119.5]
    assert told["colours"] > 2


def test_other_catalogues_are_told_of_the_file(site: Site) -> None:
    graph = Graph().parse(data=write_dcat(site, "ttl"), format="turtle")
    file = URIRef(f"{BASE}/couches/{COVER}.tif")
    (distribution,) = graph.subjects(DCAT.downloadURL, file)
    assert str(graph.value(distribution, DCAT.mediaType)).endswith("/image/tiff")
    standards = {str(each) for each in graph.objects(distribution, DCT.conformsTo)}
    assert standards == {
        "http://www.opengis.net/def/crs/EPSG/0/4326", "http://www.opengis.net/def/standard/ogc/1.0/cog",
    }  # fmt: skip
    assert not list(graph.subjects(DCAT.downloadURL, URIRef(f"{BASE}/couches/{PHOTO}.tif")))
    assert not list(graph.subjects(DCAT.downloadURL, URIRef(f"{BASE}/couches/{COVER}.gpkg")))
    assert not [each for each in graph.subjects() if "zibeline" in str(each)]
    served = {str(each) for each in graph.objects(URIRef(f"{BASE}/dcat#ogc"), DCAT.servesDataset)}
    assert served
    assert not any(COVER in each for each in served), "no service of features has it"


@pytest.mark.skipif(not SHAPES.is_dir(), reason="no shapes: ../shared/standards/dcat-ap is not there")
def test_no_rule_of_dcat_ap_is_broken_by_an_image(site: Site) -> None:
    graph = Graph().parse(data=write_dcat(site, "ttl"), format="turtle")
    for names in (("3.0.1_html_shacl_shapes.ttl",), ("3.0.1_html_shacl_mdr-vocabularies.shape.ttl",)):
        assert not list(violations(graph, load_shapes(*names)))


def test_search_engines_are_told_of_the_file(site: Site) -> None:
    said = str(describe_layer_dataset(site, look_at_layer(site, COVER, "fr"), "fr"))
    told = json.loads(re.sub(r"<[^>]+>", "", said))
    assert told["distribution"] == [
        {"@type": "DataDownload", "encodingFormat": "image/tiff", "contentUrl": f"{BASE}/couches/{COVER}.tif"}
    ]
    assert describe_layer_dataset(site, look_at_layer(site, PHOTO, "fr"), "fr").count("contentUrl") == 0


def test_areas_are_written_for_programs(site: Site) -> None:
    lines = write_areas(look_at_layer(site, COVER, "fr"), "fr").decode().splitlines()
    assert lines[0] == "Légende,Surface (ha),Part"
    assert lines[3] == "Bâti,0.0000,0.000000"


def test_an_export_has_images_with_their_pages_and_tiles(
    trial: Trial, tmp_path: Path, assets_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = tmp_path / "files"
    report = export(trial.workplace, root, ExportOptions(workers=1), assets_folder=assets_folder)
    assert not report.faults
    release = trial.workplace.lake.release(PUBLIC)
    assert (root / f"couches/{COVER}.tif").read_bytes() == release.image_file(COVER).read_bytes()
    assert (root / f"tuiles/{COVER}.pmtiles").read_bytes() == release.tiles(COVER).read_bytes()
    assert (root / f"tuiles/{PHOTO}.pmtiles").exists()
    assert not (root / f"couches/{PHOTO}.tif").exists()
    assert (root / f"couches/{COVER}.csv").exists()
    page = (root / f"couches/{COVER}/index.html").read_text("utf-8")
    assert "Surfaces dans le territoire" in page
    told = {each["id"]: each for each in json.loads((root / "cartes/ground.json").read_text("utf-8"))["layers"]}
    assert told[COVER]["image"]["values"] is None, "no server answers"
    assert not [path for path in root.rglob("*") if "zibeline" in path.name]
    assert not find_dead_links(root)
    assert not find_rooted_links(root)
