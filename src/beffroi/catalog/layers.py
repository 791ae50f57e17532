"""A layer: what stands on a map, of which the declared part alone leaves the lake (``layers/<id>.yaml``).

Features, which are rows of a table or territories with indicators joined to their contours; or an image of a source,
whose pixels are values or colours. Which columns there are, and who may see them, is said by tables and indicators;
``Layer`` and ``Raster`` hold a declaration with all of that settled.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, ClassVar, Literal

from pydantic import Field

from beffroi.catalog.colours import Colour
from beffroi.catalog.declarations import Declaration, Identifier, LocalText, Period, Text, Vintage, Why
from beffroi.catalog.indicators import Where
from beffroi.catalog.observatories import Act, State
from beffroi.catalog.rasters import RasterStyle, RasterZoom
from beffroi.catalog.vocabularies import Column, ColumnType
from beffroi.catalog.workspaces import Level

RESERVED_ATTRIBUTES = ("n", "fid", "geometry", "xmin", "ymin", "xmax", "ymax")
"""Names that every layer has for itself: the order of a feature, its lasting identifier, its shape and extent."""

TERRITORY_COLUMNS: Mapping[str, Column] = {
    "code": Column(type="text", title={"fr": "Code", "en": "Code"}, required=True),
    "name": Column(type="text", title={"fr": "Nom", "en": "Name"}, required=True),
}
"""What a layer of territories has besides its indicators."""


class AttributeUse(Declaration):
    """What a layer says of an attribute; the rest is said by its column, or by its indicator."""

    title: LocalText | None = None
    """Name that people read, where that of the column does not suit."""
    unit: str | None = None
    """A unit of the vocabulary, where the column has none."""


class PointColumns(Declaration):
    """The two columns that place a row, in degrees (EPSG:4326)."""

    longitude: str
    """Column of longitudes."""
    latitude: str
    """Column of latitudes."""


class StyleBase(Declaration):
    """What every style may say."""

    closing: ClassVar[tuple[str, ...]] = ("opacity", "outline", "symbol", "width", "why")

    opacity: float = Field(default=0.8, gt=0, le=1)
    """From nearly transparent to opaque (1)."""
    outline: bool = True
    """Whether surfaces and symbols have an edge."""
    symbol: Literal["circle", "square", "triangle", "diamond", "cross"] = "circle"
    """What stands for a point."""
    width: float = Field(default=1.5, gt=0, le=12)
    """Width of lines, in pixels."""
    why: Why | None = None
    """Why these limits, or these colours: required with ``limits`` and with any ``#rrggbb``."""


class Single(StyleBase):
    """All the features alike."""

    kind: Literal["single"]
    """All the features alike."""
    colour: Colour = "cat-0"
    """Their colour."""


class Category(Declaration):
    """How features of one value look."""

    title: LocalText | None = None
    """What the value means; the value itself when absent."""
    colour: Colour | None = None
    """Its colour; the next of the palette when absent."""


class Categories(StyleBase):
    """A colour a value."""

    kind: Literal["categories"]
    """A colour a value."""
    column: Text
    """Attribute of the values: a text, an integer or a boolean."""
    values: dict[str, Category | None] = Field(min_length=1, max_length=12)
    """Values in the order of the legend."""
    rest: LocalText | None = None
    """What the other values are called in the legend; without it, features of other values are not drawn."""


class Classes(StyleBase):
    """Shades by classes of a number."""

    kind: Literal["classes"]
    """Shades by classes of a number."""
    column: Text
    """Attribute of the numbers."""
    method: Literal["quantile", "jenks", "equal", "manual"] = "quantile"
    """How limits are found: as many features in each class, the least variance inside, equal intervals, or given."""
    count: int | None = Field(default=None, ge=3, le=7)
    """How many classes: 5 when absent; with ``manual``, the limits say it."""
    limits: list[float] | None = Field(default=None, min_length=2, max_length=6)
    """With ``manual``: the limits between classes, without the two ends; a value on a limit is of the class above."""
    ramp: Literal["sequential", "diverging"] = "sequential"
    """Shades from light to dark, or two hues on both sides of zero (of the middle limit, where limits are given and
    zero is none of them)."""


