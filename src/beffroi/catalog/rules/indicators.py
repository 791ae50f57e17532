"""What indicators must be: columns that suit, conditions that can be met, levels that add up, audiences no wider."""

from collections.abc import Iterator
from typing import Any

from beffroi.catalog.indicators import (
    Change,
    Count,
    IndicatorBase,
    Part,
    Published,
    Quantile,
    Ratio,
    Sum,
    WeightedMean,
)
from beffroi.catalog.reading.documents import KeyPath
from beffroi.catalog.reading.shapes import UNREAD, unread
from beffroi.catalog.rules.conditions import check_where
from beffroi.catalog.rules.drafts import Draft, Drafts, TableDraft, check_reference, check_repeats
from beffroi.catalog.rules.tables import (
    check_audience,
    check_column_named,
    check_secrecy,
    known_audience,
    table_audience,
)
from beffroi.catalog.rules.vocabularies import NUMERIC
from beffroi.catalog.workspaces import LEVELS, QPV, REACHABLE, Level
from beffroi.errors import Fault

ADDITIVE = ("count", "sum")
"""Kinds that can be a part of a ratio: an average of rates cannot be written."""


def check_indicator(draft: Draft[IndicatorBase], drafts: Drafts) -> Iterator[Fault]:
    """The faults of one indicator, by itself and beside all that it refers to."""
    indicator = draft.value
    yield from check_reference(draft, drafts.themes, indicator.theme, "unknown-theme", "theme")
    yield from check_reference(draft, drafts.units, indicator.unit, "unknown-unit", "unit")
    for key in ("levels", "periods", "provisional", "keywords"):
        yield from check_repeats(draft, getattr(indicator, key), key)
    yield from _check_measure(draft, drafts)
    tables = tables_of(draft, drafts)
    yield from _check_corrections(draft, tables)
    yield from _check_levels(draft, drafts, tables)
    yield from _check_audience(draft, drafts, tables)
    first = tables[0] if tables and not unread(tables[0]) else None
    yield from check_secrecy(draft, first, indicator.protection, "protection")
    reliability = indicator.reliability
    if reliability is not None and not unread(reliability) and reliability.observations is not None and first:
        yield from check_column_named(draft, first, reliability.observations, NUMERIC, "reliability", "observations")


def tables_of(draft: Draft[IndicatorBase], drafts: Drafts, seen: frozenset[str] = frozenset()) -> list[Any]:
    """The tables that an indicator reads, itself or through another; ``UNREAD`` for one that cannot be known."""
    indicator = draft.value
    found: list[Any] = []
    for part, _ in _parts(indicator):
        if part.indicator is None:
            found.append(_known(drafts.tables.find(part.table)) if part.table is not None else UNREAD)
        else:
            found += _tables_behind(part.indicator, draft.id, drafts, seen)
    if isinstance(indicator, Change):
        found += _tables_behind(indicator.of, draft.id, drafts, seen)
    elif not isinstance(indicator, Ratio):
        found.append(_known(drafts.tables.find(getattr(indicator, "table", UNREAD))))
    return found


def indicators_read(indicator: IndicatorBase) -> list[tuple[str, KeyPath]]:
    """The other indicators that an indicator reads, with the key that names each."""
    if isinstance(indicator, Change):
        return [] if unread(indicator.of) else [(indicator.of, ("of",))]
    parts = ((part.indicator, (*path, "indicator")) for part, path in _parts(indicator))
    return [(name, path) for name, path in parts if name is not None and not unread(name)]


