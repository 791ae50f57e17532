"""A release with layers to ask by OGC API.

Parcels have every type of attribute, stops have no date; in a partner's layer everything is a canary.
"""

import dataclasses
import datetime
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import Any

import shapely

from beffroi.access import Audience, Reader, allows
from beffroi.lake.features import FeatureEngine
from beffroi.lake.memories import Memory
from beffroi.lake.objects import LakeObject
from beffroi.lake.releases import LayerFeatures, Release
from beffroi.lake.tiles import draw_features
from tests.lake.layer_benches import LayerBench
from tests.observe.invented import build_release

CANARY = 7654321
COUNT = 60
PARCELS, STOPS, SECRETS = "town/parcels", "town/stops", "fur/zibelines"
COLUMNS = {"id": "text", "name": "text", "floors": "integer", "height": "number", "listed": "boolean",
           "built": "date", "shape": "geometry"}  # fmt: skip
NAMES = ("Été", "O'Hara", "arras", "Béthune 100%", "a_b", 'dit "le Vieux"')


def parcels() -> list[dict[str, Any]]:
    """Squares in rows of ten from 2.5 E, 50.5 N; every seventh lacks its height, every eleventh its date."""
    return [
        {
            "id": f"P{rank:03}",
            "name": f"{NAMES[rank % len(NAMES)]}",
            "floors": rank % 5,
            "height": None if rank % 7 == 0 else rank / 4,
            "listed": rank % 3 == 0,
            "built": None if rank % 11 == 0 else datetime.date(2000 + rank // 3, 1 + rank % 12, 1),
            "shape": shapely.box(x := 2.5 + rank % 10 / 100, y := 50.5 + rank // 10 / 100, x + 0.008, y + 0.008),
        }
        for rank in range(COUNT)
    ]


class World:
    """Layers in a lake, and the invented release with them, for any reader."""

    def __init__(self, folder: Path) -> None:
        self.bench = LayerBench(folder)
        self._made: dict[str, tuple[LakeObject, Mapping[str, Any]]] = {}
        self.rows = parcels()
        stops = [{"id": f"S{rank}", "name": f"Arrêt {rank}", "shape": shapely.Point(2.5 + rank / 50, 50.6)}
                 for rank in range(12)]  # fmt: skip
        secrets = [
            {"id": f"zibeline{rank}", "zibelines": CANARY, "shape": shapely.Point(2.5, 50.5)} for rank in range(3)
        ]
        self._add(PARCELS, self.rows, COLUMNS, "public")
        self._add(STOPS, stops, {"id": "text", "name": "text", "shape": "geometry"}, "public")
        self._add(SECRETS, secrets, {"id": "text", "zibelines": "integer", "shape": "geometry"}, "partner:ddtm")
        self.engine = FeatureEngine(self.bench.lake.objects, self.bench.lake.limits)
        self._files = Memory(1_000_000)

    def _add(self, name: str, rows: list[dict[str, Any]], columns: Mapping[str, str], audience: str) -> None:
        inputs = self.bench.table(rows, columns)
        attributes = [each for each in columns if each not in ("id", "shape")]
        layer = self.bench.layer(inputs, attributes, audience=audience)
        made = self.bench.make(dataclasses.replace(layer, id=name), inputs)
        held = {each["name"]: each for each in made.manifest["attributes"]}
        entry = {
            "title": {"fr": f"Couche {name}", "en": f"Layer {name}"}, "theme": "housing", "kind": "rows",
            "description": {"fr": "Des objets inventés.", "en": "Invented features."}, "audience": audience,
            "attributes": [
                {"name": each, "title": {"fr": each.upper()}, "type": columns[each],
                 **{key: held[each][key] for key in ("low", "high", "missing") if key in held[each]}}
                for each in attributes
            ],
            "style": {"kind": "single", "colour": "cat-0"}, "filters": [], "indicators": {}, "state": "released",
            "declared_state": "draft", "reasons": [], "count": made.rows, "tables": [], "sources": [], "licences": [],
            "synthetic": True, "object": made.key, "tiles": None, "zoom": {"min": 0, "max": 14},
            **{key: made.manifest[key] for key in
               ("bbox", "geometry_types", "crs_source", "without_geometry", "outside_world", "repaired")},
        }  # fmt: skip
        self._made[name] = (made, entry)

    def open(self, reader: Reader) -> Release:
        """The release for a reader, as the lake would give it."""
        release = build_release(reader)
        seen = {name: each for name, each in self._made.items() if allows(reader, Audience(each[1]["audience"]))}

        def features(name: str) -> LayerFeatures:
            made = seen[name][0]
            page: Callable[..., Any] = lambda query: self.engine.page(made, query)  # noqa: E731
            tile = partial(draw_features, self.engine, self._files, made, None)
            return LayerFeatures(
                page, lambda query: self.engine.count(made, query), None, tile,
                lambda query: self.engine.page_before(made, query),
            )  # fmt: skip

        layers = {name: entry for name, (_, entry) in seen.items()}
        return dataclasses.replace(
            release, catalogue={**release.catalogue, "layers": layers, "maps": {}}, load_layer=features
        )
