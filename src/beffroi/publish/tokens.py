"""Design tokens: one file for CSS, SVG and print. The accent is the workspace's, kept readable on both papers."""

import re
import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files

TYPEFACE = '"Source Sans 3"'
_READABLE = 4.5
"""Least contrast of text on its paper (WCAG 2.2, AA)."""


@cache
def read_tokens() -> Mapping[str, Mapping[str, str]]:
    """The tokens as written: ``light``, ``dark`` and ``sizes``."""
    return tomllib.loads(files("beffroi.publish").joinpath("tokens.toml").read_text("utf-8"))


@cache
def figure_css() -> str:
    """The style of figures' marks, over token variables."""
    return files("beffroi.publish").joinpath("figure.css").read_text("utf-8")


def palette(accent: str, *, dark: bool = False) -> dict[str, str]:
    """Every colour by its token's name, the accent moved towards ink until it reads on the paper.

    A category has two more: ``cat-0-text``, in which its name reads on the paper, and ``cat-0-on``, in which a word
    reads over it.
    """
    colours = dict(read_tokens()["dark" if dark else "light"])
    paper, ink = colours["paper"], colours["ink"]
    colours["accent"] = readable(accent, paper, ink)
    for name, colour in [(name, colour) for name, colour in colours.items() if name.startswith("cat-")]:
        colours[f"{name}-text"] = readable(colour, paper, ink)
        colours[f"{name}-on"] = max((paper, ink), key=lambda word, under=colour: contrast(word, under))  # type: ignore[misc]
    return colours


def tokens_css(accent: str) -> str:
    """The style sheet of tokens and figures for pages: light, dark, and paper."""

    def block(values: Mapping[str, str]) -> str:
        return "".join(f"--{name}:{value};" for name, value in values.items())

    light, dark = block(palette(accent)), block(palette(accent, dark=True))
    sizes = block(read_tokens()["sizes"])
    return (
        f":root{{color-scheme:light dark;{light}{sizes}}}"
        f"@media (prefers-color-scheme:dark){{:root:not([data-theme=light]){{{dark}}}}}"
        f":root[data-theme=dark]{{color-scheme:dark;{dark}}}:root[data-theme=light]{{color-scheme:light}}"
        f"@media print{{:root,:root:root[data-theme]{{color-scheme:light;{light}--paper:#fff;--line:#fff;}}}}"
        + _tight(figure_css())
    )


def standalone_css(accent: str) -> str:
    """The style of figures with colours in the place of variables, for a file that leaves the site."""
    colours = palette(accent)
    filled = re.sub(r"var\(--([\w-]+)\)", lambda found: colours[found[1]], figure_css())
    return f'text{{font-family:{TYPEFACE},"Source Sans Pro",Arial,sans-serif}}{_tight(filled)}'


def _tight(css: str) -> str:
    return re.sub(r"\s*\n\s*", "", re.sub(r"/\*.*?\*/", "", css, flags=re.DOTALL))


def contrast(one: str, other: str) -> float:
    """Contrast of two colours, 1 to 21 (WCAG 2.2)."""
    lighter, darker = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def readable(colour: str, paper: str, ink: str) -> str:
    """``colour``, or as much of ``ink`` in it as it takes to read on ``paper``."""
    for share in range(11):
        mixed = _mix(colour, ink, share / 10)
        if contrast(mixed, paper) >= _READABLE:
            return mixed
    return ink


def _channels(colour: str) -> tuple[int, int, int]:
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)


def _mix(one: str, other: str, share: float) -> str:
    pairs = zip(_channels(one), _channels(other), strict=True)
    return "#" + "".join(f"{round(a + (b - a) * share):02x}" for a, b in pairs)


def _luminance(colour: str) -> float:
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in (x / 255 for x in _channels(colour))]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


__all__ = ["TYPEFACE", "contrast", "figure_css", "palette", "read_tokens", "readable", "standalone_css", "tokens_css"]
