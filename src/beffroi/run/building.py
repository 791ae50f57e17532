"""One build: sources, tables, territories, indicators, layers, catalogue, then one edition published at the end.

Every thing made is an object of the lake before the next starts, so that a build that is killed leaves nothing
half-made and the next one goes on from there. What fails is reported with its faults and keeps its last good
object; what reads it is not made again; the rest goes on.
"""

import json
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import beffroi
from beffroi.catalog import Catalog, CheckResult
from beffroi.errors import BeffroiError, fault
from beffroi.lake.editions import build_lock
from beffroi.lake.lakes import Lake
from beffroi.lake.objects import staleness_key, write_document
from beffroi.run.freshness import fingerprint_workspace, recall_report, remember_report
from beffroi.run.geographies import Geographies
from beffroi.run.orders import closure, indicator_tables, role_tables, sources_read
from beffroi.run.reports import BuildReport, OnItem, Progress, no_progress, say_nothing
from beffroi.run.stages.catalogues import make_catalogue
from beffroi.run.stages.corrections import Passage, make_corrections
from beffroi.run.stages.indicators import measure_indicators
from beffroi.run.stages.layers import make_layers
from beffroi.run.stages.manifests import make_manifests
from beffroi.run.stages.pages import keep_pictures, look_at_pages
from beffroi.run.stages.rasters import make_rasters
from beffroi.run.stages.sources import collect_sources
from beffroi.run.stages.tables import make_tables
from beffroi.run.stages.territories import make_territories
from beffroi.run.states import BuildOptions, BuildState
from beffroi.run.workplaces import Workplace, engine_limits, load_good

_EDITIONS_KEPT = 10


def build(
    workplace: Workplace,
    options: BuildOptions | None = None,
    progress: Progress = no_progress,
    on_item: OnItem = say_nothing,
) -> BuildReport:
    """Bring a workspace's lake up to date and publish an edition if anything changed.

    ``progress`` hears of what is under way, ``on_item`` of what became of each thing, both from several threads.
    Faults of single things are in the report, not raised. Raises when nothing can be done at all: the workspace's own
    file is at fault, another build runs, or the official territories cannot be had and never were.
    """
    started = time.monotonic()
    options = options or BuildOptions(offline=workplace.settings.offline)
    if not (options.only or options.refresh or options.accept) and (recalled := recall_report(workplace)):
        recalled.seconds = time.monotonic() - started
        return recalled
    fingerprint = fingerprint_workspace(workplace)
    catalog, checked = load_good(workplace)
    limits = engine_limits(catalog.workspace.limits, workplace.settings, workplace.lake.root, builds=True)
    workplace.lake.limits = limits
    with build_lock(workplace.lake.root):
        state = _start(workplace, catalog, checked, options, progress)
        state.on_item = on_item
        wanted = _wanted_tables(state)
        official = closure(role_tables(catalog).values(), catalog) & wanted
        collect_sources(state, {*sources_read(wanted, catalog), *_wanted_images(state)})
        make_tables(state, official, None)
        geographies = Geographies(catalog, state.lake, state.tables)
        known_codes = make_territories(state, geographies)
        make_tables(state, wanted - official, known_codes)
        _keep_unwanted(state, wanted)
        measure_indicators(state, geographies)
        make_layers(state, geographies)
        make_rasters(state, geographies)
        _publish(state, geographies)
        if not options.only:
            remember_report(workplace, state.report, fingerprint)
    state.report.seconds = time.monotonic() - started
    state.report.write(workplace.lake.root / "runs" / (state.report.edition or "none"))
    return state.report


