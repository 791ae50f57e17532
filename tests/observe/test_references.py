"""References of prose in words: values with their unit, changes, ranks, places; and what stands for a missing value."""

from typing import Any

import pytest

from beffroi.catalog.references import settle_references
from beffroi.language import THIN
from beffroi.observe.pages import fill
from beffroi.observe.references import Said, say_references
from tests.observe.conftest import Stand

KNOWN, MISSING, SECRET, WEAK = "commune:99002", "commune:99005", "commune:99010", "commune:99001"


def say(stand: Stand, written: str, territory: str = KNOWN, language: str = "fr", otherwise: str | None = None) -> Said:
    (said,) = say_references(stand(territory, language), settle_references([written]), otherwise).values()
    return said


def test_a_value_has_its_unit_and_says_what_it_is_of(stand: Stand) -> None:
    said = say(stand, "{{ housing/vacancy_rate }}")
    assert said.words.endswith(f"{THIN}%")
    assert "," in said.words
    assert said.title == "Taux de vacance des logements, Bellefosse, 2021 (moyenne 2019–2023)"
    assert (said.indicator, said.territory, said.period) == ("housing/vacancy_rate", KNOWN, "2021")
    english = say(stand, "{{ housing/vacancy_rate }}", language="en")
    assert "." in english.words
    assert english.words.endswith("%")


def test_a_territory_may_be_another_and_a_period_an_older_one(stand: Stand) -> None:
    here, there = (
        say(stand, "{{ housing/vacancy_rate }}"),
        say(stand, "{{ housing/vacancy_rate, territory: perimeter }}"),
    )
    assert there.territory == "grouping:pays"
    assert here.words != there.words
    assert say(stand, "{{ housing/vacancy_rate, period: '2016' }}").period == "2016"


@pytest.mark.parametrize(
    ("form", "words"),
    [
        ("", "Bellefosse"),
        (".name", "Bellefosse"),
        (".in", "à Bellefosse"),
        (".of", "de Bellefosse"),
        (".level", "commune"),
    ],
)
def test_a_place_is_said_in_each_form(stand: Stand, form: str, words: str) -> None:
    said = say(stand, f"{{{{ here{form} }}}}")
    assert said.words == words
    assert said.indicator is None


@pytest.mark.parametrize(("territory", "words"), [(MISSING, "non disponible"), (SECRET, "secret statistique")])
def test_a_reference_without_a_value_is_never_blank(stand: Stand, territory: str, words: str) -> None:
    assert say(stand, "{{ housing/vacancy_rate }}", territory).words == words
    assert say(stand, "{{ housing/vacancy_rate }}", territory, otherwise="non diffusé").words == "non diffusé"
    own = say(stand, "{{ housing/vacancy_rate, otherwise: pas de taux }}", territory, otherwise="non diffusé")
    assert own.words == "pas de taux", "what the reference says wins"
    assert f": {words}" in own.title, "why is one gesture away"
    assert own.state in ("missing", "confidential")


def test_what_holds_nothing_and_what_is_not_released_have_their_words(stand: Stand) -> None:
    assert say(stand, "{{ region }}").words == "–"
    assert say(stand, "{{ housing/vacancy_rate, territory: region }}").words == "non disponible"
    assert say(stand, "{{ land/median_price }}", otherwise="à venir").words == "à venir"


def test_a_change_of_a_rate_is_in_points_and_of_a_count_in_percent(stand: Stand) -> None:
    points = say(stand, "{{ housing/vacancy_rate, show: change, since: '2016' }}").words
    assert points.startswith("+")
    assert points.endswith("point")
    percent = say(stand, "{{ mobility/accidents, show: change, since: '2018' }}").words
    assert percent.endswith("%")


def test_a_change_across_a_break_is_not_one(stand: Stand) -> None:
    said = say(stand, "{{ mobility/accidents, show: change, since: '2015' }}", otherwise="non comparable")
    assert said.words == "non comparable"
    assert say(stand, "{{ mobility/accidents, show: change, since: '1999' }}").words == "non disponible"


def test_a_rank_is_said_and_a_weak_value_has_none(stand: Stand) -> None:
    assert "sur" in say(stand, "{{ housing/vacancy_rate, show: rank }}").words
    atlas = stand(KNOWN).atlas
    weak = [v for v in atlas.slice(atlas.measure("housing/vacancy_rate"), "commune", 2026).at("2021").values()
            if v.state == "weak"]  # fmt: skip
    said = say(stand, "{{ housing/vacancy_rate, show: rank }}", f"commune:{weak[0].territory}", otherwise="non classé")
    assert said.words == "non classé"
    value = say(stand, "{{ housing/vacancy_rate }}", f"commune:{weak[0].territory}")
    assert value.state == "weak"
    assert value.title.endswith("(peu fiable)")


def test_a_period_may_be_said_alone(stand: Stand) -> None:
    assert say(stand, "{{ housing/vacancy_rate, show: period }}").words == "2021"


def test_every_reference_of_a_text_is_said_once(stand: Stand) -> None:
    settled: dict[str, Any] = settle_references(["{{ here }} {{ here.in }}", "{{ here }} {{ housing/vacancy_rate }}"])
    assert set(say_references(stand(KNOWN), settled, None)) == {"here", "here.in", "housing/vacancy_rate"}


def doubtful(stand: Stand) -> str:
    """A commune whose rate is weakly reliable."""
    atlas = stand(KNOWN).atlas
    values = atlas.slice(atlas.measure("housing/vacancy_rate"), "commune", 2026).at("2021").values()
    return next(f"commune:{value.territory}" for value in values if value.state == "weak")


def test_what_one_may_doubt_is_mentioned(stand: Stand) -> None:
    assert say(stand, "{{ housing/vacancy_rate }}").mention == ""
    assert say(stand, "{{ housing/vacancy_rate }}", doubtful(stand)).mention == "peu fiable"
    assert say(stand, "{{ housing/vacancy_rate, show: change, since: '2016' }}", doubtful(stand)).state == "weak"
    assert say(stand, "{{ housing/vacancy_rate, show: period }}", doubtful(stand)).mention == "", "a year is sure"
    assert say(stand, "{{ mobility/accidents }}").mention == "provisoire"
    assert say(stand, "{{ mobility/accidents, period: '2019' }}").mention == ""


def test_where_no_letter_can_mark_it_the_doubt_is_written(stand: Stand) -> None:
    references = settle_references(["{{ housing/vacancy_rate }}"])
    said = say_references(stand(doubtful(stand), "fr"), references, None)
    assert fill("Vacance : {{ housing/vacancy_rate }}", said).endswith(f"{THIN}% (peu fiable)")


def test_without_a_rank_that_is_what_is_said(stand: Stand) -> None:
    assert say(stand, "{{ housing/vacancy_rate, show: rank }}", doubtful(stand)).words == "sans rang"
