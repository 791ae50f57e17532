"""Portraits as HTML: a map that names, strips that stay within their width, paper that is shared out."""

import re
from types import SimpleNamespace
from typing import Any, cast

from beffroi.observe.portraits import Portrait
from beffroi.publish import Site
from beffroi.publish.drawings.vicinities import HEIGHT, WIDTH, draw_strip
from beffroi.publish.pages import Visit
from beffroi.publish.portraits import find_place, render_portrait, share_paper


def test_the_map_marks_the_commune_names_its_neighbours_and_leads_to_them(site: Site) -> None:
    place = find_place(site, "commune", "99009", "fr")
    page = render_portrait(site, Visit("fr", "/territoires/commune/99009"), cast(Any, place))
    drawn = page.split('class="vicinity"', 1)[1].split("</svg>", 1)[0]
    assert drawn.count('class="here"') == 1
    assert drawn.count('class="name name-hand"') == 1
    assert 'href="/territoires/commune/99008"' in drawn
    for x, y in re.findall(r'<text class="name[^"]*" x="([\d.]+)" y="([\d.]+)"', drawn):
        assert 0 < float(x) < WIDTH
        assert 0 < float(y) <= HEIGHT


def test_a_strip_is_nothing_without_peers_and_never_leaves_its_width() -> None:
    assert draw_strip((), None, None) == ""
    assert draw_strip((0.1, 0.2), None, None) == ""
    marks = draw_strip((0.0, 0.25, 0.25, 1.0), 1.0, 0.5, width=100)
    assert 'd="M96.0 1v22"' in marks
    heights = [float(height) for height in re.findall(r"v-([\d.]+)", marks)]
    assert max(heights) == heights[1], "where two peers are, the stroke is the highest"


def test_paper_is_shared_by_themes_in_turn() -> None:
    def sheet(name: str, count: int) -> Any:
        return SimpleNamespace(id=name, lines=range(count))

    portrait = cast(Portrait, SimpleNamespace(sheets=[sheet("a", 30), sheet("b", 2), sheet("c", 0), sheet("d", 30)]))
    printed = share_paper(portrait)
    assert printed["b"] == 2
    assert printed["c"] == 0
    assert abs(printed["a"] - printed["d"]) <= 1
    assert 20 <= sum(printed.values()) <= 27
