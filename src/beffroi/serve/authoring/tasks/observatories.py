"""Observatories and the list of their pages: made, named, put in order, renamed, taken away."""

import re
from collections.abc import Mapping
from typing import Any, get_args

from beffroi.catalog.composing import (
    change_observatory,
    compose_observatory,
    compose_page,
    list_pages,
    name_for,
    read_keys,
)
from beffroi.catalog.observatories import State
from beffroi.catalog.page_files import page_file, page_of
from beffroi.catalog.page_links import find_links, follow, read_texts
from beffroi.catalog.writing import Change, propose, read_bytes, remove
from beffroi.errors import BeffroiError, fault
from beffroi.language import LANGUAGES, text
from beffroi.serve.authoring.forms import Form
from beffroi.serve.authoring.replies import Asked, offer, show
from beffroi.serve.authoring.studios import Reply, Studio
from beffroi.serve.authoring.tasks.editors import NAME, PAGE, title_of
from beffroi.serve.authoring.tasks.indicators import in_two
from beffroi.serve.authoring.tasks.pictures import list_pictures

_RESERVED = ("nouveau", "nouvelle")
"""Names that the desk's own addresses take."""
_UNSAID = {"title": "", "summary": "", "themes": (), "audience": "public", "state": "draft", "act": {}}
STATES: tuple[str, ...] = get_args(State)


def ask_page(studio: Studio, asked: Asked) -> Reply:
    return _ask_new(studio, asked, "new_page")


def ask_observatory(studio: Studio, asked: Asked) -> Reply:
    return _ask_new(studio, asked, "new_observatory")


def _ask_new(studio: Studio, asked: Asked, name: str) -> Reply:
    site = studio.site()
    return show(
        studio, asked, name, themes=site.atlas.catalogue["themes"],
        observatories=site.atlas.catalogue["observatories"], chosen=asked.query.one("observatoire"),
        levels=site.atlas.workspace["levels"], audiences=_audiences(studio),
    )  # fmt: skip


def make_page(studio: Studio, asked: Asked) -> Reply:
    """A page that begins, and its place in its observatory."""
    assert asked.form is not None
    form, root = asked.form, studio.live.root
    observatory = form.needed("observatoire", text("authoring.observatory", asked.language))
    title = form.needed("titre", text("authoring.title", asked.language))
    declared = _declared(studio, _good_name(observatory))
    name = _good_name(form.one("nom") or name_for(title))
    file = page_file(f"{observatory}/{name}", LANGUAGES[0])
    if read_bytes(root, file) is not None:
        raise BeffroiError(fault("name-taken", name=name))
    listed = change_observatory(declared, {"pages": [*list_pages(declared), name]})
    changes = [
        propose(root, file, _begin(form.all("niveau"), title, form.one("resume"))),
        propose(root, _file(observatory), listed),
    ]
    return offer(studio, asked, changes, "/redaction/pages/nouvelle", f"/redaction/pages/{observatory}/{name}")


def make_observatory(studio: Studio, asked: Asked) -> Reply:
    """An observatory with its first page."""
    assert asked.form is not None
    form, root = asked.form, studio.live.root
    title = form.needed("titre", text("authoring.title", asked.language))
    summary = form.needed("resume", text("authoring.summary", asked.language))
    name = _good_name(form.one("nom") or name_for(title))
    if read_bytes(root, _file(name)) is not None:
        raise BeffroiError(fault("name-taken", name=name))
    content = {
        "title": in_two(title, form.one("titre_en")), "summary": in_two(summary, form.one("resume_en")),
        "themes": form.all("theme"), "state": "draft", "pages": ["index"], "audience": _audience(form),
    }  # fmt: skip
    first = form.one("premiere") or title
    changes = [
        propose(root, _file(name), compose_observatory(content)),
        propose(root, page_file(f"{name}/index", LANGUAGES[0]), _begin(form.all("niveau"), first, "")),
    ]
    return offer(studio, asked, changes, "/redaction/observatoires/nouveau", f"/redaction/pages/{name}/index")


