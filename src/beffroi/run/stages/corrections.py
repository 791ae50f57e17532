"""What of the figures published before is not the same any more, with why: added to those of earlier editions.

Only series that were made again are compared. Reasons that somebody declares later are put beside what was told before.
Going back to an older edition is told like the rest: what the withdrawn one had published is corrected by it.
"""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from beffroi.lake.corrections import NOTHING_CORRECTED, blank_lost, compare_series, summarize
from beffroi.lake.lakes import Lake
from beffroi.lake.objects import LakeObject, read_frame, staleness_key, write_document, write_frame

_Renewed = tuple[str, LakeObject | None, LakeObject]
"""A series that is not what it was: its name, as it was (None when there was none) and as it is."""


@dataclass(frozen=True)
class Passage:
    """From the edition that is served, with its objects (``before``) and its catalogue (``past``), to the one about to
    be published; ``withdrawn`` is the number of the former where an older one takes its place."""

    lake: Lake
    before: Mapping[str, str]
    past: Mapping[str, Any]
    objects: Mapping[str, str]
    catalogue: Mapping[str, Any]
    now: str
    withdrawn: str = ""


def make_corrections(passage: Passage) -> dict[str, str]:
    """The objects of an edition about to be published that tell what it corrects, itself and those before it; none
    when nothing was ever corrected."""
    store, now = passage.lake.objects, passage.now
    events, frame_key = _recall(passage)
    frame = read_frame(found) if (found := store.get(frame_key)) else NOTHING_CORRECTED
    renewed = list(_list_renewed(passage))
    made = _compare(passage, renewed, 1 + max((event["number"] for event in events), default=0))
    names = {name for name, _, _ in renewed}
    if made or any(event["indicator"] in names for event in events):
        frame = pa.concat_tables([frame, *(rows for _, rows in made)])
        frame = blank_lost(frame, {name: read_frame(after) for name, _, after in renewed})
        of = [[name, old.key if old else "", new.key] for name, old, new in renewed]
        frame_key = staleness_key({"corrected": frame_key, "of": of, "on": now[:10]})
        written = store.get(frame_key) or write_frame(
            store, frame_key, kind="corrected", name="corrected", audience="public", frame=frame
        )
        reference = int(passage.catalogue["workspace"]["reference_vintage"])
        events = _sum_up([*events, *(event for event, _ in made)], read_frame(written), names, reference)
    if not events:
        return {}
    document = {"events": _explain(events, passage.catalogue["indicators"])}
    key = staleness_key({"corrections": document})
    item = store.get(key) or write_document(store, key, kind="corrections", name="corrections", document=document)
    return {"corrections": item.key, "corrected": frame_key}


def _recall(passage: Passage) -> tuple[list[dict[str, Any]], str]:
    """What the edition served before tells, and the key of its figures."""
    told = passage.lake.objects.get(passage.before.get("corrections", ""))
    figures = passage.lake.objects.get(passage.before.get("corrected", ""))
    if told is None or figures is None:
        return [], ""
    return json.loads(told.data.read_text("utf-8"))["events"], figures.key


def _list_renewed(passage: Passage) -> Iterator[_Renewed]:
    """Series that are not what they were; those that are there again count too, for what was told of them once."""
    before, objects, store = passage.before, passage.objects, passage.lake.objects
    for label in sorted(label for label in objects if label.startswith("series:")):
        if before.get(label) != objects[label] and (new := store.get(objects[label])) is not None:
            yield label.removeprefix("series:"), store.get(before.get(label, "")), new


def _compare(passage: Passage, renewed: Iterable[_Renewed], number: int) -> list[tuple[dict[str, Any], pa.Table]]:
    made = []
    for name, old, new in renewed:
        audience = narrower(old.audience, new.audience) if old else None
        if old is None or audience is None:
            continue
        rows = compare_series(read_frame(old), read_frame(new), number)
        if rows.num_rows:
            causes = [{"kind": "withdrawn", "edition": passage.withdrawn}] if passage.withdrawn else None
            event = {
                "number": number, "indicator": name, "on": passage.now[:10],
                "edition": passage.lake.editions.next_id(), "audience": audience, "reasons": [],
                "causes": causes
                or deduce_causes(name, old.manifest, new.manifest, passage.past, passage.catalogue, rows),
            }  # fmt: skip
            made.append((event, rows))
            number += 1
    return made


def narrower(one: str, other: str) -> str | None:
    """Those for whom both were published; None when nobody saw the two, but who builds."""
    if "public" in (one, other):
        return other if one == "public" else one
    return one if one == other else None


