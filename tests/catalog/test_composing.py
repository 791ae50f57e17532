"""Texts made from a form are canonical, and say what was chosen."""

from beffroi.catalog.composing import (
    append_block,
    compose_block,
    compose_observatory,
    compose_page,
    list_page,
    name_for,
)
from beffroi.catalog.page_formatting import format_page
from beffroi.catalog.tidying import format_file


def test_a_block_says_what_was_chosen_and_nothing_else() -> None:
    block = compose_block("circles", {"indicator": "a/b", "period": "2021", "title": "Ici : un # titre", "note": ""})
    assert block == '```circles\nindicator: a/b\nperiod: "2021"\ntitle: "Ici : un # titre"\n```\n'


def test_a_block_goes_at_the_end_of_a_page() -> None:
    page = compose_page({"title": "Titre", "levels": ["commune"]}, "Un mot.")
    longer = append_block(page, compose_block("ranking", {"indicator": "a/b"}), "Le rang\n## faux")
    assert longer == page + "\n## Le rang ## faux\n\n```ranking\nindicator: a/b\n```\n"
    assert format_page(longer) == longer


def test_a_page_is_listed_and_comments_stay() -> None:
    text = "# L'habitat.\ntitle: Habiter # ici\nsummary: Le parc.\npages: [index] # dans cet ordre\n"
    listed = list_page(text, "rents")
    assert "# L'habitat." in listed
    assert "title: Habiter # ici" in listed
    assert listed.endswith("pages: # dans cet ordre\n  - index\n  - rents\n")
    assert format_file("observatories/a/observatory.yaml", listed) == listed


def test_an_observatory_begins_as_a_draft() -> None:
    written = compose_observatory({"title": "A", "summary": "B", "themes": [], "state": "draft", "pages": ["index"]})
    assert written == "title: A\nsummary: B\nstate: draft\npages:\n  - index\n"


def test_a_name_is_made_of_a_title() -> None:
    assert name_for("Où l'Œuf vit, en 2020 !") == "ou_l_oeuf_vit_en_2020"
    assert name_for("2020") == "n_2020"
    assert name_for("…") == "n"
    assert name_for("Prix", frozenset({"prix", "prix_2"})) == "prix_3"
