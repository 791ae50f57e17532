"""The lake: snapshots become typed tables with a contract, in editions that are published atomically.

This room alone opens the lake's files. What it lets be read always goes through a ``Reader``; what it publishes is
whole or absent. It never fetches anything, never decides what is stale (``run`` does) and never shows anything.
"""

from beffroi.lake.editions import Edition, EditionStore
from beffroi.lake.lakes import Lake
from beffroi.lake.objects import LakeObject, ObjectStore
from beffroi.lake.releases import EditionInfo, Release
from beffroi.lake.series import SERIES_ORDER, SERIES_SCHEMA, UNLOCATED

__all__ = [
    "SERIES_ORDER",
    "SERIES_SCHEMA",
    "UNLOCATED",
    "Edition",
    "EditionInfo",
    "EditionStore",
    "Lake",
    "LakeObject",
    "ObjectStore",
    "Release",
]
