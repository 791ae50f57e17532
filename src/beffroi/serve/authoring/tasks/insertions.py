"""A figure of the explorer put in a page, where its author was writing or at the end of a section."""

import re

from beffroi.catalog.composing import compose_block
from beffroi.errors import BeffroiError, fault
from beffroi.language import LANGUAGES, pick, text
from beffroi.observe.insertions import block_of
from beffroi.observe.pages import perimeter_of
from beffroi.observe.questions import resolve_question
from beffroi.serve.authoring.replies import Asked, reply_to, show
from beffroi.serve.authoring.studios import Reply, Studio
from beffroi.serve.authoring.tasks.editors import NAME, title_of
from beffroi.serve.authoring.trials import list_places, open_trial, put_block

_PAGE = rf"{NAME}/{NAME}"


def ask_insert(studio: Studio, asked: Asked) -> Reply:
    """Into which page, where in it, and how much of the state of the explorer stays as it is."""
    site = studio.site()
    question = resolve_question(site.atlas, asked.query.fields, asked.language)
    pages = [
        (page, f"{pick(entry['title'], asked.language)} / {title_of(site, asked, page)}")
        for name, entry in site.atlas.catalogue["observatories"].items()
        for page in entry["pages"]
    ]
    page, language = _aimed_at(studio, asked, [name for name, _ in pages])
    return show(
        studio, asked, "insert", question=question, frame=site.figure(question).frame, pages=pages, chosen=page,
        edited=language, places=list_places(open_trial(studio, page, language), asked.language) if page else [],
    )  # fmt: skip


def _aimed_at(studio: Studio, asked: Asked, pages: list[str]) -> tuple[str, str]:
    """The page that was asked for, the one that its author left, or the first; and in which language."""
    page, language = studio.point or ("", LANGUAGES[0])
    if (named := asked.query.one("page")) in pages:
        return named, language if named == page else LANGUAGES[0]
    return (page, language) if page in pages else (pages[0] if pages else "", LANGUAGES[0])


def insert(studio: Studio, asked: Asked) -> Reply:
    """The block of a state of the explorer in the text of a page, which is then shown; nothing is saved."""
    assert asked.form is not None
    site, form = studio.site(), asked.form
    page = form.needed("page", text("authoring.which_page", asked.language))
    if not re.fullmatch(_PAGE, page):
        raise BeffroiError(fault("unknown-page-asked", name=page))
    question = resolve_question(site.atlas, asked.query.fields, asked.language)
    if page != form.one("lue") or form.one("faire") == "choisir":  # where to put it was chosen in another page
        return reply_to(asked.path(f"/redaction/inserer?{question.query()}&page={page}"))
    watched = perimeter_of(site.atlas, page, asked.language) if page in site.atlas.catalogue["pages"] else ()
    perimeter = watched[0] if len(watched) == 1 else site.atlas.perimeter(asked.language)
    kind, keys = block_of(question, perimeter, held=form.one("qui") == "page", dated=form.one("quand") == "toujours")
    block = compose_block(kind, {**keys, "title": form.one("titre")})
    language = form.one("langue") if form.one("langue") in LANGUAGES else LANGUAGES[0]
    studio.point = None
    return put_block(studio, asked, page, language, block, form.one("ou"), form.one("section"))


ROUTES = (
    ("GET", "/inserer", ask_insert),
    ("POST", "/inserer", insert, ask_insert),
)

__all__ = ["ROUTES"]
