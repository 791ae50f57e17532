"""What the small workspace lacks to have images: land cover for everyone, a photograph, amounts that a partner lent."""

from textwrap import dedent

import numpy as np
from rasterio.transform import from_origin

from tests.lake.image_benches import write_image
from tests.run.conftest import Trial
from tests.run.layered import MADE_UP, add_layers

CANARY = 7_654_321.0
COVER, PHOTO, LENT = "land/cover", "land/photo", "land/zibelines"
PIXEL = 0.02
"""Degrees; a hundred of them on each side, from 9 degrees west and 48 north."""


def _source(title: str, file: str, more: str = "") -> str:
    reading = f"files: {{image: {{read: {{format: geotiff}}}}}}\n{more}"
    return f"title: {title}\n{MADE_UP}locations: [{{file: {{path: {file}}}}}]\n{reading}"


FILES = {
    "vocabulary/themes.yaml": "housing: {title: Logement}\nland: {title: Sol}\n",
    "sources/town/cover/source.yaml": _source("Occupation du sol", "cover.tif"),
    "sources/town/photo/source.yaml": _source("Photographie", "photo.tif"),
    "sources/town/zibelines/source.yaml": _source(
        "Densité des zibelines", "zibelines.tif", "audience: partner:dreal\n"
    ),
    "layers/land/cover.yaml": """\
        title: {fr: Occupation du sol, en: Land cover}
        description: Ce qui couvre le sol.
        theme: land
        kind: raster
        source: town/cover
        value: Couvert
        reliability: Exacte, puisqu'elle est inventée.
        style:
          kind: categories
          values: {1: {title: Eau}, 2: {title: {fr: Forêt, en: Woods}}, 3: {title: Bâti}}
    """,
    "layers/land/photo.yaml": """\
        title: Photographie
        description: Vue de haut.
        theme: land
        kind: raster
        source: town/photo
        style: {kind: rgb}
        zoom: {max: 6}
        download: refused
    """,
    "layers/land/zibelines.yaml": """\
        title: Zibelines
        description: Leur densité.
        theme: land
        kind: raster
        source: town/zibelines
        unit: dwellings
        style: {kind: classes, method: manual, limits: [7654320, 7654330], why: Pour l'essai.}
        zoom: {max: 6}
    """,
    "maps/ground.md": """\
        ---
        title: Le sol
        layers: [housing/communes, land/cover, {layer: land/photo, shown: false}]
        opens: {centre: [-8, 47], zoom: 7}
        ---

        Une image.
    """,
    "maps/fur.md": """\
        ---
        title: Les zibelines
        layers: [land/zibelines, land/cover]
        audience: partner:dreal
        ---

        Pour qui les a comptées.
    """,
}


def add_images(trial: Trial) -> Trial:
    """The workspace with its layers, its images and their maps."""
    add_layers(trial)
    for name, text in FILES.items():
        trial.write(name, dedent(text))
    place = from_origin(-9.0, 48.0, PIXEL, PIXEL)
    cover = np.ones((100, 100), np.uint8)
    cover[:, 50:] = 2
    cover[:10] = 0
    photo = np.stack([np.full((100, 100), shade, np.uint8) for shade in (200, 120, 40)])
    secret = np.full((100, 100), CANARY, np.float32)
    options = {"crs": "EPSG:4326", "place": place}
    for name, values, more in (
        ("cover", cover, {"nodata": 0}), ("photo", photo, {}), ("zibelines", secret, {"nodata": -1}),
    ):  # fmt: skip
        write_image(trial.root / f"sources/town/{name}/{name}.tif", values, **options, **more)
    return trial
