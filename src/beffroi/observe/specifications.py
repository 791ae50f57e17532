"""Figures as Vega-Lite specifications, to take a chart up in another tool. Pages do not draw them."""

from typing import Any

from beffroi.observe.figures import Distribution, Evolution, Figure, Map, Ranking

SCHEMA = "https://vega.github.io/schema/vega-lite/v5.json"


def specify_figure(figure: Figure, contours: str | None = None) -> dict[str, Any]:
    """The specification of a figure with its data; a map takes its shapes from ``contours``, an address of GeoJSON."""
    frame = figure.frame
    spec: dict[str, Any] = {
        "$schema": SCHEMA,
        "title": {"text": frame.title, "subtitle": frame.subtitle},
        "description": frame.sentence,
        "usermeta": {
            "source": [source.words for source in frame.sources],
            "licence": frame.licences,
            "geography": frame.geography,
            "synthetic": frame.synthetic,
        },
    }
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


def _evolution(figure: Evolution) -> dict[str, Any]:
    rows: list[dict[str, Any]] = []
    for trace in figure.traces:
        starts = {segment.end for segment in trace.segments}
        run = -1
        for index, point in enumerate(trace.points):
            run += index not in starts
            rows.append({"territory": trace.name, "period": point.period, "value": point.value,
                         "state": point.state, "run": run, "in_hand": trace.in_hand})  # fmt: skip
    encoding = {
        "x": {"field": "period", "type": "ordinal", "title": None},
        "y": {"field": "value", "type": "quantitative", "title": None},
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
        "y": {"field": "territories", "type": "quantitative", "title": None}}}  # fmt: skip


def _ranking(figure: Ranking) -> dict[str, Any]:
    rows = [{"territory": line.label, "rank": line.rank, "value": line.value} for line in figure.ranked]
    return {"data": {"values": rows}, "mark": "bar", "encoding": {
        "y": {"field": "territory", "type": "nominal", "sort": "-x", "title": None},
        "x": {"field": "value", "type": "quantitative", "title": None}}}  # fmt: skip


def _map(figure: Map, contours: str | None) -> dict[str, Any]:
    return {
        "data": {"url": contours, "format": {"type": "json", "property": "features"}},
        "mark": {"type": "geoshape", "stroke": "white"},
        "projection": {"type": "identity", "reflectY": True} if contours is None else {"type": "mercator"},
        "encoding": {"color": {"field": "properties.value", "type": "quantitative", "title": None}},
    }


__all__ = ["SCHEMA", "specify_figure"]
