"""A secret is named in an address and lives in the environment; it is neither a part's variable nor a typed secret."""

from pathlib import Path

import pytest

from beffroi.catalog import check_catalog
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


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("tres-secret-4f2a", "variable-name-wanted"),
        ("[tres-secret-4f2a]", "variable-name-wanted"),
        ("{tres-secret-4f2a: x}", "variable-name-wanted"),
        ("BEFFROI_TOKEN_AGENCY", "variable-taken"),
    ],
)
def test_a_token_written_in_place_of_its_variable_is_never_shown(written: str, code: str, tmp_path: Path) -> None:
    root = copy_example("every_kind", tmp_path)
    replace(root, "workspace.yaml", "token_env: BEFFROI_TOKEN_TRANSPORT", f"token_env: {written}")
    (found,) = check_catalog(root).faults
    assert found.code == code
    assert found.place is not None
    assert found.place.key is not None
    assert found.place.key.endswith("token_env")
    told = found.render("fr") + found.render("en") + str(found.to_json())
    assert written.strip("[]{}").removesuffix(": x") not in told
