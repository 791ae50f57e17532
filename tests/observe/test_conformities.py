"""What the accessibility statement may claim: nothing without an audit, and nothing of an old one."""

from typing import Any

import pytest

from beffroi.observe.conformities import observe_conformity

BUILT = "2026-11-20T06:30:00Z"


def audit(met: int, applicable: int, audited: str = "2026-03-12") -> dict[str, Any]:
    return {
        "accessibility": {
            "audited": audited, "by": "Personne", "criteria_met": met, "criteria_applicable": applicable,
            "sample": ["/"], "report": None, "why": "des tableaux manquent",
        }
    }  # fmt: skip


def test_without_an_audit_nothing_is_claimed() -> None:
    for workspace in ({}, {"accessibility": None}):
        statement = observe_conformity(workspace, BUILT)
        assert (statement.conformity, statement.share, statement.expired) == ("none", None, False)


@pytest.mark.parametrize(
    ("met", "applicable", "told"),
    [(70, 70, "full"), (105, 106, "partial"), (35, 70, "partial"), (34, 70, "none"), (0, 70, "none")],
)
def test_the_word_follows_from_the_two_numbers(met: int, applicable: int, told: str) -> None:
    statement = observe_conformity(audit(met, applicable), BUILT)
    assert statement.conformity == told
    assert statement.share == met / applicable


def test_an_audit_counts_for_three_years() -> None:
    assert observe_conformity(audit(70, 70, "2023-11-20"), BUILT).conformity == "full"
    old = observe_conformity(audit(70, 70, "2023-11-19"), BUILT)
    assert (old.conformity, old.expired, old.share) == ("none", True, 1)
