"""One edition drawn as a site: its maps' sheets, its figures and their marks, each made once and kept."""

import hashlib
from collections import Counter
from collections.abc import Callable, Hashable, Mapping, Sequence
from typing import TypeVar
from urllib.parse import quote

from beffroi.catalog.workspaces import PIECES
from beffroi.lake.releases import Release
from beffroi.observe import Atlas, Figure, Question, observe_figure
from beffroi.observe.atlases import Memory
from beffroi.observe.figures import Map, trace_evolution
from beffroi.observe.places import Place
from beffroi.publish.addresses import Addresses
from beffroi.publish.assets import Assets
from beffroi.publish.benches import Bench
from beffroi.publish.blocks import Block
from beffroi.publish.drawings import MapSheet, draw_map
from beffroi.publish.drawings.maps import linked
from beffroi.publish.drawings.thumbnails import (
    SmallGround,
    SmallViews,
    draw_small_evolution,
    draw_small_table,
    draw_small_views,
    mark_map,
)
from beffroi.publish.outlines import Ground, Outline, lay_ground, trace_outlines
from beffroi.publish.tokens import tokens_css

_Made = TypeVar("_Made")


_FRAGMENTS_KEPT = 400
_BODIES_KEPT = 160
_SMALL_KEPT = 600
_WITHIN = ("commune", "epci", "grouping", *PIECES)
"""Levels whose territories lie within the perimeter, or make it up."""

_LIMITS: Mapping[str, tuple[str, ...]] = {
    **dict.fromkeys(PIECES, ("commune", "epci")),
    "commune": ("epci",),
    "epci": (),
}
"""By level of a map, the larger bodies whose limits are drawn over it."""


