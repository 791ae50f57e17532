"""Images over HTTP: files by ranges of bytes, tiles, values, nothing of a partner for anyone else; GDAL reads them."""

import csv
import io
import json
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import rasterio
from PIL import Image
from starlette.testclient import TestClient

from beffroi.access import PUBLIC
from beffroi.run import build
from beffroi.serve import create_app
from tests.lake.test_tiles import tile_at
from tests.run.conftest import Trial
from tests.run.imaged import CANARY, COVER, LENT, PHOTO, add_images
from tests.serve.servers import serve_release

TOKEN = "jeton-de-la-dreal"
PLACE = "lon=-8.5&lat=46.5"
HERE = "/".join(map(str, tile_at(6, -8.5, 46.5)))
PARTNER = {"authorization": f"Bearer {TOKEN}"}


@pytest.fixture(scope="module")
def trial(tmp_path_factory: pytest.TempPathFactory) -> Trial:
    trial = add_images(Trial(tmp_path_factory.mktemp("imaged") / "trial"))
    trial.replace("workspace.yaml", "perimeter: agency", "perimeter: agency\nlanguages: [fr, en]")
    assert not build(trial.workplace).own_faults
    return trial


@pytest.fixture(scope="module")
def client(trial: Trial, assets_folder: Path) -> Iterator[TestClient]:
    app = create_app(trial.workplace.lake.release, tokens={"dreal": TOKEN}, assets_folder=assets_folder)
    with TestClient(app, base_url="http://beffroi.test", follow_redirects=False) as client:
        yield client


def test_a_file_is_given_whole_or_by_parts(client: TestClient, trial: Trial) -> None:
    body = trial.workplace.lake.release(PUBLIC).image_file(COVER).read_bytes()
    whole = client.get(f"/couches/{COVER}.tif")
    assert whole.content == body
    assert whole.headers["content-type"] == "image/tiff; application=geotiff; profile=cloud-optimized"
    assert whole.headers["accept-ranges"] == "bytes"
    assert "land-cover_donnees-fictives.tif" in whole.headers["content-disposition"]
    part = client.get(f"/couches/{COVER}.tif", headers={"range": "bytes=16-99"})
    assert (part.status_code, part.content) == (206, body[16:100])
    assert part.headers["content-range"] == f"bytes 16-99/{len(body)}"
    beyond = client.get(f"/couches/{COVER}.tif", headers={"range": f"bytes={len(body)}-"})
    assert (beyond.status_code, beyond.headers["content-range"]) == (416, f"bytes */{len(body)}")
    head = client.head(f"/couches/{COVER}.tif")
    assert (head.status_code, head.headers["content-length"], head.content) == (200, str(len(body)), b"")
    assert client.get(f"/couches/{COVER}.tif", headers={"if-none-match": whole.headers["etag"]}).status_code == 304


def test_a_refused_file_is_looked_at_and_not_taken_away(client: TestClient) -> None:
    answer = client.get(f"/couches/{PHOTO}.tif", headers={"accept": "application/json"})
    assert (answer.status_code, answer.json()["faults"][0]["code"]) == (403, "download-refused")
    assert client.get(f"/tuiles/{PHOTO}/{HERE}.webp").status_code == 200
    assert f"/couches/{PHOTO}.tif" not in client.get(f"/couches/{PHOTO}").text


def test_tiles_have_the_form_that_their_description_says(client: TestClient) -> None:
    told = client.get(f"/tuiles/{COVER}.json").json()
    assert told["tiles"][0].endswith(f"/tuiles/{COVER}/{{z}}/{{x}}/{{y}}.png")
    assert "vector_layers" not in told
    tile = client.get(f"/tuiles/{COVER}/{HERE}.png")
    assert tile.headers["content-type"] == "image/png"
    drawn = Image.open(io.BytesIO(tile.content)).convert("RGBA")
    assert drawn.size == (512, 512)
    assert len({colour for _, colour in drawn.getcolors() or () if colour[3]}) <= 2
    assert tile.headers["cache-control"].startswith("public")
    photo = client.get(f"/tuiles/{PHOTO}/{HERE}.webp")
    assert Image.open(io.BytesIO(photo.content)).format == "WEBP"
    for wrong in (f"{COVER}/{HERE}.webp", f"{COVER}/{HERE}.mvt", f"housing/sites/{HERE}.png", f"{COVER}/6/64/0.png",
                  f"{COVER}/40/0/0.png"):  # fmt: skip
        assert client.get(f"/tuiles/{wrong}").status_code in (404, 400), wrong
    archive = client.get(f"/tuiles/{COVER}.pmtiles", headers={"range": "bytes=0-6"})
    assert (archive.status_code, archive.content) == (206, b"PMTiles")


def test_the_value_of_a_place_in_words(client: TestClient) -> None:
    said = client.get(f"/couches/{COVER}/valeur?{PLACE}").json()
    assert (said["value"], said["words"], said["title"]) == (1, "Eau", "Couvert")
    east = client.get(f"/en/couches/{COVER}/valeur?lon=-7.5&lat=46.5").json()
    assert (east["value"], east["words"]) == (2, "Woods")
    none = client.get(f"/couches/{COVER}/valeur?lon=-8.5&lat=47.95").json()
    assert (none["value"], none["words"]) == (None, "–")
    far = client.get(f"/couches/{COVER}/valeur?lon=170&lat=-80").json()
    assert far["value"] is None
    mine = client.get(f"/couches/{LENT}/valeur?{PLACE}", headers=PARTNER).json()
    assert (mine["value"], mine["unit"]) == (CANARY, "logements")