class Circles(StyleBase):
    """Circles whose area is an amount."""

    kind: Literal["circles"]
    """Circles whose area is an amount."""
    column: Text
    """Attribute of the amounts."""
    colour: Colour = "cat-0"
    """Their colour."""


AnyStyle = Single | Categories | Classes | Circles
Style = Annotated[AnyStyle, Field(discriminator="kind")]

STYLE_KINDS: dict[str, type[AnyStyle]] = {
    "single": Single, "categories": Categories, "classes": Classes, "circles": Circles,
}  # fmt: skip


class Labels(Declaration):
    """Words written on the map."""

    attribute: Text
    """Attribute that is written."""
    from_zoom: int = Field(default=12, ge=0, le=22)
    """Zoom from which it is."""


class ZoomRange(Declaration):
    """Zooms at which tiles of the layer are made; a map goes on enlarging those of the last."""

    min: int = Field(default=0, ge=0, le=16)
    """First zoom at which it is seen."""
    max: int = Field(default=14, ge=0, le=16)
    """Zoom of the finest tiles: none of the features is missing there."""


class SheetPart(Declaration):
    """A part of the sheet of a feature."""

    title: LocalText
    """Its title."""
    attributes: list[Text] = Field(min_length=1)
    """Attributes, in order."""


class Bears(Declaration):
    """How close shapes may be looked at on paper."""

    scale: int = Field(ge=500, le=5_000_000)
    """Denominator of the closest scale that they bear: ``25000`` for 1:25 000."""
    why: Why
    """How one knows it: the survey, or by how much they were simplified."""


class LayerBase(Declaration):
    """What every kind of layer has; its look is written after what it is made of."""

    closing: ClassVar[tuple[str, ...]] = (
        "name", "style", "labels", "zoom", "popup", "sheet", "filters", "audience", "state", "act", "download",
    )  # fmt: skip

    title: LocalText
    """Name of the layer."""
    description: LocalText
    """What it shows, and what it lacks."""
    theme: str
    """A theme of the vocabulary."""
    keywords: list[str] = Field(default_factory=list)
    """Other words under which one looks for it."""
    note: LocalText | None = None
    """What to beware of."""
    audience: str | None = None
    """``public`` or ``partner:<name>``; that of the strictest of what it reads when absent."""
    state: State = "draft"
    """How far it has gone."""
    act: Act | None = None
    """The act that validated or adopted it; required for these two states."""
    download: Literal["allowed", "refused"] = "allowed"
    """Whether it is offered as files; ``refused`` leaves the map and its tables."""


class FeatureLayer(LayerBase):
    """What layers of features have."""

    name: Text | None = None
    """Attribute that names a feature; ``name`` for territories, the identifier of rows, when absent."""
    style: Style = Single(kind="single")
    """How features look."""
    labels: Labels | None = None
    """Words written on the map."""
    zoom: ZoomRange = ZoomRange()
    """Zooms at which it is seen."""
    popup: LocalText | None = None
    """What is said of a feature pointed at, with its attributes between braces: ``{name}, {year}``; its name and
    first three attributes when absent."""
    sheet: list[SheetPart] = Field(default_factory=list)
    """The sheet of a feature; all the attributes in order when absent."""
    filters: list[Text] = Field(default_factory=list)
    """Attributes by which readers may choose features."""


class RowLayer(FeatureLayer):
    """Rows of a table, each with a geometry or a point."""

    kind: Literal["rows"]
    """Rows of a table."""
    table: Identifier
    """The table."""
    geometry: str | None = None
    """Column of geometries; the only one of the table when absent."""
    point: PointColumns | None = None
    """Columns of coordinates, for a table without geometry."""
    where: Where = Field(default_factory=dict)
    """Rows to keep."""
    attributes: dict[str, AttributeUse | None] = Field(min_length=1)
    """Columns that leave the lake, in order, and no other; empty when the column's words are enough."""
    bears: Bears | None = None
    """The closest scale at which shapes may be printed; any when absent. Contours of territories say it themselves."""


