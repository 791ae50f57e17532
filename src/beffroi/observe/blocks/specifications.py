"""Figures of pages as Vega-Lite specifications, to take a chart up in another tool. Pages do not draw them.

What Vega-Lite cannot draw as the page does has none: tables, key figures, flow graphs, and maps of two indicators,
whose two series no single file of shapes holds.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from beffroi.observe.blocks.areas import AreaFigure
from beffroi.observe.blocks.bars import BarsFigure
from beffroi.observe.blocks.kinds import BlockFigure
from beffroi.observe.blocks.lines import LinesFigure
from beffroi.observe.blocks.multiples import MultiplesFigure
from beffroi.observe.blocks.pyramids import PyramidFigure, Wing
from beffroi.observe.blocks.scatters import ScatterFigure
from beffroi.observe.blocks.slopes import SlopeFigure
from beffroi.observe.blocks.spreads import SpreadFigure
from beffroi.observe.blocks.targets import TargetFigure
from beffroi.observe.figures import Evolution, Trace
from beffroi.observe.specifications import describe, specify_figure

Specification = dict[str, Any]


def is_specifiable(figure: BlockFigure) -> bool:
    """Whether a figure has a specification."""
    return isinstance(figure, SpreadFigure) or type(figure) in _DRAWERS


def specify_block(figure: BlockFigure, title: str = "", contours: str | None = None) -> Specification:
    """The specification of a figure with its data, under its author's title if it has one.

    A map takes its shapes from ``contours``, an address of GeoJSON. KeyError for a figure that has none.
    """
    if isinstance(figure, SpreadFigure):
        spec = specify_figure(figure.figure, contours)
        return spec | describe(figure.frame, title) if title else spec
    return describe(figure.frame, title) | _DRAWERS[type(figure)](figure)


def _lines(figure: LinesFigure) -> Specification:
    rows = [row for trace in figure.chart.traces for row in _rows_of(trace)]
    return {"data": {"values": rows}, "encoding": _over_time(rows, figure.chart), "layer": _COURSE}


_COURSE: list[Specification] = [{"mark": "line"}, {"mark": {"type": "point", "filled": True}}]


def _over_time(rows: Sequence[Specification], chart: Evolution) -> Specification:
    """Periods across, what is drawn upwards, on an axis that begins where the page's does."""
    from_zero = bool(chart.ticks) and chart.ticks[0][1].partition("\u00a0")[0].strip("0.,") == ""
    return {
        "x": _periods(rows),
        "y": _number("drawn", scale={"zero": from_zero}),
        "color": _name("series"),
        "detail": {"field": "run", "type": "nominal"},
    }


def _periods(rows: Sequence[Specification]) -> Specification:
    """Years stand where they are in time; other periods one after another."""
    if all(isinstance(row["period"], int) for row in rows):
        axis = {"format": "d", "tickMinStep": 1}
        return {"field": "period", "type": "quantitative", "title": None, "axis": axis, "scale": {"zero": False}}
    return {"field": "period", "type": "ordinal", "title": None}


def _rows_of(trace: Trace) -> list[Specification]:
    """A row for each point; a new run begins where no line goes on: at a break, or after a hole."""
    joined = {segment.end for segment in trace.segments}
    rows, run = [], -1
    for index, point in enumerate(trace.points):
        run += index not in joined
        rows.append({"series": trace.label, "period": _when(point.period), "value": point.value, "drawn": point.drawn,
                     "state": point.state, "run": f"{trace.label} {run}", "in_hand": trace.in_hand})  # fmt: skip
    return rows


def _when(period: str) -> int | str:
    """A year is a number, so that years stand where they are in time."""
    return int(period) if period.isdigit() else period


def _target(figure: TargetFigure) -> Specification:
    """The course of the territory, and the path to its goals in dashes."""
    course = [row | {"kind": "course"} for trace in figure.chart.traces for row in _rows_of(trace)]
    path = [row | {"kind": "path", "run": "path"} for row in _rows_of(figure.path)] if figure.path else []
    dashes = {"field": "kind", "type": "nominal", "legend": None,
              "scale": {"domain": ["course", "path"], "range": [[1, 0], [4, 4]]}}  # fmt: skip
    rows = course + path
    encoding = _over_time(rows, figure.chart) | {"strokeDash": dashes}
    return {"data": {"values": rows}, "encoding": encoding, "layer": _COURSE}


def _multiples(figure: MultiplesFigure) -> Specification:
    rows = [row | {"panel": panel.label} for panel in figure.panels if panel.trace for row in _rows_of(panel.trace)]
    encoding = {key: said for key, said in _over_time(rows, figure.chart).items() if key != "color"}
    return {
        "data": {"values": rows}, "columns": 4,
        "facet": {"field": "panel", "type": "nominal", "title": None, "sort": None},
        "spec": {"width": 140, "height": 90, "encoding": encoding, "layer": _COURSE},
    }  # fmt: skip


