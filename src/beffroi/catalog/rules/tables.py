"""What tables must be: a contract that holds together, a SELECT whose inputs exist, terms no wider than theirs."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from beffroi.catalog.reading.shapes import UNREAD, unread
from beffroi.catalog.rules.drafts import Draft, Drafts, TableDraft, check_reference, check_repeats
from beffroi.catalog.rules.vocabularies import NUMERIC, check_column, check_name, check_range, type_of
from beffroi.catalog.sources import Source
from beffroi.catalog.tables import list_names
from beffroi.catalog.workspaces import QPV
from beffroi.errors import Fault, nearest_match


def check_table(table: TableDraft, drafts: Drafts) -> Iterator[Fault]:
    """The faults of a contract, by itself and beside the vocabulary, the partners and other tables."""
    contract = table.value
    if unread(contract):
        return
    yield from _check_columns(table, drafts)
    yield from _check_key(table)
    yield from _check_territory(table)
    yield from _check_period(table)
    yield from _check_geometry(table)
    yield from check_audience(table, drafts, contract.audience, "audience")
    yield from check_secrecy(table, table, contract.secrecy, "secrecy")
    if contract.secrecy is not None and not unread(contract.secrecy):
        yield from check_audience(table, drafts, contract.secrecy.audience, "secrecy", "audience")
    if contract.secrecy is not None and not unread(contract.secrecy) and table_audience(table, drafts) == "public":
        yield table.fault("secret-table-public", "secrecy")
    yield from _check_checks(table, drafts)


def check_inputs(table: TableDraft, drafts: Drafts) -> Iterator[Fault]:
    """The faults of what a table's SELECT reads: relations that nobody declares, audiences and licences."""
    for relation in table.statement.relations if table.statement else ():
        files = table.own_files
        if unread(files) or (not relation.qualified and _named(files, relation.name)):
            continue
        name = relation.name.lower()
        if relation.qualified or drafts.tables.find(name) is None:
            there = [*files, *drafts.tables.known]
            near = nearest_match(name.replace(".", "/"), there)
            place = table.statement_place(relation.line)
            values = {"name": relation.name, "also": ""}
            yield Fault("unknown-relation", values, place, tuple(sorted(there)), near)
    yield from _check_terms(table, drafts)


def input_tables(table: TableDraft, drafts: Drafts) -> list[str]:
    """Ids of the tables that a table's SELECT reads, known or not."""
    relations = table.statement.relations if table.statement else ()
    files = {} if unread(table.own_files) else table.own_files
    return [found.name.lower() for found in relations if not _named(files, found.name)]


def table_audience(table: TableDraft, drafts: Drafts, seen: frozenset[str] = frozenset()) -> Any:
    """Who may see a table: what it says, or the strictest of what it reads when it says nothing; UNREAD if unknown."""
    if unread(table.value) or unread(table.value.audience):
        return UNREAD
    if "audience" in table.value.model_fields_set:
        return known_audience(table.value.audience, drafts)
    audiences = {
        UNREAD if unread(found) else table_audience(found, drafts, seen | {table.id})
        for name in input_tables(table, drafts)
        if name not in seen and name != table.id and (found := drafts.tables.find(name)) is not None
    } - {"public"}
    if not audiences:
        return "public"
    return next(iter(audiences)) if len(audiences) == 1 else UNREAD


def known_audience(audience: str, drafts: Drafts) -> Any:
    """The audience, or UNREAD when it is not one of the workspace: whoever depends on it commits no fault."""
    if audience == "public":
        return audience
    partners = () if unread(drafts.audiences) else drafts.audiences
    return audience if audience.removeprefix("partner:") in partners and audience.startswith("partner:") else UNREAD


def check_audience(draft: Any, drafts: Drafts, audience: Any, *path: str | int) -> Iterator[Fault]:
    """One fault when an audience is neither public nor a partner of the workspace."""
    if audience is None or unread(audience) or audience == "public":
        return
    kind, colon, name = audience.partition(":")
    if unread(drafts.audiences):
        return
    there = ["public", *(f"partner:{partner}" for partner in drafts.audiences)]
    if kind != "partner" or not colon or name not in drafts.audiences:
        yield draft.fault("unknown-audience", *path, name=audience, also="", instead_of=audience, available=there)


