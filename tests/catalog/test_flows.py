"""The links of a flow graph: amounts of one unit, and nothing that goes back to where it came from."""

from pathlib import Path

import pytest

from tests.catalog.workspaces import check, copy_example, write

OBSERVATORY = "title: Se loger\nsummary: Le parc.\npages: [index]\n"
FILE = "observatories/housing/index.md"


def page(*links: tuple[str, str, str]) -> str:
    said = "".join(f"  - {{source: {a}, target: {b}, indicator: {name}}}\n" for a, b, name in links)
    return f"---\ntitle: Une page\n---\n\n```flow\nlinks:\n{said}```\n"


ALL = "housing/dwellings"


@pytest.mark.parametrize(
    ("links", "code"),
    [
        ((("a", "b", ALL), ("b", "c", ALL)), None),
        ((("a", "c", ALL), ("b", "c", ALL), ("a", "b", ALL)), None),
        ((("a", "a", ALL), ("a", "b", ALL)), "circular-reference"),
        ((("a", "b", ALL), ("b", "a", ALL)), "circular-reference"),
        ((("a", "b", ALL), ("b", "c", ALL), ("c", "b", ALL)), "circular-reference"),
        ((("a", "b", ALL), ("b", "c", "housing/vacancy_rate")), "unsuitable-indicator"),
    ],
)
def test_links_of_a_flow(links: tuple[tuple[str, str, str], ...], code: str | None, tmp_path: Path) -> None:
    root = copy_example("small", tmp_path)
    write(root, "observatories/housing/observatory.yaml", OBSERVATORY)
    write(root, FILE, page(*links))
    told = check(root)
    assert all(file == FILE for file, _, _ in told)
    assert {found for _, _, found in told} >= ({code} if code else set())
    assert bool(told) == bool(code)
