"""A series at a terminal: what is narrow loses columns, never part of a code nor of a heading."""

from beffroi.run.grids import fit_columns

CELLS = {
    "level": ["epci"],
    "territory": ["200072460"],
    "label": ["CA de Béthune-Bruay, Artois-Lys Romane"],
    "period": ["2021"],
    "value": ["7,4"],
    "numerator": ["338"],
    "denominator": ["4 576"],
    "observations": ["4"],
    "status": ["A"],
    "confidentiality": ["F"],
    "reliability": ["good"],
}


def fit(cells: dict[str, list[str]], width: int) -> list[str]:
    return fit_columns(cells, width, {name: name for name in cells})


def test_a_wide_terminal_has_every_column():
    assert fit(CELLS, 160) == list(CELLS)


def test_a_narrow_one_keeps_what_says_of_whom_when_and_how_much():
    assert fit(CELLS, 80) == ["level", "territory", "label", "period", "value", "status"]


def test_secrecy_and_weakness_are_never_left_out():
    assert "confidentiality" in fit(CELLS | {"confidentiality": ["C"]}, 40)
    assert "reliability" in fit(CELLS | {"reliability": ["weak"]}, 40)
