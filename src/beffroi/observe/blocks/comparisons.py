"""Tables of a page: indicators against territories, or against the years that a programme is held to."""

from collections.abc import Iterable

from beffroi.catalog.blocks import Comparison, KeyYears
from beffroi.language import format_period, text
from beffroi.observe.blocks.grids import Cell, Grid, GridFigure, Row, cell_of
from beffroi.observe.frames import frame_figure, period_words
from beffroi.observe.sentences import in_clause
from beffroi.observe.standings import Reading, Standing
from beffroi.observe.values import Measure


def observe_comparison(standing: Standing, block: Comparison) -> GridFigure:
    """Indicators down, the territory in hand and those that it is compared with across."""
    held, language = standing.take(block.territory), standing.language
    places = (held.place, *held.others(block.compared))
    readings: list[Reading] = []
    rows = []
    for name in block.indicators:
        measure = held.measure(name)
        if not measure.released:
            cells = tuple(Cell("–", mention=text("state.missing", language)) for _ in places)
            rows.append(Row(measure.title(language), cells))
            continue
        period = held.settle(measure, block.period)
        found = [held.read(measure, place, period) for place in places]
        readings += [each for each in found if each is not None]
        cells = tuple(cell_of(each, language, beside=True) for each in found)
        said = (_unit_beside(measure, language), period_words(measure, period, language))
        rows.append(Row(measure.title(language), cells, ", ".join(part for part in said if part)))
    alone = len(places) == 1
    named = in_clause(held.place, language) if alone else held.place.name
    title = text("page.title_keys" if alone else "page.title_comparison", language, place=named)
    columns = tuple(place.short or place.name for place in places)
    frame = frame_figure(
        held, [held.measure(name) for name in block.indicators], readings, title,
        _say_first(rows, held.place.name, language), subtitle="",
    )  # fmt: skip
    grid = Grid(text("page.indicator", language), columns, tuple(rows), mixed=_is_mixed(held, block.indicators))
    return GridFigure(frame, tuple(readings), grid, first_in_hand=True)


def observe_key_years(standing: Standing, block: KeyYears) -> GridFigure:
    """The same indicators at each key year: past ones with their value, those to come left open."""
    held, language = standing.take(block.territory), standing.language
    edition = standing.atlas.release.edition.built[:4]
    readings: list[Reading] = []
    rows = []
    for name in block.indicators:
        measure = held.measure(name)
        cells = []
        for year in block.years:
            read = held.read(measure, held.place, year.period) if measure.released else None
            if read is not None:
                readings.append(read)
            open_words = text("page.to_come" if year.period[:4] >= edition else "state.missing", language)
            cells.append(cell_of(read, language, beside=True) if read is not None else Cell("–", mention=open_words))
        rows.append(Row(measure.title(language), tuple(cells), _unit_beside(measure, language)))
    columns = tuple(f"{y.label} ({format_period(y.period, language)})" if y.label != y.period else y.label
                    for y in block.years)  # fmt: skip
    frame = frame_figure(
        held, [held.measure(name) for name in block.indicators], readings,
        text("page.title_key_years", language, place=held.place.name), _say_first(rows, held.place.name, language),
        over_time=True, subtitle="",
    )  # fmt: skip
    mixed = _is_mixed(held, block.indicators)
    return GridFigure(frame, tuple(readings), Grid(text("page.indicator", language), columns, tuple(rows), mixed=mixed))


def _is_mixed(held: Standing, indicators: Iterable[str]) -> bool:
    """Whether a column holds numbers of several units."""
    return len({held.measure(name).unit.id for name in indicators}) > 1


def _say_first(rows: list[Row], place: str, language: str) -> str:
    """The first column in words, for who cannot see the table."""
    said = [f"{row.label}, {row.cells[0].said}" for row in rows[:4] if row.cells and row.cells[0].number is not None]
    words = text("page.then", language).join(said)
    return text("page.named", language, title=place, words=f"{words}.") if said else place


def _unit_beside(measure: Measure, language: str) -> str:
    """The unit of a row, where its cells do not bear it."""
    unit = measure.unit_words(language)
    return "" if "%" in unit else unit


__all__ = ["observe_comparison", "observe_key_years"]
