"""The lake as a whole: the one way to read a table, and the releases that others see."""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path
from threading import Lock
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from beffroi.access import Audience, Reader, allows
from beffroi.errors import BeffroiError, fault
from beffroi.lake.catalogues import open_catalogue
from beffroi.lake.connections import EngineLimits, connect, quote_name, quote_text
from beffroi.lake.corrections import NOTHING_CORRECTED, open_corrected, open_events
from beffroi.lake.editions import Edition, EditionStore
from beffroi.lake.features import FeatureEngine
from beffroi.lake.manifests import Manifest, manifest_labels, read_manifest
from beffroi.lake.memories import Memory
from beffroi.lake.objects import LakeObject, ObjectStore, read_parquet
from beffroi.lake.raster_tiles import draw_raster, read_value
from beffroi.lake.releases import EditionInfo, LayerFeatures, LayerImage, Release
from beffroi.lake.sessions import Session
from beffroi.lake.tiles import DRAWINGS, draw_features

_KEPT_IN_MEMORY = 64


class Lake:
    """A lake's folder: objects, editions and the releases read from them.

    ``limits`` are those of every query. The lake remembers what it read last, by object: objects never change.
    """

    def __init__(self, root: Path, limits: EngineLimits | None = None) -> None:
        self.root = root
        self.limits = limits or EngineLimits(scratch=root / "scratch")
        self.objects = ObjectStore(root / "objects")
        self.editions = EditionStore(root)
        self._read = Memory(_KEPT_IN_MEMORY)
        self._engine: FeatureEngine | None = None
        self._drawings = Memory(DRAWINGS)
        self._lock = Lock()

    @property
    def engine(self) -> FeatureEngine:
        """What answers about features, the same for all the releases of a process; limits are those of the moment."""
        with self._lock:
            if self._engine is None or self._engine.limits != self.limits:
                self._engine = FeatureEngine(self.objects, self.limits)
            return self._engine

    def query(
        self,
        sql: str,
        reader: Reader,
        *,
        tables: Mapping[str, LakeObject],
        frames: Mapping[str, pa.Table] | None = None,
    ) -> pa.Table:
        """Rows of one statement: ``session`` for a single question."""
        with self.session(reader, tables) as ask:
            return ask(sql, frames or {})

    @contextmanager
    def session(self, reader: Reader, tables: Mapping[str, LakeObject]) -> Iterator[Session]:
        """A way to ask several statements over tables of the lake and further Arrow relations, by name.

        Every table named must be open to the reader (``access-refused`` otherwise), whether or not a statement
        touches it. Decimal and integer sums are exact; a result has the order that its statement gives.
        """
        for name, item in tables.items():
            if not allows(reader, Audience(item.audience)):
                raise BeffroiError(fault("access-refused", name=name))
        spatial = any("GEOMETRY" in kind for item in tables.values() for kind in item.manifest["columns"].values())
        unhurried = replace(self.limits, seconds=None)
        with connect(unhurried, readable=[self.objects.root], spatial=spatial) as connection:
            for name, item in tables.items():
                connection.execute(
                    f"CREATE VIEW {quote_name(name)} AS SELECT * FROM read_parquet({quote_text(str(item.data))})"
                )
            yield Session(connection, self.limits)

    def edition(self, edition: str | None = None) -> Edition:
        """An edition by number, or the one that is served; ``no-edition`` when nothing was built."""
        found = self.editions.get(edition) if edition else self.editions.current()
        if found is None:
            raise BeffroiError(fault("no-edition", folder=str(self.root.parent)))
        return found

    def objects_of(self, edition: Edition, kind: str) -> dict[str, LakeObject]:
        """Objects of one kind in an edition, by the name of what they hold (``insee/rp_iris``)."""
        found = {}
        for name, key in edition.objects.items():
            if name.startswith(f"{kind}:") and (item := self.objects.get(key)):
                found[name.removeprefix(f"{kind}:")] = item
        return found

    def release(self, reader: Reader, edition: str | None = None) -> Release:
        """What ``reader`` may see of an edition (the one that is served by default), pinned to it.

        Cheap to call: what was read before is kept. ``no-edition`` when nothing was built.
        """
        name = edition or self.editions.current_id()
        if name is None:
            raise BeffroiError(fault("no-edition", folder=str(self.root.parent)))
        release: Release = self._read.get(
            f"{name} {sorted(reader.audiences)} {reader.builds}", lambda: self._open(reader, name)
        )
        return release

    def history(self, reader: Reader, until: str) -> Iterator[Release]:
        """What ``reader`` may see of each edition that is kept up to that one, the oldest first.

        They are opened one by one and not kept. One that cannot be read any more is left out: the others tell.
        """
        for name in self.editions.ids():
            if name <= until:
                with suppress(BeffroiError):
                    yield self._open(reader, name)

    def preview(self, reader: Reader, objects: Mapping[str, str], catalogue: Mapping[str, Any], built: str) -> Release:
        """What ``reader`` would see of an edition made of ``objects``, before it is published."""
        info = EditionInfo("preview", built, "")
        return self._release(reader, info, objects, json.loads(json.dumps(catalogue)))

    def _open(self, reader: Reader, name: str) -> Release:
        found = self.editions.get(name)
        item = self.objects.get(found.objects.get("catalogue", ""))
        if item is None:
            raise BeffroiError(fault("object-damaged", name="catalogue"))
        info = EditionInfo(found.id, found.built, found.version)
        return self._release(reader, info, found.objects, json.loads(item.data.read_text("utf-8")))

    def _release(
        self, reader: Reader, info: EditionInfo, objects: Mapping[str, str], catalogue: dict[str, Any]
    ) -> Release:
        def item(label: str) -> LakeObject:
            if label not in objects:
                raise BeffroiError(fault("table-absent", name=label))
            opened = self.objects.get(objects[label])
            if opened is None:
                raise BeffroiError(fault("object-damaged", name=label))
            if not allows(reader, Audience(opened.audience)):
                raise BeffroiError(fault("access-refused", name=label))
            return opened

        def table(label: str) -> pa.Table:
            opened = item(label)
            read: pa.Table = self._read.get(opened.key, lambda: _read_whole(opened))
            return read

        def contours(level: str) -> pa.Table:
            key = f"{item('contours').key} {level}"
            of_level: pa.Table = self._read.get(key, lambda: _of_level(table("contours"), level))
            return of_level

        def known(label: str) -> LakeObject:
            opened: LakeObject = self._read.get(f"object {objects.get(label)}", lambda: item(label))
            if not allows(reader, Audience(opened.audience)):
                raise BeffroiError(fault("access-refused", name=label))
            return opened

        def layer(name: str) -> LayerFeatures:
            opened, tiles, drawing = known(f"layer:{name}"), f"tiles:{name}", f"drawing:{name}"
            drawn = known(drawing) if drawing in objects else None
            return LayerFeatures(
                lambda query: self.engine.page(opened, query),
                lambda query: self.engine.count(opened, query),
                known(tiles).data if tiles in objects else None,
                lambda plan, query: draw_features(self.engine, self._drawings, opened, drawn, plan, query),
                lambda query: self.engine.page_before(opened, query),
            )

        def image(name: str) -> LayerImage:
            opened, tiles = known(f"raster:{name}"), f"tiles:{name}"
            return LayerImage(
                opened.data,
                known(tiles).data if tiles in objects else None,
                lambda look, frame: draw_raster(opened, look, frame),
                lambda longitude, latitude: read_value(opened, longitude, latitude),
            )

        opened_catalogue = open_catalogue(reader, catalogue)

        def manifest() -> Manifest | None:
            label = next((each for each in manifest_labels(reader) if each in objects), None)
            read = None if label is None else self._read.get(item(label).key, lambda: _read_document(item(label)))
            return None if read is None else read_manifest(read)

        def corrections() -> list[dict[str, Any]]:
            if "corrections" not in objects:
                return []
            said = self._read.get(item("corrections").key, lambda: _read_document(item("corrections")))
            return open_events(reader, opened_catalogue, said["events"])

        def corrected() -> pa.Table:
            if "corrected" not in objects:
                return NOTHING_CORRECTED
            return open_corrected(table("corrected"), corrections())

        return Release(
            reader,
            info,
            opened_catalogue,
            load_series=lambda indicator: table(f"series:{indicator}"),
            load_territories=lambda: table("territories"),
            load_contours=contours,
            load_events=lambda: table("events") if "events" in objects else None,
            load_picture=lambda name: item(f"picture:{name}").data.read_bytes(),
            load_layer=layer,
            load_manifest=manifest,
            load_corrections=corrections,
            load_corrected=corrected,
            load_image=image,
        )


def _read_whole(item: LakeObject) -> pa.Table:
    try:
        return read_parquet(item.data)
    except (pa.ArrowException, OSError) as error:
        raise BeffroiError(fault("object-damaged", name=f"{item.manifest['kind']}:{item.manifest['name']}")) from error


def _read_document(item: LakeObject) -> Any:
    try:
        return json.loads(item.data.read_text("utf-8"))
    except ValueError as error:
        raise BeffroiError(fault("object-damaged", name=str(item.manifest["kind"]))) from error


def _of_level(contours: pa.Table, level: str) -> pa.Table:
    return contours.filter(pc.equal(contours["level"], level)).drop_columns(["level"])
