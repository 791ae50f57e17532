"""A figure of one moment moved through its periods: what it can show, on which scale, and what never compares."""

import pytest

from beffroi.catalog.blocks import Bar, Distribution, Pyramid, Ranking
from beffroi.errors import BeffroiError
from beffroi.observe import Atlas
from beffroi.observe.blocks.bars import observe_bars
from beffroi.observe.blocks.pyramids import observe_pyramid
from beffroi.observe.blocks.spreads import observe_spread
from beffroi.observe.figures import Distribution as Spread
from beffroi.observe.figures import Map
from beffroi.observe.figures import Ranking as Ranked
from beffroi.observe.pages import FigureView, observe_page
from beffroi.observe.periods import Choice, choose_period
from tests.observe.paged import build_paged_release, make_page
from tests.observe.parted import TOWN, VILLAGE, WHOLE, parted_atlas, stand_at

PLACE = "commune:99002"
PAGE = """---
title: Essai {{ here.in }}
levels: [commune]
compared: [epci]
---

```choropleth
name: carte
title: Une commune sur deux perd ses habitants
note: D'après le recensement de 2021.
indicator: housing/vacancy_rate
```

```ranking
name: rang
indicator: mobility/accidents
```

```comparison
name: tableau
indicators: [housing/vacancy_rate, mobility/accidents]
```

```bivariate_map
name: croisee
x: housing/vacancy_rate
y: housing/vacancy_rate
```

```ranking
name: arrete
indicator: housing/vacancy_rate
period: 2016
```
"""


@pytest.fixture(scope="module")
def atlas() -> Atlas:
    return Atlas(build_paged_release(more={"housing/essai": make_page("housing/essai", {"fr": PAGE, "en": PAGE})}))


def look(atlas: Atlas, name: str, **periods: str) -> FigureView:
    page = observe_page(atlas, "housing/essai", "fr", PLACE, periods)
    return next(part for part in page.parts if isinstance(part, FigureView) and part.name == name)


def choice_of(view: FigureView) -> Choice:
    assert view.choice is not None
    return view.choice


def test_a_figure_opens_on_the_last_period_and_offers_the_others(atlas: Atlas) -> None:
    choice = choice_of(look(atlas, "carte"))
    assert (choice.shown, choice.opening, choice.moved) == ("2021", "2021", "")
    assert [period for stretch in choice.stretches for period, _ in stretch.periods] == ["2016", "2021"]
    assert "Les classes sont les mêmes à toutes les périodes." in choice.notes


def test_one_that_its_author_fixed_opens_there_and_moves_all_the_same(atlas: Atlas) -> None:
    assert choice_of(look(atlas, "arrete")).opening == "2016"
    assert choice_of(look(atlas, "arrete", arrete="2021")).moved == "2021"


def test_a_map_that_moves_keeps_its_classes_and_leaves_what_its_author_found(atlas: Atlas) -> None:
    before, after = look(atlas, "carte"), look(atlas, "carte", carte="2016")
    legends = []
    for view in (before, after):
        figure = view.figure.figure  # type: ignore[union-attr]
        assert isinstance(figure, Map)
        legends.append([(each.words, each.shade) for each in figure.legend])
    assert legends[0] == legends[1]
    assert (before.title, after.title) == ("Une commune sur deux perd ses habitants", "")
    assert after.note == "Note écrite pour 2021\u00a0: D’après le recensement de 2021."
    assert after.figure is not None
    assert "2016" in after.figure.frame.title
    assert {read.value.period for read in after.figure.readings} == {"2016"}


def test_what_was_measured_otherwise_and_what_is_provisional_stand_apart(atlas: Atlas) -> None:
    choice = choice_of(look(atlas, "rang"))
    assert [stretch.label for stretch in choice.stretches] == ["2010 à 2017", "2018 à 2019", "2020, provisoire"]
    assert any("Rupture en 2018" in words and "ne se comparent pas" in words for words in choice.notes)


def test_indicators_of_unlike_last_periods_open_each_on_its_own(atlas: Atlas) -> None:
    """Vacancy is of 2016 and 2021, accidents of 2010 to 2020: one period is shared, and there is no choice."""
    assert look(atlas, "tableau").choice is None
    standing = stand_at(parted_atlas(), TOWN)
    measures = [standing.measure(name) for name in ("homes/vacant_share", "people/women")]
    assert choose_period(standing, "comparison", {"name": "t"}, measures, None) is None


def test_a_map_of_two_indicators_does_not_move(atlas: Atlas) -> None:
    assert look(atlas, "croisee").choice is None


def test_a_period_that_is_not_there_is_said_with_those_that_are(atlas: Atlas) -> None:
    with pytest.raises(BeffroiError) as caught:
        look(atlas, "carte", carte="1999")
    fault = caught.value.faults[0]
    assert fault.code == "figure-period-unknown"
    assert {"2016", "2021"} <= set(fault.available)


def test_a_figure_that_the_page_has_not_is_let_go(atlas: Atlas) -> None:
    """An address keeps its periods when another territory, which has not the figure, is taken in hand."""
    page = observe_page(atlas, "housing/essai", "fr", PLACE, {"ailleurs": "1999"})
    assert page.periods == {}


def test_windows_that_share_years_are_said_not_to_compare() -> None:
    atlas = parted_atlas()
    entry = atlas.catalogue["indicators"]["homes/vacant_share"]
    entry["window"] = {"before": 2, "after": 2}
    standing = stand_at(atlas, TOWN)
    part = {"name": "carte", "level": "commune"}
    choice = choose_period(standing, "choropleth", part, [standing.measure("homes/vacant_share")], None)
    assert choice is not None
    assert any("réunit 5 années" in words and "partage 4" in words for words in choice.notes)


def test_bars_of_a_ranking_have_one_scale_at_all_periods() -> None:
    standing = stand_at(parted_atlas(), TOWN)
    ends = []
    for period in ("2018", "2022"):
        figure = observe_spread(standing, Ranking(indicator="homes/vacant_share", period=period)).figure
        assert isinstance(figure, Ranked)
        ends.append({line.code: line.end for line in figure.ranked})
    assert ends[0]["99001"] == pytest.approx(1.0), "10 % is the highest of all"
    assert ends[1]["99001"] == pytest.approx(0.8)


def test_bars_of_a_breakdown_have_one_scale_at_all_periods() -> None:
    standing = stand_at(parted_atlas(), TOWN)
    ends = [
        observe_bars(standing, Bar(breakdown="ages/by_stage", period=period)).groups[0].bars[0].end
        for period in ("2018", "2022")
    ]
    assert ends == pytest.approx([1.0, 48 / 50])


def test_a_pyramid_has_one_scale_at_all_periods() -> None:
    standing = stand_at(parted_atlas(), TOWN, WHOLE)
    figure = observe_pyramid(standing, Pyramid(left="people/women_by_age", right="people/men_by_age"))
    longest = max(wing.length or 0.0 for row in figure.rows for wing in (row.left, row.right))
    outline = max(wing.outline or 0.0 for row in figure.rows for wing in (row.left, row.right))
    assert max(longest, outline) == pytest.approx(1.0)


def test_intervals_of_a_distribution_are_those_of_all_periods() -> None:
    standing = stand_at(parted_atlas(), VILLAGE)
    found = []
    for period in ("2018", "2022"):
        figure = observe_spread(standing, Distribution(indicator="homes/vacant_share", period=period)).figure
        assert isinstance(figure, Spread)
        found.append([(each.low, each.high) for each in figure.bins])
    assert found[0] == found[1]
