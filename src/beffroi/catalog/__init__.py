"""What a workspace declares: its nouns, read from its text and checked, all the faults at once.

This room opens the text of a workspace and nothing else: it never fetches, never computes, never opens the lake.
``check_catalog`` gives what is good and every fault; ``load_catalog`` raises them. The nouns themselves are pydantic
models, one module each: ``workspaces vocabularies groupings sources tables indicators``; ``roles`` says what is asked
of the tables of official territories.
"""

from beffroi.catalog.catalogs import Catalog, DeclaredTable
from beffroi.catalog.checks import CheckResult, check_catalog, load_catalog

__all__ = ["Catalog", "CheckResult", "DeclaredTable", "check_catalog", "load_catalog"]
