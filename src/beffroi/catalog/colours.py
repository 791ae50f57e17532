"""Colours by name: what a layer of features and an image may be painted with."""

from typing import Annotated

from pydantic import Field

COLOURS = ("cat-0", "cat-1", "cat-2", "cat-3", "cat-4", "cat-5", "cat-6")
"""Colours by name, told apart in light, in dark and by those who confuse hues."""

Colour = Annotated[str, Field(pattern=r"^(cat-[0-6]|#[0-9a-f]{6})$")]
"""The name of a colour, or ``#rrggbb`` when an outside rule wants that one: the style then says ``why``."""
