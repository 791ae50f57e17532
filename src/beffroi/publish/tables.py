"""Tables of figures as pages write them: lines in words with what to sort them by, and no more lines than one reads.

A table is the values of its figure and never all of the data: what is left out is counted in words, and is in the CSV.
"""

from dataclasses import dataclass

from beffroi.language import format_period, text
from beffroi.observe.blocks.bars import BarsFigure
from beffroi.observe.blocks.grids import Cell, Grid, Row
from beffroi.observe.figures import Distribution, Evolution

MOST_LINES = 1000
"""Most lines of a table of a page. Ten thousand are two megabytes, 200 kB compressed where a whole first view may have
150, and a second of the browser at each sort; a thousand are 21 kB and an eighth of a second, and hold all communes of
the département that has most of them."""


@dataclass(frozen=True)
class Listing:
    """A table that is shown: its lines, and how many others the figure has."""

    grid: Grid
    rows: tuple[Row, ...]
    left_out: int


def list_rows(grid: Grid) -> Listing:
    """The first lines of a table, and those of the territory in hand wherever they stand."""
    if len(grid.rows) <= MOST_LINES:
        return Listing(grid, grid.rows, 0)
    rows = grid.rows[:MOST_LINES] + tuple(row for row in grid.rows[MOST_LINES:] if row.in_hand)
    return Listing(grid, rows, len(grid.rows) - len(rows))


def table_evolution(chart: Evolution, language: str) -> Grid:
    """A line for each period, a column for each trace."""
    found = [{point.period: point for point in trace.points} for trace in chart.traces]
    rows = []
    for period in sorted({period for each in found for period in each}):
        points = [each.get(period) for each in found]
        cells = tuple(Cell("–") if point is None else Cell(point.said, point.value, point.state) for point in points)
        rows.append(Row(format_period(period, language), cells))
    columns = tuple(trace.label for trace in chart.traces)
    return Grid(text("under.period", language), columns, tuple(rows), in_order=True)


def table_distribution(figure: Distribution, language: str) -> Grid:
    """A line for each interval, with how many territories have their value in it."""
    unit = f" ({figure.unit})" if figure.unit else ""
    rows = tuple(Row(bin.words, (Cell(str(bin.count), float(bin.count)),)) for bin in figure.bins)
    return Grid(text("under.interval", language) + unit, (text("under.number_of", language),), rows, in_order=True)


def table_bars(figure: BarsFigure, language: str) -> Grid:
    """A line for each group of bars, a column for each series."""
    rows = []
    for group in figure.groups:
        cells = tuple(Cell(bar.said, bar.number, bar.state, bar.mention) for bar in group.bars)
        rows.append(Row(group.label, cells, in_hand=group.in_hand))
    columns = figure.series or (text("table.value", language),)
    # Territories are found by their name; months, ages and periods by their place.
    in_order = not any(group.in_hand for group in figure.groups)
    return Grid(figure.corner, columns, tuple(rows), in_order=in_order)


__all__ = ["MOST_LINES", "Listing", "list_rows", "table_bars", "table_distribution", "table_evolution"]
