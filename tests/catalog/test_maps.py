"""Maps: layers that their readers may see, views that lead somewhere, and texts in two languages."""

from pathlib import Path

import pytest

from beffroi.catalog import check_catalog, format_workspace, load_catalog
from beffroi.catalog.maps import Shown
from tests.catalog.workspaces import EXAMPLES, check, copy_example, replace, write

INCOME = "maps/income.md"
ENGLISH = "maps/income.en.md"
LAND = "maps/land.md"

MISTAKES = [
    (INCOME, "layers:\n", "layers: []\nz:\n", [(7, "empty-value"), (8, "unknown-key")]),
    (INCOME, "  - mobility/per_commune\n", "  - mobility/per_comune\n", [(10, "unknown-layer")]),
    (INCOME, "  - mobility/per_commune\n", "  - income/communes\n", [(11, "duplicate-value"), (28, "unknown-value")]),
    (INCOME, "  - mobility/per_commune\n", "  - mobility/per_commune\n  - land/parcels\n", [(11, "layer-too-narrow")]),
    (INCOME, "    opacity: 0.6", "    opacity: 6", [(12, "out-of-range")]),
    (INCOME, "base: plan", "base: plans", [(13, "unknown-value")]),
    (INCOME, "grouping:valley", "grouping:valey", [(15, "unknown-grouping")]),
    (INCOME, "grouping:valley", "village:valley", [(15, "unknown-value")]),
    (INCOME, "grouping:valley", "here", [(15, "bad-format")]),
    (INCOME, "commune:62498", "commune:6249", [(20, "bad-code"), (35, "bad-code")]),
    (INCOME, "      - 2.83\n      - 50.43\n", "      - 50.43\n      - 2.83\n", [(22, "coordinates-swapped")]),
    (INCOME, "      - 2.83\n", "      - 282.83\n", [(23, "out-of-range")]),
    (INCOME, "      - 50.43\n", "      - 150.43\n", [(24, "out-of-range")]),
    (INCOME, "      - 50.43\n", "", [(22, "empty-value")]),
    (INCOME, "    zoom: 13.5\n", "", [(21, "missing-key")]),
    (INCOME, "    zoom: 13.5\n", "    zoom: 23\n", [(25, "out-of-range")]),
    (INCOME, "    zoom: 13.5\n", "    zoom: 13\n    territory: perimeter\n", [(21, "exactly-one-of")]),
    (INCOME, "  territory: grouping:valley\n", "  zoom: 12\n", [(14, "exactly-one-of")]),
    (INCOME, "title: La gare", "title: Lens", [(21, "duplicate-value")]),
    (INCOME, "  right: mobility/per_commune", "  right: mobility/contours", [(28, "unknown-value")]),
    (INCOME, "  right: mobility/per_commune", "  right: income/communes", [(28, "duplicate-value")]),
    (INCOME, "  - mobility\n", "  - mobilite\n", [(6, "unknown-theme")]),
    (INCOME, "act:\n  title: Comité inventé\n  date: 2025-06-12\n", "", [(1, "missing-key")]),
    (INCOME, "{{ income/median,", "{{ income/medan,", [(35, "undeclared-indicator")]),
    (INCOME, "{{ perimeter.name }}", "{{ perimeter.nom }}", [(39, "unknown-value")]),
    (ENGLISH, "---\n\nEverything", "layers:\n  - income/communes\n---\n\nEverything", [(4, "unknown-key")]),
    (ENGLISH, "{{ perimeter.name }}", "{{ mobility/accident }}", [(6, "undeclared-indicator")]),
    (LAND, "{z}", "", [(6, "bad-format")]),
    (LAND, "  attribution: Personne\n", "", [(5, "missing-key")]),
    (LAND, "audience: partner:agency", "audience: partner:agncy", [(9, "unknown-audience")]),
]  # fmt: skip


@pytest.mark.parametrize(("file", "old", "new", "expected"), MISTAKES)
def test_what_is_wrong_is_told_where_it_stands(
    file: str, old: str, new: str, expected: list[tuple[int, str]], tmp_path: Path
) -> None:
    root = copy_example("every_kind", tmp_path)
    replace(root, file, old, new)
    assert check(root) == [(file, line, code) for line, code in expected]


def test_a_map_is_settled() -> None:
    declared = load_catalog(EXAMPLES / "every_kind").maps["income"]
    assert declared.layers == (
        Shown(layer="mobility/accidents", shown=False),
        Shown(layer="mobility/per_commune"),
        Shown(layer="income/communes", opacity=0.6),
    )
    assert declared.indicators == ("income/median", "mobility/accidents")
    assert set(declared.texts) == {"fr", "en"}
    kept = declared.to_json()
    assert kept["opens"] == {"territory": "grouping:valley"}
    assert kept["texts"]["en"]["title"] == "Income and accidents"
    assert kept["texts"]["fr"]["references"]["mobility/accidents"]["territory"] == "here"


def test_a_figure_of_a_partner_is_not_told_beside_a_public_map(tmp_path: Path) -> None:
    root = copy_example("every_kind", tmp_path)
    replace(root, "indicators/mobility/accidents.yaml", "featured: true", "featured: true\naudience: partner:agency")
    replace(root, "maps/income.md", "  - mobility/per_commune\n", "")
    replace(root, "maps/income.md", "swipe:\n  left: income/communes\n  right: mobility/per_commune\n", "")
    assert check(root) == [(INCOME, 3, "page-too-wide")]


def test_a_map_without_its_french_text_is_told(tmp_path: Path) -> None:
    root = copy_example("every_kind", tmp_path)
    (root / INCOME).unlink()
    assert check(root) == [(INCOME, None, "missing-file")]


def test_a_file_that_is_no_map_is_refused(tmp_path: Path) -> None:
    root = copy_example("every_kind", tmp_path)
    write(root, "maps/housing.yaml", "title: Logements\n")
    write(root, "maps/old/land.md", "")
    assert check(root) == [("maps/housing.yaml", None, "unknown-file"), ("maps/old/", None, "unknown-folder")]


def test_a_map_that_cannot_be_read_is_shown_to_nobody_new(tmp_path: Path) -> None:
    root = copy_example("every_kind", tmp_path)
    write(root, LAND, "no head\n")
    result = check_catalog(root)
    assert result.intentions["maps/land"] is None
    assert result.partial is not None
    assert sorted(result.partial.maps) == ["income"]


def test_a_map_without_one_of_its_layers_is_not_shown(tmp_path: Path) -> None:
    root = copy_example("every_kind", tmp_path)
    replace(root, "layers/income/communes.yaml", "title:", "titel:")
    partial = check_catalog(root).partial
    assert partial is not None
    assert sorted(partial.maps) == ["land"]


def test_the_head_of_a_map_has_a_canonical_form(tmp_path: Path) -> None:
    root = copy_example("every_kind", tmp_path)
    replace(
        root,
        LAND,
        "---\ntitle: Parcelles\nlayers:\n  - land/parcels\n",
        "---\nlayers: [land/parcels]\ntitle: Parcelles\n",
    )
    good = (EXAMPLES / "every_kind" / LAND).read_text("utf-8")
    assert format_workspace(root, write=True) == [root / LAND]
    assert (root / LAND).read_text("utf-8") == good
