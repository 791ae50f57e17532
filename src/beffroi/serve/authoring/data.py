"""Declaring data from forms: an indicator from the columns of a table, a workbook as a source."""

import re
from typing import Any

from beffroi.catalog import Catalog
from beffroi.catalog.composing import compose_declaration, name_for
from beffroi.catalog.indicators import INDICATOR_KINDS
from beffroi.catalog.writing import propose, read_bytes
from beffroi.errors import BeffroiError, fault
from beffroi.language import LANGUAGES, text
from beffroi.publish.authoring import kind_words, render_writing
from beffroi.run.workbooks import USES, Answers, compose_files, survey
from beffroi.serve.authoring.forms import Form
from beffroi.serve.authoring.replies import Asked, offer, reply_page, reply_to
from beffroi.serve.authoring.studios import Reply, Studio

KINDS = ("count", "sum", "ratio", "weighted_mean", "quantile", "published", "change")
_NUMERIC = ("integer", "decimal", "number")
_CONDITIONS = 3


def ask_indicator(studio: Studio, asked: Asked) -> Reply:
    """What is measured and from which table; then all the rest, with the columns of that table."""
    catalog = _catalog(studio)
    kind, table = asked.query.one("genre"), asked.query.one("table")
    if kind not in KINDS:
        kind = ""
    columns = catalog.tables[table].columns if table in catalog.tables else {}
    ready = bool(kind) and (kind == "change" or bool(columns))
    body = render_writing(
        studio.site(), asked.visit, "new_indicator", kinds=kind_words(KINDS, asked.language), kind=kind, table=table,
        tables=sorted((name, _words(each.title, asked.language)) for name, each in catalog.tables.items()),
        ready=ready, columns=[(name, _words(each.title, asked.language)) for name, each in columns.items()],
        numbers=[(name, _words(each.title, asked.language)) for name, each in columns.items() if each.type in _NUMERIC],
        themes=studio.site().atlas.catalogue["themes"], units=_units(catalog, asked.language), conditions=_CONDITIONS,
        indicators=sorted((name, _words(each.title, asked.language)) for name, each in catalog.indicators.items()),
        pass_=studio.pass_,
    )  # fmt: skip
    return reply_page(body)


