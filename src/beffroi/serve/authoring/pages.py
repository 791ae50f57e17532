"""Writing pages: the editor with its preview, a figure that comes from the explorer, new pages and observatories."""

import re
from typing import Any

from beffroi.catalog.composing import (
    append_block,
    compose_block,
    compose_observatory,
    compose_page,
    list_page,
    name_for,
)
from beffroi.catalog.snippets import fill_in, list_snippets
from beffroi.catalog.tidying import format_file
from beffroi.catalog.writing import Change, mark, propose, read_bytes
from beffroi.errors import BeffroiError, Fault, fault
from beffroi.language import LANGUAGES, pick, text
from beffroi.observe.insertions import block_of
from beffroi.observe.pages import head_page
from beffroi.observe.questions import find_territory, resolve_question
from beffroi.publish import Site
from beffroi.publish.authoring import main_of, render_preview, render_refusal, render_writing
from beffroi.publish.observatories import render_page
from beffroi.publish.pages import Visit
from beffroi.serve.authoring.replies import Asked, offer, page_file, reply_json, reply_page
from beffroi.serve.authoring.studios import Reply, Studio

_NAME = r"[a-z][a-z0-9_]*"
_PAGE = rf"({_NAME}/_?{_NAME})"


def edit(studio: Studio, asked: Asked, page: str) -> Reply:
    """The text of a page beside what it gives."""
    language = _written_in(asked)
    file = page_file(page, language)
    held = read_bytes(studio.live.root, file)
    start = held if held is not None else read_bytes(studio.live.root, page_file(page, LANGUAGES[0]))
    if start is None:
        raise BeffroiError(fault("page-not-found", name=asked.visit.path))
    studio.keep_trial(page, language, start.decode("utf-8", "replace"))
    return _show_editor(studio, asked, page, start.decode("utf-8", "replace"), mark(held))


def edit_again(studio: Studio, asked: Asked, page: str) -> Reply:
    """A text that was sent: shown with its preview, or proposed to be saved."""
    assert asked.form is not None
    language, written = _written_in(asked), asked.form.text("texte")
    file = page_file(page, language)
    studio.keep_trial(page, language, written)
    if asked.form.one("faire") != "relire":
        return _show_editor(studio, asked, page, written, asked.form.one("vu"))
    proposed = propose(studio.live.root, file, format_file(file, written))
    change = Change(file, proposed.content, asked.form.one("vu"))
    back = f"/redaction/pages/{page}?langue={language}"
    return offer(studio, asked, [change], f"{back}&essai=1", back)


def _show_editor(studio: Studio, asked: Asked, page: str, written: str, seen: str) -> Reply:
    language = _written_in(asked)
    if asked.query.one("essai"):
        written = studio.trial(page, language) or written
    file = page_file(page, language)
    host = _host(studio, page)
    _, faults = _try(studio, page, language, written)
    observatory = page.partition("/")[0]
    body = render_writing(
        studio.site(), asked.visit, "editor", page=page, observatory=observatory, file=file, written=written, seen=seen,
        faults=[found for found in faults if found.place is None or found.place.file == file],
        others=[found for found in faults if found.place is not None and found.place.file != file],
        edited=language, pass_=studio.pass_, saved=asked.query.one("enregistre"), host=host,
        blocks=[(name, fill_in(each["body"])) for name, each in list_snippets().items() if name != "page"],
        territory=(asked.form or asked.query).one("territoire"),
        levels=studio.live.sketch().catalogue["pages"].get(host or page, {}).get("texts", {}),
    )  # fmt: skip
    return reply_page(body)


def try_text(studio: Studio, asked: Asked, page: str) -> Reply:
    """What a text that is being typed gives, for the editor's script: faults, and the page when it can be shown."""
    assert asked.form is not None
    language, written = _written_in(asked), asked.form.text("texte")
    studio.keep_trial(page, language, written)
    drawn, faults = _try(studio, page, language, written, asked.form.one("territoire"), asked.language)
    file = page_file(page, language)
    told = [{**found.to_json(asked.language), "own": found.place is None or found.place.file == file}
            for found in faults]  # fmt: skip
    return reply_json({"faults": told, "main": main_of(drawn) if drawn else None})


