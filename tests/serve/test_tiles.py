"""Tiles over HTTP: parts of archives, tiles drawn on demand, and nothing of a partner's layer for anyone else."""

import dataclasses
import gzip
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from beffroi.access import Reader
from beffroi.lake.drawings import build_drawing
from beffroi.lake.memories import Memory
from beffroi.lake.releases import LayerFeatures, Release
from beffroi.lake.tile_archives import build_archive
from beffroi.lake.tiles import draw_features
from beffroi.observe.layers import plan_tiles
from beffroi.serve import create_app
from beffroi.serve.deliveries import _PIECE
from tests.lake.test_tiles import tile_at
from tests.lake.tile_readings import read_archive, read_tile
from tests.serve.conftest import TOKEN
from tests.serve.ogc_worlds import CANARY, PARCELS, SECRETS, STOPS, World

BASE = "https://observatoire.exemple"
HERE = "/".join(map(str, tile_at(10, 2.505, 50.505)))
SECRET_WORDS = (b"zibeline", str(CANARY).encode())


class TiledWorld(World):
    """The layers of the other world, the parcels and the secrets with an archive."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        lake, self._files = self.bench.lake, Memory(4)
        self.drawings = {name: build_drawing(made, False, lake.objects) for name, (made, _) in self._made.items()}
        self.archives = {
            name: build_archive(made, self.drawings[name], plan_tiles(entry), lake.objects, lake.limits).data
            for name, (made, entry) in self._made.items() if name != STOPS
        }  # fmt: skip

    def open(self, reader: Reader) -> Release:
        release = super().open(reader)
        assert release.load_layer is not None
        load = release.load_layer

        def layer(name: str) -> LayerFeatures:
            made, drawing = self._made[name][0], self.drawings[name]
            return dataclasses.replace(
                load(name), tiles=self.archives.get(name),
                tile=lambda plan, query: draw_features(self.engine, self._files, made, drawing, plan, query),
            )  # fmt: skip

        return dataclasses.replace(release, load_layer=layer)


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> TiledWorld:
    return TiledWorld(tmp_path_factory.mktemp("tiles"))


@pytest.fixture(scope="module")
def tiles(world: TiledWorld, assets_folder: Path) -> Iterator[TestClient]:
    app = create_app(world.open, tokens={"ddtm": TOKEN}, base_url=BASE, assets_folder=assets_folder)
    with TestClient(app, base_url=BASE, follow_redirects=False) as client:
        yield client


@pytest.fixture(scope="module")
def whole(world: TiledWorld) -> bytes:
    return world.archives[PARCELS].read_bytes()


def take(client: TestClient, asked: str | None = None, layer: str = PARCELS, **headers: str) -> Any:
    return client.get(f"/tuiles/{layer}.pmtiles", headers=headers | ({"range": asked} if asked else {}))


def test_an_archive_is_given_whole(tiles, whole):
    answer = take(tiles)
    assert (answer.status_code, answer.content) == (200, whole)
    assert (answer.headers["content-type"], answer.headers["accept-ranges"]) == ("application/vnd.pmtiles", "bytes")
    assert answer.headers["cache-control"] == "public, max-age=60, must-revalidate"
    assert "content-encoding" not in answer.headers


@pytest.mark.parametrize(
    ("asked", "part"),
    [("bytes=0-126", slice(0, 127)), ("bytes=100-", slice(100, None)), ("bytes=-50", slice(-50, None)),
     ("bytes=0-999999999", slice(None)), ("bytes = 5-5", slice(5, 6)), ("bytes=-999999999", slice(None))],
)  # fmt: skip
def test_a_part_is_given_by_its_bytes(tiles, whole, asked, part):
    answer = take(tiles, asked)
    start, stop, _ = part.indices(len(whole))
    assert (answer.status_code, answer.content) == (206, whole[part])
    assert answer.headers["content-range"] == f"bytes {start}-{stop - 1}/{len(whole)}"
    assert answer.headers["content-length"] == str(stop - start)


@pytest.mark.parametrize(
    "asked",
    ["bytes=0-9,20-29", "bytes=9-0", "bytes=-0", "bytes=-", "bytes=a-b", "items=0-9", "bytes=999999999-", "bytes",
     "bytes=-" + "9" * 40, "bytes=1-2-3"],
)  # fmt: skip
def test_what_is_no_range_of_the_file_is_refused(tiles, whole, asked):
    answer = take(tiles, asked)
    assert (answer.status_code, answer.headers["content-range"]) == (416, f"bytes */{len(whole)}")
    assert answer.json()["faults"][0]["code"] == "range-refused"


def test_a_part_of_an_archive_that_has_changed_is_the_whole(tiles, whole):
    mark = take(tiles, "bytes=0-9").headers["etag"]
    assert take(tiles, "bytes=0-9", **{"if-range": mark}).status_code == 206
    answer = take(tiles, "bytes=0-9", **{"if-range": '"another"'})
    assert (answer.status_code, answer.content) == (200, whole)
    assert take(tiles, "bytes=0-9", **{"if-none-match": mark}).status_code == 304


def test_head_tells_the_size_alone(tiles, whole):
    answer = tiles.head(f"/tuiles/{PARCELS}.pmtiles")
    assert (answer.status_code, answer.content, answer.headers["content-length"]) == (200, b"", str(len(whole)))


def test_an_archive_is_read_by_pieces_and_not_kept(world, assets_folder, monkeypatch, tmp_path):
    large = tmp_path / ("c" * 40) / "archive.pmtiles"
    large.parent.mkdir()
    large.write_bytes(bytes(range(256)) * (_PIECE // 128))
    monkeypatch.setitem(world.archives, PARCELS, large)
    app = create_app(world.open, base_url=BASE, assets_folder=assets_folder, kept_bytes=100_000_000)
    with TestClient(app, base_url=BASE) as client:
        assert take(client).content == large.read_bytes()
        assert take(client, f"bytes=7-{_PIECE + 6}").content == large.read_bytes()[7 : _PIECE + 7]
        large.write_bytes(b"other")
        assert take(client).content == b"other"


def test_a_layer_that_has_no_archive_says_how_to_have_tiles(tiles):
    answer = tiles.get(f"/tuiles/{STOPS}.pmtiles", headers={"accept": "application/json"})
    assert (answer.status_code, answer.json()["faults"][0]["code"]) == (404, "layer-without-archive")
    answer = tiles.get(f"/tuiles/{STOPS}/{'/'.join(map(str, tile_at(10, 2.5, 50.6)))}.mvt")
    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/vnd.mapbox-vector-tile")
    assert read_tile(answer.content)["features"]


def test_a_layer_that_there_is_not_is_near_another(tiles):
    for address in ("/tuiles/town/parcel.pmtiles", f"/tuiles/town/parcel/{HERE}.mvt", "/tuiles/town/parcel.json"):
        answer = tiles.get(address, headers={"accept": "application/json"})
        (said,) = answer.json()["faults"]
        assert (answer.status_code, said["code"], said["nearest"]) == (404, "unknown-layer-asked", PARCELS)


def test_a_tile_has_the_features_that_a_filter_keeps(tiles):
    every = read_tile(tiles.get(f"/tuiles/{PARCELS}/{HERE}.mvt").content)["features"]
    answer = tiles.get(f"/tuiles/{PARCELS}/{HERE}.mvt", params={"filter": "floors >= 3 AND listed = true"})
    kept = {one.said["fid"] for one in read_tile(answer.content)["features"]}
    assert kept == {one.said["fid"] for one in every if one.said["floors"] >= 3 and one.said["listed"]}
    said = json.dumps({"op": ">=", "args": [{"property": "floors"}, 4]})
    answer = tiles.get(f"/tuiles/{PARCELS}/{HERE}.mvt", params={"filter": said, "filter-lang": "cql2-json"})
    assert {one.said["floors"] for one in read_tile(answer.content)["features"]} == {4}


@pytest.mark.parametrize(
    ("query", "code"),
    [({"filter": "floors >"}, None), ({"filter": "owner = 'x'"}, "unknown-attribute-asked"),
     ({"filter": "1=1; DROP TABLE x"}, None), ({"filter": "floors = 1", "filter-lang": "sql"}, "filter-form-unknown"),
     ({"filter": "floors = 1 OR " * 1_500 + "floors = 1"}, "parameter-malformed")],
)  # fmt: skip
def test_a_filter_that_says_nothing_is_refused(tiles, query, code):
    answer = tiles.get(f"/tuiles/{PARCELS}/{HERE}.mvt", params=query, headers={"accept": "application/json"})
    assert answer.status_code in (400, 404)
    assert code in (None, answer.json()["faults"][0]["code"])


def test_there_is_nothing_in_a_tile_without_features(tiles):
    for address in (f"/tuiles/{PARCELS}/10/0/0.mvt", f"/tuiles/{PARCELS}/{HERE}.mvt?filter=floors=99"):
        for _ in range(2):
            answer = tiles.get(address)
            assert (answer.status_code, answer.content) == (204, b"")
            assert "content-length" not in answer.headers


@pytest.mark.parametrize("at", ["10/1024/0", "40/0/0", "10/0/99999999999999999999", "-1/0/0", "10/1.5/0", "10/a/0"])
def test_a_tile_that_there_cannot_be_is_not_found(tiles, at):
    answer = tiles.get(f"/tuiles/{PARCELS}/{at}.mvt", headers={"accept": "application/json"})
    assert (answer.status_code, len(answer.json()["faults"])) == (404, 1)


def test_tiles_are_described(tiles):
    said = tiles.get(f"/en/tuiles/{PARCELS}.json").json()
    assert (said["tilejson"], said["name"]) == ("3.0.0", f"Layer {PARCELS}")
    assert said["tiles"] == [f"{BASE}/tuiles/{PARCELS}/{{z}}/{{x}}/{{y}}.mvt"]
    assert said["bounds"][0] == pytest.approx(2.5)
    assert said["vector_layers"][0]["fields"]["height"] == "Number"


def test_nothing_of_a_partners_layer_is_in_the_tiles_of_others(tiles, world):
    """The secret is in an attribute, in identifiers, in the name of the layer, and in where its features are."""
    mine = {"authorization": f"Bearer {TOKEN}"}
    at = "/".join(map(str, tile_at(12, 2.5, 50.5)))
    paths = (f"/tuiles/{SECRETS}.pmtiles", f"/tuiles/{SECRETS}/{at}.mvt", f"/tuiles/{SECRETS}.json",
             f"/tuiles/{SECRETS}/{at}.mvt?filter=zibelines={CANARY}", f"/en/tuiles/{SECRETS}/{at}.mvt")  # fmt: skip
    json_please = {"accept": "application/json"}
    unknown = [tiles.get(path.replace(SECRETS, "fur/none"), headers=json_please) for path in paths]
    before = [tiles.get(path, headers=json_please) for path in paths]
    for path in paths:
        answer = tiles.get(path, headers=mine)
        assert answer.status_code == 200
        assert answer.headers["cache-control"] == "private, no-store"
        assert "etag" not in answer.headers
    part = tiles.get(paths[0], headers={**mine, "range": "bytes=0-126", "if-range": '"x"'})
    assert part.headers["cache-control"] == "private, no-store"
    held = read_archive(world.archives[SECRETS])
    assert CANARY in {one.said["zibelines"] for one in read_tile(held.tiles[tile_at(12, 2.5, 50.5)])["features"]}
    after = [tiles.get(path, headers={**json_please, "range": "bytes=0-126"}) for path in paths]
    for seen in (before, after):
        for answer, other in zip(seen, unknown, strict=True):
            assert (answer.status_code, answer.headers["content-type"]) == (404, other.headers["content-type"])
            assert len(answer.content) == pytest.approx(len(other.content), abs=200)
            assert not any(word in answer.content.replace(SECRETS.encode(), b"") for word in SECRET_WORDS)
    for layer in (PARCELS, STOPS):
        for zoom in (0, 5, 12, 14):
            answer = tiles.get(f"/tuiles/{layer}/{'/'.join(map(str, tile_at(zoom, 2.5, 50.5)))}.mvt")
            assert not any(word in answer.content for word in SECRET_WORDS)
    public = read_archive(world.archives[PARCELS])
    assert not any(word in tile for tile in public.tiles.values() for word in SECRET_WORDS)


def test_tiles_travel_packed(tiles):
    answer = tiles.get(f"/tuiles/{PARCELS}/{HERE}.mvt", headers={"accept-encoding": "gzip"})
    assert answer.headers["content-encoding"] == "gzip"
    with tiles.stream("GET", f"/tuiles/{PARCELS}/{HERE}.mvt", headers={"accept-encoding": "gzip"}) as raw:
        assert gzip.decompress(b"".join(raw.iter_raw())) == answer.content


def test_only_maps_may_ask_where_the_phone_is(tiles):
    assert "geolocation=(self)" in tiles.get("/cartes/none").headers["permissions-policy"]
    assert "geolocation=()" in tiles.get("/").headers["permissions-policy"]