def check_measurable(drafts: Drafts) -> Iterator[tuple[Draft[Any], Fault]]:
    """Tables that are measured and do not say where or when: a fault of the indicator, or of the table when several do.

    With each fault, the declaration that bears it.
    """
    readers: dict[str, list[tuple[Draft[IndicatorBase], KeyPath]]] = {}
    for draft in drafts.indicators.known.values():
        for name, path in _tables_named(draft.value):
            readers.setdefault(name, []).append((draft, path))
    for name, reading in sorted(readers.items()):
        table = drafts.tables.find(name)
        if not isinstance(table, TableDraft) or unread(table.value):
            continue
        for key, code in (("territory", "no-territory-column"), ("period", "no-period-column")):
            if getattr(table.value, key) is not None:
                continue
            (draft, path), *others = reading
            same = all(other is draft for other, _ in others)
            by = ", ".join(sorted({other.id for other, _ in reading}))
            bearer: Draft[Any] = draft if same else table
            yield bearer, bearer.fault(code, *(path if same else ()), table=name, indicators=by)


def reachable_levels(tables: list[Any], drafts: Drafts, *, published: bool) -> Any:
    """Levels at which an indicator over these tables can be given, in order; UNREAD when they cannot be known."""
    levels: set[Level] = set(LEVELS if unread(drafts.levels) else drafts.levels)
    for table in tables:
        territory = UNREAD if unread(table) else table.value.territory
        if unread(territory) or territory is None or unread(territory.level):
            return UNREAD
        if territory.level is not None:
            levels &= {territory.level} if published else set(REACHABLE[territory.level])
    return tuple(level for level in LEVELS if level in levels)


def _qpv_lists(tables: list[Any]) -> list[Level]:
    """The lists of QPV that tables are of, among those that have one level for all their rows."""
    territories = [UNREAD if unread(table) else table.value.territory for table in tables]
    levels = {UNREAD if unread(each) or each is None else each.level for each in territories}
    return sorted(level for level in QPV if level in levels)


def given_periods(indicator: IndicatorBase, tables: list[Any]) -> Any:
    """The periods that an indicator over these tables is given for, in order, as far as its text tells; UNREAD where
    only the data do."""
    if unread(indicator.periods):
        return UNREAD
    if indicator.periods is not None:
        return tuple(sorted(each for each in indicator.periods if not unread(each)))
    periods = [UNREAD if unread(table) else table.value.period for table in tables]
    values = [UNREAD if unread(each) or each is None or each.value is None else each.value for each in periods]
    return UNREAD if not values or any(unread(each) for each in values) else tuple(sorted(set(values)))


def _check_corrections(draft: Draft[IndicatorBase], tables: list[Any]) -> Iterator[Fault]:
    """Two reasons on the same day for the same period: nobody would know which one is to be printed. One for a period
    that there is not would never be."""
    known: list[tuple[Any, Any]] = []
    given = given_periods(draft.value, tables)
    for index, each in enumerate([] if unread(draft.value.corrections) else draft.value.corrections):
        if unread(each) or unread(each.on) or unread(each.periods):
            continue
        yield from check_repeats(draft, each.periods, "corrections", index, "periods")
        for at, period in enumerate(each.periods or ()):
            if not unread(given, period) and period not in given:
                path = ("corrections", index, "periods", at)
                yield draft.fault("period-not-given", *path, name=period, instead_of=period, available=given)
        for on, periods in known:
            if on == each.on and (not periods or not each.periods or set(periods) & set(each.periods)):
                yield draft.fault("duplicate-value", "corrections", index, "on", value=str(each.on))
                break
        known.append((each.on, each.periods))


def _tables_named(indicator: Any) -> Iterator[tuple[str, KeyPath]]:
    """The tables that an indicator itself names, with the key of each; a ratio's own only where a part uses it."""
    if isinstance(indicator, Ratio):
        for part, path in _parts(indicator):
            written = getattr(indicator, str(path[0]))
            if part.indicator is None and part.table is not None and not unread(part.table):
                own = not isinstance(written, str) and not unread(written) and written.table is not None
                yield part.table, (*path, "table") if own else ("table",)
    elif not unread(name := getattr(indicator, "table", UNREAD)):
        yield name, ("table",)


def _known(value: Any) -> Any:
    return UNREAD if value is None else value


def _tables_behind(name: Any, reader: str, drafts: Drafts, seen: frozenset[str]) -> list[Any]:
    other = _known(drafts.indicators.find(name))
    if unread(other) or name == reader or name in seen:
        return [UNREAD]
    return tables_of(other, drafts, seen | {reader})


