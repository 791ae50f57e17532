"""Collecting: sources -> dated snapshots (bytes, sha256, licence, where from) -> raw relations.

This room fetches bytes and says how to read them as rows. It never cleans a value, never joins, never decides who
may see what, and never overwrites bytes that it has: a file that changed at its producer's is a new edition.
"""

from beffroi.collect.collecting import Advance, Attempt, Collected, collect_all, collect_source
from beffroi.collect.locations import Session
from beffroi.collect.reading import raw_fault, raw_relations
from beffroi.collect.relations import RawRelation
from beffroi.collect.snapshots import Snapshot, SnapshotStore

__all__ = [
    "Advance",
    "Attempt",
    "Collected",
    "RawRelation",
    "Session",
    "Snapshot",
    "SnapshotStore",
    "collect_all",
    "collect_source",
    "raw_fault",
    "raw_relations",
]
