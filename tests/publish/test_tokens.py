"""Colours that read, on both papers, for all eyes."""

import itertools
from collections.abc import Iterable

import pytest

from beffroi.publish.tokens import contrast, palette, readable, standalone_css, tokens_css


@pytest.mark.parametrize("dark", [False, True])
def test_words_read_on_their_paper(dark: bool) -> None:
    colours = palette("#9a3412", dark=dark)
    for name in ("ink", "grey-1", "accent", "compare", "warning", "focus"):
        assert contrast(colours[name], colours["paper"]) >= 4.5, name
    assert contrast(colours["warning"], colours["warning-paper"]) >= 4.5
    assert contrast(colours["ink"], colours["land"]) >= 7


@pytest.mark.parametrize("dark", [False, True])
def test_each_class_is_told_from_the_next_by_lightness_alone(dark: bool) -> None:
    colours = palette("#9a3412", dark=dark)
    ramp = [colours[f"seq-{k}"] for k in range(7)]
    against = [contrast(one, colours["paper"]) for one in ramp]
    assert against == sorted(against), "the ramp goes one way, so that it survives a grey printer"
    steps = [contrast(a, b) for a, b in itertools.pairwise(ramp)]
    assert min(steps) >= 1.4
    assert max(steps) / min(steps) < 1.1, "steps are even"


@pytest.mark.parametrize("dark", [False, True])
def test_the_two_ends_of_changes_are_of_like_strength(dark: bool) -> None:
    colours = palette("#9a3412", dark=dark)
    for near, far in ((0, 6), (1, 5), (2, 4)):
        one, other = (contrast(colours[f"div-{k}"], colours["paper"]) for k in (near, far))
        assert 0.6 < one / other < 1.7


def test_an_accent_too_pale_is_darkened_until_it_reads() -> None:
    moved = readable("#ffd400", "#fbfaf6", "#1b2124")
    assert contrast(moved, "#fbfaf6") >= 4.5
    assert readable("#9a3412", "#fbfaf6", "#1b2124") == "#9a3412"


def test_pages_have_variables_and_files_have_colours() -> None:
    assert "--accent:#9a3412" in tokens_css("#9a3412")
    assert "prefers-color-scheme:dark" in tokens_css("#9a3412")
    assert "var(" not in standalone_css("#9a3412")


_BLIND = {
    "protan": ((0.152286, 1.052583, -0.204868), (0.114503, 0.786281, 0.099216), (-0.003882, -0.048116, 1.051998)),
    "deutan": ((0.367322, 0.860646, -0.227968), (0.280085, 0.672501, 0.047413), (-0.011820, 0.042940, 0.968881)),
    "tritan": ((1.255528, -0.076749, -0.178779), (-0.078411, 0.930809, 0.147602), (0.004733, 0.691367, 0.303900)),
    "none": ((1.0, 0.0, 0.0), (0.0, 1.0, 0.0), (0.0, 0.0, 1.0)),
}
"""What an eye without one kind of cone makes of linear red, green and blue (Machado, Oliveira and Fernandes, 2009)."""

_NINE = [f"bi-{x}{y}" for x in range(3) for y in range(3)]


