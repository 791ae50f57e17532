"""The address of every page, file and state. English pages have ``/en`` before the same path."""

from collections.abc import Mapping
from urllib.parse import quote, urlencode

from beffroi.observe.pages import PageView
from beffroi.observe.places import Place
from beffroi.observe.questions import Question
from beffroi.observe.searches import Hit
from beffroi.observe.values import Measure

PERIOD, PERIOD_OF = "periode", "periode-"
"""Keys of an address: the period of a figure alone, and in a page that of each figure, before its name."""
SHELVES = {"source": "sources", "table": "tables", "indicator": "indicateurs"}
DATA_FORMATS = ("csv", "xlsx", "parquet", "geojson")
FIGURE_FORMATS = ("svg", "png", "vl.json")
CORRECTIONS_FORMS = ("csv", "parquet")
FILE_NAMES = {"csv": "CSV", "xlsx": "XLSX", "parquet": "Parquet", "geojson": "GeoJSON", "svg": "SVG", "png": "PNG",
              "vl.json": "Vega-Lite"}  # fmt: skip


class Addresses:
    """Addresses in one language, from the root of the server; ``whole`` gives one that can be cited."""

    def __init__(self, language: str, base_url: str = "") -> None:
        self.language = language
        self._prefix = "" if language == "fr" else f"/{language}"
        self._base = base_url.rstrip("/")

    def path(self, path: str, **query: str) -> str:
        """A path with its query, empty values left out."""
        if not query:
            return self._prefix + path
        asked = {key: value for key, value in query.items() if value}
        words = urlencode(asked, safe=":/", quote_via=quote)
        return f"{self._prefix}{path}{'?' + words if words else ''}"

    def whole(self, address: str) -> str:
        return f"{self._base}{address}"

    def explorer(self, question: Question, **changes: str | None) -> str:
        return f"{self._prefix}/explorer?{question.query(**changes)}"

    def about(self, kind: str, name: str) -> str:
        """The page of a source, a table or an indicator."""
        return f"{self._prefix}/{SHELVES[kind]}/{name}"

    def hit(self, hit: Hit) -> str:
        """Where something found is to be seen."""
        if hit.kind == "page":
            return self.page(hit.key)
        return self.portrait_of(hit.key) if hit.kind == "territory" else self.about(hit.kind, hit.key)

    def portrait(self, place: Place) -> str:
        """The portrait of a territory."""
        return self.portrait_of(place.key)

    def portrait_of(self, key: str) -> str:
        """The portrait of the territory of ``level:code``."""
        level, _, code = key.partition(":")
        return f"{self._prefix}/territoires/{level}/{quote(code)}"

    def explore(self, measure: Measure, place: Place | None = None) -> str:
        """The explorer at an indicator, with the usual choices for all the rest."""
        return self.path("/explorer", indicator=measure.id, territory=place.key if place else "")

    def data(self, measure: Measure, extension: str, **narrowed: str) -> str:
        """A file of values: the whole indicator, or what ``narrowed`` keeps of it."""
        return self.path(f"/donnees/{measure.id}.{extension}", **narrowed)

    def figure(self, question: Question, extension: str) -> str:
        """A file of the figure as it stands."""
        return f"{self._prefix}/figures/{question.view}.{extension}?{question.query(view=None)}"

    def page(self, page: str, place: Place | None = None, periods: Mapping[str, str] | None = None) -> str:
        """A page of an observatory, in the hands of a territory or of the one that it opens on; ``periods`` are those
        that its figures are moved to, by their names."""
        held = f"/{place.level}/{quote(place.code)}" if place else ""
        moved = {f"{PERIOD_OF}{name}": period for name, period in (periods or {}).items()}
        return self.path(f"/observatoires/{page}{held}", **moved)

    def block(self, view: PageView, name: str, extension: str = "", *, shared: bool = False, period: str = "") -> str:
        """A figure of a page alone, or a file of it; ``shared``: the one that is the same for every territory.

        ``period`` is the one that it is moved to, empty as it opens.
        """
        ending = f".{extension}" if extension else ""
        there = self.page(view.id, None if shared else view.place)
        return f"{there}/figures/{name}{ending}" + (f"?{PERIOD}={quote(period)}" if period else "")

    def picture(self, observatory: str, name: str) -> str:
        """A picture of an observatory, the same in every language."""
        return f"/images/{observatory}/{quote(name)}"

    def map(self, name: str, extension: str = "") -> str:
        """The page of a map, or a file of it."""
        return f"{self._prefix}/cartes/{name}{f'.{extension}' if extension else ''}"

    def layer(self, name: str, extension: str = "") -> str:
        """The page of a layer, or a file of its features."""
        return f"{self._prefix}/couches/{name}{f'.{extension}' if extension else ''}"

    def tiles(self, layer: str, ending: str = ".pmtiles") -> str:
        """The archive of the tiles of a layer, or one of its tiles (``/{z}/{x}/{y}.mvt``), the same in every
        language."""
        return f"/tuiles/{layer}{ending}"

    def card(self, name: str) -> str:
        """The picture that stands for a page where its address is shared."""
        return f"{self._prefix}/apercus/{name}.png"

    def feed(self, observatory: str = "") -> str:
        """What changed, of the site or of an observatory."""
        return f"{self._prefix}{f'/observatoires/{observatory}' if observatory else ''}/flux.xml"

    def series(self, indicator: str, extension: str) -> str:
        """A file of a whole indicator, by its name."""
        return self.path(f"/donnees/{indicator}.{extension}")

    def embed(self, question: Question) -> str:
        return f"{self._prefix}/integrer?{question.query()}"


__all__ = [
    "CORRECTIONS_FORMS", "DATA_FORMATS", "FIGURE_FORMATS", "FILE_NAMES", "PERIOD", "PERIOD_OF", "SHELVES", "Addresses",
]  # fmt: skip
