"""Pictures of an observatory: sent, looked at, put in a page, taken away when no page shows them."""

import re
from pathlib import PurePosixPath

from beffroi.catalog.composing import compose_block, name_for
from beffroi.catalog.page_files import page_of
from beffroi.catalog.page_links import read_texts
from beffroi.catalog.pictures import LARGEST_SENT, WIDEST, Picture, read_picture
from beffroi.catalog.reading.layouts import read_layout
from beffroi.catalog.writing import read_bytes, remove
from beffroi.errors import BeffroiError, fault
from beffroi.language import text
from beffroi.serve.authoring.forms import Form
from beffroi.serve.authoring.replies import Asked, offer, show
from beffroi.serve.authoring.studios import Reply, Studio
from beffroi.serve.authoring.tasks.editors import NAME, PAGE, written_in
from beffroi.serve.authoring.trials import list_places, open_trial, pictures_in, put_block

_FILE = r"(\w[\w.-]*\.(?:png|jpe?g|webp|svg))"
_TYPES = {".png": "image/png", ".jpg": "image/jpeg", ".jpeg": "image/jpeg", ".webp": "image/webp",
          ".svg": "image/svg+xml"}  # fmt: skip
LICENCES = (
    "Licence Ouverte 2.0", "CC BY 4.0", "CC BY-SA 4.0", "CC0 1.0", "Domaine public", "Avec l'accord de l'auteur",
)  # fmt: skip
"""What a form proposes; its author may write another."""


def ask_picture(studio: Studio, asked: Asked) -> Reply:
    """A picture to send, or one that the observatory has, with what is to be said of it."""
    page = _page(asked)
    language, observatory = written_in(asked, page), page.partition("/")[0]
    trial = open_trial(studio, page, language)
    return show(
        studio, asked, "picture", page=page, observatory=observatory, edited=language, licences=LICENCES,
        places=list_places(trial, asked.language), known=list_pictures(studio, observatory),
        limit=LARGEST_SENT // 1_000_000, widest=WIDEST,
    )  # fmt: skip


def take_picture(studio: Studio, asked: Asked) -> Reply:
    """A picture that is sent, read at once, and put in the text of the page; nothing is saved."""
    assert asked.form is not None
    form, page = asked.form, _page(asked)
    file, told = _kept(studio, page, form, asked.language)
    keys = {
        "file": file,
        "alt": form.needed("alt", text("authoring.picture_alt", asked.language)),
        "credit": form.needed("credit", text("authoring.picture_credit", asked.language)),
        "licence": form.needed("licence", text("authoring.picture_licence", asked.language)),
        "caption": form.one("legende"),
    }
    reply = put_block(studio, asked, page, written_in(asked, page), compose_block("image", keys), form.one("ou"), "")
    if not told:
        return reply
    (name, address), *others = reply.headers
    return Reply(reply.status, headers=((name, f"{address}&image={told}"), *others))


def _kept(studio: Studio, page: str, form: Form, language: str) -> tuple[str, str]:
    """The name of the file of a picture, and what was done to it; the picture waits until its page is saved."""
    observatory = page.partition("/")[0]
    sent, content = form.files.get("image", ("", b""))
    if not content:
        if (known := form.one("deja")) in list_pictures(studio, observatory):
            return known, ""
        raise BeffroiError(fault("form-incomplete", name=text("authoring.picture_file", language)))
    picture = read_picture(content)
    stem = name_for(PurePosixPath(sent.replace("\\", "/")).stem or form.one("alt"))
    file = _free_name(studio, observatory, stem, picture)
    studio.keep_picture(f"{observatory}/{file}", picture.content)
    return file, ".".join(picture.changes)


def _free_name(studio: Studio, observatory: str, stem: str, picture: Picture) -> str:
    """A name that no picture has, save one that is the same to the byte."""
    number = 1
    while True:
        file = f"{stem}{'' if number == 1 else f'_{number}'}{picture.suffix}"
        held = read_bytes(studio.live.root, f"observatories/{observatory}/{file}")
        held = held if held is not None else studio.picture(f"{observatory}/{file}")
        if held is None or held == picture.content:
            return file
        number += 1


def list_pictures(studio: Studio, observatory: str) -> dict[str, list[str]]:
    """The pictures of an observatory, saved or waiting, each with the pages that show it."""
    root = studio.live.root
    named = [*read_layout(root).images.get(observatory, []), *studio.pictures(observatory)]
    used: dict[str, list[str]] = {name: [] for name in dict.fromkeys(named) if re.fullmatch(_FILE, name, re.ASCII)}
    for file, written in read_texts(root).items():
        found = page_of(file)
        if found and found[0].startswith(f"{observatory}/"):
            for name in pictures_in(written):
                if name in used and found[0] not in used[name]:
                    used[name].append(found[0])
    return used


def show_picture(studio: Studio, asked: Asked, observatory: str, file: str) -> Reply:
    """A picture as its author sees it, saved or not."""
    name = f"{observatory}/{file}"
    content = studio.picture(name) or read_bytes(studio.live.root, f"observatories/{name}")
    if content is None:
        raise BeffroiError(fault("page-not-found", name=asked.visit.path))
    alone = ("content-security-policy", "default-src 'none'; style-src 'unsafe-inline'; img-src data:; sandbox")
    return Reply(200, content, _TYPES[PurePosixPath(file).suffix], (alone,))


def take_away(studio: Studio, asked: Asked, observatory: str, file: str) -> Reply:
    """A picture that no page shows is taken away, once read over."""
    if list_pictures(studio, observatory).get(file):
        raise BeffroiError(fault("picture-shown", name=file))
    change = remove(studio.live.root, f"observatories/{observatory}/{file}")
    back = f"/redaction/observatoires/{observatory}"
    return offer(studio, asked, [change], back, back)


def _page(asked: Asked) -> str:
    page = asked.query.one("page")
    if not re.fullmatch(PAGE, page):
        raise BeffroiError(fault("unknown-page-asked", name=page))
    return page


ROUTES = (
    ("GET", "/images/nouvelle", ask_picture),
    ("POST", "/images/nouvelle", take_picture, ask_picture),
    ("GET", rf"/images/({NAME})/{_FILE}", show_picture),
    ("POST", rf"/images/({NAME})/{_FILE}/oter", take_away),
)

__all__ = ["ROUTES", "list_pictures"]
