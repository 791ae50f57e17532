"""Flow graphs: nodes placed by their depth, and bands as wide as what goes from one to the next.

What comes into a node and does not leave it again, or the other way round, is said: nothing is stretched to fit.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from beffroi.catalog.blocks import Flow
from beffroi.errors import BeffroiError, fault
from beffroi.language import text
from beffroi.observe.blocks.grids import Cell, Grid, Row, cell_of
from beffroi.observe.blocks.words import say_share
from beffroi.observe.frames import Frame, frame_figure, period_words, say_unit
from beffroi.observe.standings import Reading, Standing
from beffroi.observe.values import Measure


@dataclass(frozen=True, slots=True)
class FlowNode:
    """A node: its column, counted from 0, and its amount, the larger of what comes in and of what leaves."""

    name: str
    depth: int
    amount: float
    said: str


@dataclass(frozen=True, slots=True)
class FlowBand:
    """What goes from one node to another, by their positions among the nodes; only what is more than nothing."""

    source: int
    target: int
    amount: float
    said: str


@dataclass(frozen=True)
class FlowFigure:
    """Nodes in the order of the text, column after column. ``gaps`` say which nodes do not balance, in words."""

    frame: Frame
    readings: tuple[Reading, ...]
    nodes: tuple[FlowNode, ...]
    bands: tuple[FlowBand, ...]
    gaps: tuple[str, ...]
    grid: Grid

    @property
    def columns(self) -> tuple[tuple[int, ...], ...]:
        """Positions of the nodes of each column."""
        deepest = max((node.depth for node in self.nodes), default=-1)
        return tuple(tuple(i for i, node in enumerate(self.nodes) if node.depth == d) for d in range(deepest + 1))


@dataclass(frozen=True)
class _Link:
    """A link of the block with what is read for it; ``amount`` is None when it is not known."""

    source: str
    target: str
    measure: Measure
    reading: Reading | None

    @property
    def amount(self) -> float | None:
        return None if self.reading is None else self.reading.value.value


def observe_flow(standing: Standing, block: Flow) -> FlowFigure:
    """The flow graph that a block asks for; ``circular-reference`` when its links go round in a circle."""
    held, language = standing.take(block.territory), standing.language
    links = []
    for link in block.links:
        measure = held.measure(link.indicator)
        period = held.settle(measure, block.period)
        links.append(_Link(link.source, link.target, measure, held.read(measure, held.place, period)))
    depths = place_nodes([(link.source, link.target) for link in links])
    if depths is None:
        names = dict.fromkeys(name for link in links for name in (link.source, link.target))
        raise BeffroiError(fault("circular-reference", standing.where, circle=" → ".join(names)))
    first = links[0].measure
    nodes = tuple(
        FlowNode(name, depth, amount, first.say(amount, language))
        for name, depth in sorted(depths.items(), key=lambda pair: pair[1])
        if (amount := max(_total(links, name, "target"), _total(links, name, "source"))) > 0
    )
    rank = {node.name: index for index, node in enumerate(nodes)}
    bands = tuple(
        FlowBand(rank[link.source], rank[link.target], link.amount, first.say(link.amount, language))
        for link in links
        if link.amount is not None and link.amount > 0
    )
    readings = tuple(link.reading for link in links if link.reading is not None)
    measures = list({link.measure.id: link.measure for link in links}.values())
    period = period_words(first, held.settle(first, block.period), language)
    title = text("page.title_flow", language, source=nodes[0].name if nodes else links[0].source,
                 place=held.place.name, period=period)  # fmt: skip
    frame = frame_figure(held, measures, readings, title, _sentence(held, links, nodes, first), subtitle=say_unit(
        first.unit_words(language), language))  # fmt: skip
    gaps = tuple(_gaps(held, links, depths, first))
    return FlowFigure(frame, readings, nodes, bands, gaps, _grid(links, language))


def place_nodes(links: Sequence[tuple[str, str]]) -> Mapping[str, int] | None:
    """The column of each node: one after the deepest of those that lead to it; None when links go round."""
    names = list(dict.fromkeys(name for link in links for name in link))
    depths = dict.fromkeys(names, 0)
    for _ in names:
        moved = False
        for source, target in links:
            if depths[target] <= depths[source]:
                depths[target], moved = depths[source] + 1, True
        if not moved:
            return depths
    return None


def _total(links: Sequence[_Link], name: str, end: str) -> float:
    """What is known to come in (``end`` is target) or to leave (source)."""
    return sum(max(0.0, link.amount or 0.0) for link in links if getattr(link, end) == name)


def _gaps(held: Standing, links: Sequence[_Link], depths: Mapping[str, int], first: Measure) -> list[str]:
    """The nodes that do not balance, or that cannot be checked since an amount is not known."""
    language, found = held.language, []
    least = 0.5 * 10.0**-first.unit.decimals
    for name in depths:
        comes = [link for link in links if link.target == name]
        leaves = [link for link in links if link.source == name]
        if not comes or not leaves:
            continue
        if any(link.amount is None for link in (*comes, *leaves)):
            found.append(text("page.flow_unchecked", language, node=name))
            continue
        into, out = _total(links, name, "target"), _total(links, name, "source")
        if abs(into - out) > least:
            said = {"into": first.say(into, language), "out": first.say(out, language)}
            key = "page.flow_lost" if into > out else "page.flow_more"
            found.append(text(key, language, node=name, gap=first.say(abs(into - out), language), **said))
    absent = [f"{link.source} → {link.target}" for link in links if link.amount is None]
    if absent:
        found.append(text("page.flow_absent", language, links=", ".join(absent)))
    below = [f"{link.source} → {link.target}" for link in links if link.amount is not None and link.amount < 0]
    if below:
        found.append(text("page.flow_below", language, links=", ".join(below)))
    return found


def _sentence(held: Standing, links: Sequence[_Link], nodes: Sequence[FlowNode], first: Measure) -> str:
    known = [(link.amount, link) for link in links if link.amount is not None and link.amount > 0]
    if not known:
        return text("sentence.none", held.language)
    amount, largest = max(known, key=lambda pair: pair[0])
    whole = _total(links, largest.source, "source")
    start = sum(node.amount for node in nodes if node.depth == 0)
    return text(
        "page.sentence_flow", held.language, place=held.place.name, start=first.say(start, held.language),
        source=largest.source, target=largest.target, amount=first.say(amount, held.language),
        share=say_share(100 * amount / whole, held.language),
    )  # fmt: skip


def _grid(links: Sequence[_Link], language: str) -> Grid:
    """One line a band: its amount, and its share of all that leaves the same node."""
    rows = []
    for link in links:
        cell, whole = cell_of(link.reading, language), _total(links, link.source, "source")
        share = None if link.amount is None or link.amount < 0 or not whole else 100 * link.amount / whole
        said = "–" if share is None else say_share(share, language)
        rows.append(Row(f"{link.source} → {link.target}", (cell, Cell(said, share)), link.measure.title(language)))
    columns = (text("page.flow_amount", language), text("page.flow_share", language))
    return Grid(text("page.flow_link", language), columns, tuple(rows))


__all__ = ["FlowBand", "FlowFigure", "FlowNode", "observe_flow", "place_nodes"]
