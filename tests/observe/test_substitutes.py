"""What stands in the place of a hidden value: released values, the nearest first, and nothing that is not released."""

import dataclasses
from typing import Any

import pyarrow as pa
import pytest

from beffroi.lake.releases import Release
from beffroi.observe import Atlas
from beffroi.observe.substitutes import find_substitutes, list_hidden, say_absence, say_reason
from tests.observe.invented import build_release

RATE = "housing/vacancy_rate"
HIDDEN = {"value": None, "numerator": None, "denominator": None, "observations": None}


def conceal(release: Release, **where: str) -> Release:
    """The release with more values hidden: the rows that are all of ``where``, by ``D``."""
    whole = release.load_series(RATE)

    def row(found: dict[str, Any]) -> dict[str, Any]:
        return {**found, **HIDDEN, "confidentiality": "D"} if where.items() <= found.items() else found

    changed = pa.Table.from_pylist([row(each) for each in whole.to_pylist()], schema=whole.schema)
    return dataclasses.replace(release, load_series=lambda name: changed if name == RATE else release.load_series(name))


def instead_of(release: Release, code: str = "99010", period: str = "2021") -> list[str]:
    atlas = Atlas(release)
    place = atlas.gazetteer(2026, "fr").places[f"commune:{code}"]
    measure = atlas.measure(RATE)
    value = atlas.value(measure, place, period, 2026)
    assert value is not None
    found = find_substitutes(atlas, measure, place, value, 2026, "fr")
    return [f"{each.kind} {each.place.key} {each.value.period}" for each in found]


def test_a_value_that_is_there_has_no_substitute() -> None:
    assert instead_of(build_release(), "99002") == []


def test_the_larger_territory_that_is_nearest_stands_for_a_hidden_one() -> None:
    assert instead_of(build_release()) == ["larger epci:900000033 2021"]


def test_one_that_is_hidden_too_leaves_its_place_to_the_next() -> None:
    hidden = conceal(build_release(), level="epci", period="2021")
    assert instead_of(hidden) == ["larger grouping:pays 2021"]


def test_the_same_territory_at_the_nearest_period_stands_for_it_too() -> None:
    hidden = conceal(build_release(), level="commune", territory="99002", period="2021")
    assert instead_of(hidden, "99002")[-1] == "period commune:99002 2016"


def test_nothing_stands_for_a_value_where_nothing_is_released() -> None:
    hidden = conceal(conceal(build_release(), level="epci"), level="grouping")
    assert instead_of(hidden) == []
    assert say_absence("dependent", (), "fr") == "secret statistique (caché pour qu’une autre valeur le reste)"


@pytest.mark.parametrize(
    ("reason", "words"),
    [
        (
            "confidential",
            "confidential (too few units, one dominant contributor, or a value that would give another away)",
        ),
        ("dependent", "confidential (hidden so that another value stays so)"),
        ("withheld", "confidential (not for publication)"),
        ("missing", "not available"),
    ],
)
def test_each_kind_of_absence_has_its_words(reason: str, words: str) -> None:
    assert say_reason(reason, "en") == words


def test_the_hidden_values_of_a_series_are_told_with_what_there_is_instead() -> None:
    release = build_release()
    atlas = Atlas(release)
    rows = release.series(RATE, level="commune", period="2021")
    (found,) = [each for each in list_hidden(atlas, atlas.measure(RATE), rows, "fr") if each.place.code == "99010"]
    assert (found.value.reason, [each.place.level for each in found.instead]) == ("confidential", ["epci"])