def check_secrecy(draft: Any, table: TableDraft | None, secrecy: Any, *path: str | int) -> Iterator[Fault]:
    """The faults of a rule of secrecy; ``table`` has the columns that it may count (None when they are unknown)."""
    if secrecy is None or unread(secrecy):
        return
    if secrecy.minimum_units is None and secrecy.dominance is None and secrecy.p_percent is None:
        yield draft.fault("at-least-one-of", *path, keys="minimum_units, dominance, p_percent")
    if (secrecy.base is not None) != (secrecy.secondary == "rounding"):
        yield draft.fault("rounding-and-base", *path, "secondary" if secrecy.base is None else "base")
    if table is None:
        return
    if secrecy.units is not None:
        yield from check_column_named(draft, table, secrecy.units, (*NUMERIC,), *path, "units")
    for key in ("dominance", "p_percent"):
        rule = getattr(secrecy, key)
        if rule is not None and not unread(rule):
            yield from check_column_named(draft, table, rule.contributor, (), *path, key, "contributor")


def check_column_named(
    draft: Any, table: TableDraft, name: Any, types: tuple[str, ...], *path: str | int
) -> Iterator[Fault]:
    """One fault when ``table`` has no such column, or one whose type is none of ``types`` (any when empty)."""
    column = table.column(name) if draft is table else table.column_for_others(name)
    if column is None:
        yield unknown_column(draft, table, name, *path)
    elif types and not unread(type_of(column)) and column.type not in types:
        yield draft.fault("unsuitable-column", *path, name=name, type=column.type, wanted=", ".join(types))


def unknown_column(draft: Draft[Any], table: TableDraft, name: str, *path: str | int) -> Fault:
    """The fault of a reference to a column that ``table`` has not."""
    there = table.columns
    return draft.fault("unknown-column", *path, name=name, table=table.id, also="", instead_of=name, available=there)


def licences_of(table: TableDraft, drafts: Drafts) -> set[str]:
    """Licences of every source that a table comes from, itself included."""
    licences: set[str] = set()
    pending, seen = [table.id], set()
    while pending:
        found = drafts.tables.find(pending.pop())
        if found is None or unread(found) or found.id in seen:
            continue
        seen.add(found.id)
        if found.source is not None and not unread(found.source.licence):
            licences.add(found.source.licence)
        pending += input_tables(found, drafts)
    return licences


def _named(names: Mapping[str, Any], name: str) -> bool:
    return name.lower() in {known.lower() for known in names}


def _check_columns(table: TableDraft, drafts: Drafts) -> Iterator[Fault]:
    if unread(table.value.columns):
        return
    for name, use in table.value.columns.items():
        yield from check_name(table, name, "columns", name)
        shared = drafts.columns.find(name)
        if unread(use):
            continue
        if shared is None and (use is None or use.type is None):
            if use is None:
                there = drafts.columns.known
                yield table.fault(
                    "undefined-column", "columns", name, name=name, also="", instead_of=name, available=there
                )
            else:
                yield table.fault("missing-key", "columns", name, "type", name="type")
        elif use is not None:
            known = shared.value if shared is not None and not unread(shared) else None
            for key in ("type", "unit"):
                said, common = getattr(use, key), getattr(known, key, None)
                if said is not None and common is not None and not unread(said, common) and said != common:
                    yield table.fault(
                        "column-conflict", "columns", name, key, name=name, other=key, value=said, common=common
                    )
        yield from check_column(table, drafts, use, table.columns.get(name, UNREAD), "columns", name)


def _check_key(table: TableDraft) -> Iterator[Fault]:
    keys = table.value.key
    if unread(keys):
        return
    yield from check_repeats(table, keys, "key")
    for index, item in enumerate(getattr(table.node("key"), "items", ())):
        name = getattr(item, "text", UNREAD)
        if type_of(table.column(name)) == "geometry":
            yield table.fault("unsuitable-column", "key", index, name=name, type="geometry", wanted="text, integer")
        else:
            yield from check_column_named(table, table, name, (), "key", index)


def _check_territory(table: TableDraft) -> Iterator[Fault]:
    territory = table.value.territory
    if territory is None or unread(territory):
        return
    yield from check_column_named(table, table, territory.column, ("text",), "territory", "column")
    for fixed, by_row, types in (("level", "level_column", ("text",)), ("vintage", "vintage_column", ("integer",))):
        said = [key for key in (fixed, by_row) if getattr(territory, key) is not None]
        if fixed == "vintage" and territory.level in QPV:
            # The level says which list: its quarters are the same, whatever becomes of the communes around.
            for key in said:
                yield table.fault("key-without-effect", "territory", key, name=key, cause=f"level: {territory.level}")
        elif len(said) != 1:
            keys = f"{fixed}, {by_row}"
            yield table.fault("exactly-one-of", "territory", keys=keys, found=", ".join(said) or "–")
        if (name := getattr(territory, by_row)) is not None:
            yield from check_column_named(table, table, name, types, "territory", by_row)