def _sum_up(events: Iterable[dict[str, Any]], frame: pa.Table, again: set[str], reference: int) -> list[dict[str, Any]]:
    """Events with their figures counted: those of indicators that were made again, for some figure may be told no
    more."""
    return [
        {**event, **summarize(frame.filter(pc.equal(frame["event"], event["number"])), reference)}
        if event["indicator"] in again
        else event
        for event in events
    ]


def _explain(events: Sequence[dict[str, Any]], indicators: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Events with the reasons that are declared today, or were. A reason is that of the first day, its own or later,
    on which its periods changed."""
    found: dict[int, list[dict[str, Any]]] = {}
    for name in sorted({event["indicator"] for event in events}):
        own = [event for event in events if event["indicator"] == name]
        for declared in indicators.get(name, {}).get("corrections", ()):
            periods = declared.get("periods")
            met = [event for event in own if event["on"] >= str(declared["on"]) and _concerns(periods, event)]
            for event in met:
                if event["on"] == met[0]["on"]:
                    found.setdefault(event["number"], []).append({"periods": periods, "why": declared["why"]})
    return [{**event, "reasons": found.get(event["number"], event["reasons"])} for event in events]


def _concerns(periods: Sequence[str] | None, event: Mapping[str, Any]) -> bool:
    return periods is None or any(period in event["periods"] for period in periods)


def deduce_causes(
    name: str, old: Mapping[str, Any], new: Mapping[str, Any], past: Mapping[str, Any], catalogue: Mapping[str, Any],
    rows: pa.Table,
) -> list[dict[str, Any]]:  # fmt: skip
    """Why a series is not what it was, from what both were made of (manifests) and the catalogues of both editions.

    Kinds: ``provisional`` figures revised, ``source`` (``name``, sha256 ``before`` and ``after``), ``table`` (its text
    or its contract), ``declaration``, ``secrecy``, ``territories``, ``method`` (Beffroi's own). None when it shows
    nowhere.
    """
    was, now = old.get("made_from", {}), new.get("made_from", {})
    causes: list[dict[str, Any]] = []
    periods = set(rows["period"].to_pylist())
    if periods <= {str(period) for period in past.get("indicators", {}).get(name, {}).get("provisional", ())}:
        causes.append({"kind": "provisional"})
    tables_was, tables_now = was.get("tables", {}), now.get("tables", {})
    renewed = [table for table, key in sorted(tables_now.items()) if tables_was.get(table) != key]
    known = [cause for table in renewed for cause in _causes_of_table(table, past, catalogue)]
    causes += [cause for at, cause in enumerate(known) if cause not in known[:at]]
    if was.get("declared") != now.get("declared"):
        causes.append({"kind": "declaration"})
    contracts_was, contracts_now = was.get("contracts", {}), now.get("contracts", {})
    for table in sorted(set(contracts_was) & set(contracts_now)):
        one, other = contracts_was[table], contracts_now[table]
        if one.get("secrecy") != other.get("secrecy"):
            causes.append({"kind": "secrecy"})
        if {**one, "secrecy": None} != {**other, "secrecy": None} and {"kind": "table", "name": table} not in causes:
            causes.append({"kind": "table", "name": table})
    if was.get("geography") != now.get("geography"):
        causes.append({"kind": "territories"})
    if was.get("stage") != now.get("stage") or (renewed and not known):
        causes.append({"kind": "method"})
    if not causes and set(rows["kind"].to_pylist()) <= {"hidden", "shown"}:
        causes.append({"kind": "secrecy"})
    return causes


def _causes_of_table(table: str, past: Mapping[str, Any], catalogue: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """What changed of a table, of those that it reads and of their sources."""
    waiting, seen = [table], set[str]()
    while waiting:
        each = waiting.pop(0)
        if each in seen or each not in catalogue["tables"]:
            continue
        seen.add(each)
        entry, before = catalogue["tables"][each], past.get("tables", {}).get(each)
        waiting += entry["inputs"]
        if before is None or before.get("declared") != entry["declared"]:
            yield {"kind": "table", "name": each}
        if source := entry["source"]:
            was, now = _bytes_of(past.get("sources", {}).get(source)), _bytes_of(catalogue["sources"].get(source))
            if was != now:
                yield {"kind": "source", "name": source, "before": sorted(was - now), "after": sorted(now - was)}


def _bytes_of(source: Mapping[str, Any] | None) -> set[str]:
    return {snapshot["sha256"] for snapshot in source["snapshots"]} if source else set()


__all__ = ["Passage", "deduce_causes", "make_corrections", "narrower"]
