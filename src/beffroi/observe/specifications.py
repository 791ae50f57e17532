"""Figures as Vega-Lite specifications, to take a chart up in another tool. Pages do not draw them."""

from typing import Any

from beffroi.observe.figures import Distribution, Evolution, Figure, Map, Ranking
from beffroi.observe.frames import Frame

SCHEMA = "https://vega.github.io/schema/vega-lite/v5.json"


def specify_figure(figure: Figure, contours: str | None = None) -> dict[str, Any]:
    """The specification of a figure with its data; a map takes its shapes from ``contours``, an address of GeoJSON."""
    spec = describe(figure.frame)
    if isinstance(figure, Evolution):
        return spec | _evolution(figure)
    if isinstance(figure, Distribution):
        return spec | _distribution(figure)
    if isinstance(figure, Ranking):
        return spec | _ranking(figure)
    if isinstance(figure, Map):
        return spec | _map(figure, contours)
    rows = [{"territory": line.label, "value": line.cells[0][1]} for line in figure.lines]
    encoding = {"y": {"field": "territory", "type": "nominal"}, "text": {"field": "value", "type": "quantitative"}}
    return spec | {"data": {"values": rows}, "mark": "text", "encoding": encoding}


def describe(frame: Frame, title: str = "") -> dict[str, Any]:
    """What a specification says of itself: its words, whom it comes from, and whether it is made up.

    ``title`` is its author's; the frame's own then goes under it, as on the page.
    """
    under = [words for words in (frame.title if title else "", frame.subtitle) if words]
    return {
        "$schema": SCHEMA,
        "title": {"text": title or frame.title, "subtitle": under},
        "description": frame.sentence,
        "usermeta": {
            "source": [source.words for source in frame.sources],
            "licence": frame.licences,
            "geography": frame.geography,
            "synthetic": frame.synthetic,
        },
    }


def _evolution(figure: Evolution) -> dict[str, Any]:
    rows: list[dict[str, Any]] = []
    for trace in figure.traces:
        starts = {segment.end for segment in trace.segments}
        run = -1
        for index, point in enumerate(trace.points):
            run += index not in starts
            rows.append({"territory": trace.name, "period": point.period, "value": point.value,
                         "drawn": point.drawn, "state": point.state, "run": run, "in_hand": trace.in_hand})  # fmt: skip
    encoding = {
        "x": {"field": "period", "type": "ordinal", "title": None},
        "y": {"field": "drawn", "type": "quantitative", "title": None, "scale": {"zero": False}},
        "detail": {"field": "run"},
        "color": {"field": "territory", "type": "nominal", "title": None},
    }
    return {
        "data": {"values": rows},
        "layer": [{"mark": "line", "encoding": encoding}, {"mark": "point", "encoding": encoding}],
    }


def _distribution(figure: Distribution) -> dict[str, Any]:
    rows = [{"from": b.low, "to": b.high, "interval": b.words, "territories": b.count} for b in figure.bins]
    return {"data": {"values": rows}, "mark": "bar", "encoding": {
        "x": {"field": "interval", "type": "ordinal", "sort": None, "title": figure.unit or None},
        "y": {"field": "territories", "type": "quantitative", "title": None, "axis": {"tickMinStep": 1}}}}  # fmt: skip


def _ranking(figure: Ranking) -> dict[str, Any]:
    rows = [{"territory": line.label, "rank": line.rank, "value": line.value} for line in figure.ranked]
    return {"data": {"values": rows}, "mark": "bar", "encoding": {
        "y": {"field": "territory", "type": "nominal", "sort": "-x", "title": None},
        "x": {"field": "value", "type": "quantitative", "title": None}}}  # fmt: skip


def _map(figure: Map, contours: str | None) -> dict[str, Any]:
    """Shades for ratios; for amounts, which never fill areas, circles at the middle of each territory."""
    shapes = {"url": contours or "", "format": {"type": "json", "property": "features"}}
    projection = {"type": "mercator"}
    value = {"field": "properties.value", "type": "quantitative", "title": None}
    if not figure.circles:
        ground = {"type": "geoshape", "stroke": "white"}
        return {"data": shapes, "mark": ground, "projection": projection, "encoding": {"color": value}}
    middle = [
        {"calculate": "geoCentroid(null, datum)", "as": "middle"},
        {"calculate": "datum.middle[0]", "as": "longitude"},
        {"calculate": "datum.middle[1]", "as": "latitude"},
    ]
    encoding = {
        "longitude": {"field": "longitude", "type": "quantitative"},
        "latitude": {"field": "latitude", "type": "quantitative"},
        "size": value,
    }
    return {
        "data": shapes, "projection": projection,
        "layer": [
            {"mark": {"type": "geoshape", "fill": "#e8e6dd", "stroke": "white"}},
            {"transform": middle, "mark": {"type": "circle", "opacity": 0.8}, "encoding": encoding},
        ],
    }  # fmt: skip


__all__ = ["SCHEMA", "describe", "specify_figure"]
