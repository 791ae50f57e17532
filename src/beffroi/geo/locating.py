"""Which codes of some rows are known at a vintage, and how many rows are not located."""

from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.compute as pc

from beffroi.catalog.workspaces import QPV, Level
from beffroi.geo.crosswalks import Passage

if TYPE_CHECKING:
    from beffroi.geo.territories import Territories


def located_codes(territories: "Territories", level: Level, vintage: int) -> pa.Table:
    """``code, kind``: every code of a level that can be located at ``vintage``, in order of code.

    At ``commune``, besides communes (COM): municipal arrondissements (ARM), delegated and associated communes (COMD,
    COMA) and bygone communes (OLD), all of which lie in a commune of that vintage; a vintage without list is reached
    by the events. At the other levels, ``kind`` is the level. Raises ``vintage-unlisted``, ``vintage-out-of-reach``.
    """
    if level == "commune":
        passage = Passage(territories, vintage, vintage)
        kinds = {code: kind for code, kind in passage.kinds.items() if passage.destinations(code) is not None}
    elif level == "iris":
        kinds = dict.fromkeys(territories.iris_at(vintage)["code"].to_pylist(), "iris")
    elif level in QPV:
        kinds = dict.fromkeys(territories.names(vintage, level), level)
    else:
        kinds = dict.fromkeys(pc.unique(territories.membership(vintage, [level])["territory"]).to_pylist(), level)
    codes = sorted(kinds)
    return pa.table(
        {"code": pa.array(codes, pa.string()), "kind": pa.array([kinds[code] for code in codes], pa.string())}
    )


def unknown_codes(territories: "Territories", codes: Any, level: Level, vintage: int) -> pa.Table:
    """``code, count``: the codes (an Arrow array, one a row) that cannot be located at ``vintage``, and their rows.

    A row without code is counted under a null code. The most frequent come first.
    """
    known = located_codes(territories, level, vintage)["code"].combine_chunks()
    missing = codes.filter(pc.invert(pc.is_in(codes, known)))
    counted = pa.table({"code": pc.cast(missing, pa.string())}).group_by("code").aggregate([([], "count_all")])
    return counted.rename_columns(["code", "count"]).sort_by([("count", "descending"), ("code", "ascending")])
