"""An indicator declared from a form, by the columns of a table."""

import re
from typing import Any

from beffroi.catalog import Catalog
from beffroi.catalog.composing import compose_declaration, name_for
from beffroi.catalog.indicators import INDICATOR_KINDS
from beffroi.catalog.writing import propose, read_bytes
from beffroi.errors import BeffroiError, fault
from beffroi.language import LANGUAGES, text
from beffroi.publish.authoring import kind_words
from beffroi.serve.authoring.forms import Form
from beffroi.serve.authoring.replies import Asked, offer, show
from beffroi.serve.authoring.studios import Reply, Studio

KINDS = ("count", "sum", "ratio", "weighted_mean", "quantile", "published", "change")
_NUMERIC = ("integer", "decimal", "number")
_CONDITIONS = 3


def ask_indicator(studio: Studio, asked: Asked) -> Reply:
    """What is measured and from which table; then all the rest, with the columns of that table."""
    catalog = catalog_of(studio)
    kind, table = asked.query.one("genre"), asked.query.one("table")
    if kind not in KINDS:
        kind = ""
    columns = catalog.tables[table].columns if table in catalog.tables else {}
    ready = bool(kind) and (kind == "change" or bool(columns))
    return show(
        studio, asked, "new_indicator", kinds=kind_words(KINDS, asked.language), kind=kind, table=table,
        tables=sorted((name, words_of(each.title, asked.language)) for name, each in catalog.tables.items()),
        ready=ready, columns=[(name, words_of(each.title, asked.language)) for name, each in columns.items()],
        numbers=[(name, words_of(each.title, asked.language)) for name, each in columns.items()
                 if each.type in _NUMERIC],
        themes=studio.site().atlas.catalogue["themes"], units=units_of(catalog, asked.language), conditions=_CONDITIONS,
        indicators=sorted((name, words_of(each.title, asked.language)) for name, each in catalog.indicators.items()),
    )  # fmt: skip


def make_indicator(studio: Studio, asked: Asked) -> Reply:
    assert asked.form is not None
    form, catalog = asked.form, catalog_of(studio)
    kind, table = asked.query.one("genre"), asked.query.one("table")
    if kind not in KINDS:
        raise BeffroiError(fault("form-incomplete", name=text("authoring.kind", asked.language)))
    title = form.needed("titre", text("authoring.title", asked.language))
    theme = form.needed("theme", text("authoring.theme", asked.language))
    content: dict[str, Any] = {
        "title": in_two(title, form.one("titre_en")),
        "definition": in_two(
            form.needed("definition", text("authoring.definition", asked.language)), form.one("definition_en")
        ),
        "theme": theme,
        "unit": form.needed("unite", text("authoring.unit", asked.language)),
        "kind": kind,
        **_measured(form, kind, table, asked.language),
    }
    name = form.one("nom") or name_for(title)
    file = f"indicators/{theme}/{name}.yaml"
    if not re.fullmatch(r"[a-z][a-z0-9_]*", name):
        raise BeffroiError(fault("name-refused", name=name))
    if f"{theme}/{name}" in catalog.indicators or read_bytes(studio.live.root, file) is not None:
        raise BeffroiError(fault("name-taken", name=f"{theme}/{name}"))
    change = propose(studio.live.root, file, compose_declaration(content, INDICATOR_KINDS[kind]))
    return offer(studio, asked, [change], f"/redaction/indicateurs/nouveau?{asked.visit.query}", "/redaction")


def in_two(french: str, english: str) -> str | dict[str, str]:
    """A text in French, and in English when it is said."""
    return {"fr": french, "en": english} if english else french


def _measured(form: Form, kind: str, table: str, language: str) -> dict[str, Any]:
    """The keys of an indicator that its kind asks for."""
    where = _where(form, "si")
    column = "authoring.column_value" if kind != "sum" else "authoring.column_sum"
    if kind == "count":
        return {"table": table, "where": where}
    if kind == "ratio":
        return {
            "table": table,
            "numerator": _part(form, "haut", "authoring.numerator", language),
            "denominator": _part(form, "bas", "authoring.denominator", language),
        }
    if kind == "change":
        return {
            "of": form.needed("de", text("authoring.change_of", language)),
            "over": _whole(form.needed("sur", text("authoring.change_over", language)), "sur"),
            "relative": form.one("relatif") == "oui" or None,
        }
    keys: dict[str, Any] = {"table": table, "column": form.needed("colonne", text(column, language)), "where": where}
    if kind == "weighted_mean":
        keys["weight"] = form.needed("poids", text("authoring.column_weight", language))
    if kind == "quantile":
        said = form.needed("quantile", text("authoring.quantile_at", language)).replace(",", ".")
        keys["quantile"] = float(said) if re.fullmatch(r"0?\.\d+", said) else said
    return keys


def _part(form: Form, name: str, called: str, language: str) -> Any:
    """A part of a ratio: the name of a column alone where nothing else is said."""
    column, where = form.needed(name, text(called, language)), _where(form, name)
    if column == "lignes:":
        return {"count": "rows", "where": where}
    return {"sum": column, "where": where} if where else column


def _where(form: Form, name: str) -> dict[str, Any]:
    """Conditions of a form: a column and a value, a list where several values are parted by « ; »."""
    found: dict[str, Any] = {}
    for index in range(_CONDITIONS):
        column, said = form.one(f"{name}_colonne_{index}"), form.one(f"{name}_valeur_{index}")
        if column and said:
            values = [scalar_of(value.strip()) for value in said.split(";") if value.strip()]
            found[column] = values[0] if len(values) == 1 else values
    return found


def scalar_of(said: str) -> Any:
    if said in ("true", "false", "oui", "non", "vrai", "faux"):
        return said in ("true", "oui", "vrai")
    return int(said) if re.fullmatch(r"-?(0|[1-9]\d{0,15})", said) else said


def _whole(said: str, name: str) -> int:
    if not re.fullmatch(r"\d{1,3}", said):
        raise BeffroiError(fault("request-malformed", name=name, detail=said))
    return int(said)


def catalog_of(studio: Studio) -> Catalog:
    """What is declared now; the faults of the texts when ``workspace.yaml`` itself cannot be read."""
    sketch = studio.live.sketch()
    if sketch.catalog is None:
        raise BeffroiError(sketch.faults)
    return sketch.catalog


def units_of(catalog: Catalog, language: str) -> list[tuple[str, str]]:
    return sorted((name, words_of(unit.symbol, language) or name) for name, unit in catalog.vocabulary.units.items())


def words_of(said: Any, language: str) -> str:
    return str((said or {}).get(language) or (said or {}).get(LANGUAGES[0], ""))


ROUTES = (
    ("GET", "/indicateurs/nouveau", ask_indicator),
    ("POST", "/indicateurs/nouveau", make_indicator, ask_indicator),
)

__all__ = ["ROUTES", "catalog_of", "in_two", "scalar_of", "units_of", "words_of"]
