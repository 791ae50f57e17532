"""How accessible the site says that it is: the rate of a manual audit of the RGAA, or that there was none.

The three words are those of the decree n° 2019-768: all criteria that apply are met, at least half of them, or less;
an audit counts for three years, as a statement does. What programs find is told beside, and never counts here.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

Conformity = Literal["full", "partial", "none"]

_HALF = 0.5
"""The share of criteria met from which a site conforms in part (arrêté of 20 September 2019, the RGAA)."""

_YEARS = 3
"""A statement is made anew after three years (decree n° 2019-768, article 4)."""


@dataclass(frozen=True)
class Statement:
    """What a statement rests on. ``share`` is a share of one, None without an audit; the rest is as declared.

    ``expired`` when the audit is too old to be told as the state of the site.
    """

    conformity: Conformity
    share: float | None
    met: int = 0
    applicable: int = 0
    audited: str = ""
    by: str = ""
    sample: Sequence[str] = ()
    report: str = ""
    why: str = ""
    expired: bool = False


def observe_conformity(workspace: Mapping[str, Any], built: str) -> Statement:
    """The statement of a workspace as its catalogue describes it, in the edition ``built`` at a time (ISO 8601)."""
    audit: Mapping[str, Any] | None = workspace.get("accessibility")
    if not audit:
        return Statement("none", None)
    met, applicable = int(audit["criteria_met"]), int(audit["criteria_applicable"])
    share, audited = met / applicable, str(audit["audited"])
    expired = f"{int(audited[:4]) + _YEARS}{audited[4:]}" < built[:10]
    conformity: Conformity = (
        "none" if expired else "full" if met == applicable else "partial" if share >= _HALF else "none"
    )
    return Statement(
        conformity, share, met, applicable, audited, audit["by"], tuple(audit["sample"]),
        audit.get("report") or "", audit["why"], expired,
    )  # fmt: skip


__all__ = ["Conformity", "Statement", "observe_conformity"]