def seen(colour: str, eye: str) -> tuple[float, float, float]:
    """A colour in CIE L*a*b*, as an eye sees it."""
    channels = [int(colour[k : k + 2], 16) / 255 for k in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    red, green, blue = (min(1.0, max(0.0, sum(a * b for a, b in zip(row, linear, strict=True)))) for row in _BLIND[eye])
    white = ((0.4124, 0.3576, 0.1805, 0.9505), (0.2126, 0.7152, 0.0722, 1.0), (0.0193, 0.1192, 0.9505, 1.089))
    x, y, z = (
        root if (root := ((r * red + g * green + b * blue) / w) ** (1 / 3)) > 0.2069 else 7.787 * root**3 + 16 / 116
        for r, g, b, w in white
    )
    return 116 * y - 16, 500 * (x - y), 200 * (y - z)


def least_apart(colours: dict[str, str], pairs: Iterable[tuple[str, str]], eye: str) -> tuple[float, tuple[str, str]]:
    """The pair that an eye tells apart least, with how far apart it is (CIE 1976)."""
    lab = {name: seen(colour, eye) for name, colour in colours.items() if colour.startswith("#")}
    return min((sum((p - q) ** 2 for p, q in zip(lab[a], lab[b], strict=True)) ** 0.5, (a, b)) for a, b in pairs)


TOLD = 9.5
"""Under about ten, two classes are hard to tell apart at the size of a small place on a map: the rule of the package
countryatlas, which tries its ramps with the same simulation and the same distance; half a unit is left to rounding."""

_SEQUENTIAL = list(itertools.pairwise(f"seq-{k}" for k in range(7)))
_CHANGES = [*itertools.pairwise(f"div-{k}" for k in range(7)), *((f"div-{k}", f"div-{6 - k}") for k in range(3))]
_CATEGORIES = list(itertools.combinations([f"cat-{k}" for k in range(7)], 2))


@pytest.mark.parametrize("eye", _BLIND)
@pytest.mark.parametrize("dark", [False, True])
@pytest.mark.parametrize(
    ("pairs", "least"), [(_SEQUENTIAL, TOLD), (_CHANGES, 15), (_CATEGORIES, 15)], ids=["sequential", "changes", "parts"]
)
def test_every_eye_tells_a_class_from_its_neighbours(
    pairs: list[tuple[str, str]], least: float, dark: bool, eye: str
) -> None:
    """Changes: a loss from a gain of the same strength too. Parts: each from every other, since any two may touch."""
    apart, which = least_apart(palette("#9a3412", dark=dark), pairs, eye)
    assert apart >= least, which


@pytest.mark.parametrize("dark", [False, True])
def test_on_a_grey_printer_a_stronger_change_is_a_darker_one(dark: bool) -> None:
    """Which way it goes is not said by grey: the ranking and the table of a map have the sign."""
    colours = palette("#9a3412", dark=dark)
    for side in (("div-3", "div-2", "div-1", "div-0"), ("div-3", "div-4", "div-5", "div-6")):
        steps = [contrast(colours[a], colours[b]) for a, b in itertools.pairwise(side)]
        assert min(steps) >= 1.4
        against = [contrast(colours[name], colours["paper"]) for name in side]
        assert against == sorted(against)


@pytest.mark.parametrize("dark", [False, True])
def test_names_of_parts_read_on_the_paper_and_over_their_colour(dark: bool) -> None:
    colours = palette("#9a3412", dark=dark)
    for k in range(7):
        assert contrast(colours[f"cat-{k}"], colours["paper"]) >= 3, "a mark is seen"
        assert contrast(colours[f"cat-{k}-text"], colours["paper"]) >= 4.5
        assert contrast(colours[f"cat-{k}-on"], colours[f"cat-{k}"]) >= 4.5


@pytest.mark.parametrize("eye", _BLIND)
@pytest.mark.parametrize("dark", [False, True])
def test_the_nine_colours_of_two_indicators_are_told_apart_by_all_eyes(dark: bool, eye: str) -> None:
    colours = palette("#9a3412", dark=dark)
    apart, which = least_apart(colours, itertools.combinations(_NINE, 2), eye)
    assert apart >= 10, which


@pytest.mark.parametrize("dark", [False, True])
def test_the_nine_colours_survive_a_grey_printer(dark: bool) -> None:
    colours = palette("#9a3412", dark=dark)
    against = [contrast(colours[name], colours["paper"]) for name in _NINE]
    assert against == sorted(against), "each third more of one, then of the other, is farther from the paper"
    steps = [contrast(colours[a], colours[b]) for a, b in itertools.pairwise(_NINE)]
    assert min(steps) >= 1.25
