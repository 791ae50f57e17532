"""A new workspace checks at once, says that its data are made up, and is in canonical form."""

from pathlib import Path

import pytest

from beffroi.catalog import format_workspace, load_catalog, new_workspace


def test_a_new_workspace_has_no_fault(tmp_path: Path) -> None:
    root = tmp_path / "a" / "new"
    new_workspace(root, "Pays de Brise")
    catalog = load_catalog(root)
    assert catalog.workspace.title == {"fr": "Pays de Brise"}
    assert catalog.workspace.synthetic
    assert all(source.synthetic for source in catalog.sources.values())
    assert {indicator.kind for indicator in catalog.indicators.values()} == {"sum", "ratio"}
    # No network is needed: every location is a file of the workspace, and it is there.
    for name, source in catalog.sources.items():
        for location in source.locations:
            assert location.file is not None
            assert (root / "sources" / name / location.file.path).is_file()
    assert (root / ".gitignore").read_text("utf-8").endswith(".beffroi/\n")


def test_its_texts_teach_and_are_in_canonical_form(tmp_path: Path) -> None:
    new_workspace(tmp_path / "new", "Pays de Brise")
    assert format_workspace(tmp_path / "new", write=False) == []
    for file in ("workspace.yaml", "sources/census/dwellings/source.yaml", "indicators/housing/dwellings.yaml"):
        assert (tmp_path / "new" / file).read_text("utf-8").count("# ") >= 2


@pytest.mark.parametrize("title", ['L\'Artois : "essai" \\ demain', "2026", "#1", "true", "ligne\nautre", "été 🌻"])
def test_any_title_is_kept(title: str, tmp_path: Path) -> None:
    new_workspace(tmp_path / "new", title)
    assert load_catalog(tmp_path / "new").workspace.title == {"fr": title}