def make_indicator(studio: Studio, asked: Asked) -> Reply:
    assert asked.form is not None
    form, catalog = asked.form, _catalog(studio)
    kind, table = asked.query.one("genre"), asked.query.one("table")
    if kind not in KINDS:
        raise BeffroiError(fault("form-incomplete", name=text("authoring.kind", asked.language)))
    title = form.needed("titre", text("authoring.title", asked.language))
    theme = form.needed("theme", text("authoring.theme", asked.language))
    content: dict[str, Any] = {
        "title": title,
        "definition": form.needed("definition", text("authoring.definition", asked.language)),
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
            values = [_scalar(value.strip()) for value in said.split(";") if value.strip()]
            found[column] = values[0] if len(values) == 1 else values
    return found


def _scalar(said: str) -> Any:
    if said in ("true", "false", "oui", "non", "vrai", "faux"):
        return said in ("true", "oui", "vrai")
    return int(said) if re.fullmatch(r"-?(0|[1-9]\d{0,15})", said) else said


def _whole(said: str, name: str) -> int:
    if not re.fullmatch(r"\d{1,3}", said):
        raise BeffroiError(fault("request-malformed", name=name, detail=said))
    return int(said)


def ask_workbook(studio: Studio, asked: Asked) -> Reply:
    return reply_page(render_writing(studio.site(), asked.visit, "workbook", pass_=studio.pass_))


def take_workbook(studio: Studio, asked: Asked) -> Reply:
    """A workbook that is sent: read at once, so that what cannot be read is said at once."""
    assert asked.form is not None
    name, content = asked.form.files.get("classeur", ("", b""))
    if not content:
        raise BeffroiError(fault("form-incomplete", name=text("authoring.workbook_file_label", asked.language)))
    survey(studio.site().atlas.release, content)
    return reply_to(asked.path(f"/redaction/classeurs/{studio.keep_book(name, content)}"))


def show_workbook(studio: Studio, asked: Asked, book: str) -> Reply:
    """What was recognised in a workbook, and what it does not say itself."""
    name, content = studio.book(book)
    site, catalog = studio.site(), _catalog(studio)
    asked_vintage = asked.query.one("geographie")
    vintage = int(asked_vintage) if asked_vintage in map(str, site.atlas.vintages) else None
    found, vintage = survey(site.atlas.release, content, vintage)
    partners = [(f"partner:{key}", _words(each.title, asked.language)) for key, each in
                catalog.workspace.audiences.items()]  # fmt: skip
    body = render_writing(
        site, asked.visit, "survey", survey=found, vintage=vintage, vintages=site.atlas.vintages, file=name, book=book,
        themes=site.atlas.catalogue["themes"], units=_units(catalog, asked.language), licences=list(USES),
        audiences=partners, pass_=studio.pass_,
    )  # fmt: skip
    return reply_page(body)


def make_source(studio: Studio, asked: Asked, book: str) -> Reply:
    """The source and the indicator of a workbook, to be read over."""
    assert asked.form is not None
    form, language = asked.form, asked.language
    workbook = studio.book(book)
    vintage = _whole_year(form.needed("geographie", text("authoring.survey_vintage", language)))
    found, _ = survey(studio.site().atlas.release, workbook[1], vintage)
    if found.repeats:
        names = ", ".join(each.code for each in found.repeats[:6])
        raise BeffroiError(fault("workbook-repeats", codes=names))
    licence = form.needed("licence", text("authoring.licence", language))
    if licence not in USES:
        raise BeffroiError(fault("form-incomplete", name=text("authoring.licence", language)))
    answers = Answers(
        title=form.needed("titre", text("authoring.title", language)),
        producer=form.needed("producteur", text("authoring.producer", language)),
        licence=licence,
        theme=form.needed("theme", text("authoring.theme", language)),
        unit=form.needed("unite", text("authoring.unit", language)),
        definition=form.needed("definition", text("authoring.definition", language)),
        adds_up=form.one("additif") == "oui",
        vintage=vintage,
        audience=form.one("audience") or "public",
    )
    catalog = _catalog(studio)
    taken = frozenset([*catalog.sources, *catalog.tables, *catalog.indicators])
    files = compose_files(found, answers, workbook, taken)
    changes = [propose(studio.live.root, file, content) for file, content in files.items()]
    return offer(studio, asked, changes, f"/redaction/classeurs/{book}", "/redaction")


def _whole_year(said: str) -> int:
    if not re.fullmatch(r"\d{4}", said):
        raise BeffroiError(fault("request-malformed", name="geographie", detail=said[:40]))
    return int(said)


def _catalog(studio: Studio) -> Catalog:
    """What is declared now; the faults of the texts when ``workspace.yaml`` itself cannot be read."""
    sketch = studio.live.sketch()
    if sketch.catalog is None:
        raise BeffroiError(sketch.faults)
    return sketch.catalog


def _units(catalog: Catalog, language: str) -> list[tuple[str, str]]:
    return sorted((name, _words(unit.symbol, language) or name) for name, unit in catalog.vocabulary.units.items())


def _words(said: Any, language: str) -> str:
    return str((said or {}).get(language) or (said or {}).get(LANGUAGES[0], ""))


ROUTES = (
    ("GET", "/indicateurs/nouveau", ask_indicator),
    ("POST", "/indicateurs/nouveau", make_indicator),
    ("GET", "/classeurs", ask_workbook),
    ("POST", "/classeurs", take_workbook),
    ("GET", r"/classeurs/([\w-]+)", show_workbook),
    ("POST", r"/classeurs/([\w-]+)", make_source),
)

__all__ = ["ROUTES"]
