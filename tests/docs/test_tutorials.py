"""A tutorial is walked as it is written, in an empty folder."""

import re
from pathlib import Path

import pytest

from tests.docs.blocks import read_blocks
from tests.docs.sessions import Session, compare
from tests.house.places import ROOT

TUTORIALS = sorted((ROOT / "docs" / "tutorials").glob("*.md"))


@pytest.mark.parametrize("page", TUTORIALS, ids=lambda page: page.stem)
def test_tutorial_leads_where_it_says(page: Path, tmp_path: Path) -> None:
    session = Session(tmp_path)
    for block in read_blocks(page):
        session.follow(block)
    addresses = re.findall(r"http://127\.0\.0\.1:8000(/\S+)", page.read_text("utf-8"))
    assert addresses, "nothing is looked at in a browser"
    for address in addresses:
        assert "Logements autorisés" in session.page(address)


@pytest.mark.parametrize(
    ("shown", "agrees"),
    [
        (["un  deux", "trois"], True),
        (["un deux"], False),
        (["…", "trois"], True),
        (["un …", "trois"], True),
        (["…", "trois", "un deux"], False),
        (["…", "quatre"], False),
    ],
)
def test_what_is_shown_is_compared_with_what_comes(shown: list[str], agrees: bool) -> None:
    assert (compare(shown, "un deux\n\ntrois\n") is None) is agrees