def _parts(indicator: Any) -> list[tuple[Part, KeyPath]]:
    """The parts of a ratio in their long form, each with the table it reads."""
    if not isinstance(indicator, Ratio):
        return []
    parts: list[tuple[Part, KeyPath]] = []
    for key in ("numerator", "denominator"):
        part = getattr(indicator, key)
        if unread(part):
            part = Part.model_construct(table=indicator.table, sum=UNREAD, indicator=UNREAD)
        elif isinstance(part, str):
            part = Part.model_construct(table=indicator.table, sum=part)
        elif part.table is None:
            part = part.model_copy(update={"table": indicator.table})
        parts.append((part, (key,)))
    return parts


def _check_measure(draft: Draft[IndicatorBase], drafts: Drafts) -> Iterator[Fault]:
    indicator = draft.value
    if isinstance(indicator, Ratio):
        yield from _check_ratio(draft, indicator, drafts)
        return
    if isinstance(indicator, Change):
        yield from _check_change(draft, indicator, drafts)
        return
    if not isinstance(indicator, Count | Sum | WeightedMean | Quantile | Published):
        return
    table = yield from _find_table(draft, drafts, indicator.table, "table")
    if table is None:
        return
    yield from check_where(draft, table, "where")
    if isinstance(indicator, Count):
        return
    yield from check_column_named(draft, table, indicator.column, NUMERIC, "column")
    yield from _check_same_unit(draft, drafts, table, indicator.column)
    if isinstance(indicator, WeightedMean):
        yield from check_column_named(draft, table, indicator.weight, NUMERIC, "weight")
    if isinstance(indicator, Published) and indicator.confidentiality is not None:
        yield from check_column_named(draft, table, indicator.confidentiality, ("text",), "confidentiality")


def _find_table(draft: Draft[IndicatorBase], drafts: Drafts, name: Any, *path: str | int) -> Any:
    """Faults of a reference to a table that an indicator measures; returns the table, None when unknown."""
    yield from check_reference(draft, drafts.tables, name, "unknown-table", *path)
    table = drafts.tables.find(name)
    if table is None or unread(table):
        return None
    return table


def _check_ratio(draft: Draft[IndicatorBase], indicator: Ratio, drafts: Drafts) -> Iterator[Fault]:
    table_known: Any = None
    if indicator.table is not None:
        table_known = yield from _find_table(draft, drafts, indicator.table, "table")
    yield from _check_parts_have_tables(draft, indicator)
    units: list[Any] = []
    for part, path in _parts(indicator):
        written = getattr(indicator, str(path[0]))
        if unread(written):
            units.append(UNREAD)
            continue
        unit = yield from _check_part(draft, part, written, table_known, drafts, path)
        units.append(unit)
    unit_of_ratio = _known(drafts.units.find(indicator.unit))
    if unread(unit_of_ratio) or any(unread(unit) or unit is None for unit in units) or units[0] == units[1]:
        return
    if _is_percentage(unit_of_ratio, exactly=True):
        yield draft.fault("parts-units-differ", "unit", numerator=units[0], denominator=units[1])


def _check_parts_have_tables(draft: Draft[IndicatorBase], indicator: Ratio) -> Iterator[Fault]:
    """One fault when the table of a part, or of both, is said nowhere."""
    lacking = [
        path
        for part, path in _parts(indicator)
        if part.table is None and part.indicator is None and (part.sum is not None or part.count is not None)
    ]
    short = [path for path in lacking if isinstance(getattr(indicator, str(path[0])), str)]
    if len(lacking) == 1 and not short:
        yield draft.fault("missing-key", *lacking[0], "table", name="table")
    elif lacking:
        yield draft.fault("missing-key", "table", name="table")


