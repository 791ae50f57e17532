"""Indicators under secrecy, measured and protected together, then attacked before any of them is published."""

import json
import time
from collections.abc import Iterable, Mapping, Sequence
from contextlib import ExitStack, suppress
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from beffroi.access import BUILDER
from beffroi.catalog import Catalog
from beffroi.errors import BeffroiError, Fault, fault
from beffroi.lake.lakes import Lake
from beffroi.lake.objects import LakeObject, staleness_key, write_document
from beffroi.measure import list_groups
from beffroi.run.cataloguing import audience_of
from beffroi.run.geographies import Geographies
from beffroi.run.measuring import series_ingredients, speaking_vintages, write_series
from beffroi.run.orders import indicator_tables
from beffroi.run.reports import Item
from beffroi.run.states import BuildState

if TYPE_CHECKING:
    from beffroi.measure.given_rows import Leak
    from beffroi.measure.groups import Protected
    from beffroi.measure.memories import Memory

SECRECY_STAGE = 3
"""Raised when what is hidden, or how it is attacked, changes: every group is then stale."""


@dataclass(frozen=True)
class Group:
    """Indicators that are protected together, and the tables that they read."""

    indicators: tuple[str, ...]
    tables: tuple[str, ...]

    @property
    def label(self) -> str:
        """Under which an edition holds the report on what was published of the group."""
        return f"secrecy:{self.tables[0]}"

    @property
    def told(self) -> str:
        """Under which an edition holds what it and earlier ones told of the group."""
        return f"told:{self.tables[0]}"


def groups_of(catalog: Catalog) -> list[Group]:
    """Every group of a workspace."""
    found = []
    for names in list_groups(catalog):
        tables = {table for name in names for table in indicator_tables(name, catalog.indicators)}
        found.append(Group(names, tuple(sorted(tables))))
    return found


def describe_rules(catalog: Catalog, group: Group) -> list[dict[str, Any]]:
    """The rules under which a group is protected, each with the ``table`` or the ``indicator`` that declares it: an
    audit of the edition tells them, whatever is declared later."""
    held = [("table", name, catalog.tables[name].contract.secrecy) for name in group.tables]
    held += [("indicator", name, catalog.indicators[name].protection) for name in group.indicators]
    return [{kind: name, **rule.model_dump(mode="json", exclude_none=True)} for kind, name, rule in held if rule]


def group_ingredients(
    catalog: Catalog, geographies: Geographies, group: Group, tables: Mapping[str, LakeObject]
) -> dict[str, Any]:
    """All that the series of a group depend on, together."""
    each = {}
    for name in group.indicators:
        own = {table: tables[table] for table in indicator_tables(name, catalog.indicators)}
        each[name] = series_ingredients(catalog, geographies, name, own)
    return {"stage": ["secrecy", SECRECY_STAGE], "indicators": each}


def with_memory(lake: Lake, group: Group, ingredients: Mapping[str, Any]) -> dict[str, Any]:
    """The ingredients of a group with what earlier editions told of it, on which its series depend besides. What told
    the same, from the same, is not an earlier one."""
    own, told = staleness_key(ingredients), _told_before(lake, group)
    again = [item for item in told if item.manifest["made_of"] == own]
    before = again[-1].manifest["before"] if again else sorted(item.key for item in told)
    return {**ingredients, "before": before}


def _told_before(lake: Lake, group: Group) -> list[LakeObject]:
    """What the editions that are kept told of the tables of a group, each once, the latest last. Which these are is in
    their manifests: what they told is read when it is needed alone."""
    found: dict[str, LakeObject] = {}
    for edition in lake.editions.ids():
        with suppress(BeffroiError):
            objects = lake.editions.get(edition).objects
            for key in (key for label, key in sorted(objects.items()) if label.startswith("told:")):
                item = found.pop(key, None) or lake.objects.get(key)
                if item and set(item.manifest["tables"]) & set(group.tables):
                    found[key] = item
    return list(found.values())


def member_key(ingredients: Mapping[str, Any], name: str) -> str:
    """Staleness key of the series of one indicator of a group."""
    return staleness_key({**ingredients, "id": name})


def measure_groups(state: BuildState, geographies: Geographies, groups: Iterable[Group]) -> dict[str, Item]:
    """Series of every group that is asked for: made, found as they were, or kept from before, all of a group alike."""
    items: dict[str, Item] = {}
    for label, key in state.previous.objects.items() if state.previous else ():
        # What was told once of a group stays known, were it no group any more.
        if label.startswith("told:") and (said := state.lake.objects.get(key)):
            state.secrecy[label] = said
    for group in groups:
        if state.options.only and not state.options.only & set(group.indicators):
            _keep(state, group)
        else:
            items |= _measure(state, geographies, group)
    return items


def _keep(state: BuildState, group: Group) -> None:
    for name in group.indicators:
        if before := state.before(f"series:{name}"):
            state.series[name] = before
    _keep_report(state, group)


def _keep_report(state: BuildState, group: Group) -> None:
    if before := state.before(group.label):
        state.secrecy[group.label] = before


def _measure(state: BuildState, geographies: Geographies, group: Group) -> dict[str, Item]:
    started = time.monotonic()
    if blocked := next((table for table in group.tables if not state.is_good(table)), None):
        return _fall_back(state, group, [state.blocked_by(blocked)], started, blocked)
    tables = {table: state.tables[table] for table in group.tables}
    ingredients = with_memory(state.lake, group, group_ingredients(state.catalog, geographies, group, tables))
    if found := _find(state, group, ingredients):
        return found
    for name in group.indicators:
        state.progress("indicator", name, 0, None)
    try:
        made = _protect(state, geographies, group, tables, ingredients["before"])
        if made.leaks:
            return _hold_back(state, group, made.leaks, started)
        items = _write(state, geographies, group, tables, ingredients, made, started)
    except Exception as error:
        return _fall_back(state, group, state.faults_of(error), started)
    finally:
        for name in group.indicators:
            state.progress("indicator", name, 1, 1)
    return items


