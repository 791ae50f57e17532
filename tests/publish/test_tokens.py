"""Colours that read, on both papers, for all eyes."""

import itertools

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


@pytest.mark.parametrize("eye", _BLIND)
@pytest.mark.parametrize("dark", [False, True])
def test_the_nine_colours_of_two_indicators_are_told_apart_by_all_eyes(dark: bool, eye: str) -> None:
    colours = palette("#9a3412", dark=dark)
    nine = {name: seen(colours[name], eye) for name in _NINE}
    apart = {(a, b): sum((p - q) ** 2 for p, q in zip(nine[a], nine[b], strict=True)) ** 0.5
             for a, b in itertools.combinations(nine, 2)}  # fmt: skip
    assert min(apart.values()) >= 10, min(apart, key=lambda pair: apart[pair])


@pytest.mark.parametrize("dark", [False, True])
def test_the_nine_colours_survive_a_grey_printer(dark: bool) -> None:
    colours = palette("#9a3412", dark=dark)
    against = [contrast(colours[name], colours["paper"]) for name in _NINE]
    assert against == sorted(against), "each third more of one, then of the other, is farther from the paper"
    steps = [contrast(colours[a], colours[b]) for a, b in itertools.pairwise(_NINE)]
    assert min(steps) >= 1.25
