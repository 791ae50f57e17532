"""A secret is named in an address and lives in the environment; it is neither a part's variable nor a typed secret."""

from pathlib import Path

import pytest

from tests.catalog.workspaces import check, copy_example, replace

HOUSING = "sources/census/housing/source.yaml"


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("?token=${BEFFROI_KEY}", None),
        ("?a=1&key=${BEFFROI_KEY}", None),
        ("?token={year}", None),
        ("?token=abc", "secret-in-text"),
        ("?token={yaer}", "unknown-placeholder"),
    ],
)
def test_an_address_names_a_secret_without_holding_it(query: str, code: str | None, tmp_path: Path) -> None:
    root = copy_example("small", tmp_path)
    replace(root, HOUSING, "logements_{year}.zip", f"logements_{{year}}.zip{query}")
    assert [found for _, _, found in check(root)] == ([code] if code else [])
