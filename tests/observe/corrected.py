"""The invented release with corrections and a manifest: what a later edition says of what it changed."""

import dataclasses
from typing import Any

import pyarrow as pa

from beffroi.lake.corrections import CORRECTED_SCHEMA, open_corrected, open_events, summarize
from beffroi.lake.manifests import Manifest
from beffroi.lake.releases import Release
from beffroi.lake.trees import Leaf

RATE = "housing/vacancy_rate"
SECRET = 987654.25
"""A value that was published and may be told no more: nothing shows it."""


def figure(event: int, territory: str, kind: str = "changed", *, before: float | None = 7.0, after: float | None = 8.5,
           level: str = "commune", period: str = "2021", indicator: str = RATE) -> dict[str, Any]:  # fmt: skip
    return {
        "event": event, "indicator": indicator, "level": level, "territory": territory, "label": f"Nom {territory}",
        "period": period, "vintage": 2025, "kind": kind, "before": before, "after": after,
    }  # fmt: skip


FIGURES = [
    figure(1, "99901"),
    figure(1, "99902", before=7.0, after=6.9),
    figure(2, "99901", period="2015"),
    figure(2, "99901"),
    figure(2, "99903", "hidden", before=None, after=None),
    figure(3, "99901", before=SECRET, after=SECRET + 1),
]
CAUSE = {"kind": "source", "name": "insee/census", "before": ["a" * 64], "after": ["b" * 64]}


def event(number: int, on: str, **more: Any) -> dict[str, Any]:
    rows = pa.Table.from_pylist([row for row in FIGURES if row["event"] == number], schema=CORRECTED_SCHEMA)
    said = {
        "number": number, "indicator": RATE, "on": on, "edition": f"{number:06d}", "audience": "public",
        "reasons": [], "causes": [CAUSE],
    }  # fmt: skip
    return {**said, **summarize(rows, 2025), **more}


EVENTS = [
    event(1, "2026-01-10"),
    event(2, "2026-03-02", reasons=[{"periods": ["2021"], "why": {"fr": "Fichier mal lu.", "en": "Misread file."}}]),
    event(3, "2026-04-01", audience="partner:ddtm"),
]
LEAVES = (Leaf(f"donnees/{RATE}.csv", "c" * 64), Leaf(f"series:{RATE}", "d" * 64), Leaf("territories", "e" * 64))
MANIFEST = Manifest("public", LEAVES, {f"donnees/{RATE}.csv": f"series:{RATE}"}, "essai")


def correct(release: Release) -> Release:
    """A release whose lake remembers corrections, and that has a manifest."""
    events = open_events(release.reader, release.catalogue, EVENTS)
    table = pa.Table.from_pylist(FIGURES, schema=CORRECTED_SCHEMA)
    return dataclasses.replace(
        release, load_corrections=lambda: events, load_corrected=lambda: open_corrected(table, events),
        load_manifest=lambda: MANIFEST,
    )  # fmt: skip