@pytest.mark.parametrize("place", ["", "lon=2", "lon=a&lat=b", "lon=nan&lat=1", "lon=181&lat=0", "lon=0&lat=90.5"])
def test_a_place_is_two_numbers_in_the_world(place: str, client: TestClient) -> None:
    answer = client.get(f"/couches/{COVER}/valeur?{place}", headers={"accept": "application/json"})
    assert (answer.status_code, answer.json()["faults"][0]["code"]) == (400, "parameter-malformed")


def test_a_layer_is_asked_for_what_it_has(client: TestClient) -> None:
    json_please = {"accept": "application/json"}
    for address, code in (
        (f"/couches/{COVER}.gpkg", "layer-without-features"),
        (f"/couches/{COVER}.geojson", "layer-without-features"),
        ("/couches/housing/sites.tif", "layer-without-image"),
        (f"/couches/housing/sites/valeur?{PLACE}", "layer-without-image"),
        (f"/couches/{PHOTO}/valeur?{PLACE}", "layer-without-values"),
    ):
        answer = client.get(address, headers=json_please)
        assert (answer.status_code, answer.json()["faults"][0]["code"]) == (404, code), address
    listed = [each["id"] for each in client.get("/ogc/collections?f=json").json()["collections"]]
    assert listed == ["housing.communes", "housing.sites"], "an image has no features to be asked for"


def test_areas_are_a_table_of_the_page_and_a_file(client: TestClient) -> None:
    page = client.get(f"/couches/{COVER}").text
    for words in ("Surfaces dans le territoire", "Eau", "Forêt", "Fiabilité", "carré d’environ"):
        assert words in page, words
    rows = list(csv.DictReader(io.StringIO(client.get(f"/couches/{COVER}.csv").text)))
    assert [row["Légende"] for row in rows] == ["Eau", "Forêt", "Bâti"]
    assert sum(float(row["Part"]) for row in rows) == pytest.approx(1)
    assert "Woods" in client.get(f"/en/couches/{COVER}").text


def test_a_map_page_holds_its_picture_and_may_show_it(client: TestClient) -> None:
    answer = client.get("/cartes/ground")
    assert 'href="data:image/png;base64,' in answer.text
    policy = answer.headers["content-security-policy"]
    assert "img-src 'self' data:" in policy
    assert " data:" not in client.get("/catalogue").headers["content-security-policy"]
    told = {each["id"]: each for each in client.get("/cartes/ground.json").json()["layers"]}
    assert told[COVER]["image"] == {"smooth": False, "values": f"../couches/{COVER}/valeur"}
    assert told[COVER]["tiles"]["archive"] == f"../tuiles/{COVER}.pmtiles"
    assert told[PHOTO]["image"] == {"smooth": True, "values": None}
    assert told["housing/communes"]["image"] is None


def test_nothing_of_a_partner_reaches_anybody_else(client: TestClient) -> None:
    mine = {address: client.get(address, headers=PARTNER) for address in (
        f"/couches/{LENT}", f"/couches/{LENT}.tif", f"/couches/{LENT}.csv", f"/couches/{LENT}/valeur?{PLACE}",
        f"/tuiles/{LENT}.json", f"/tuiles/{LENT}/{HERE}.png", f"/tuiles/{LENT}.pmtiles", "/cartes/fur",
        "/cartes/fur.json", "/cartes/fur.qgz",
    )}  # fmt: skip
    assert {answer.status_code for answer in mine.values()} == {200}
    with rasterio.MemoryFile(mine[f"/couches/{LENT}.tif"].content) as file, file.open() as opened:
        assert (opened.read(1) == np.float32(CANARY)).all()
    for address, answer in mine.items():
        assert answer.headers["cache-control"] == "private, no-store", address
        # Asked again by the public once the partner was answered: nothing was kept.
        theirs = client.get(address)
        assert theirs.status_code == 404, address
        for word in (b"ibeline", b"7654", np.float32(CANARY).tobytes()):
            # The name that was asked for is repeated, and nothing else.
            assert word not in theirs.content.replace(LENT.encode(), b""), address
    for address in ("/cartes", "/catalogue", "/recherche?q=zibeline", "/dcat.ttl", "/couches/land/cover"):
        assert "Zibelines" not in client.get(address).text, address
    picture = json.dumps(client.get("/cartes/ground.json").json())
    assert LENT not in picture


@pytest.fixture(scope="module")
def address(trial: Trial, assets_folder: Path) -> Iterator[str]:
    """The address of a server of these images."""
    with serve_release(trial.workplace.lake.release, assets_folder=assets_folder) as base:
        yield base


def test_gdal_opens_an_image_where_it_lies(address: str) -> None:
    program = shutil.which("gdalinfo")
    if program is None:
        pytest.skip("no gdalinfo: install GDAL's programs (gdal-bin)")
    options = ["--config", "GDAL_DISABLE_READDIR_ON_OPEN", "EMPTY_DIR"]
    there = f"/vsicurl/{address}/couches/{COVER}.tif"
    done = subprocess.run([program, "-json", *options, there], capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert told["size"] == [100, 100]
    assert told["metadata"]["IMAGE_STRUCTURE"]["LAYOUT"] == "COG"
    assert told["bands"][0]["noDataValue"] == 0
    refused = subprocess.run(
        [program, *options, f"/vsicurl/{address}/couches/{LENT}.tif"], capture_output=True, text=True, timeout=60
    )
    assert refused.returncode != 0