def _check_period(table: TableDraft) -> Iterator[Fault]:
    period = table.value.period
    if period is None or unread(period):
        return
    said = [key for key in ("column", "value") if getattr(period, key) is not None]
    if len(said) != 1:
        yield table.fault("exactly-one-of", "period", keys="column, value", found=", ".join(said) or "–")
    if period.column is not None:
        yield from check_column_named(table, table, period.column, ("integer", "text"), "period", "column")


def _check_geometry(table: TableDraft) -> Iterator[Fault]:
    if unread(table.columns, table.value.columns, table.value.crs):
        return
    types = [type_of(column) for column in table.columns.values()]
    if "geometry" in types and table.value.crs is None:
        name = next(name for name, column in table.columns.items() if type_of(column) == "geometry")
        yield table.fault("crs-missing", "columns", name, name=name)
    if table.value.crs is not None and "geometry" not in types and not any(unread(found) for found in types):
        yield table.fault("key-without-effect", "crs", name="crs", cause="geometry: –")


CLOSED = frozenset({"agreement", "purchased"})
"""Uses, and licences, that let nothing out by themselves."""

_GROUPABLE = ("text", "integer", "boolean", "date")
"""Types of columns by which sums are compared."""


def _check_checks(table: TableDraft, drafts: Drafts) -> Iterator[Fault]:
    checks = table.value.checks
    if unread(checks):
        return
    rows = checks.rows
    if rows is not None and not unread(rows):
        if rows.min is None and rows.max is None and rows.change is None:
            yield table.fault("at-least-one-of", "checks", "rows", keys="min, max, change")
        yield from check_range(table, rows, "checks", "rows")
    written = getattr(table.node("checks", "sums"), "items", ())
    if unread(checks.sums) or len(checks.sums) != len(written):
        return
    for index, check in enumerate(checks.sums):
        path = ("checks", "sums", index)
        yield from check_column_named(table, table, check.column, NUMERIC, *path, "column")
        for name in list_names(check.by):
            yield from check_column_named(table, table, name, _GROUPABLE, *path, "by")
        yield from check_reference(table, drafts.tables, check.against, "unknown-table", *path, "against")
        other = drafts.tables.find(check.against)
        if other is not None and not unread(other):
            yield from check_column_named(table, other, check.against_column, NUMERIC, *path, "against_column")
            for name in list_names(check.against_by):
                yield from check_column_named(table, other, name, _GROUPABLE, *path, "against_by")
            # Sums that differ are told with examples, to whoever may see this table.
            own, theirs = table_audience(table, drafts), table_audience(other, drafts)
            if not unread(own, theirs) and theirs not in ("public", own):
                said = f"{other.id} ({theirs})"
                yield table.fault("audience-too-wide", *path, "against", audience=own, tables=said)


def _check_terms(table: TableDraft, drafts: Drafts) -> Iterator[Fault]:
    """A table is never for more people than what it is made of, nor made of licences that exclude one another."""
    own = table_audience(table, drafts)
    source = table.source
    if source is not None and own == "public" and table.value.secrecy is None:
        yield from check_openness(source, table.declared_fault)
    inputs = [drafts.tables.find(name) for name in input_tables(table, drafts) if name != table.id]
    audiences = {
        found.id: audience
        for found in inputs
        if found is not None and not unread(found)
        if not unread(audience := table_audience(found, drafts))
    }
    stricter = {name: audience for name, audience in audiences.items() if audience != "public"}
    if "audience" in table.value.model_fields_set and not unread(own):
        wider = {name: audience for name, audience in sorted(stricter.items()) if audience != own}
        if wider:
            said = ", ".join(f"{name} ({audience})" for name, audience in wider.items())
            yield table.fault("audience-too-wide", "audience", audience=own, tables=said)
    elif len(set(stricter.values())) > 1:
        said = ", ".join(f"{name} ({audience})" for name, audience in sorted(stricter.items()))
        yield table.fault("audiences-apart", "audience", tables=said)
    licences = licences_of(table, drafts)
    closed = sorted(licences & CLOSED)
    if table.source is None and "odbl" in licences and closed:
        yield table.fault("licences-incompatible", licences="odbl, " + ", ".join(closed))


def check_openness(source: Source, told: Callable[..., Fault]) -> Iterator[Fault]:
    """One fault when a source's terms keep what it has from being public; a rule of secrecy says so by itself."""
    legal = source.legal
    # A use that its licence contradicts is a fault already, and one cannot tell which of the two is right.
    if unread(legal, source.use) or (source.use in CLOSED and source.use != source.licence):
        return
    if source.use in CLOSED and not unread(legal.outputs) and not legal.outputs:
        yield told("terms-forbid-public", "use", use=source.use)
    elif legal.personal_data is True:
        yield told("personal-data-public", "legal", "personal_data")