def _check_part(
    draft: Draft[IndicatorBase], part: Part, written: Any, ratio_table: Any, drafts: Drafts, path: KeyPath
) -> Any:
    """Faults of one part of a ratio; returns its unit: UNREAD when unknown, None when it has none."""
    if isinstance(written, str):
        if ratio_table is None:
            return UNREAD
        yield from check_column_named(draft, ratio_table, written, NUMERIC, *path)
        return _unit_of(ratio_table, written, drafts)
    said = [key for key in ("sum", "count", "indicator") if getattr(written, key) is not None]
    if len(said) != 1:
        yield draft.fault("exactly-one-of", *path, keys="sum, count, indicator", found=", ".join(said) or "–")
        if not said:
            return UNREAD
    if written.indicator is not None:
        for key in ("table", "where"):
            if key in written.model_fields_set:
                yield draft.fault("exclusive-keys", *path, key, keys=f"indicator, {key}")
        return (yield from _check_part_indicator(draft, written.indicator, drafts, *path, "indicator"))
    table = ratio_table
    if written.table is not None:
        table = yield from _find_table(draft, drafts, written.table, *path, "table")
    if table is None:
        return UNREAD
    yield from check_where(draft, table, *path, "where")
    if written.sum is None:
        return None
    yield from check_column_named(draft, table, written.sum, NUMERIC, *path, "sum")
    return _unit_of(table, written.sum, drafts)


def _check_part_indicator(draft: Draft[IndicatorBase], name: Any, drafts: Drafts, *path: str | int) -> Any:
    yield from check_reference(draft, drafts.indicators, name, "undeclared-indicator", *path)
    other = _known(drafts.indicators.find(name))
    kind = UNREAD if unread(other) else getattr(other.value, "kind", UNREAD)
    if not unread(kind) and kind not in ADDITIVE:
        yield draft.fault("unsuitable-indicator", *path, name=name, kind=kind, wanted=", ".join(ADDITIVE))
        return UNREAD
    return UNREAD if unread(other) or unread(_known(drafts.units.find(other.value.unit))) else other.value.unit


def _check_change(draft: Draft[IndicatorBase], indicator: Change, drafts: Drafts) -> Iterator[Fault]:
    yield from check_reference(draft, drafts.indicators, indicator.of, "undeclared-indicator", "of")
    other = _known(drafts.indicators.find(indicator.of))
    if unread(other):
        return
    if getattr(other.value, "kind", UNREAD) == "change":
        wanted = "count, sum, ratio, weighted_mean, quantile, published"
        yield draft.fault("unsuitable-indicator", "of", name=indicator.of, kind="change", wanted=wanted)
        return
    unit = _known(drafts.units.find(indicator.unit))
    if indicator.relative is True and not unread(unit) and not _is_percentage(unit):
        yield draft.fault("relative-needs-percent", "unit", unit=indicator.unit)
    if unread(indicator.over):
        return
    for table in tables_of(other, drafts):
        window = UNREAD if unread(table) or not table.value.period else table.value.period.window
        if window is None or unread(window) or unread(window.before, window.after):
            continue
        years = window.before + window.after + 1
        if years > indicator.over:
            yield draft.fault("windows-too-close", "over", over=indicator.over, table=table.id, years=years)
            return


def _check_same_unit(draft: Draft[IndicatorBase], drafts: Drafts, table: TableDraft, column: Any) -> Iterator[Fault]:
    """What is summed, averaged or published keeps its column's unit."""
    unit = _unit_of(table, column, drafts)
    if unit is None or unread(unit, _known(drafts.units.find(draft.value.unit))) or unit == draft.value.unit:
        return
    yield draft.fault("unit-differs", "unit", unit=draft.value.unit, column=column, of=unit)


def _is_percentage(unit: Any, *, exactly: bool = False) -> bool:
    """Whether a unit is shown by « % », alone or followed by words (« % par an »); true when that is unknown."""
    symbols = unit.value.symbol
    if unread(symbols):
        return not exactly
    return any(symbol == "%" if exactly else "%" in symbol for symbol in symbols.values())


