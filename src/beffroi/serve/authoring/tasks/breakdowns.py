"""A count or a sum shared out among categories, declared from a form: values of a column, put together as one wants."""

import re
from typing import Any

from beffroi.catalog import Catalog
from beffroi.catalog.breakdowns import Breakdown
from beffroi.catalog.composing import compose_declaration, name_for
from beffroi.catalog.indicators import Count, Sum
from beffroi.catalog.writing import propose, read_bytes
from beffroi.errors import BeffroiError, fault
from beffroi.language import text
from beffroi.run.columns import list_values
from beffroi.serve.authoring.forms import Form
from beffroi.serve.authoring.replies import Asked, offer, show
from beffroi.serve.authoring.studios import Reply, Studio
from beffroi.serve.authoring.tasks.indicators import catalog_of, in_two, scalar_of, words_of

_ROWS, _MOST_ROWS = 6, 40
_RANGE = re.compile(r"(\d+(?:[.,]\d+)?)\s*(?:à|to|-|–|\.\.)\s*(\d+(?:[.,]\d+)?)")
_NUMERIC = ("integer", "decimal", "number")


def ask_breakdown(studio: Studio, asked: Asked) -> Reply:
    """What is shared out and by which column; then the categories, with the values that the column has."""
    catalog = catalog_of(studio)
    shared = _shared(catalog)
    of, column = asked.query.one("de"), asked.query.one("colonne")
    table = catalog.tables.get(shared[of].table) if of in shared else None
    columns = table.columns if table else {}
    ready = column in columns
    rows: list[tuple[str, str]] = []
    found: list[tuple[Any, int]] = []
    if ready and table:
        found = list_values(studio.workplace, table.id, column)
        values = columns[column].values or [value for value, _ in found]
        known = [(_shown(value), _shown(value)) for value in values]
        rows = known if len(known) <= _MOST_ROWS else []
    more = asked.query.one("lignes")
    count = min(_MOST_ROWS, max(len(rows), int(more) if re.fullmatch(r"\d{1,2}", more) else _ROWS))
    rows += [("", "")] * (count - len(rows))
    return show(
        studio, asked, "breakdown", of=of, column=column, ready=ready, rows=rows, found=found,
        shared=sorted((name, words_of(each.title, asked.language)) for name, each in shared.items()),
        columns=[(name, words_of(each.title, asked.language)) for name, each in columns.items()],
        numeric=ready and columns[column].type in _NUMERIC, count=count, most=_MOST_ROWS,
    )  # fmt: skip


def make_breakdown(studio: Studio, asked: Asked) -> Reply:
    assert asked.form is not None
    form, catalog = asked.form, catalog_of(studio)
    shared = _shared(catalog)
    of, column = asked.query.one("de"), asked.query.one("colonne")
    table = catalog.tables.get(shared[of].table) if of in shared else None
    if table is None or column not in table.columns:
        raise BeffroiError(fault("form-incomplete", name=text("authoring.breakdown_of", asked.language)))
    title = form.needed("titre", text("authoring.breakdown_title", asked.language))
    numeric = table.columns[column].type in _NUMERIC
    categories = _categories(form, column, numeric=numeric)
    if len(categories) < 2:
        raise BeffroiError(fault("form-incomplete", name=text("authoring.two_categories", asked.language)))
    rest = form.one("reste")
    content = {
        "kind": "breakdown",
        "title": in_two(title, form.one("titre_en")),
        "definition": in_two(form.one("definition"), form.one("definition_en")),
        "of": of,
        "rest": in_two(rest, form.one("reste_en")) if rest else None,
        "categories": categories,
    }
    folder, _, parent = of.rpartition("/")
    name = form.one("nom") or name_for(f"{parent} {title}")
    if not re.fullmatch(r"[a-z][a-z0-9_]*", name):
        raise BeffroiError(fault("name-refused", name=name))
    file = f"indicators/{folder}/{name}.yaml"
    if read_bytes(studio.live.root, file) is not None:
        raise BeffroiError(fault("name-taken", name=f"{folder}/{name}"))
    change = propose(studio.live.root, file, compose_declaration(content, Breakdown))
    return offer(studio, asked, [change], f"/redaction/ventilations/nouvelle?{asked.visit.query}", "/redaction")


def _categories(form: Form, column: str, *, numeric: bool) -> dict[str, Any]:
    """The categories that have a name and values, in their order, those of one name together."""
    found: dict[str, dict[str, Any]] = {}
    named: dict[str, str] = {}
    for index in range(_MOST_ROWS):
        title, values = form.one(f"categorie_{index}"), _values(form.one(f"valeurs_{index}"), numeric=numeric)
        if not title or not values:
            continue
        if title in named:
            held = found[named[title]]["where"][column]
            if isinstance(held, dict) or isinstance(values[0], dict):
                raise BeffroiError(fault("name-taken", name=title))
            found[named[title]]["where"][column] = [*(held if isinstance(held, list) else [held]), *values]
            continue
        english = form.one(f"categorie_en_{index}")
        key = named[title] = name_for(english or title, frozenset(found))
        found[key] = {"title": in_two(title, english), "where": {column: values[0] if len(values) == 1 else values}}
    return found


def _values(said: str, *, numeric: bool) -> list[Any]:
    """Values parted by « ; »; of a column of numbers, « 0 à 19 » is a range by itself."""
    bounds = _RANGE.fullmatch(said)
    if numeric and bounds:
        low, high = (float(each.replace(",", ".")) for each in bounds.groups())
        return [{"min": _plain(low), "max": _plain(high)}]
    pieces = [piece.strip() for piece in said.split(";") if piece.strip()]
    return [scalar_of(piece) if numeric or piece in _BOOLEANS else piece for piece in pieces]


_BOOLEANS = ("true", "false", "oui", "non", "vrai", "faux")


def _plain(value: float) -> int | float:
    return int(value) if value.is_integer() else value


def _shown(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)


def _shared(catalog: Catalog) -> dict[str, Count | Sum]:
    """The indicators that can be shared out: amounts of a table that no category was taken of."""
    inside = {f"{name}/{key}" for name, each in catalog.breakdowns.items() for key in each.categories}
    return {name: each for name, each in catalog.indicators.items()
            if isinstance(each, Count | Sum) and name not in inside}  # fmt: skip


ROUTES = (
    ("GET", "/ventilations/nouvelle", ask_breakdown),
    ("POST", "/ventilations/nouvelle", make_breakdown, ask_breakdown),
)

__all__ = ["ROUTES"]
