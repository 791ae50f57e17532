"""Who may see what."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from beffroi.access import BUILDER, PUBLIC, Audience, allows, partner

names = st.from_regex(r"[a-z][a-z0-9_-]{0,12}", fullmatch=True)


def test_what_is_public_is_open_to_everybody():
    assert all(allows(reader, Audience("public")) for reader in (PUBLIC, BUILDER, partner("dreal")))


@given(names, names)
def test_a_partner_sees_what_is_meant_for_it_and_nothing_meant_for_another(mine, other):
    assert allows(partner(mine), Audience(f"partner:{mine}"))
    assert allows(partner(mine), Audience(f"partner:{other}")) == (mine == other)
    assert not allows(PUBLIC, Audience(f"partner:{other}"))
    assert allows(BUILDER, Audience(f"partner:{other}"))


@pytest.mark.parametrize("name", ["", "Public", "partner:", "partner:A b", "partner", "publicity"])
def test_an_audience_is_public_or_a_named_partner(name):
    with pytest.raises(ValueError, match="audience"):
        Audience(name)
