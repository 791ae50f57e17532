"""The tables of official territories: which role asks for which columns.

``workspace.yaml`` names one table for each role it uses (``territories:``); ``geo`` reads nothing else of the
official list. This module only lists what is asked; it never opens a table.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from beffroi.catalog.vocabularies import ColumnType


@dataclass(frozen=True)
class RoleColumn:
    """One column that a role's table must have, or may have when it is ``optional``. ``nullable``: it may be empty in
    some rows."""

    types: tuple[ColumnType, ...]
    nullable: bool = False
    optional: bool = False


_CODE = RoleColumn(("text",))
_TEXT_OR_NOTHING = RoleColumn(("text",), nullable=True)
_NAME_KIND = RoleColumn(("integer",), nullable=True, optional=True)
_VINTAGE = RoleColumn(("integer",))
_QPV: Mapping[str, RoleColumn] = {
    "vintage": _VINTAGE,
    "code": _CODE,
    "name": _CODE,
    "commune": _CODE,
    "geometry": RoleColumn(("geometry",), nullable=True, optional=True),
}

ROLES: Mapping[str, Mapping[str, RoleColumn]] = {
    "communes": {
        "vintage": _VINTAGE,
        "code": _CODE,
        "name": _CODE,
        "kind": _CODE,
        "parent": _TEXT_OR_NOTHING,
        "departement": _TEXT_OR_NOTHING,
        "region": _TEXT_OR_NOTHING,
        "arrondissement": _TEXT_OR_NOTHING,
        "epci": _TEXT_OR_NOTHING,
        "population": RoleColumn(("integer",), nullable=True),
    },
    "epci": {"vintage": _VINTAGE, "code": _CODE, "name": _CODE, "type": _TEXT_OR_NOTHING},
    "departements": {"vintage": _VINTAGE, "code": _CODE, "name": _CODE, "region": _TEXT_OR_NOTHING, "tncc": _NAME_KIND},
    "regions": {"vintage": _VINTAGE, "code": _CODE, "name": _CODE, "tncc": _NAME_KIND},
    "arrondissements": {"vintage": _VINTAGE, "code": _CODE, "name": _CODE, "departement": _TEXT_OR_NOTHING},
    "events": {
        "mod": RoleColumn(("integer", "text")),
        "date": RoleColumn(("date",)),
        "type_before": _CODE,
        "code_before": _CODE,
        "type_after": _CODE,
        "code_after": _CODE,
    },
    "contours": {"vintage": _VINTAGE, "code": _CODE, "geometry": RoleColumn(("geometry",))},
    "iris": {"vintage": _VINTAGE, "code": _CODE, "name": _CODE, "commune": _CODE, "kind": _TEXT_OR_NOTHING},
    "qpv_2024": _QPV,
    "qpv_2015": _QPV,
}
"""Columns by role, in the order in which messages list them.

``kind`` of a commune is COM, or ARM, COMD, COMA (municipal arrondissement, delegated, associated commune: then
``parent`` is the commune that holds it); ``events`` are INSEE's, one row a commune before and a commune after. A list
of QPV has one row a QPV and commune that it lies in, ``vintage`` being that of the commune's code; its ``geometry``,
in longitude and latitude, may be left out. ``tncc`` is INSEE's kind of a name (« type de nom en clair »), which says
its article: 2 le, 3 la, 4 les, 5 l', 0 and 1 none.
"""
