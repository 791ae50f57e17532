"""Working out the official territories, which everything later is checked against and counted by."""

import time

from beffroi.errors import BeffroiError, fault
from beffroi.lake.objects import LakeObject
from beffroi.run.geographies import Geographies
from beffroi.run.orders import REQUIRED_ROLES, role_tables
from beffroi.run.reports import Item, State
from beffroi.run.states import BuildState


def make_territories(state: BuildState, geographies: Geographies) -> LakeObject:
    """Names and contours; gives where the codes known at each vintage are kept (``level, vintage, code``).

    Raises ``territories-missing``, with every fault met so far, when the communes or EPCI could neither be made nor
    kept from before: nothing can then be counted by territory.
    """
    started = time.monotonic()
    roles = role_tables(state.catalog)
    if any(roles[role] not in state.tables for role in REQUIRED_ROLES):
        raise BeffroiError([fault("territories-missing"), *state.report.own_faults])
    was_made = geographies.is_made()
    state.progress("territories", "territories", 0, None)
    try:
        names = geographies.names()
        geographies.contours()
        geographies.events()
        known = geographies.known_codes()
    finally:
        state.progress("territories", "territories", 1, 1)
    spent = time.monotonic() - started
    done: State = "unchanged" if was_made else "built"
    state.note(Item("territories", "territories", done, spent, names.rows, notes=geographies.contour_faults))
    return known