def _find(state: BuildState, group: Group, ingredients: Mapping[str, Any]) -> dict[str, Item]:
    """The series of a group that are there already, with their report; nothing when one is missing."""
    report = state.lake.objects.get(staleness_key(ingredients))
    told = state.lake.objects.get(_told_key(ingredients))
    series = {name: state.lake.objects.get(member_key(ingredients, name)) for name in group.indicators}
    there = {name: one for name, one in series.items() if one is not None}
    if report is None or told is None or len(there) < len(series):
        return {}
    state.series |= there
    state.secrecy |= {group.label: report, group.told: told}
    return {name: Item("indicator", name, "unchanged", 0.0, one.rows) for name, one in there.items()}


def _protect(
    state: BuildState,
    geographies: Geographies,
    group: Group,
    tables: Mapping[str, LakeObject],
    before: Sequence[str],
) -> "Protected":
    # A solver and its matrices take a third of a second to read in: only where there is a group to protect.
    from beffroi.measure.groups import measure_together
    from beffroi.secrecy import PartPattern

    speaking = speaking_vintages(tables)
    audiences = {name: audience_of(state.catalog, name) for name in group.indicators}
    with ExitStack() as opened:
        ways = {
            vintage: (
                geographies.at(vintage, speaking),
                opened.enter_context(state.lake.session(BUILDER, tables)),
            )
            for vintage in geographies.vintages
        }
        told = {item.key: json.loads(item.data.read_text("utf-8")) for item in _told_before(state.lake, group)}
        memories = _recall([told[key] for key in before if key in told])
        patterns = {key: PartPattern.from_json(said) for one in told.values() for key, said in one["patterns"].items()}
        return measure_together(group.indicators, state.catalog, ways, audiences, memories, patterns)


def _recall(told: Sequence[Mapping[str, Any]]) -> "list[Memory]":
    """What earlier editions told, each edition once."""
    from beffroi.measure.memories import Memory

    met: dict[str, Memory] = {}
    for said in (said for one in told for said in one["memories"]):
        met.setdefault(staleness_key(said), Memory.from_json(said))
    return [met[key] for key in sorted(met)]


def _told_key(ingredients: Mapping[str, Any]) -> str:
    return staleness_key({**ingredients, "told": True})


def _write(
    state: BuildState,
    geographies: Geographies,
    group: Group,
    tables: Mapping[str, LakeObject],
    ingredients: Mapping[str, Any],
    made: "Protected",
    started: float,
) -> dict[str, Item]:
    items = {}
    untried = [said for said in made.report["audiences"].values() if not said["whole"]]
    notes = (fault("protection-not-proved", tables=", ".join(group.tables), **untried[0]),) if untried else ()
    seconds = (time.monotonic() - started) / len(group.indicators)
    for name in group.indicators:
        own = ingredients["indicators"][name]
        written = write_series(
            state.catalog, state.lake, geographies, name, member_key(ingredients, name), made.series[name], own
        )
        state.series[name] = written
        items[name] = Item("indicator", name, "built", seconds, written.rows, notes=notes)
    state.secrecy[group.label] = write_document(
        state.lake.objects,
        staleness_key(ingredients),
        kind="secrecy",
        name=group.tables[0],
        document={**made.report, "tables": list(group.tables), "rules": describe_rules(state.catalog, group)},
    )
    state.secrecy[group.told] = write_document(
        state.lake.objects,
        _told_key(ingredients),
        kind="told",
        name=group.tables[0],
        document={
            "memories": [memory.to_json() for memory in made.memories],
            "patterns": {key: pattern.to_json() for key, pattern in made.patterns.items()},
        },
        more={
            "tables": list(group.tables),
            "made_of": staleness_key({name: said for name, said in ingredients.items() if name != "before"}),
            "before": ingredients["before"],
        },
    )
    return items


def _hold_back(state: BuildState, group: Group, leaks: "Sequence[Leak]", started: float) -> dict[str, Item]:
    """A group of which hidden values can be found again: each indicator that shows one says so, the others wait."""
    faults: dict[str, Fault] = {}
    for name in sorted({leak.indicator for leak in leaks}):
        own = [leak for leak in leaks if leak.indicator == name]
        first = own[0]
        faults[name] = fault(
            "hidden-value-found",
            indicator=name,
            count=len(own),
            audience=first.audience,
            sample=_name_row(name, first.level, first.territory, first.period, first.vintage),
            causes_told=" ; ".join(_name_row(*cause) for cause in first.causes) or "–",
        )
    leaky = next(iter(faults))
    waiting = fault("blocked-by", name=leaky, causes=list(faults.values()))
    _keep_report(state, group)
    return {
        name: _fall_back_one(state, name, [faults[name]] if name in faults else [waiting], started, leaky)
        for name in group.indicators
    }


def _name_row(indicator: str, level: str, territory: str, period: str, vintage: int) -> str:
    return f"{indicator} {level} {territory} {period} ({vintage})"


def _fall_back_one(state: BuildState, name: str, reasons: Sequence[Fault], started: float, blocked: str | None) -> Item:
    place = state.place_of("indicators", name)
    own = [replace(one, place=one.place or place) for one in reasons]
    return state.fall_back("indicator", name, own, started, None if blocked == name else blocked)


def _fall_back(
    state: BuildState, group: Group, reasons: Sequence[Fault], started: float, blocked: str | None = None
) -> dict[str, Item]:
    _keep_report(state, group)
    return {name: _fall_back_one(state, name, reasons, started, blocked) for name in group.indicators}
