"""Numbers and units as each language writes them."""

import pytest

from beffroi.language import format_value
from beffroi.units import Unit

PERSONS = Unit("persons", {"fr": "personnes", "en": "persons"}, {"fr": "personne", "en": "person"}, decimals=1)


@pytest.mark.parametrize(
    ("value", "french", "english"),
    [
        (0, "0,0 personne", "0.0 persons"),
        (0.6, "0,6 personne", "0.6 persons"),
        (1, "1,0 personne", "1.0 person"),
        (1.8, "1,8 personne", "1.8 persons"),
        (-2, "\N{MINUS SIGN}2,0 personnes", "\N{MINUS SIGN}2.0 persons"),
    ],
)
def test_french_is_singular_below_two_and_english_for_one_alone(value: float, french: str, english: str) -> None:
    said = [format_value(value, PERSONS, language).replace("\N{NO-BREAK SPACE}", " ") for language in ("fr", "en")]
    assert said == [french, english]
