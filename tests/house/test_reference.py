"""``docs/reference`` says what the code says: every command, fault, setting and key, and nothing else."""

from dataclasses import fields

import pytest

from beffroi.errors import all_words
from beffroi.language import LANGUAGES
from beffroi.settings import Settings
from tests.house.places import ROOT
from tests.house.scripts import script

REFERENCE = ROOT / "docs" / "reference"
PAGES = ["commands.md", "declarations.md", "errors.md", "settings.md"]


@pytest.mark.parametrize("name", PAGES)
def test_page_is_fresh(name: str) -> None:
    assert REFERENCE.joinpath(name).read_text("utf-8") == script("write_reference").pages()[name], "make docs"


def test_every_command_says_what_it_does() -> None:
    reference = script("write_reference")
    page = reference.pages()["commands.md"]
    for name, callback in reference.command_functions().items():
        assert all(reference.command_words(callback, language) for language in LANGUAGES), name
        assert f"## beffroi {name}\n" in page
        assert all(french and english for _, french, english, _ in reference.command_parameters(callback)), name


def test_every_fault_is_listed() -> None:
    page = script("write_reference").pages()["errors.md"]
    assert not [code for code in all_words() if f"`{code}`" not in page]


def test_every_setting_has_its_meaning() -> None:
    assert set(script("write_reference").setting_meanings()) == {setting.name for setting in fields(Settings)}
