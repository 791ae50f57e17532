"""What of a page is not in English yet is found, whatever was moved, and nothing else is."""

from beffroi.catalog.translations import list_untranslated

FRENCH = """---
title: Se loger {{ here.in }}
summary: Le parc de logements.
levels:
  - commune
---

{{ here }} compte {{ housing/dwellings }} logements en tout.

## Où sont les vacants

```ranking
indicator: housing/vacancy_rate
title: Les plus vacants d'abord
```

La fin de la page, en une phrase.

```image
file: plan.png
alt: Un plan du centre, en rouge
credit: Agence
licence: CC0
```
"""
ENGLISH = (
    FRENCH.replace("Se loger", "Living").replace("Le parc de logements.", "The dwellings.")
    .replace("compte {{ housing/dwellings }} logements en tout", "has {{ housing/dwellings }} dwellings in all")
    .replace("Où sont les vacants", "Where the vacant ones are")
    .replace("Les plus vacants d'abord", "Most vacant first")
    .replace("La fin de la page, en une phrase.", "The end of the page, in a sentence.")
    .replace("Un plan du centre, en rouge", "A map of the centre, in red")
)  # fmt: skip


def told(english: str | None, french: str = FRENCH) -> list[tuple[str, str, int | None, int | None]]:
    return [(one.part, one.reason, one.line, one.french_line) for one in list_untranslated(french, english)]


def test_a_page_that_is_translated_has_nothing_left() -> None:
    assert told(ENGLISH) == []


def test_a_copy_is_all_to_translate() -> None:
    assert told(FRENCH) == [
        ("title", "same", 2, 2), ("summary", "same", 3, 3), ("prose", "same", 8, 8), ("heading", "same", 10, 10),
        ("title", "same", 14, 14), ("prose", "same", 17, 17), ("alt", "same", 21, 21),
    ]  # fmt: skip


def test_a_page_without_english_is_all_absent() -> None:
    parts = told(None)
    assert {(reason, line) for _, reason, line, _ in parts} == {("absent", None)}
    assert [part for part, *_ in parts] == ["title", "summary", "prose", "heading", "block", "prose", "block"]


def test_what_was_added_to_the_french_since_is_absent() -> None:
    longer = FRENCH.replace("## Où", "```line\nindicator: housing/dwellings\n```\n\n## Où")
    assert told(ENGLISH, longer) == [("block", "absent", None, 10)]
    longer = FRENCH.replace("La fin", "Une phrase de plus, ajoutée ici.\n\nLa fin")
    assert [(part, reason) for part, reason, *_ in told(ENGLISH, longer)] == [("prose", "absent")]
    assert told(FRENCH.replace("summary: Le parc de logements.\n", ""))[1] == ("summary", "absent", None, 3)


def test_what_the_french_has_no_more_is_surplus() -> None:
    shorter = FRENCH[: FRENCH.index("```image")]
    assert told(ENGLISH, shorter) == [("block", "surplus", 19, None)]


def test_names_and_values_alone_are_no_words() -> None:
    bare = "---\ntitle: Lens\n---\n\n{{ here }} : {{ a/b }}.\n\n[2021](/observatoires/a/b)\n"
    assert told(bare, bare) == []
