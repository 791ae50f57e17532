"""Making the images whose sources are there, and that are stale, with their tiles."""

import time
from collections.abc import Mapping
from dataclasses import dataclass, replace

from beffroi.catalog import Catalog
from beffroi.catalog.layers import Raster
from beffroi.catalog.rasters import RasterCategories
from beffroi.collect import Collected
from beffroi.collect.images import ImageFile, image_files
from beffroi.errors import Fault, fault
from beffroi.lake.lakes import Lake
from beffroi.lake.objects import LakeObject, read_frame
from beffroi.lake.raster_tiles import build_raster_archive
from beffroi.lake.rasters import Perimeter, build_raster, raster_key
from beffroi.language import pick, text
from beffroi.observe.frames import licence_words
from beffroi.observe.rasters import plan_raster_tiles
from beffroi.run.geographies import Geographies
from beffroi.run.raster_entries import paint_style, zoom_range
from beffroi.run.reports import Item
from beffroi.run.states import BuildState


@dataclass(frozen=True)
class RasterInputs:
    """What an image is made from: its files, what it is measured in with the key of the contours, the decimals of its
    unit, the words that its file says of itself."""

    files: tuple[ImageFile, ...]
    perimeter: Perimeter | None
    ground: str
    decimals: int | None
    tags: Mapping[str, str]


def make_rasters(state: BuildState, geographies: Geographies) -> None:
    """Objects of every image (or of those asked for), each with the tiles that are made of it."""
    only = state.options.only
    for name in sorted(state.catalog.rasters):
        if only and name not in only:
            state.keep_layer(name)
            continue
        started = time.monotonic()
        item = _make(state, geographies, name)
        notes = (*item.notes, *_make_tiles(state, name))
        state.note(replace(item, notes=notes, seconds=time.monotonic() - started))


def find_perimeter(catalog: Catalog, geographies: Geographies) -> Perimeter | None:
    """What images are measured in: the contour of the perimeter of the workspace; None when it has none."""
    frame = read_frame(geographies.contours(), ["level", "code", "geometry", "area_m2"])
    code = catalog.workspace.perimeter
    rows = [row for row in frame.to_pylist() if row["level"] == "grouping" and row["code"] == code]
    return Perimeter("grouping", code, rows[0]["geometry"], rows[0]["area_m2"]) if rows else None


def gather_raster_inputs(
    catalog: Catalog, geographies: Geographies, lake: Lake, raster: Raster, collected: Collected
) -> RasterInputs:
    """What an image is made from, its source being there."""
    source, declared = catalog.sources[raster.source], raster.declaration
    files = image_files(source, raster.file, collected.snapshots, lake.root / "scratch" / "raw")
    unit = catalog.units.get(declared.unit or "")
    fictitious = f" – {text('figure.fictitious', 'fr')}" if source.synthetic or catalog.workspace.synthetic else ""
    tags = {
        "TIFFTAG_IMAGEDESCRIPTION": f"{pick(declared.title, 'fr')}{fictitious}",
        "TIFFTAG_COPYRIGHT": f"{source.producer} ({licence_words(source.licence, 'fr')})",
    }
    perimeter = find_perimeter(catalog, geographies)
    return RasterInputs(files, perimeter, geographies.contours().key, unit.decimals if unit else None, tags)


def _make(state: BuildState, geographies: Geographies, name: str) -> Item:
    started = time.monotonic()
    raster, catalog, store = state.catalog.rasters[name], state.catalog, state.lake.objects
    if raster.source not in state.collected:
        reasons = [state.blocked_by(raster.source, "source")]
        return state.fall_back("layer", name, reasons, started, raster.source)
    state.progress("layer", name, 0, None)
    try:
        inputs = gather_raster_inputs(catalog, geographies, state.lake, raster, state.collected[raster.source])
        made_from = (raster, inputs.files, inputs.perimeter, inputs.ground, inputs.decimals, inputs.tags)
        there = store.get(raster_key(*made_from))
        made = there or build_raster(*made_from, store)
    except Exception as error:
        return state.fall_back("layer", name, state.faults_about("layers", name, error), started)
    finally:
        state.progress("layer", name, 1, 1)
    state.rasters[name] = made
    notes = () if there else tell_doubts(raster, made)
    return Item("layer", name, "unchanged" if there else "built", time.monotonic() - started, made.rows, notes=notes)


def _make_tiles(state: BuildState, name: str) -> list[Fault]:
    """The archive of the tiles of an image. Without one, tiles are drawn as they are asked for."""
    made = state.rasters.get(name)
    if made is None:
        return []
    raster = state.catalog.rasters[name]
    entry = {
        "style": paint_style(state.catalog, raster, made.manifest["style"]),
        "zoom": zoom_range(raster, made),
    }
    try:
        plan = plan_raster_tiles(entry)
        state.tiles[name] = build_raster_archive(made, plan, state.lake.objects, state.lake.limits)
    except Exception as error:
        return state.faults_about("layers", name, error)
    return []


def tell_doubts(raster: Raster, made: LakeObject) -> tuple[Fault, ...]:
    """Categories that no pixel has, and pixels whose value no category tells."""
    style, areas = raster.declaration.style, made.manifest["areas"]
    if not isinstance(style, RasterCategories) or areas is None:
        return ()
    *lines, others = areas["classes"]
    notes = []
    if unseen := [value for value, line in zip(style.values, lines, strict=True) if not line["pixels"]]:
        notes.append(fault("image-categories-unseen", name=raster.id, values=", ".join(unseen)))
    if others["pixels"] and style.rest is None:
        share = f"{100 * others['pixels'] / made.rows:.2g}"
        notes.append(fault("image-values-unnamed", name=raster.id, count=others["pixels"], share=share))
    return tuple(notes)
