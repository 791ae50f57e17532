"""How images look on a map: values that are categories, amounts or colours; and the zooms of their tiles."""

from typing import Annotated, ClassVar, Literal

from pydantic import Field

from beffroi.catalog.colours import Colour
from beffroi.catalog.declarations import Declaration, LocalText, Why

MOST_CATEGORIES = 60
"""Categories of an image at most: a legend that one can still read."""


class RasterStyleBase(Declaration):
    """What every style of an image may say."""

    closing: ClassVar[tuple[str, ...]] = ("opacity", "why")

    opacity: float = Field(default=1.0, gt=0, le=1)
    """From nearly transparent to opaque (1)."""
    why: Why | None = None
    """Why these limits, these ends, or these colours: required with ``limits``, with a ramp and with any
    ``#rrggbb``."""


class RasterCategory(Declaration):
    """What a value means, and how it looks."""

    title: LocalText
    """What the value means."""
    colour: Colour | None = None
    """Its colour; the next of the palette when absent."""


class RasterCategories(RasterStyleBase):
    """A colour a value: land cover, zoning."""

    kind: Literal["categories"]
    """A colour a value."""
    values: dict[str, RasterCategory] = Field(min_length=1, max_length=MOST_CATEGORIES)
    """Whole numbers in the order of the legend."""
    rest: LocalText | None = None
    """What the other values are called in the legend; without it, they are not drawn."""


class RasterClasses(RasterStyleBase):
    """Shades by classes of an amount."""

    kind: Literal["classes"]
    """Shades by classes of an amount."""
    method: Literal["quantile", "jenks", "equal", "manual"] = "quantile"
    """How limits are found: as many pixels in each class, the least variance inside, equal intervals, or given."""
    count: int | None = Field(default=None, ge=3, le=7)
    """How many classes: 5 when absent; with ``manual``, the limits say it."""
    limits: list[float] | None = Field(default=None, min_length=2, max_length=6)
    """With ``manual``: the limits between classes, without the two ends; a value on a limit is of the class above."""
    ramp: Literal["sequential", "diverging"] = "sequential"
    """Shades from light to dark, or two hues on both sides of the middle limit."""
    reversed: bool = False
    """Whether the last shade comes first: with ``diverging``, cold for the low amounts and warm for the high ones."""


class RasterRamp(RasterStyleBase):
    """Shades that follow the amount from one end to another, without classes."""

    kind: Literal["ramp"]
    """Shades that follow the amount."""
    low: float
    """Amount of the first shade; lower ones have it too."""
    high: float
    """Amount of the last shade; higher ones have it too."""
    ramp: Literal["sequential", "diverging"] = "sequential"
    """Shades from light to dark, or two hues on both sides of the middle of both ends."""
    reversed: bool = False
    """Whether the last shade comes first: with ``diverging``, cold for the low amounts and warm for the high ones."""


class RasterColours(RasterStyleBase):
    """Three bands that are red, green and blue, as they are: a photograph, a scanned plan."""

    kind: Literal["rgb"]
    """Three bands that are colours."""
    bands: list[Annotated[int, Field(ge=1)]] = Field(default=[1, 2, 3], min_length=3, max_length=3)
    """Bands of red, green and blue, counted from 1."""


AnyRasterStyle = RasterCategories | RasterClasses | RasterRamp | RasterColours
RasterStyle = Annotated[AnyRasterStyle, Field(discriminator="kind")]

RASTER_STYLE_KINDS: dict[str, type[AnyRasterStyle]] = {
    "categories": RasterCategories, "classes": RasterClasses, "ramp": RasterRamp, "rgb": RasterColours,
}  # fmt: skip


class RasterZoom(Declaration):
    """Zooms at which tiles of an image are made; a map goes on enlarging those of the last."""

    min: int = Field(default=0, ge=0, le=16)
    """First zoom at which it is seen."""
    max: int | None = Field(default=None, ge=0, le=16)
    """Zoom of the finest tiles; the first that shows every pixel of the image when absent."""