class Joined(Declaration):
    """An indicator beside the contours."""

    indicator: Identifier
    """The indicator."""
    period: Period | None = None
    """The period; the last one when absent."""


class TerritoryLayer(FeatureLayer):
    """Territories of a level: contours, with indicators in columns."""

    kind: Literal["territories"]
    """Territories of a level."""
    level: Level
    """Level of the territories."""
    vintage: Vintage | None = None
    """Year of the geography, of contours and of indicators alike; the reference one when absent."""
    indicators: dict[str, Joined] = Field(default_factory=dict)
    """Indicators by the name of the column that holds their values; ``<name>_status`` says beside each why a value is
    not there."""
    attributes: dict[str, AttributeUse | None] = Field(default_factory=dict)
    """Columns that are shown, in order: ``code``, ``name`` and those of ``indicators``; all of them when absent."""


class RasterLayer(LayerBase):
    """An image of a source: pixels that are classes, amounts or colours."""

    kind: Literal["raster"]
    """An image whose pixels are values or colours."""
    source: Identifier
    """The source that has it: one of its ``files`` is read as ``geotiff``."""
    file: str | None = None
    """Which of the source's files; the only one when absent."""
    band: int = Field(default=1, ge=1)
    """Band of the values, counted from 1."""
    value: LocalText | None = None
    """What a value is called: « Température de surface »; the title when absent."""
    unit: str | None = None
    """A unit of the vocabulary, for values that are amounts."""
    nodata: float | None = None
    """Value that means that there is none; that of the file when absent."""
    resampling: Literal["nearest", "mode", "average", "bilinear"] | None = None
    """How several pixels are shown as one: one of them, the most frequent, their mean, or their mean smoothed where the
    map enlarges them. ``nearest`` for categories, ``average`` for the rest, when absent."""
    reliability: LocalText | None = None
    """How far values may be trusted: how they were obtained, their error."""
    style: RasterStyle
    """How values look."""
    zoom: RasterZoom = RasterZoom()
    """Zooms at which it is seen."""


AnyLayer = RowLayer | TerritoryLayer
LayerDeclaration = Annotated[AnyLayer | RasterLayer, Field(discriminator="kind")]

LAYER_KINDS: dict[str, type[AnyLayer | RasterLayer]] = {
    "rows": RowLayer, "territories": TerritoryLayer, "raster": RasterLayer,
}  # fmt: skip


@dataclass(frozen=True)
class LayerAttribute:
    """An attribute with all its words, from the layer, the contract, the vocabulary or the indicator.

    ``unit`` is a name of the vocabulary; ``values`` are those that the column accepts, None when it accepts any;
    ``indicator`` and ``period`` say which series it is of, in a layer of territories (no period: the last).
    """

    name: str
    type: ColumnType
    title: Mapping[str, str]
    definition: Mapping[str, str] | None = None
    unit: str | None = None
    values: tuple[str | int | bool, ...] | None = None
    indicator: str | None = None
    period: str | None = None


@dataclass(frozen=True)
class Layer:
    """A layer of features, settled: nothing more is to be looked up to build it.

    ``declaration`` has the values of its conditions as columns hold them, its geometry column named (rows) or its
    vintage said (territories, save QPV, which have none), its ``name`` where there is one, and its audience. ``tables``
    are those whose rows it reads itself, ``indicators`` the series that it joins. ``crs`` is that of the table's
    geometries (``EPSG:2154``), ``EPSG:4326`` for points and territories.
    """

    id: str
    declaration: AnyLayer
    attributes: Mapping[str, LayerAttribute]
    audience: str
    tables: tuple[str, ...]
    indicators: tuple[str, ...]
    crs: str


@dataclass(frozen=True)
class Raster:
    """An image, settled. ``declaration`` has its ``file``, its ``resampling`` and its audience said."""

    id: str
    declaration: RasterLayer
    audience: str
    source: str
    file: str
