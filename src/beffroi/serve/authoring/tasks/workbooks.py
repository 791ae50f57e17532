"""A workbook of territories by years, sent, recognised, and made a source with its indicator."""

import re

from beffroi.catalog.writing import propose
from beffroi.errors import BeffroiError, fault
from beffroi.language import text
from beffroi.run.workbooks import USES, Answers, compose_files, survey
from beffroi.serve.authoring.replies import Asked, offer, reply_to, show
from beffroi.serve.authoring.studios import Reply, Studio
from beffroi.serve.authoring.tasks.indicators import catalog_of, units_of, words_of


def ask_workbook(studio: Studio, asked: Asked) -> Reply:
    return show(studio, asked, "workbook")


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
    site, catalog = studio.site(), catalog_of(studio)
    asked_vintage = asked.query.one("geographie")
    vintage = int(asked_vintage) if asked_vintage in map(str, site.atlas.vintages) else None
    found, vintage = survey(site.atlas.release, content, vintage)
    partners = [(f"partner:{key}", words_of(each.title, asked.language)) for key, each in
                catalog.workspace.audiences.items()]  # fmt: skip
    return show(
        studio, asked, "survey", survey=found, vintage=vintage, vintages=site.atlas.vintages, file=name, book=book,
        themes=site.atlas.catalogue["themes"], units=units_of(catalog, asked.language), licences=list(USES),
        audiences=partners,
    )  # fmt: skip


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
        title_en=form.one("titre_en"),
        definition_en=form.one("definition_en"),
    )
    catalog = catalog_of(studio)
    taken = frozenset([*catalog.sources, *catalog.tables, *catalog.indicators])
    files = compose_files(found, answers, workbook, taken)
    changes = [propose(studio.live.root, file, content) for file, content in files.items()]
    return offer(studio, asked, changes, f"/redaction/classeurs/{book}", "/redaction")


def _whole_year(said: str) -> int:
    if not re.fullmatch(r"\d{4}", said):
        raise BeffroiError(fault("request-malformed", name="geographie", detail=said[:40]))
    return int(said)


ROUTES = (
    ("GET", "/classeurs", ask_workbook),
    ("POST", "/classeurs", take_workbook, ask_workbook),
    ("GET", r"/classeurs/([\w-]+)", show_workbook),
    ("POST", r"/classeurs/([\w-]+)", make_source, show_workbook),
)

__all__ = ["ROUTES"]