def _start(
    workplace: Workplace, catalog: Catalog, checked: CheckResult, options: BuildOptions, progress: Progress
) -> BuildState:
    previous = workplace.lake.editions.last_good()
    catalogue: Mapping[str, Any] = {}
    if previous and (item := workplace.lake.objects.get(previous.objects.get("catalogue", ""))):
        catalogue = json.loads(item.data.read_text("utf-8"))
    report = BuildReport(faults=checked.faults)
    joined = [one for name in options.only & set(catalog.layers) for one in catalog.layers[name].indicators]
    options = replace(options, only=options.only | set(joined))
    return BuildState(workplace, catalog, options, report, progress, previous, catalogue, checked.intentions)


def _wanted_tables(state: BuildState) -> set[str]:
    """Tables to bring up to date: all of them, or what ``only`` needs with the official territories."""
    catalog, only = state.catalog, state.options.only
    if not only:
        return set(catalog.tables)
    layers = {**catalog.layers, **catalog.rasters}
    for name in only:
        if not any(name in shelf for shelf in (catalog.tables, catalog.indicators, layers)):
            there = [*catalog.tables, *catalog.indicators, *layers]
            raise BeffroiError(fault("nothing-named", name=name, instead_of=name, available=there))
    named = [name for name in only if name in catalog.tables]
    named += [table for name in only if name in catalog.layers for table in catalog.layers[name].tables]
    for name in only & set(catalog.indicators):
        named += indicator_tables(name, catalog.indicators)
    return closure([*named, *role_tables(catalog).values()], catalog)


def _wanted_images(state: BuildState) -> set[str]:
    """Sources of the images to bring up to date."""
    rasters, only = state.catalog.rasters, state.options.only
    return {raster.source for name, raster in rasters.items() if not only or name in only}


def _keep_unwanted(state: BuildState, wanted: set[str]) -> None:
    for name in set(state.catalog.tables) - wanted:
        if before := state.before(f"table:{name}"):
            state.tables[name] = before


def _publish(state: BuildState, geographies: Geographies) -> None:
    """Write the catalogue, then the edition, if anything is not as it was."""
    catalogue = make_catalogue(state)
    before = state.previous.objects if state.previous else {}
    objects = {f"table:{name}": made.key for name, made in state.tables.items()}
    objects |= {f"series:{name}": made.key for name, made in state.series.items()}
    objects |= {label: made.key for label, made in state.secrecy.items()}
    objects |= {f"layer:{name}": made.key for name, made in state.layers.items()}
    objects |= {f"raster:{name}": made.key for name, made in state.rasters.items()}
    objects |= {f"tiles:{name}": made.key for name, made in state.tiles.items()}
    objects |= {f"drawing:{name}": made.key for name, made in state.drawings.items()}
    objects |= {"territories": geographies.names().key, "contours": geographies.contours().key}
    objects |= {"events": geographies.events().key}
    now = datetime.now(UTC).isoformat(timespec="seconds")
    catalogue = look_at_pages(state, catalogue, objects, now)
    objects |= keep_pictures(state, catalogue)
    key = staleness_key({"stage": "catalogue", "catalogue": catalogue})
    item = state.lake.objects.get(key) or write_document(
        state.lake.objects, key, kind="catalogue", name="catalogue", document=catalogue
    )
    objects |= geographies.kept(before) | {"catalogue": item.key}
    objects |= make_corrections(Passage(state.lake, before, state.previous_catalogue, objects, catalogue, now))
    objects |= make_manifests(state, objects, catalogue, now)
    if state.previous and dict(before) == objects and state.lake.editions.current_id() == state.previous.id:
        state.report.edition = state.previous.id
        return
    state.report.edition = state.lake.editions.publish(objects, built=now, version=beffroi.__version__).id
    state.report.published = True
    _forget_old(state.lake)


def _forget_old(lake: Lake) -> None:
    """Forget old editions and remove the objects that no edition names any more.

    While an edition cannot be read (another version wrote it, say), nothing is removed that it may name.
    """
    lake.editions.forget(_EDITIONS_KEPT)
    with suppress(BeffroiError):
        kept = {key for edition in lake.editions.ids() for key in lake.editions.get(edition).objects.values()}
        lake.objects.collect_garbage(kept)