def preview(studio: Studio, asked: Asked, page: str) -> Reply:
    """The page of the last text that was tried, for the frame beside it."""
    language = _written_in(asked)
    held = read_bytes(studio.live.root, page_file(page, language)) or b""
    written = studio.trial(page, language)
    told = held.decode("utf-8", "replace") if written is None else written
    drawn, faults = _try(studio, page, language, told, asked.query.one("territoire"), asked.language)
    if drawn is None:
        said = [found.to_json(asked.language) for found in faults]
        drawn = render_refusal(studio.site(), Visit(asked.language, f"/observatoires/{page}"), 422, said)
    return reply_page(render_preview(studio.site(), drawn))


def _try(
    studio: Studio, page: str, language: str, written: str, named: str = "", spoken: str = "fr"
) -> tuple[str | None, tuple[Fault, ...]]:
    """A page drawn from a text that is nowhere on disk, and its faults."""
    change = propose(studio.live.root, page_file(page, language), written)
    host = _host(studio, page)
    if host is None:
        told = studio.live.examine([change]).faults
        own = tuple(found for found in told if found.place and found.place.file == change.file)
        return None, own or (fault("text-not-included", name=page),)
    page = host
    release, faults = studio.live.try_page(page, [change])
    if release is None:
        return None, faults
    site = studio.site_of(release)
    territory: str | None = None
    levels = next(iter(release.catalogue["pages"][page]["texts"].values())).get("levels", [])
    try:
        if named and levels:
            gazetteer = site.atlas.gazetteer(release.reference_vintage, spoken)
            territory = find_territory(site.atlas, gazetteer, named, levels[0], spoken).key
        return render_page(site, Visit(language, f"/observatoires/{page}"), page, territory), ()
    except BeffroiError as error:
        return None, error.faults


def _host(studio: Studio, page: str) -> str | None:
    """The page that a text is seen in: itself, or for a text that pages include the first of those, if there is one."""
    if not page.partition("/")[2].startswith("_"):
        return page
    including = re.compile(rf"^text: *{re.escape(page)} *$", re.M)
    for name in studio.live.sketch().catalogue["pages"]:
        texts = (read_bytes(studio.live.root, page_file(name, language)) or b"" for language in LANGUAGES)
        if any(including.search(held.decode("utf-8", "replace")) for held in texts):
            return str(name)
    return None


def ask_insert(studio: Studio, asked: Asked) -> Reply:
    """Into which page, and how much of the state of the explorer stays as it is."""
    site = studio.site()
    question = resolve_question(site.atlas, asked.query.fields, asked.language)
    pages = [
        (page, f"{pick(entry['title'], asked.language)} / {_title(site, asked, page)}")
        for name, entry in site.atlas.catalogue["observatories"].items()
        for page in entry["pages"]
    ]
    body = render_writing(
        site, asked.visit, "insert", question=question, frame=site.figure(question).frame, pages=pages,
        pass_=studio.pass_,
    )  # fmt: skip
    return reply_page(body)


def insert(studio: Studio, asked: Asked) -> Reply:
    """The block of a state of the explorer, at the end of a page."""
    assert asked.form is not None
    site, form = studio.site(), asked.form
    page = form.needed("page", text("authoring.which_page", asked.language))
    question = resolve_question(site.atlas, asked.query.fields, asked.language)
    perimeter = site.atlas.perimeter(asked.language)
    kind, keys = block_of(question, perimeter, held=form.one("qui") == "page", dated=form.one("quand") == "toujours")
    block = compose_block(kind, {**keys, "title": form.one("titre")})
    file = page_file(page, LANGUAGES[0])
    held = read_bytes(studio.live.root, file)
    if held is None or not re.fullmatch(_PAGE, page):
        raise BeffroiError(fault("unknown-page-asked", name=page))
    change = propose(studio.live.root, file, append_block(held.decode("utf-8"), block, form.one("section")))
    back = f"/redaction/inserer?{asked.visit.query}"
    return offer(studio, asked, [change], back, f"/observatoires/{page}")


def ask_page(studio: Studio, asked: Asked) -> Reply:
    return _ask_new(studio, asked, "new_page")


def ask_observatory(studio: Studio, asked: Asked) -> Reply:
    return _ask_new(studio, asked, "new_observatory")


