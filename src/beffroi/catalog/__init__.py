"""What a workspace declares: its nouns, read from its text and checked, all the faults at once.

This room opens the text of a workspace and nothing else: it never fetches, never computes, never opens the lake.
``check_catalog`` gives what is good and every fault; ``load_catalog`` raises them; ``format_workspace`` puts texts in
canonical form, ``export_schemas`` helps editors, ``new_workspace`` starts a folder. The nouns themselves are pydantic
models, one module each: ``workspaces vocabularies groupings sources tables indicators``; ``roles`` says what is asked
of the tables of official territories.
"""

from beffroi.catalog.catalogs import Catalog, DeclaredTable
from beffroi.catalog.checks import CheckResult, check_catalog, load_catalog
from beffroi.catalog.roles import ROLES, RoleColumn
from beffroi.catalog.schemas import export_schemas
from beffroi.catalog.starting import new_workspace
from beffroi.catalog.tidying import format_workspace

__all__ = [
    "ROLES",
    "Catalog",
    "CheckResult",
    "DeclaredTable",
    "RoleColumn",
    "check_catalog",
    "export_schemas",
    "format_workspace",
    "load_catalog",
    "new_workspace",
]
