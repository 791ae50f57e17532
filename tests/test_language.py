"""Numbers and units as each language writes them."""

import pytest

from beffroi.language import format_value, pick, text, typeset
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


@pytest.mark.parametrize(
    ("typed", "printed"),
    [
        ("l'Agence d'Hénin : 60 %", "l’Agence d’Hénin\u00a0: 60\u00a0%"),
        ("pourquoi « secret » ? Ceci ; cela !", "pourquoi «\u00a0secret\u00a0»\u202f? Ceci\u202f; cela\u202f!"),
        ("1 461 441 habitants, 10 000 en 2021", "1\u202f461\u202f441 habitants, 10\u202f000 en 2021"),
        ("en 2021 319 communes, 0,5 123", "en 2021 319 communes, 0,5 123"),
        ("CA de Lens - Liévin, n° 5", "CA de Lens\u00a0- Liévin, n°\u00a05"),
        ("1. Connaissance", "1.\u00a0Connaissance"),
        ("l'{{ housing/rate, otherwise: 'a : b' }} d'ici", "l’{{ housing/rate, otherwise: 'a : b' }} d’ici"),
        ("The agency's words: 5", "The agency’s words: 5"),
    ],
)
def test_what_is_typed_is_printed_as_a_printer_would(typed: str, printed: str) -> None:
    assert typeset(typed) == printed
    assert pick({"fr": typed}, "en") == printed


def test_words_of_pages_are_printed_and_those_of_the_terminal_stay_as_they_are_typed() -> None:
    assert text("figure.source", "fr", sources="Insee") == "Source\u00a0: Insee"
    assert text("terminal.default", "fr", value="8000") == "sinon : 8000"
