"""Key figures, comparisons and key years: values in words, with what is doubtful and what is still to come."""

from beffroi.catalog.blocks import Comparison, KeyFigures, KeyYears
from beffroi.observe.blocks.comparisons import observe_comparison, observe_key_years
from beffroi.observe.blocks.keys import observe_keys
from tests.observe.conftest import Stand

RATE, ACCIDENTS, INCOME = "housing/vacancy_rate", "mobility/accidents", "income/median_income"

HIDDEN = "secret statistique (trop peu d’unités, contributeur dominant, ou valeur qui en trahirait une autre)"


def test_a_key_figure_has_its_rank_its_course_and_what_it_compares_with(stand: Stand) -> None:
    figure = observe_keys(
        stand("commune:99002", compared=("epci", "perimeter")), KeyFigures(indicators=[RATE, ACCIDENTS])
    )
    rate, accidents = figure.entries
    assert rate.rank.endswith("communes")
    assert len(rate.history) == 2
    assert [name for name, _ in rate.compared] == ["CA du Val d’Orve", "Pays d’Orve"]
    assert accidents.compared == (), "a count of a larger territory says nothing beside this one's"
    assert {reading.place.level for reading in figure.readings} == {"commune", "epci", "grouping"}


def test_a_key_figure_without_a_value_says_why_and_has_no_rank(stand: Stand) -> None:
    figure = observe_keys(stand("commune:99010"), KeyFigures(indicators=[RATE, "land/median_price"]))
    assert [(entry.number, entry.reason, entry.rank) for entry in figure.entries] == [
        ("–", HIDDEN, ""), ("–", "non disponible", ""),
    ]  # fmt: skip
    assert [each.say("fr") for each in figure.entries[0].instead] == ["CC du Pays de Rosembaut\u00a0: 9,4\u202f%"]
    assert figure.frame.sentence.startswith(
        f"Taux de vacance des logements\u202f: {HIDDEN}\u202f; à la place, CC du Pays"
    )


def test_a_comparison_has_a_column_for_each_territory(stand: Stand) -> None:
    figure = observe_comparison(stand("commune:99002", compared=("epci",)), Comparison(indicators=[RATE, INCOME]))
    assert figure.grid.columns == ("Bellefosse", "CA du Val d’Orve")
    assert [row.label for row in figure.grid.rows] == [
        "Taux de vacance des logements", "Revenu médian par unité de consommation",
    ]  # fmt: skip
    assert all(cell.number is not None for row in figure.grid.rows for cell in row.cells)
    assert figure.first_in_hand


def test_a_secret_keeps_its_place_in_a_comparison(stand: Stand) -> None:
    figure = observe_comparison(stand("commune:99010"), Comparison(indicators=[RATE]))
    (cell,) = figure.grid.rows[0].cells
    assert (cell.said, cell.number) == ("–", None)
    assert cell.mention.startswith(HIDDEN)
    assert "confidential" in {notice.kind for notice in figure.frame.notices}


def test_key_years_to_come_stay_open_and_past_ones_without_a_value_say_so(stand: Stand) -> None:
    years = [
        {"label": "T0", "period": "2016"}, {"label": "2019", "period": "2019"}, {"label": "Bilan", "period": "2030"},
    ]  # fmt: skip
    figure = observe_key_years(stand("commune:99002"), KeyYears.model_validate({"indicators": [RATE], "years": years}))
    assert figure.grid.columns == ("T0 (2016)", "2019", "Bilan (2030)")
    start, middle, end = figure.grid.rows[0].cells
    assert start.number is not None
    assert middle.mention == "non disponible"
    assert end.mention == "à venir"
