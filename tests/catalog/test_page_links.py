"""Links from page to page are followed when a page is renamed, and told when they lead nowhere."""

from pathlib import Path

from beffroi.catalog.page_files import page_file, page_of
from beffroi.catalog.page_links import Link, find_dead_links, find_links, follow
from tests.catalog.workspaces import copy_example

TEXT = (
    "[A](/observatoires/homes/index), [B](/en/observatoires/homes/index/commune/62498#x), [C](/observatoires/homes)\n"
)


def test_links_are_found_with_their_line() -> None:
    found = list(find_links({"a.md": f"Rien.\n{TEXT}"}))
    assert found == [Link("a.md", 2, "homes/index"), Link("a.md", 2, "homes/index"), Link("a.md", 2, "homes")]


def test_links_follow_a_page() -> None:
    followed = follow(TEXT, "homes/index", "homes/start")
    assert followed == TEXT.replace("homes/index", "homes/start")
    assert follow("/observatoires/homes/index_2", "homes/index", "homes/start") == "/observatoires/homes/index_2"


def test_dead_links_are_those_of_pages_that_are_not_there(tmp_path: Path) -> None:
    root = copy_example("small", tmp_path)
    folder = root / "observatories/homes"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "observatory.yaml").write_text("title: A\nsummary: B\npages:\n  - index\n", "utf-8")
    (folder / "index.md").write_text(f"---\ntitle: A\n---\n\n{TEXT}\n[D](/observatoires/homes/gone)\n", "utf-8")
    assert find_dead_links(root) == [Link("observatories/homes/index.md", 7, "homes/gone")]


def test_a_file_is_a_page_in_a_language() -> None:
    for page, language in (("homes/index", "fr"), ("homes/index", "en"), ("homes/_census", "fr")):
        assert page_of(page_file(page, language)) == (page, language)
    assert page_of("observatories/homes/observatory.yaml") is None
    assert page_of("sources/homes/index.md") is None