class Site:
    """An atlas with the means to draw it. Lives as long as its edition is asked for."""

    def __init__(
        self, atlas: Atlas, assets: Assets, base_url: str = "", addresses: Callable[[str, str], Addresses] = Addresses
    ) -> None:
        """``addresses`` makes those of a language from ``base_url``, where pages are not served but written."""
        self._addresses = addresses
        self.atlas, self.assets, self.base_url = atlas, assets, base_url
        self._fragments = Memory(_FRAGMENTS_KEPT)
        self._bodies = Memory(_BODIES_KEPT)
        self._small = Memory(_SMALL_KEPT)
        self._sheets = Memory(64)
        self.accent: str = atlas.workspace.get("identity", {}).get("accent", "#9a3412")
        self.tokens = tokens_css(self.accent)
        self.tokens_version = hashlib.sha256(self.tokens.encode()).hexdigest()[:12]
        self.bench: Bench | None = None

    def over(self, release: Release, bench: "Bench") -> "Site":
        """The site of a release whose series are the same, and whose pages are being written: outlines and small views
        are not drawn again."""
        other = Site(self.atlas.over(release), self.assets, self.base_url)
        other._sheets, other._small, other.bench = self._sheets, self._small, bench
        return other

    @property
    def edition(self) -> str:
        """Number of the edition that this site shows."""
        return self.atlas.release.edition.id

    def fragment(self, key: Hashable, make: Callable[[], _Made]) -> _Made:
        """Something drawn or said once for all who ask the same."""
        return self._fragments.recall(key, make)

    def body(self, key: Hashable, make: Callable[[], _Made]) -> _Made:
        """Marks or rows by the hundred, the same for all who look: fewer are kept, since they are large."""
        return self._bodies.recall(key, make)

    def addresses(self, language: str) -> Addresses:
        return self._addresses(language, self.base_url)

    def figure(self, question: Question) -> Figure:
        """The figure of a question, kept."""
        return self.fragment(
            ("figure", question.query(), question.language, question.replaced, question.within),
            lambda: observe_figure(self.atlas, question),
        )

    def ground(self, level: str) -> Ground | None:
        """The ground of a level's maps.

        Levels that make up the perimeter share theirs, so that they lie on one another; a larger one has its own, or
        it would leave the perimeter a speck.
        """
        family = _family(level)
        contours = self.atlas.release.contours
        return self._sheets.recall(("ground", family), lambda: lay_ground(*(contours(each) for each in family)))

    def outlines(self, level: str) -> dict[str, Outline]:
        """Outlines of a level by code; empty when it has no contour."""
        ground = self.ground(level)
        if ground is None:
            return {}
        return self._sheets.recall(
            ("outlines", level), lambda: dict(trace_outlines(self.atlas.release.contours(level), ground))
        )

    def coarse_outlines(self, level: str) -> dict[str, Outline]:
        """Outlines at a quarter of the size, for small views."""
        ground = self.ground(level)
        if ground is None:
            return {}
        small = Ground(ground.west, ground.north, ground.scale / 4, ground.height // 4)
        return self._sheets.recall(
            ("coarse", level),
            lambda: dict(trace_outlines(self.atlas.release.contours(level), small, tolerance=1.5)),
        )

    def sheet(self, level: str, language: str) -> MapSheet | None:
        """What a map of the level is drawn on; None when the level has no contour."""
        ground, outlines = self.ground(level), self.outlines(level)
        if ground is None or not outlines:
            return None
        return self._sheets.recall(("sheet", level, language), lambda: self._lay_sheet(level, language, ground))

    def _lay_sheet(self, level: str, language: str, ground: Ground) -> MapSheet:
        gazetteer = self.atlas.gazetteer(self.atlas.release.reference_vintage, language)
        placed = [p for p in gazetteer.by_level.get(level, ()) if p.code in self.outlines(level)]
        people = [p for p in placed if p.population]
        named = _order_names(people or placed) if level in {"commune", "epci"} else []
        family = _family(level)
        larger = [each for each in _LIMITS.get(level, ()) if each in family]
        limits = [outline.path for each in larger for outline in self.outlines(each).values()]
        everything = {f"{each}:{code}": outline for each in family for code, outline in self.outlines(each).items()}
        return MapSheet(
            ground=ground,
            outlines=self.outlines(level),
            limits=limits,
            names=[(place.code, place.short or place.name) for place in named],
            all_outlines=everything,
        )

    def leads(self, question: Question) -> Callable[[str], str]:
        """Where taking a territory of the level in hand leads, by its code, all else as in the question."""
        state = {"indicator": question.measure.id, "level": question.level, "period": question.period}
        if question.view != "map":
            state["view"] = question.view
        if question.vintage != self.atlas.release.reference_vintage:
            state["vintage"] = str(question.vintage)
        start = self.addresses(question.language).path("/explorer", **state) + f"&territory={question.level}:"
        return lambda code: start + quote(code)

    def map_body(self, question: Question, figure: Map) -> Block:
        """The marks of a large map, without the territory in hand: the same for all who look at it."""
        sheet = self.sheet(question.level, question.language)
        if sheet is None or not figure.drawable:
            return Block()
        lead, key = self.leads(question), self.map_key(question)
        return self.body(("map", *question.scene), lambda: Block(draw_map(figure, sheet, key, linked(lead)).encode()))

    @staticmethod
    def map_key(question: Question) -> str:
        """What the ids of a map's fills begin with: a page may hold several maps."""
        return f"map-{question.measure.id.replace('/', '-')}-{question.level}-{question.period}"

    def small_views(self, question: Question) -> SmallViews:
        """The small views of a question's level at its period, drawn once for all."""
        values = self.atlas.slice(question.measure, question.level, question.vintage)
        small = self._small_ground(question)
        key = ("small", *question.scene[:4])
        return self._small.recall(key, lambda: draw_small_views(values, question.period, small))

    def _small_ground(self, question: Question) -> SmallGround | None:
        """What a small map is drawn on; None at another vintage than that of the contours, or when there is none."""
        ground = self.ground(question.level)
        if ground is None or question.vintage != self.atlas.release.reference_vintage:
            return None
        level = question.level
        return self._sheets.recall(("small", level), lambda: SmallGround(self.coarse_outlines(level), ground))

    def thumbnail(self, question: Question, view: str) -> tuple[Block, str]:
        """The small view of a question: what is the same for all, and the marks of the territory in hand."""
        if view == "table":
            return self.fragment("small table", lambda: Block(draw_small_table().encode())), ""
        if view == "evolution":
            return Block(), self._small_evolution(question)
        hand = question.territory.code if question.territory.level == question.level else ""
        views = self.small_views(question)
        if view == "ranking":
            return views.ranking, views.mark_ranking(hand)
        if view == "map":
            small = self._small_ground(question)
            return views.map, mark_map(hand, small) if small else ""
        value = self.atlas.value(question.measure, question.territory, question.period, question.vintage)
        comparable = hand or question.measure.nature != "amount"
        return views.distribution, views.mark_distribution(value if comparable else None)

    def _small_evolution(self, question: Question) -> str:
        """The lines of a territory, the same at every period and in every view."""
        places = (question.territory.key, *(place.key for place in question.compared))
        key = ("small evolution", question.measure.id, question.level, question.vintage, *places)
        return self.fragment(key, lambda: draw_small_evolution(trace_evolution(self.atlas, question)))


def _family(level: str) -> tuple[str, ...]:
    """Levels drawn on the same ground as this one."""
    return _WITHIN if level in _WITHIN else (level,)


def _order_names(places: Sequence[Place]) -> list[Place]:
    """The two largest places of each inter-communal body, then all the others, the most populous first."""
    ordered = sorted(places, key=lambda place: -(place.population or 0))
    taken: Counter[str] = Counter()
    rounds: list[tuple[int, Place]] = []
    for place in ordered:
        body = next((key for key in place.parents if key.startswith("epci:")), "")
        taken[body] += 1
        rounds.append((min(taken[body], 3), place))
    return [place for _, place in sorted(rounds, key=lambda pair: pair[0])]


__all__ = ["Site"]