def _begin(levels: list[str], title: str, summary: str) -> str:
    """A page that says where it is about, and waits for words."""
    head: dict[str, Any] = {"title": title, "summary": summary, "levels": levels}
    if levels:
        head["compared"] = ["epci", "perimeter"]
    return compose_page(head, "{{ here }}…\n")


def show_observatory(studio: Studio, asked: Asked, name: str) -> Reply:
    """An observatory: how it is called, how far it is, its pages in order, its pictures."""
    declared = _declared(studio, name)
    return _show(studio, asked, name, read_keys(declared), list_pages(declared))


def _show(studio: Studio, asked: Asked, name: str, keys: Mapping[str, Any], pages: list[str], moved: str = "") -> Reply:
    site, root = studio.site(), studio.live.root
    rows = []
    for page in pages:
        there = [code for code in LANGUAGES if read_bytes(root, page_file(f"{name}/{page}", code)) is not None]
        rows.append({"name": page, "title": title_of(site, asked, f"{name}/{page}"), "there": there})
    return show(
        studio, asked, "observatory", observatory=name, keys={**_UNSAID, **keys}, rows=rows,
        states=STATES, moved=moved, themes=site.atlas.catalogue["themes"], audiences=_audiences(studio),
        pictures=list_pictures(studio, name),
        saved=asked.query.one("enregistre"),
    )  # fmt: skip


def change(studio: Studio, asked: Asked, name: str) -> Reply:
    """What was typed of an observatory: a page moved up or down, or all of it to be read over."""
    assert asked.form is not None
    form, declared = asked.form, _declared(studio, name)
    pages, known = form.all("page"), list_pages(declared)
    if sorted(pages) != sorted(known):
        pages = known
    keys = {**read_keys(declared), **_keys(form)}
    does, _, moved = form.one("faire").partition(":")
    if moved in pages and does in ("monter", "descendre"):
        at = pages.index(moved)
        other = at - 1 if does == "monter" else at + 1
        if 0 <= other < len(pages):
            pages[at], pages[other] = pages[other], pages[at]
        return _show(studio, asked, name, keys, pages, moved)
    for key, called in (("titre_fr", "authoring.title"), ("resume_fr", "authoring.summary")):
        form.needed(key, text(called, asked.language))
    written = change_observatory(declared, {**_keys(form), "pages": pages})
    here = f"/redaction/observatoires/{name}"
    return offer(studio, asked, [propose(studio.live.root, _file(name), written)], here, here)


def _keys(form: Form) -> dict[str, Any]:
    state = form.one("etat") if form.one("etat") in STATES else "draft"
    title = form.one("acte_titre")
    act = {"title": in_two(title, form.one("acte_titre_en")), "date": form.one("acte_date")} if title else None
    return {
        "title": in_two(form.one("titre_fr"), form.one("titre_en")),
        "summary": in_two(form.one("resume_fr"), form.one("resume_en")),
        "themes": form.all("theme"), "audience": _audience(form), "state": state, "act": act,
    }  # fmt: skip


def ask_rename(studio: Studio, asked: Asked, page: str) -> Reply:
    """The new name of a page, and the texts that lead to the old one."""
    texts = read_texts(studio.live.root)
    links = [link for link in find_links(texts) if link.target == page]
    return show(
        studio, asked, "rename", page=page, observatory=page.partition("/")[0], links=links,
        title=title_of(studio.site(), asked, page),
    )  # fmt: skip