def _unit_of(table: TableDraft, column: Any, drafts: Drafts) -> Any:
    """The unit of a column: None when it has none, UNREAD when it cannot be known or is not one."""
    found = table.column(column)
    if found is None or unread(found):
        return UNREAD
    if found.unit is None:
        return None
    return UNREAD if unread(_known(drafts.units.find(found.unit))) else found.unit


def _check_levels(draft: Draft[IndicatorBase], drafts: Drafts, tables: list[Any]) -> Iterator[Fault]:
    if unread(draft.value.levels):
        return
    lists = _qpv_lists(tables)
    if len(lists) > 1:
        # Said by the first that mixes them: what reads it commits no fault of its own.
        read = [drafts.indicators.find(name) for name, _ in indicators_read(draft.value)]
        if not any(isinstance(one, Draft) and len(_qpv_lists(tables_of(one, drafts))) > 1 for one in read):
            one, other = lists
            yield draft.fault("qpv-lists-mixed", "denominator", one=one, other=other)
        return
    published = isinstance(_measured(draft, drafts), Published)
    reachable = reachable_levels(tables, drafts, published=published)
    for index, item in enumerate(getattr(draft.node("levels"), "items", ())):
        level = getattr(item, "text", None)
        if level not in LEVELS:
            continue
        if level not in drafts.levels:
            yield draft.fault("level-not-kept", "levels", index, name=level, also="", available=drafts.levels)
        elif not unread(reachable) and level not in reachable and level in QPV and lists:
            yield draft.fault("qpv-lists-mixed", "levels", index, one=lists[0], other=level)
        elif not unread(reachable) and level not in reachable:
            code = "published-not-aggregated" if published else "unsuitable-level"
            yield draft.fault(code, "levels", index, level=level, available=reachable)
    if draft.value.levels is None and not unread(reachable) and not reachable:
        yield draft.fault("no-level-left", "levels", available=drafts.levels)


def _measured(draft: Draft[IndicatorBase], drafts: Drafts) -> Any:
    """The indicator itself, or for a change the one whose change it is."""
    if not isinstance(draft.value, Change):
        return draft.value
    other = _known(drafts.indicators.find(draft.value.of))
    return UNREAD if unread(other) else other.value


def indicator_audience(draft: Draft[IndicatorBase], drafts: Drafts) -> Any:
    """Who may see an indicator: what it says, or the strictest of its tables; UNREAD when it cannot be known."""
    said = draft.value.audience
    if said is not None:
        return said
    audiences = {UNREAD if unread(table) else table_audience(table, drafts) for table in tables_of(draft, drafts)} - {
        "public"
    }
    return "public" if not audiences else next(iter(audiences)) if len(audiences) == 1 else UNREAD


def _sums_are_for(table: TableDraft, audience: str) -> bool:
    """Whether a table under secrecy lets its protected sums be read by an audience that may not read its rows."""
    secrecy = table.value.secrecy
    return secrecy is not None and not unread(secrecy) and secrecy.audience in (audience, "public")


def _check_audience(draft: Draft[IndicatorBase], drafts: Drafts, tables: list[Any]) -> Iterator[Fault]:
    said = draft.value.audience
    yield from check_audience(draft, drafts, said, "audience")
    stricter = {
        table.id: audience
        for table in tables
        if not unread(table)
        if not unread(audience := table_audience(table, drafts)) and audience != "public"
    }
    if said is not None and not unread(said) and not unread(known_audience(said, drafts)):
        free = {table.id for table in tables if not unread(table) and _sums_are_for(table, said)}
        wider = {name: held for name, held in sorted(stricter.items()) if held != said and name not in free}
        if wider:
            tables_said = ", ".join(f"{name} ({audience})" for name, audience in wider.items())
            yield draft.fault("audience-too-wide", "audience", audience=said, tables=tables_said)
            return
    elif said is None and len(set(stricter.values())) > 1:
        tables_said = ", ".join(f"{name} ({audience})" for name, audience in sorted(stricter.items()))
        yield draft.fault("audiences-apart", "audience", tables=tables_said)