def _bars(figure: BarsFigure) -> Specification:
    rows = []
    for group in figure.groups:
        total = sum(bar.number or 0.0 for bar in group.bars)
        for bar in group.bars:
            share = None if bar.number is None or not total else 100 * bar.number / total
            rows.append({"group": group.label, "series": figure.series[bar.series] if figure.series else "",
                         "rank": bar.series, "value": bar.number, "share": share, "state": bar.state,
                         "in_hand": group.in_hand})  # fmt: skip
    across, along = ("y", "x") if figure.upright else ("x", "y")
    stacked = figure.arrangement == "stacked"
    in_shares = figure.unit == "%" and bool(figure.series)
    encoding = {
        across: _number("share" if in_shares else "value", figure.unit, stack="zero" if stacked else None),
        along: _place("group"),
    }
    if figure.series:
        encoding["color"] = _name("series") | {"sort": list(figure.series)}
        if stacked:
            encoding["order"] = {"field": "rank", "type": "quantitative"}
        else:
            encoding["xOffset" if figure.upright else "yOffset"] = {"field": "series", "type": "nominal", "sort": None}
    return {"data": {"values": rows}, "mark": "bar", "encoding": encoding}


def _area(figure: AreaFigure) -> Specification:
    rows = [
        {"series": band.label, "period": _when(level.period), "value": level.number, "state": level.state,
         "run": f"{band.label} {run}"}
        for band in figure.bands
        for run, levels in enumerate(band.runs)
        for level in levels
    ]  # fmt: skip
    names = [band.label for band in figure.bands]
    # The first band lies at the bottom of the pile, and the last series of a stack does.
    order = {"field": "rank", "type": "quantitative"}
    ranked = [row | {"rank": names.index(str(row["series"]))} for row in rows]
    return {"data": {"values": ranked}, "mark": "area", "encoding": {
        "x": _periods(ranked), "y": _number("value", stack="zero"),
        "color": _name("series") | {"sort": names}, "order": order,
        "detail": {"field": "run", "type": "nominal"}}}  # fmt: skip


def _slope(figure: SlopeFigure) -> Specification:
    rows = [
        {"territory": line.label, "period": period, "drawn": drawn, "said": said, "in_hand": line.in_hand}
        for line in figure.lines
        for period, drawn, said in zip(figure.periods, line.drawn, (line.first, line.last), strict=True)
    ]
    encoding = {
        "x": {"field": "period", "type": "ordinal", "title": None, "sort": None},
        "y": _number("drawn", scale={"zero": False}),
        "detail": {"field": "territory", "type": "nominal"},
        "color": {"field": "in_hand", "type": "nominal", "legend": None},
        "tooltip": [{"field": "territory", "type": "nominal"}, {"field": "said", "type": "nominal"}],
    }
    mark = {"type": "line", "point": True} if figure.joined else {"type": "point", "filled": True}
    return {"data": {"values": rows}, "mark": mark, "encoding": encoding}


def _scatter(figure: ScatterFigure) -> Specification:
    rows = [
        {"territory": spot.label, "x": spot.values[0], "y": spot.values[1], "size": spot.size, "role": spot.role,
         "state": spot.state, "said": spot.said}
        for spot in figure.spots
    ]  # fmt: skip
    encoding = {
        "x": _number("x", figure.x.title, scale={"zero": False}),
        "y": _number("y", figure.y.title, scale={"zero": False}),
        "color": {"field": "role", "type": "nominal", "legend": None},
        "tooltip": [{"field": "territory", "type": "nominal"}, {"field": "said", "type": "nominal"}],
    }
    if figure.sizes:
        encoding["size"] = {"field": "size", "type": "quantitative", "title": figure.size_title, "legend": None}
    return {"data": {"values": rows}, "mark": {"type": "point", "filled": True}, "encoding": encoding}


def _pyramid(figure: PyramidFigure) -> Specification:
    """Bars on both sides of zero: the left ones are counted downwards, and their axis says them without the sign."""
    rows, outline = [], []
    for row in figure.rows:
        for wing, name, sign in ((row.left, figure.names[0], -1), (row.right, figure.names[1], 1)):
            rows.append(_wing_row(row.label, wing, name, sign, 0))
            outline.append(_wing_row(row.label, wing, name, sign, 1))
    axis = {"labelExpr": "format(abs(datum.value), ',')"}
    encoding = {
        "y": _place("category"),
        "x": _number("signed") | {"axis": axis},
        "color": _name("side") | {"sort": list(figure.names)},
    }
    bars = {"data": {"values": rows}, "mark": "bar", "encoding": encoding}
    if not figure.outline:
        return bars
    ticks = {"data": {"values": outline}, "mark": {"type": "tick", "thickness": 2, "color": "black"},
             "encoding": {key: encoding[key] for key in ("y", "x")}}  # fmt: skip
    return {"layer": [bars, ticks]}


def _wing_row(label: str, wing: Wing, name: str, sign: int, which: int) -> Specification:
    number = wing.numbers[which]
    signed = None if number is None else sign * number
    return {"category": label, "side": name, "value": number, "signed": signed, "state": wing.state}


def _number(field: str, title: str | None = None, **more: Any) -> Specification:
    return {"field": field, "type": "quantitative", "title": title or None, **more}


def _place(field: str) -> Specification:
    return {"field": field, "type": "nominal", "title": None, "sort": None}


def _name(field: str) -> Specification:
    return {"field": field, "type": "nominal", "title": None}


_DRAWERS: Mapping[type[Any], Callable[[Any], Specification]] = {
    LinesFigure: _lines,
    BarsFigure: _bars,
    AreaFigure: _area,
    SlopeFigure: _slope,
    ScatterFigure: _scatter,
    PyramidFigure: _pyramid,
    MultiplesFigure: _multiples,
    TargetFigure: _target,
}

__all__ = ["is_specifiable", "specify_block"]