def rename(studio: Studio, asked: Asked, page: str) -> Reply:
    """A page under another name, in each language; what the workspace says of it follows."""
    assert asked.form is not None
    form, root = asked.form, studio.live.root
    observatory, _, before = page.partition("/")
    name = _good_name(form.needed("nom", text("authoring.new_name", asked.language)))
    after = f"{observatory}/{name}"
    if any(read_bytes(root, page_file(after, code)) is not None for code in LANGUAGES):
        raise BeffroiError(fault("name-taken", name=name))
    declared = _declared(studio, observatory)
    pages = [name if each == before else each for each in list_pages(declared)]
    listed = change_observatory(declared, {"pages": pages}, {before: name})
    changes = [propose(root, _file(observatory), listed)]
    moves: dict[str, str] = {}
    for file, written in read_texts(root).items():
        followed = follow(written, page, after) if form.one("suivre") == "oui" else written
        own = page_of(file)
        if own is not None and own[0] == page:
            moves[page_file(after, own[1])] = file
            changes += [propose(root, page_file(after, own[1]), followed), remove(root, file)]
        elif followed != written:
            changes.append(propose(root, file, followed))
    studio.drop_trials(page)
    here = f"/redaction/observatoires/{observatory}"
    return offer(studio, asked, changes, f"/redaction/pages/{page}/renommer", here, moves)


def delete_page(studio: Studio, asked: Asked, page: str) -> Reply:
    """A page without which its observatory goes on."""
    root = studio.live.root
    observatory, _, name = page.partition("/")
    declared = _declared(studio, observatory)
    pages = list_pages(declared)
    if pages == [name]:
        raise BeffroiError(fault("last-page", name=page))
    listed = change_observatory(declared, {"pages": [each for each in pages if each != name]})
    files = [page_file(page, code) for code in LANGUAGES]
    changes = [propose(root, _file(observatory), listed)]
    changes += [remove(root, file) for file in files if read_bytes(root, file) is not None]
    studio.drop_trials(page)
    here = f"/redaction/observatoires/{observatory}"
    return offer(studio, asked, changes, here, here)


def delete_observatory(studio: Studio, asked: Asked, name: str) -> Reply:
    """An observatory with all its pages and pictures."""
    root = studio.live.root
    _declared(studio, name)
    folder = root / "observatories" / name
    files = sorted(path.name for path in folder.iterdir() if not path.name.startswith("."))
    changes: list[Change] = [remove(root, f"observatories/{name}/{file}") for file in files]
    return offer(studio, asked, changes, f"/redaction/observatoires/{name}", "/redaction")


def _file(observatory: str) -> str:
    return f"observatories/{observatory}/observatory.yaml"


def _declared(studio: Studio, name: str) -> str:
    held = read_bytes(studio.live.root, _file(name))
    if held is None:
        raise BeffroiError(fault("unknown-observatory", name=name))
    return held.decode("utf-8", "replace")


def _good_name(name: str) -> str:
    if not re.fullmatch(NAME, name) or name in _RESERVED:
        raise BeffroiError(fault("name-refused", name=name))
    return name


def _audience(form: Form) -> str | None:
    audience = form.one("audience")
    return audience if audience != "public" else None


def _audiences(studio: Studio) -> list[tuple[str, str]]:
    catalog = studio.live.sketch().catalog
    partners = catalog.workspace.audiences if catalog else {}
    return [(f"partner:{name}", each.title[LANGUAGES[0]]) for name, each in partners.items()]


ROUTES = (
    ("GET", "/pages/nouvelle", ask_page),
    ("POST", "/pages/nouvelle", make_page, ask_page),
    ("GET", "/observatoires/nouveau", ask_observatory),
    ("POST", "/observatoires/nouveau", make_observatory, ask_observatory),
    ("GET", f"/observatoires/({NAME})", show_observatory),
    ("POST", f"/observatoires/({NAME})", change, show_observatory),
    ("POST", f"/observatoires/({NAME})/supprimer", delete_observatory),
    ("GET", f"/pages/{PAGE}/renommer", ask_rename),
    ("POST", f"/pages/{PAGE}/renommer", rename, ask_rename),
    ("POST", f"/pages/{PAGE}/supprimer", delete_page),
)

__all__ = ["ROUTES"]
