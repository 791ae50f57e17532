"""A map: layers one above another, where it opens, and the text that stands beside it (``maps/<id>.md``).

The French file says all of it in its head; a translation (``maps/<id>.en.md``) has the same prose in its language, and
a head with the title and the summary alone, so that a map cannot be two maps.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Annotated, Any, ClassVar, Literal

from pydantic import Field

from beffroi.catalog.declarations import Declaration, Identifier, LocalText, Text
from beffroi.catalog.observatories import Act, State
from beffroi.catalog.pages import Prose
from beffroi.catalog.references import settle_references

Degrees = Annotated[list[float], Field(min_length=2, max_length=2)]
"""Longitude, then latitude: ``[2.83, 50.43]``."""

Zoom = Annotated[float, Field(ge=0, le=20)]
"""0 for the world, 10 for an agglomeration, 16 for a street."""

Extent = Annotated[str, Field(pattern=r"^(perimeter|[a-z0-9_]+:[A-Za-z0-9_]+)$")]
"""``perimeter``, or a territory: ``commune:62498``, ``grouping:pma``."""


FRANCE = (
    (-5.3, 41.2, 9.7, 51.2),
    (-63.3, 14.3, -60.7, 18.2),
    (-54.7, 2.0, -51.5, 5.9),
    (55.1, -21.5, 55.9, -20.8),
    (44.9, -13.1, 45.4, -12.5),
    (-56.5, 46.7, -56.0, 47.2),
)
"""Degrees (west, south, east, north), rounded outwards: mainland and Corsica, Antilles, Guyane, La Réunion, Mayotte,
Saint-Pierre-et-Miquelon. A point in none of them that would be, its coordinates exchanged, has latitude first."""


class View(Declaration):
    """What one sees: a territory as a whole, or a point and a zoom."""

    closing: ClassVar[tuple[str, ...]] = ("territory", "centre", "zoom")

    territory: Extent | None = None
    """The territory that fills the map."""
    centre: Degrees | None = None
    """The point in the middle: longitude, then latitude."""
    zoom: Zoom | None = None
    """The zoom around ``centre``."""


class Bookmark(View):
    """A view that readers may go back to."""

    title: LocalText
    """Its name."""


class Shown(Declaration):
    """A layer in a map."""

    layer: Identifier
    """The layer."""
    shown: bool = True
    """Whether it is seen when the map opens."""
    opacity: float | None = Field(default=None, gt=0, le=1)
    """Its opacity here; that of its style when absent."""


class OwnBase(Declaration):
    """Images of a service that the publisher answers for."""

    tiles: Annotated[str, Field(pattern=r"^https://[^\s/]+/\S*\{z\}\S*$")]
    """Their address, with ``{z}``, ``{x}`` and ``{y}``."""
    attribution: LocalText
    """Who makes them, as their licence wants it said."""
    max_zoom: int = Field(default=18, ge=0, le=22)
    """Zoom of the finest images."""


class Swipe(Declaration):
    """Two layers side by side, parted by a line that one moves."""

    left: Identifier
    """Layer on the left."""
    right: Identifier
    """Layer on the right."""


class MapTranslation(Declaration):
    """The head of a map's text in another language."""

    title: Text
    """Title."""
    summary: Text | None = None
    """What the map shows, in a sentence."""


class MapHead(MapTranslation):
    """What stands at the head of a map's text, between two lines of ``---``."""

    themes: list[str] = Field(default_factory=list)
    """Themes of the vocabulary."""
    layers: list[Identifier | Shown] = Field(min_length=1)
    """Layers, the one on top first."""
    base: Literal["none", "plan", "ortho"] | OwnBase = "none"
    """What lies under: nothing, the plan or the aerial photographs of the IGN's Géoplateforme, or images of one's
    own."""
    opens: View = View(territory="perimeter")
    """What one sees at first; the perimeter of the workspace when absent."""
    bookmarks: list[Bookmark] = Field(default_factory=list)
    """Views by name."""
    swipe: Swipe | None = None
    """Two layers side by side."""
    audience: str = "public"
    """``public`` or ``partner:<name>``."""
    state: State = "draft"
    """How far it has gone."""
    act: Act | None = None
    """The act that validated or adopted it; required for these two states."""


@dataclass(frozen=True)
class MapText:
    """What a map says in one language; references of its prose are about the perimeter (``here``)."""

    file: str
    title: str
    summary: str | None
    prose: tuple[Prose, ...]

    def said(self) -> Iterator[str]:
        """Every text of the map that may hold references."""
        yield self.title
        yield self.summary or ""
        yield from (part.markdown for part in self.prose)


@dataclass(frozen=True)
class MapDeclared:
    """A map, settled. ``layers`` are those of its head, each in its long form; ``indicators`` those that its prose
    refers to."""

    id: str
    head: MapHead
    layers: tuple[Shown, ...]
    texts: Mapping[str, MapText]
    indicators: tuple[str, ...]

    def to_json(self) -> dict[str, Any]:
        """The map as the catalogue of an edition keeps it."""
        said = self.head.model_dump(mode="json", exclude_none=True, exclude={"title", "summary", "layers"})
        return {
            **said,
            "layers": [shown.model_dump(mode="json", exclude_none=True) for shown in self.layers],
            "indicators": list(self.indicators),
            "texts": {
                language: {
                    "title": text.title,
                    **({} if text.summary is None else {"summary": text.summary}),
                    "parts": [{"prose": part.markdown, "file": part.file, "line": part.line} for part in text.prose],
                    "references": settle_references(text.said()),
                }
                for language, text in self.texts.items()
            },
        }