def _ask_new(studio: Studio, asked: Asked, name: str) -> Reply:
    site = studio.site()
    body = render_writing(
        site, asked.visit, name, pass_=studio.pass_, themes=site.atlas.catalogue["themes"],
        observatories=site.atlas.catalogue["observatories"], chosen=asked.query.one("observatoire"),
        levels=site.atlas.workspace["levels"], audiences=_audiences(studio),
    )  # fmt: skip
    return reply_page(body)


def make_page(studio: Studio, asked: Asked) -> Reply:
    """A page that begins, and its place in its observatory."""
    assert asked.form is not None
    form, root = asked.form, studio.live.root
    observatory = form.needed("observatoire", text("authoring.observatory", asked.language))
    title = form.needed("titre", text("authoring.title", asked.language))
    _good_name(observatory)
    declared = read_bytes(root, f"observatories/{observatory}/observatory.yaml")
    if declared is None:
        raise BeffroiError(fault("unknown-observatory", name=observatory))
    name = _good_name(form.one("nom") or name_for(title))
    file = page_file(f"{observatory}/{name}", LANGUAGES[0])
    if read_bytes(root, file) is not None:
        raise BeffroiError(fault("name-taken", name=name))
    changes = [
        propose(root, file, _begin(form.all("niveau"), title, form.one("resume"))),
        propose(root, f"observatories/{observatory}/observatory.yaml", list_page(declared.decode("utf-8"), name)),
    ]
    return offer(studio, asked, changes, "/redaction/pages/nouvelle", f"/redaction/pages/{observatory}/{name}")


def make_observatory(studio: Studio, asked: Asked) -> Reply:
    """An observatory with its first page."""
    assert asked.form is not None
    form, root = asked.form, studio.live.root
    title = form.needed("titre", text("authoring.title", asked.language))
    summary = form.needed("resume", text("authoring.summary", asked.language))
    name = _good_name(form.one("nom") or name_for(title))
    file = f"observatories/{name}/observatory.yaml"
    if read_bytes(root, file) is not None:
        raise BeffroiError(fault("name-taken", name=name))
    audience = form.one("audience")
    content = {
        "title": title, "summary": summary, "themes": form.all("theme"), "state": "draft", "pages": ["index"],
        "audience": audience if audience != "public" else None,
    }  # fmt: skip
    first = form.one("premiere") or title
    changes = [
        propose(root, file, compose_observatory(content)),
        propose(root, page_file(f"{name}/index", LANGUAGES[0]), _begin(form.all("niveau"), first, "")),
    ]
    return offer(studio, asked, changes, "/redaction/observatoires/nouveau", f"/redaction/pages/{name}/index")


def _begin(levels: list[str], title: str, summary: str) -> str:
    """A page that says where it is about, and waits for words."""
    head: dict[str, Any] = {"title": title, "summary": summary, "levels": levels}
    if levels:
        head["compared"] = ["epci", "perimeter"]
    return compose_page(head, "{{ here }}…\n")


def _good_name(name: str) -> str:
    if not re.fullmatch(_NAME, name):
        raise BeffroiError(fault("name-refused", name=name))
    return name


def _audiences(studio: Studio) -> list[tuple[str, str]]:
    catalog = studio.live.sketch().catalog
    partners = catalog.workspace.audiences if catalog else {}
    return [(f"partner:{name}", each.title[LANGUAGES[0]]) for name, each in partners.items()]


def _title(site: Site, asked: Asked, page: str) -> str:
    head = head_page(site.atlas, page, asked.language, site.atlas.perimeter(asked.language))
    return head.title if head else page.partition("/")[2]


def _written_in(asked: Asked) -> str:
    """The language of the text that is edited, whatever that of the desk."""
    language = asked.query.one("langue")
    return language if language in LANGUAGES else LANGUAGES[0]


ROUTES = (
    ("GET", "/pages/nouvelle", ask_page),
    ("POST", "/pages/nouvelle", make_page),
    ("GET", "/observatoires/nouveau", ask_observatory),
    ("POST", "/observatoires/nouveau", make_observatory),
    ("GET", "/inserer", ask_insert),
    ("POST", "/inserer", insert),
    ("GET", f"/pages/{_PAGE}", edit),
    ("POST", f"/pages/{_PAGE}", edit_again),
    ("POST", f"/essais/{_PAGE}", try_text),
    ("GET", f"/apercus/{_PAGE}", preview),
)

__all__ = ["ROUTES"]
