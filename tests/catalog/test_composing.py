"""Texts made from a form are canonical, and say what was chosen."""

from beffroi.catalog.composing import (
    change_observatory,
    compose_block,
    compose_observatory,
    list_pages,
    name_for,
    read_keys,
)
from beffroi.catalog.tidying import format_file


def test_a_block_says_what_was_chosen_and_nothing_else() -> None:
    block = compose_block("circles", {"indicator": "a/b", "period": "2021", "title": "Ici : un # titre", "note": ""})
    assert block == '```circles\nindicator: a/b\nperiod: "2021"\ntitle: "Ici : un # titre"\n```\n'


OBSERVATORY = """# L'habitat.
title: Habiter # ici
summary: >-
  Le parc
  de logements.
state: draft
pages: # dans cet ordre
  # d'abord
  - index
  - rents # les loyers
"""


def test_pages_are_put_in_order_and_comments_follow_them() -> None:
    turned = change_observatory(OBSERVATORY, {"pages": ["rents", "index"]})
    assert turned.endswith("pages: # dans cet ordre\n  - rents # les loyers\n  # d'abord\n  - index\n")
    assert turned.startswith("# L'habitat.\ntitle: Habiter # ici\n")
    assert list_pages(turned) == ["rents", "index"]
    renamed = change_observatory(OBSERVATORY, {"pages": ["index", "loyers"]}, {"rents": "loyers"})
    assert renamed.endswith("  - index\n  - loyers # les loyers\n")
    assert change_observatory(OBSERVATORY, {"pages": ["index", "rents", "new"]}).endswith("# les loyers\n  - new\n")


def test_keys_are_said_otherwise_and_the_rest_stays() -> None:
    said = {"title": {"fr": "Habiter", "en": "Housing"}, "state": None, "themes": ["housing"],
            "summary": read_keys(OBSERVATORY)["summary"]}  # fmt: skip
    written = change_observatory(OBSERVATORY, said)
    assert read_keys(written)["title"] == {"fr": "Habiter", "en": "Housing"}
    assert "state" not in read_keys(written)
    assert read_keys(written)["summary"] == "Le parc de logements."
    assert format_file("observatories/a/observatory.yaml", written) == written
    assert read_keys("- pas un objet") == {}
    assert list_pages("pages: [") == []


def test_an_observatory_begins_as_a_draft() -> None:
    written = compose_observatory({"title": "A", "summary": "B", "themes": [], "state": "draft", "pages": ["index"]})
    assert written == "title: A\nsummary: B\nstate: draft\npages:\n  - index\n"


def test_a_name_is_made_of_a_title() -> None:
    assert name_for("Où l'Œuf vit, en 2020 !") == "ou_l_oeuf_vit_en_2020"
    assert name_for("2020") == "n_2020"
    assert name_for("…") == "n"
    assert name_for("Prix", frozenset({"prix", "prix_2"})) == "prix_3"
