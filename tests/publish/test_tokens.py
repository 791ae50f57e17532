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
